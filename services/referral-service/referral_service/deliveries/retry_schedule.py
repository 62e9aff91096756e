"""Retry schedule of failed deliveries: seconds in danger, a minute for recalls, otherwise up to a day; without end."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

URGENT = (1, 2, 3, 5, 8, 10, 15, 30)
"""Seconds between attempts while somebody is in danger; the last one repeats."""
ORDINARY = (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
"""Seconds between attempts that the Standard Webhooks specification recommends; the last one repeats."""
RECALL = (5, 15, 30, 60)
"""Seconds between attempts of a recall: somebody withdrew consent, and the agency still has the copy."""
CHILD = (5, 30, 60, 2 * 60, 5 * 60)
"""Seconds between attempts of what an override forces without danger: it is due on the same day."""
JITTER = 0.1
"""Largest part of a pause that is added at random."""
LONGEST = timedelta(days=1)


def delay(
    failures: int, steps: Sequence[int], *, spread: float, asked_for: timedelta | None = None
) -> timedelta:
    """Return the pause after so many failures. `spread` in [0, 1) keeps deliveries from coming all at once.

    An agency may ask for a longer pause (Retry-After), up to the longest of the schedule.
    """
    seconds = float(steps[min(max(failures, 1), len(steps)) - 1])
    longest = timedelta(seconds=steps[-1])
    if steps is not URGENT:
        seconds *= 1 + JITTER * spread
    wanted = max(timedelta(seconds=seconds), asked_for or timedelta(0))
    return min(wanted, max(longest, timedelta(seconds=seconds)))


def schedule_of(*, urgent: bool, forced: bool, is_recall: bool) -> Sequence[int]:
    """Return the pauses of a message, the shortest that any of its properties asks for."""
    if urgent:
        return URGENT
    if is_recall:
        return RECALL
    return CHILD if forced else ORDINARY


def retry_after(header: str | None, now: datetime) -> timedelta | None:
    """Return the pause that a Retry-After header asks for, as seconds or a date; None where it has neither."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST)
    try:
        until = parsedate_to_datetime(text)
        return max(timedelta(0), min(until - now, LONGEST))
    except (ValueError, TypeError, IndexError, OverflowError):  # also a date without a zone
        return None
