"""What the facts of a case force: each new fact opens or extends the legs of every body that must be told."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from case_service.disclosures import authorise
from case_service.legs import BELL, Leg, new_leg
from case_service.pages import Page, age_fact, danger_fact
from case_service.tasks import TaskKind, finish_tasks, open_task
from shared.age import Age, british_date
from shared.clocks import confirm_window
from shared.database import UnitOfWork
from shared.duties import Bodies, Duty, forced_duties
from shared.geography import NATIONAL_DESK, SOCIAL_CARE_DESK, police_force_of, social_care_of
from shared.sharing import Matter, children
from shared.vocabulary import Ground, RecipientKind

BODIES = Bodies(police_force_of, social_care_of, NATIONAL_DESK, SOCIAL_CARE_DESK)


@dataclass(frozen=True)
class Windows:
    """The operator's tightened clocks; None is the rule's own time."""

    confirm: dict[Ground, timedelta | None] = field(default_factory=dict)
    told: dict[Ground, timedelta | None] = field(default_factory=dict)


@dataclass
class Forced:
    """One body's duty, and the grounds and children of each fact that makes it."""

    duty: Duty
    grounds: dict[str, frozenset[Ground]] = field(default_factory=dict)
    children: dict[str, str] = field(default_factory=dict)

    def without(self, covered: Collection[str]) -> "Forced":
        """The same duty without the facts that two people stood down."""
        return Forced(
            self.duty,
            {fact: grounds for fact, grounds in self.grounds.items() if fact not in covered},
            {fact: child for fact, child in self.children.items() if fact not in covered},
        )

    @property
    def all_grounds(self) -> frozenset[Ground]:
        return frozenset(one for grounds in self.grounds.values() for one in grounds)


def forced_by_fact(page: Page, at: datetime) -> dict[tuple[RecipientKind, str], Forced]:
    """Every duty that the facts force together, and what each fact alone contributes to it."""
    together = forced_duties(page.matter(), BODIES, at=at)
    found = {(duty.recipient, duty.body): Forced(duty) for duty in together}
    for fact, child, matter in _one_fact_at_a_time(page, at):
        for duty in forced_duties(matter, BODIES, at=at):
            one = found[duty.recipient, duty.body]
            one.grounds[fact] = duty.grounds
            if child is not None:
                one.children[fact] = child
    return found


def _one_fact_at_a_time(page: Page, at: datetime) -> Iterable[tuple[str, str | None, Matter]]:
    whole = page.matter()
    young = children(whole, british_date(at))
    grown = tuple(replace(person, age=Age()) for person in whole.persons)
    for danger in page.dangers:
        alone = replace(whole, persons=grown, opened_for=frozenset(), dangers=(danger.as_fact(),))
        yield danger_fact(danger), None, alone
    for person, identity in page.persons:
        if str(person.id) in young:
            alone = replace(whole, persons=grown, dangers=(), opened_for=frozenset({str(person.id)}))
            yield age_fact(person, identity), str(person.id), alone


async def open_duties(page: Page, uow: UnitOfWork, windows: Windows, *, said_by_report: bool) -> list[Leg]:
    """Opens a leg for every body that the facts force, extends those that are open, and sends what has changed.

    What an adviser records takes effect now; what a report says by itself leaves its adviser time to confirm, counted
    from submission (fact 7).
    """
    forced = forced_by_fact(page, uow.now)
    existing = {(leg.kind, leg.body): leg for leg in page.legs}
    opened = [
        await _open_or_extend(existing.get(key), one, page, uow, windows, said_by_report=said_by_report)
        for key, one in forced.items()
    ]
    _reroute_unsent(page.legs, set(forced), [leg for leg in opened if leg is not None])
    uow.ring(BELL)
    return [leg for leg in opened if leg is not None]


async def _open_or_extend(
    leg: Leg | None, one: Forced, page: Page, uow: UnitOfWork, windows: Windows, *, said_by_report: bool
) -> Leg | None:
    waits = said_by_report and page.case.confirmed_at is None
    leaves_at = _leaves_at(one.duty, page, windows) if waits else uow.now
    if leg is None:
        leg = new_leg(page.case.id, one.duty, uow.now, grounds=one.all_grounds, leaves_at=leaves_at)
        leg.facts, leg.opened_for = sorted(one.grounds), sorted(set(one.children.values()))
        leg.verified = not waits
        uow.session.add(leg)
        await uow.session.flush()
    else:
        before = leg.state, leg.forced
        if not _take_on(leg, one.without({*leg.facts, *leg.covered}), leaves_at):
            return None
        leg.verified = leg.verified or not waits
        if leg.state not in ("waiting",):
            await authorise(leg, "supplement", uow, windows.told)
        if before[1] and before[0] not in ("stood_down", "rerouted"):
            return leg
    uow.publish(leg.opened())
    uow.record("override.opened", page.case.id, leg_id=leg.id, body=leg.body)
    if leg.fallback:
        await open_task(page.case.id, TaskKind.FIND_PLACE, due_at=uow.now, uow=uow, leg_id=leg.id)
    else:
        await finish_tasks(leg.id, [TaskKind.FIND_PLACE], "place-found", uow)
    return leg


def _take_on(leg: Leg, new: Forced, leaves_at: datetime) -> bool:
    if not new.grounds:
        return False
    leg.take_on(new.duty, new.all_grounds, set(new.grounds), set(new.children.values()), leaves_at=leaves_at)
    return True


def _leaves_at(duty: Duty, page: Page, windows: Windows) -> datetime:
    """A body that must act at once is told as fast as in danger, whatever its ground."""
    counting = duty.grounds | ({Ground.OVERRIDE_DANGER} if duty.at_once else set())
    shortest = min(confirm_window(ground, windows.confirm.get(ground)) for ground in counting)
    return page.case.received_at + shortest


def _reroute_unsent(legs: Iterable[Leg], forced: set[tuple[RecipientKind, str]], opened: list[Leg]) -> None:
    """A leg that was not sent and that the facts no longer name gives way, if the same kind of recipient has another.

    Where no other body took the duty over, the leg stays: taking a ground away is a stand-down, by two people.
    """
    kinds = {kind for kind, _ in forced}
    for leg in legs:
        if leg.state == "waiting" and leg.forced and (leg.kind, leg.body) not in forced and leg.kind in kinds:
            leg.reroute()
