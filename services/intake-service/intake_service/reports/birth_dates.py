"""Dates of birth: days that machines send where nobody stated one are no date of birth."""

from datetime import date
from typing import Final

from shared.domain.age import years_old

OLDEST: Final = 110
EARLIEST: Final = date(1910, 1, 1)
EPOCHS: Final = frozenset({date(1969, 12, 31), date(1970, 1, 1), date(2001, 1, 1)})
"""Days that programs send for nothing: zero on most systems, zero west of Greenwich, and zero on Apple's."""


def plausible_date_of_birth(day: date, on: date) -> bool:
    """Return whether somebody may have been born on a day: no epoch, not to come, at most 110 years ago."""
    return EARLIEST <= day <= on and day not in EPOCHS and years_old(day, on) <= OLDEST
