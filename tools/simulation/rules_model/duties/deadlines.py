"""Deadlines of the model: when something is sent by itself, and when somebody must telephone (facts 7 and 9)."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from tools.simulation.rules_model.ages import british_day, summer_time
from tools.simulation.rules_model.households import counted, counts_as_in_danger
from tools.simulation.rules_model.required import RequiredDuty
from tools.simulation.rules_model.world import DANGER, Fact, Telling, World

CONFIRM_DANGER_WITHIN = timedelta(minutes=10)
CONFIRM_CHILD_WITHIN = timedelta(minutes=60)
COMPLETE_WITHIN = timedelta(minutes=15)
TELEPHONE_DANGER_WITHIN = timedelta(seconds=60)
NOT_WITHIN = timedelta(hours=2)
AT_ONCE = timedelta(0)


def send_at(said: Telling, ground: str) -> datetime:
    """Return when a fact is sent by itself, if nobody does anything before."""
    if said.confirmed:
        return said.at
    if ground == DANGER:
        return said.at + (AT_ONCE if said.by_adviser else CONFIRM_DANGER_WITHIN)
    if said.by_adviser:
        return said.at + (AT_ONCE if said.complete else COMPLETE_WITHIN)
    return said.at + CONFIRM_CHILD_WITHIN


def fact_at(world: World, fact: Fact, on: date) -> datetime | None:
    """Return when a fact is sent: that of a child no later than each danger in which it counts."""
    ground, name = fact
    dangers = world.danger_facts()
    if ground == DANGER:
        first = next((one.first_said for one in dangers if one.id == name), None)
        return None if first is None else send_at(first, DANGER)
    first = world.person(name).first_said
    times = [] if first is None else [send_at(first, ground)]
    dangerous = [one.first_said for one in dangers if name in counted(world, one, on)]
    return min([*times, *(send_at(one, DANGER) for one in dangerous if one is not None)], default=None)


def duty_at(world: World, duty: RequiredDuty, on: date) -> datetime | None:
    """Return when this agency is told: the earliest of its facts counts."""
    times = [fact_at(world, fact, on) for fact in duty.facts]
    return min((one for one in times if one is not None), default=None)


def is_urgent(world: World, duty: RequiredDuty, on: date) -> bool:
    """Return whether this agency is told at once: of a danger, or of a child that counts as in one."""
    return DANGER in duty.grounds or bool(duty.children & counts_as_in_danger(world, on))


def was_confirmed(world: World, fact: Fact) -> bool:
    """Return whether a person confirmed this fact, each by itself."""
    ground, name = fact
    first = (
        next((one.first_said for one in world.dangers if one.id == name), None)
        if ground == DANGER
        else world.person(name).first_said
    )
    return first is not None and (first.by_adviser or first.confirmed)


def telephone_at(sent_at: datetime, *, urgent: bool) -> datetime:
    """Return when a missing acknowledgement becomes a task: in a minute, or at the end of the British day."""
    if urgent:
        return sent_at + TELEPHONE_DANGER_WITHIN
    day = british_day(sent_at)
    end = datetime.combine(day, time(23, 59, 59), tzinfo=sent_at.tzinfo)
    return max(end - summer_time(end), sent_at + NOT_WITHIN)


def telephone_again_at(sent_at: datetime, is_working_day: Callable[[date], bool]) -> datetime:
    """Return when the task comes a second time: one working day later."""
    return next(
        later for days in range(1, 15) if is_working_day(british_day(later := sent_at + timedelta(days=days)))
    )
