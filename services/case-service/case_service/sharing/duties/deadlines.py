"""Deadlines of sharing duties: when a forced disclosure is sent, and when silence becomes a person's task.

An operator may shorten these times and never lengthen them (sharing rules, section 4, facts 6, 7 and 9).
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from shared.domain.age import UNITED_KINGDOM
from shared.domain.vocabulary import Ground, Nation
from shared.domain.working_days import next_working_day

CONFIRM_WITHIN = {Ground.OVERRIDE_DANGER: timedelta(minutes=10), Ground.OVERRIDE_CHILD: timedelta(minutes=60)}
"""Time that an adviser has to confirm what a public report says by itself."""
DANGER_ACKNOWLEDGE_WITHIN = timedelta(seconds=60)
"""Time after which a person must telephone about an unacknowledged danger."""
CHILD_ACKNOWLEDGE_NOT_BEFORE = timedelta(hours=2)
"""Time that an agency has at least to acknowledge about a child, also where the day ends before."""
ENTRY_TAKES_EFFECT_AFTER = timedelta(minutes=15)
"""Time after which an adviser's entry of a child takes effect by itself (fact 7)."""
LOOK_WITHIN = timedelta(minutes=60)
"""Time within which an adviser looks for the place of a witness (fact 7)."""
MOST_AGENCIES_UNNOTICED = 10
"""More agencies than these, forced by one unverified report, are a mass notification (fact 15)."""
PERMITTED_ACKNOWLEDGE_WITHIN = timedelta(hours=72)
"""The same for what left on consent or on a lead's decision."""
COUNTERSIGN_WITHIN = timedelta(hours=24)


@dataclass(frozen=True)
class ShorterDeadlines:
    """Times that an operator shortened; None is the rule's own time."""

    confirm_danger: timedelta | None = None
    confirm_child: timedelta | None = None
    escalate_danger: timedelta | None = None
    escalate_child: timedelta | None = None
    escalate_permitted: timedelta | None = None

    def confirm_within(self, ground: Ground) -> timedelta:
        """Return the time to confirm what a report says: the shorter of the rule's and the operator's."""
        shorter = self.confirm_danger if ground is Ground.OVERRIDE_DANGER else self.confirm_child
        return _shorter(CONFIRM_WITHIN[ground], shorter)

    def acknowledge_by(
        self, grounds: Set[Ground], sent_at: datetime, *, acknowledge_at_once: bool = False
    ) -> datetime:
        """Return when an unacknowledged forced disclosure becomes a telephone task: the strictest of its grounds.

        `acknowledge_at_once` is the duty's own: the child whom a council is told of is also in danger.
        """
        if acknowledge_at_once or Ground.OVERRIDE_DANGER in grounds:
            return sent_at + _shorter(DANGER_ACKNOWLEDGE_WITHIN, self.escalate_danger)
        by_rule = max(end_of_british_day(sent_at), sent_at + CHILD_ACKNOWLEDGE_NOT_BEFORE)
        return by_rule if self.escalate_child is None else min(by_rule, sent_at + self.escalate_child)

    def acknowledge_permitted_by(self, authorised_at: datetime) -> datetime:
        """Return when what was only permitted becomes a telephone task unless it was acknowledged."""
        return authorised_at + _shorter(PERMITTED_ACKNOWLEDGE_WITHIN, self.escalate_permitted)


def _shorter(rule: timedelta, setting: timedelta | None) -> timedelta:
    return rule if setting is None else max(timedelta(0), min(rule, setting))


def escalate_again_at(sent_at: datetime, nation: Nation | None = None) -> datetime:
    """Return the same time of day on the next working day of the nation, or of England if unknown."""
    return next_working_day(nation, sent_at)


def end_of_british_day(at: datetime) -> datetime:
    """Return the last second of the day in the United Kingdom, in the zone of `at`."""
    day = at.astimezone(UNITED_KINGDOM).date()
    return datetime.combine(day, time(23, 59, 59), tzinfo=UNITED_KINGDOM).astimezone(at.tzinfo)


def end_of_next_working_day(at: datetime) -> datetime:
    return end_of_british_day(escalate_again_at(at))
