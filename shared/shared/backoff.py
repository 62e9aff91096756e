"""Back-off between attempts of the same work: doubling, up to a longest pause."""

import asyncio


class Backoff:
    """Pauses in seconds that double after every failure and start anew after a success."""

    def __init__(self, *, first: float, longest: float) -> None:
        self._first = first
        self._longest = longest
        self._next = first

    def reset(self) -> None:
        self._next = self._first

    def next_pause(self) -> float:
        """Return the pause before the next attempt, and double the one after it."""
        pause = self._next
        self._next = min(self._next * 2, self._longest)
        return pause

    async def wait(self) -> None:
        await asyncio.sleep(self.next_pause())
