"""Known world: a case history as the model sees it, at one time and with one place.

Words of the product's services are translated here, and nowhere else.
"""

import math
from datetime import UTC, date, datetime

from shared.domain.geography import police_force_of, social_care_of
from tools.simulation.reports.planned_report import THE_REPORTER, PlannedPerson
from tools.simulation.results.case_history import CaseHistory
from tools.simulation.rules_model.ages import british_day
from tools.simulation.rules_model.world import (
    CONCERN,
    EXPLOITER,
    HOUSEHOLD,
    REPORTER,
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
DECISIONS = {
    "name": ("added",),
    "leave_out": ("left_out",),
    "leave_out_with_words": ("left_out", "words_left_out"),
}


def world_of(history: CaseHistory, place_number: int, at: float) -> World:
    """Return the case as the model sees it at this time, if this was its place."""
    place = history.places[place_number]
    last_known = history.last_known(place_number) if place is None else None
    planned = _everybody(history, at)
    return World(
        persons=tuple(_person(one, planned, history, at) for one in planned),
        dangers=tuple(
            Danger(f"danger-{number}", one.person, sources=frozenset({one.source}))
            for number, one in enumerate(history.dangers)
            if one.since <= at
        ),
        choices=tuple(_choices(history, at)),
        premises=_premises(history, place_number),
        last_known=_place("last known place", last_known),
        source_decisions=tuple(_source_decisions(history, at)),
        authorisations=tuple(
            Authorisation(key, frozenset("SPR"), persons)
            for key, persons, since in history.decided_by_lead
            if since <= at
        ),
        premises_sources=frozenset({THE_REPORTER}),
        protection_summary=True,
    )


def _everybody(history: CaseHistory, at: float) -> list[PlannedPerson]:
    return [*history.report.people, *(one for one, since in history.joined if since <= at)]


def _premises(history: CaseHistory, place_number: int) -> tuple[Place, ...]:
    """Return the premises; words that lead nowhere are a place too, as long as nobody replaced them."""
    place = history.places[place_number]
    said_in_words = place_number == 0 and bool(history.report.body.get("place"))
    return (Place("premises"),) if place is None and said_in_words else _place("premises", place)


def _person(
    planned: PlannedPerson, everybody: list[PlannedPerson], history: CaseHistory, at: float
) -> Person:
    roles = {
        REPORTER: planned.reporter,
        CONCERN: planned.of_concern,
        EXPLOITER: planned.accused,
        HOUSEHOLD: planned.cares_for_child,
    }
    children = {one.label for one in everybody if history.children.get(one.label, math.inf) <= at}
    is_child = planned.label in children
    anonymous = planned.made_report and history.report.body.get("privacy") == "anonymous"
    learned = history.homes.get(planned.label)
    home = learned[0] if learned is not None and learned[1] <= at else planned.lives_in
    return Person(
        planned.label,
        frozenset(role for role, has_role in roles.items() if has_role),
        (AgeStatement("chosen", day_of(at), chosen="uncertain_may_be_child"),) if is_child else (),
        home=_place(f"home of {planned.label}", home),
        found=_place(f"found place of {planned.label}", planned.found_in),
        lives_with=_household(planned, everybody, children),
        cares_for=frozenset(children - {planned.label} if planned.cares_for_child else ()),
        identity_held=not anonymous,
        made_report=planned.made_report,
        sources=frozenset({THE_REPORTER}),
    )


def _household(planned: PlannedPerson, everybody: list[PlannedPerson], children: set[str]) -> frozenset[str]:
    """Return with whom a household member lives: the children cared for; without any, the persons of concern."""
    if not planned.cares_for_child:
        return frozenset()
    of_concern = {one.label for one in everybody if one.of_concern}
    return frozenset(children or of_concern) - {planned.label}


def _place(name: str, gss: str | None) -> tuple[Place, ...]:
    return () if gss is None else (Place(name, (police_force_of(gss),), (social_care_of(gss),)),)


def _choices(history: CaseHistory, at: float) -> list[Choice]:
    """Return the consent ledger: the reporter's choices in the report, then what people said later."""
    body, who = history.report.body, THE_REPORTER
    said = [(0.0, Choice(who, privacy=body["privacy"]))] if body.get("privacy") else []
    said += [(0.0, Choice(who, kind=kind, agrees=True)) for kind in body.get("share_with", ())]
    if (passed_on := body.get("situation_may_be_passed_on")) is not None:
        said.append((0.0, Choice(who, situation=passed_on)))
    for one, kind, since in history.consents:
        said += [(since, Choice(one, privacy="share")), (since, Choice(one, kind=kind, agrees=True))]
    said += [(since + IN_FLIGHT, Choice(one, withdraws=True)) for one, since in history.withdrawn_at.items()]
    return [choice for since, choice in sorted(said, key=lambda entry: entry[0]) if since <= at]


def _source_decisions(history: CaseHistory, at: float) -> list[SourceDecision]:
    """Return what advisers decided about the reporter; to leave out counts once what is on its way has arrived."""
    decided = [
        choice
        for choice, since in history.source_decisions
        if since <= at and (choice == "name" or is_past(since, at))
    ]
    return [SourceDecision(THE_REPORTER, what) for choice in decided for what in DECISIONS[choice]]


def is_past(moment: float | None, at: float) -> bool:
    return moment is not None and at > moment + IN_FLIGHT


def day_of(seconds: float) -> date:
    return british_day(datetime.fromtimestamp(seconds, UTC))
