"""Back-off between attempts of the same work: doubling, up to a longest pause."""

import asyncio


def pause_after(failures: int, *, first: float, longest: float) -> float:
    """Return the pause in seconds after so many failures in a row; it doubles with each, up to the longest."""
    doublings = min(max(failures, 1) - 1, 64)
    return float(min(first * 2**doublings, longest))


class Backoff:
    """Pauses in seconds that double after every failure and start anew after a success."""

    def __init__(self, *, first: float, longest: float) -> None:
        self._first = first
        self._longest = longest
        self._failures = 0

    def reset(self) -> None:
        self._failures = 0

    def next_pause(self) -> float:
        """Return the pause before the next attempt, and double the one after it."""
        self._failures += 1
        return pause_after(self._failures, first=self._first, longest=self._longest)

    async def wait(self) -> None:
        await asyncio.sleep(self.next_pause())
