"""What the facts of a case force: each new fact opens or extends the legs of every body that must be told."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from case_service.disclosures import authorise, withhold_unsent
from case_service.legs import BELL, Leg, new_leg
from case_service.pages import Page, age_fact, danger_fact
from case_service.persons import Person
from case_service.situations import Identity
from case_service.tasks import TELEPHONE, TaskKind, finish_tasks, open_task
from shared.age import Age, british_date, on_child_path
from shared.clocks import confirm_window
from shared.database import UnitOfWork
from shared.duties import Bodies, Duty, forced_duties
from shared.geography import (
    NATIONAL_DESK,
    SOCIAL_CARE_DESK,
    UnknownCouncil,
    police_force_of,
    social_care_of,
)
from shared.sharing import Matter, children
from shared.vocabulary import Ground, RecipientKind


def _police_of(gss: str) -> str:
    """A council that the reference data no longer knows leads to the national desk: nothing is ever dropped."""
    try:
        return police_force_of(gss)
    except UnknownCouncil:
        return NATIONAL_DESK


def _care_of(gss: str) -> str:
    try:
        return social_care_of(gss)
    except UnknownCouncil:
        return SOCIAL_CARE_DESK


BODIES = Bodies(_police_of, _care_of, NATIONAL_DESK, SOCIAL_CARE_DESK)
Key = tuple[RecipientKind, str]


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
        """The same duty without these facts."""
        return Forced(
            self.duty,
            {fact: grounds for fact, grounds in self.grounds.items() if fact not in covered},
            {fact: child for fact, child in self.children.items() if fact not in covered},
        )

    @property
    def all_grounds(self) -> frozenset[Ground]:
        return frozenset(one for grounds in self.grounds.values() for one in grounds)


def forced_by_fact(page: Page, at: datetime) -> dict[Key, Forced]:
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
    today = british_date(at)
    young = children(whole, today)
    grown = tuple(replace(person, age=Age()) for person in whole.persons)
    for danger in page.dangers:
        alone = replace(whole, persons=grown, opened_for=frozenset(), dangers=(danger.as_fact(),))
        yield danger_fact(danger), None, alone
    for person, identity in page.persons:
        if str(person.id) in young:
            alone = replace(whole, persons=grown, dangers=(), opened_for=frozenset({str(person.id)}))
            for fact in _facts_of_child(person, identity, page, today):
                yield fact, str(person.id), alone


def _facts_of_child(person: Person, identity: Identity, page: Page, today: date) -> Collection[str]:
    """What was said of the age. Of somebody who is an adult by now and for whom a leg is open, what that leg rests
    on: that they are older than was thought, or had a birthday, is no new fact that would send anything."""
    if on_child_path(identity.age.as_age(), today):
        return [age_fact(person)]
    about = f"child:{person.id}:"
    kept = {fact for leg in page.legs for fact in (*leg.facts, *leg.covered) if fact.startswith(about)}
    return kept or [age_fact(person)]


async def open_duties(page: Page, uow: UnitOfWork, windows: Windows, *, said_by_report: bool) -> None:
    """Opens a leg for every body that the facts force, and extends those that are open.

    What an adviser records takes effect now; what a report says by itself leaves its adviser time to confirm, counted
    from submission (fact 7).
    """
    forced = _nothing_new_of_the_grown(forced_by_fact(page, uow.now), page, british_date(uow.now))
    existing = {(leg.kind, leg.body): leg for leg in page.legs}
    legs = list(page.legs)
    rested_on = [(leg, frozenset(leg.facts)) for leg in page.legs]
    for key, one in forced.items():
        leg = existing.get(key)
        wanted = one.without(_answered_for(leg, one.duty.recipient, page.legs))
        moment = _moment(wanted, rested_on, page, uow, windows, said_by_report=said_by_report)
        if leg is not None:
            await _extend(leg, wanted, moment, page, uow, windows)
        elif wanted.grounds:
            legs.append(await _open(wanted, moment, page, uow))
    await _reroute_unsent(legs, set(forced), uow)
    await _places_to_find(legs, {key for key, one in forced.items() if one.duty.fallback}, uow)
    _mark_urgency(page, forced.values())
    uow.ring(BELL)


def _nothing_new_of_the_grown(forced: dict[Key, Forced], page: Page, today: date) -> dict[Key, Forced]:
    """Somebody who is on the child path no longer stays with the bodies whose legs opened for them (section 2), and
    becomes known to no other: only a leg that waits at a place that was wrong gives way to that of the right one."""
    grown = {str(p.id) for p, known in page.persons if not on_child_path(known.age.as_age(), today)}

    def stays(key: Key, child: str) -> bool:
        named = [leg for leg in page.legs if leg.kind is key[0] and child in leg.opened_for]
        return any((leg.kind, leg.body) == key or _gives_way(leg, forced) for leg in named)

    return {
        key: one.without([fact for fact, who in one.children.items() if who in grown and not stays(key, who)])
        for key, one in forced.items()
    }


def _gives_way(leg: Leg, forced: Collection[Key]) -> bool:
    return leg.unsent and (leg.kind, leg.body) not in forced


def _answered_for(leg: Leg | None, kind: RecipientKind, legs: Sequence[Leg]) -> set[str]:
    """Facts that open nothing new here: those the leg has, and those that two people stood down, which a corrected
    place does not bring back for the same kind of recipient."""
    if leg is not None and leg.state != "rerouted":
        return {*leg.facts, *leg.covered}
    same = [one for one in legs if one.kind is kind]
    alive = {fact for one in same for fact in one.facts}
    return {fact for one in same for fact in one.covered} - alive


@dataclass(frozen=True)
class _Moment:
    """When a leg leaves, and whether a person vouched for what it rests on."""

    leaves_at: datetime
    verified: bool


def _moment(
    one: Forced,
    rested_on: Sequence[tuple[Leg, frozenset[str]]],
    page: Page,
    uow: UnitOfWork,
    windows: Windows,
    *,
    said_by_report: bool,
) -> _Moment:
    """What only moved to another body, because a place was corrected, keeps the clock that it had. `rested_on` are
    the legs and their facts before anything of this moment joined them: a new fact has no clock yet."""
    if said_by_report and page.case.confirmed_at is None:
        return _Moment(_leaves_at(one.duty, page, windows), verified=False)
    carriers = [leg for leg, facts in rested_on if not one.grounds.keys().isdisjoint(facts)]
    carried = {fact for leg, facts in rested_on if leg in carriers for fact in facts}
    if one.grounds and one.grounds.keys() <= carried:
        return _Moment(min(leg.leaves_at for leg in carriers), all(leg.verified for leg in carriers))
    return _Moment(uow.now, verified=True)


async def _open(one: Forced, moment: _Moment, page: Page, uow: UnitOfWork) -> Leg:
    leg = new_leg(page.case.id, one.duty, uow.now, grounds=one.all_grounds, leaves_at=moment.leaves_at)
    leg.facts, leg.opened_for = sorted(one.grounds), sorted(set(one.children.values()))
    leg.verified = moment.verified
    uow.session.add(leg)
    await uow.session.flush()
    _announce(leg, uow)
    return leg


async def _extend(
    leg: Leg, new: Forced, moment: _Moment, page: Page, uow: UnitOfWork, windows: Windows
) -> None:
    """A leg that two people stood down, or that gave way to another, opens again; one that was told is told more."""
    if not new.grounds:
        leg.follow(new.duty, uow.now, windows.told, vouched=_danger_vouched_for(leg, page))
        return
    was_duty = leg.forced
    facts, young = set(new.grounds), set(new.children.values())
    leg.take_on(new.duty, new.all_grounds, facts, young, leaves_at=moment.leaves_at)
    leg.verified = leg.verified or moment.verified
    if leg.state != "waiting":
        await authorise(leg, leg.next_kind, uow, windows.told)
    if not was_duty:
        _announce(leg, uow)


def _danger_vouched_for(leg: Leg, page: Page) -> bool:
    """Whether an adviser recorded a danger to a child whom this leg is about, or without saying to whom."""
    return any(
        danger.source == "adviser" and (danger.person_id is None or str(danger.person_id) in leg.opened_for)
        for danger in page.dangers
    )


def _announce(leg: Leg, uow: UnitOfWork) -> None:
    uow.publish(leg.opened())
    uow.record("override.opened", leg.case_id, leg_id=leg.id, body=leg.body)


def _leaves_at(duty: Duty, page: Page, windows: Windows) -> datetime:
    """A body that must act at once is told as fast as in danger, whatever its ground."""
    counting = duty.grounds | ({Ground.OVERRIDE_DANGER} if duty.at_once else set())
    shortest = min(confirm_window(ground, windows.confirm.get(ground)) for ground in counting)
    return page.case.received_at + shortest


async def _reroute_unsent(legs: Sequence[Leg], forced: set[Key], uow: UnitOfWork) -> None:
    """A leg on which nothing left, and that the facts no longer name, gives way to those that carry its facts now.

    Where a fact of it has no other leg of the same kind, it stays: taking a ground away is a stand-down, by two.
    """
    for leg in legs:
        if not _gives_way(leg, forced):
            continue
        others = [one for one in legs if one.kind is leg.kind and (one.kind, one.body) in forced]
        if _matters(leg.facts) <= {fact for one in others for fact in _matters(one.facts)}:
            await withhold_unsent(leg, "rerouted", uow)
            leg.reroute()
            await finish_tasks(leg.id, [TaskKind.FIND_PLACE, *TELEPHONE], "rerouted", uow)


def _matters(facts: Iterable[str]) -> set[str]:
    """Whom or what the facts are about, whichever statement of an age it was."""
    return {":".join(fact.split(":")[:2]) for fact in facts}


async def _places_to_find(legs: Sequence[Leg], fallback: set[Key], uow: UnitOfWork) -> None:
    """A person must find the place as long as an open duty rests on a fallback (fact 10)."""
    for leg in legs:
        if (leg.kind, leg.body) in fallback and leg.open_duty:
            await open_task(leg.case_id, TaskKind.FIND_PLACE, due_at=uow.now, uow=uow, leg_id=leg.id)
        elif (leg.kind, leg.body) not in fallback and (leg.was_told or not leg.fallback):
            await finish_tasks(leg.id, [TaskKind.FIND_PLACE], "place-found", uow)


def _mark_urgency(page: Page, forced: Iterable[Forced]) -> None:
    """What the list of cases sorts by."""
    grounds = {ground for one in forced for ground in one.duty.grounds}
    page.case.danger_stated = page.case.danger_stated or Ground.OVERRIDE_DANGER in grounds
    page.case.child_stated = page.case.child_stated or Ground.OVERRIDE_CHILD in grounds
