"""Back-off: pauses double up to the longest, and start anew after a success."""

import time

from shared.backoff import Backoff, pause_after


def test_pauses_double_up_to_the_longest() -> None:
    backoff = Backoff(first=0.5, longest=3.0)
    assert [backoff.next_pause() for _ in range(5)] == [0.5, 1.0, 2.0, 3.0, 3.0]


def test_the_pause_after_many_failures_stays_the_longest() -> None:
    assert [pause_after(failures, first=1.0, longest=30.0) for failures in (0, 1, 2, 6, 10**6)] == [
        1.0, 1.0, 2.0, 30.0, 30.0,
    ]  # fmt: skip


def test_pauses_start_anew_after_a_success() -> None:
    backoff = Backoff(first=0.5, longest=3.0)
    assert [backoff.next_pause() for _ in range(3)] == [0.5, 1.0, 2.0]
    backoff.reset()
    assert backoff.next_pause() == 0.5


async def test_waiting_takes_the_next_pause() -> None:
    backoff = Backoff(first=0.05, longest=0.1)
    began = time.monotonic()
    await backoff.wait()
    assert 0.05 <= time.monotonic() - began < 1
    assert backoff.next_pause() == 0.1
