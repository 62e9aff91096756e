"""Expected sharing: what each agency may have received, and must be told, by the model of the sharing rules.

It knows a case history and the model; it asks no service, and no code of a service decides anything here.
"""

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime

from shared.domain.geography import NATIONAL_DESK, police_force_of, social_care_of
from tools.simulation.reports.planned_report import Canary, PlannedPerson
from tools.simulation.results.case_history import CaseHistory
from tools.simulation.rules_model.ages import british_day
from tools.simulation.rules_model.forced import Contents, forced_contents, joined
from tools.simulation.rules_model.messages import message
from tools.simulation.rules_model.permitted import contents_by_authorisation, contents_by_consent
from tools.simulation.rules_model.required import required
from tools.simulation.rules_model.world import (
    CONCERN,
    EXPLOITER,
    HOUSEHOLD,
    REPORTER,
    AgencyBook,
    AgencyKey,
    AgeStatement,
    Authorisation,
    Choice,
    Danger,
    Person,
    Place,
    SourceDecision,
    World,
)

IN_FLIGHT = 2.0
"""Seconds for which a message may be on its way after a withdrawal, a stand-down or a change was answered."""
BOOK = AgencyBook(police_desk=NATIONAL_DESK, abroad=NATIONAL_DESK)
SOCIAL_CARE = ("children_social_care", "adult_social_care")
THE_END = 4_000_000_000.0
"""Time after everything that happens in a simulation."""
THE_REPORTER = "reporter"
FIELDS = {
    "account": "reporter.account",
    "when": "reporter.account",
    "risk": "reporter.account",
    "described": "premises",
    "premises": "premises",
    "summary": "summary",
    "protection-summary": "protection_summary",
    "safe": "reporter.handling",
}
"""Fields of a message in which words of a report may go. A risk in the reporter's words is part of the account."""
FIELDS_OF_PERSONS = {"name": "name", "phone": "contact", "email": "contact", "home": "home", "found": "found"}
WORDS_OF_PERSONS = ("description", "relation")
"""Fields of a person in the reporter's words: they are part of the account."""


def may_receive(history: CaseHistory, canary: Canary, key: AgencyKey, at: float) -> bool:
    """Return whether an agency may have received this word at this time."""
    return any(_holds(fields, canary) for fields in _messages(history, key, at))


def may_receive_anything(history: CaseHistory, key: AgencyKey, at: float) -> bool:
    return any(_messages(history, key, at))


def required_recipients(history: CaseHistory) -> set[AgencyKey]:
    """Return every agency that must be told, by what is known in the end."""
    if not history.report.opens_case:
        return set()
    return set(required(_world(history, history.places[-1], THE_END), _day(THE_END), BOOK).duties)


def _holds(fields: set[str], canary: Canary) -> bool:
    kind, _, label = canary.field.partition(":")
    if not label:
        return FIELDS[kind] in fields
    if kind in WORDS_OF_PERSONS and f"{THE_REPORTER}.account" not in fields:
        return False
    if kind == "description":
        return f"{label}.contact" in fields or f"{label}.exploiter" in fields
    return f"{label}.{FIELDS_OF_PERSONS.get(kind, kind)}" in fields


def _messages(history: CaseHistory, key: AgencyKey, at: float) -> Iterator[set[str]]:
    """Yield the fields that one message may hold, at each place that was known."""
    if not history.report.opens_case:
        return
    for place in dict.fromkeys(history.places):
        world = _world(history, place, at)
        contents = joined(_parts(history, world, place, key, at))
        if not contents.is_nothing:
            yield set(message(world, contents))


def _parts(
    history: CaseHistory, world: World, place: str | None, key: AgencyKey, at: float
) -> Iterator[Contents]:
    """Yield what goes to this agency on each ground that was known."""
    kind, agency_code = key
    duty = required(world, _day(at), BOOK).duties.get(key)
    if duty is not None and not _is_past(history.stood_down_at, at):
        yield forced_contents(world, duty, _day(at))
    if agency_code == _responsible_agency(kind, place):
        if any(to == kind and since <= at for to, since in history.authorised):
            yield contents_by_consent(world, kind, _day(at))
        yield contents_by_authorisation(world, (kind, ""))


def _responsible_agency(kind: str, place: str | None) -> str | None:
    """Return the agency that an adviser or a lead chooses: the one of the place."""
    if place is None:
        return None
    if kind == "police":
        return police_force_of(place)
    return social_care_of(place) if kind in SOCIAL_CARE else None


def _world(history: CaseHistory, place: str | None, at: float) -> World:
    """Return the case as the model sees it at this time, if this was its place."""
    people = [_person(one, history, at) for one in history.report.people]
    left_out = _is_past(history.source_left_out_at, at)
    return World(
        persons=tuple(people),
        dangers=tuple(
            Danger(f"danger-{number}", label, sources=frozenset({THE_REPORTER}))
            for number, (label, since) in enumerate(history.dangers)
            if since <= at
        ),
        choices=tuple(_choices(history, at)),
        premises=_place("premises", place),
        source_decisions=(SourceDecision(THE_REPORTER, "left_out"),) if left_out else (),
        authorisations=tuple(
            Authorisation((kind, ""), frozenset("SPR"), persons)
            for kind, persons, since in history.decided_by_lead
            if since <= at
        ),
        premises_sources=frozenset({THE_REPORTER}),
        protection_summary=True,
    )


def _person(planned: PlannedPerson, history: CaseHistory, at: float) -> Person:
    """Return one person; a carer cares for each child of the report."""
    roles = {
        REPORTER: planned.reporter,
        CONCERN: planned.of_concern,
        EXPLOITER: planned.accused,
        HOUSEHOLD: planned.cares_for_child,
    }
    is_child = history.children.get(planned.label, math.inf) <= at
    children = {one.label for one in history.report.people if history.children.get(one.label, math.inf) <= at}
    anonymous = planned.reporter and history.report.body.get("privacy") == "anonymous"
    return Person(
        planned.label,
        frozenset(role for role, has_role in roles.items() if has_role),
        (AgeStatement("chosen", _day(at), chosen="uncertain_may_be_child"),) if is_child else (),
        home=_place(f"home of {planned.label}", planned.lives_in),
        found=_place(f"found place of {planned.label}", planned.found_in),
        cares_for=frozenset(children if planned.cares_for_child else ()),
        identity_held=not anonymous,
        made_report=planned.reporter,
        sources=frozenset({THE_REPORTER}),
    )


def _place(name: str, gss: str | None) -> tuple[Place, ...]:
    return () if gss is None else (Place(name, (police_force_of(gss),), (social_care_of(gss),)),)


def _choices(history: CaseHistory, at: float) -> list[Choice]:
    """Return the consent ledger: the reporter's choices in the report, then what people said later."""
    body, who = history.report.body, THE_REPORTER
    said = [(0.0, Choice(who, privacy=body["privacy"]))] if body.get("privacy") else []
    said += [(0.0, Choice(who, kind=kind, agrees=True)) for kind in body.get("share_with", ())]
    if (passed_on := body.get("situation_may_be_passed_on")) is not None:
        said.append((0.0, Choice(who, situation=passed_on)))
    said += [(since, Choice(one, kind=kind, agrees=True)) for one, kind, since in history.own_consents]
    said += [(since + IN_FLIGHT, Choice(one, withdraws=True)) for one, since in history.withdrawn_at.items()]
    return [choice for since, choice in sorted(said, key=lambda entry: entry[0]) if since <= at]


def _is_past(moment: float | None, at: float) -> bool:
    return moment is not None and at > moment + IN_FLIGHT


def _day(seconds: float) -> date:
    return british_day(datetime.fromtimestamp(seconds, UTC))
