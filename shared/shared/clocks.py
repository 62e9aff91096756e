"""The clocks of the override: when a forced disclosure is sent, and when silence becomes a person's task.

Times may be tightened by an operator and never loosened (sharing rules, section 4, facts 6, 7 and 9).
"""

from collections.abc import Set
from datetime import datetime, time, timedelta

from shared.age import UNITED_KINGDOM
from shared.vocabulary import Ground

CONFIRM_WITHIN = {Ground.OVERRIDE_DANGER: timedelta(minutes=10), Ground.OVERRIDE_CHILD: timedelta(minutes=60)}
"""How long an adviser has to confirm what a public report says by itself."""
DANGER_TOLD_WITHIN = timedelta(seconds=60)
"""Unacknowledged danger: a person on duty is told to telephone."""
PERMITTED_TOLD_WITHIN = timedelta(hours=72)
"""Unacknowledged, and only permitted, by consent or by a lead's decision: a person telephones as well. Nothing that
left ends in silence."""
COUNTERSIGN_WITHIN = timedelta(hours=24)
SATURDAY = 5


def confirm_window(ground: Ground, tightened_to: timedelta | None = None) -> timedelta:
    """The rule's own time, or the operator's where that is shorter."""
    longest = CONFIRM_WITHIN[ground]
    return longest if tightened_to is None else max(timedelta(0), min(longest, tightened_to))


def first_reminder(
    grounds: Set[Ground],
    sent_at: datetime,
    tightened_to: timedelta | None = None,
    *,
    at_once: bool = False,
) -> datetime:
    """When an unacknowledged forced disclosure becomes a telephone task: the strictest of its grounds.

    `at_once` is the duty's own: the child whom a council is told of is also in danger.
    """
    if at_once or Ground.OVERRIDE_DANGER in grounds:
        told = DANGER_TOLD_WITHIN if tightened_to is None else min(DANGER_TOLD_WITHIN, tightened_to)
        return sent_at + told
    end_of_day = end_of_british_day(sent_at)
    return end_of_day if tightened_to is None else min(end_of_day, sent_at + tightened_to)


def permitted_reminder(authorised_at: datetime, tightened_to: timedelta | None = None) -> datetime:
    """When what was permitted, and nothing forces, becomes a telephone task unless it was acknowledged."""
    within = PERMITTED_TOLD_WITHIN if tightened_to is None else min(PERMITTED_TOLD_WITHIN, tightened_to)
    return authorised_at + within


def second_reminder(sent_at: datetime) -> datetime:
    """Again after one working day: the same time of day on the next Monday-to-Friday day.

    Bank holidays count as working days here, which can only be earlier.
    """
    there = sent_at.astimezone(UNITED_KINGDOM) + timedelta(days=1)
    while there.weekday() >= SATURDAY:
        there += timedelta(days=1)
    return there.astimezone(sent_at.tzinfo)


def end_of_british_day(at: datetime) -> datetime:
    """The last second of the day in the United Kingdom, as an aware time in the zone of `at`."""
    day = at.astimezone(UNITED_KINGDOM).date()
    return datetime.combine(day, time(23, 59, 59), tzinfo=UNITED_KINGDOM).astimezone(at.tzinfo)
