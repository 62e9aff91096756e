"""Expected sharing: what each agency may have received, and must be told, by the model of the sharing rules.

It knows a case history and the model; it asks no service, and no code of a service decides anything here.
"""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, combinations

from shared.domain.geography import NATIONAL_DESK, SOCIAL_CARE_DESK, police_force_of, social_care_of
from shared.domain.vocabulary import Ground, PersonRole
from tools.simulation.reports.planned_report import Canary, PlannedPerson
from tools.simulation.results.case_history import CaseHistory
from tools.simulation.sharing_model import (
    AgencyKey,
    ModelAgencies,
    ModelFacts,
    ModelPerson,
    fields_sent,
    items_allowed,
    required_agencies,
)

IN_FLIGHT = 2.0
"""Seconds for which a message may be on its way after a withdrawal, a stand-down or a change was answered."""
AGENCIES = ModelAgencies(police_force_of, social_care_of, NATIONAL_DESK, SOCIAL_CARE_DESK)
SOCIAL_CARE = ("children_social_care", "adult_social_care")
THE_END = 4_000_000_000.0
"""Time after everything that happens in a simulation."""


def may_receive(history: CaseHistory, canary: Canary, key: AgencyKey, at: float) -> bool:
    """Return whether an agency may have received this word at this time."""
    if canary.person == "reporter" and history.report.body.get("privacy") == "anonymous":
        return False
    return canary.field in _fields_allowed(history, key, at)


def may_receive_anything(history: CaseHistory, key: AgencyKey, at: float) -> bool:
    return any(items for items, _ in _allowed(history, key, at))


def required_recipients(history: CaseHistory) -> set[AgencyKey]:
    """Return every agency that must be told, by what is known in the end."""
    if not history.report.opens_case:
        return set()
    facts = _facts(history, history.places[-1], THE_END)
    return set(required_agencies(facts, _time(THE_END), AGENCIES))


def _fields_allowed(history: CaseHistory, key: AgencyKey, at: float) -> set[str]:
    return set().union(*(fields_sent(items, facts) for items, facts in _allowed(history, key, at)))


def _allowed(history: CaseHistory, key: AgencyKey, at: float) -> Iterator[tuple[set[str], ModelFacts]]:
    """Yield what one message may hold: on some of the grounds that were known, at each place that was known."""
    if not history.report.opens_case:
        return
    for place in dict.fromkeys(history.places):
        facts = _facts(history, place, at)
        grounds = sorted(_grounds(history, facts, key, at))
        for some in chain(*(combinations(grounds, number) for number in range(1, len(grounds) + 1))):
            yield items_allowed(facts, key[0], some, _time(at)), facts


def _grounds(history: CaseHistory, facts: ModelFacts, key: AgencyKey, at: float) -> set[str]:
    """Return the grounds on which this agency may be told anything."""
    kind, agency_code = key
    grounds = set[str]()
    if not _is_past(history.stood_down_at, at):
        required = required_agencies(facts, _time(at), AGENCIES)
        grounds |= required[key].grounds if key in required else set()
    if agency_code == _responsible_agency(kind, facts.place):
        asked = any(to == kind and since <= at for to, since in history.authorised)
        decided = any(to == kind for to, _, _ in facts.authorisations)
        grounds |= ({Ground.CONSENT} if asked else set()) | ({Ground.AUTHORISED} if decided else set())
    return grounds


def _responsible_agency(kind: str, place: str | None) -> str | None:
    """Return the agency that consent or a lead's decision can reach: the one of the place, or the desk."""
    if kind == "police":
        return NATIONAL_DESK if place is None else police_force_of(place)
    if kind in SOCIAL_CARE:
        return SOCIAL_CARE_DESK if place is None else social_care_of(place)
    return None


def _facts(history: CaseHistory, place: str | None, at: float) -> ModelFacts:
    """Return the case as the model sees it at this time, if this was its place."""
    return ModelFacts(
        persons={one.label: _person(one, history, at) for one in history.report.people},
        consents=_consents(history),
        dangers=[(label, None) for label, since in history.dangers if since <= at],
        authorisations=[
            (kind, None, persons) for kind, persons, since in history.decided_by_lead if since <= at
        ],
        source_left_out=_is_past(history.source_left_out_at, at),
        place=place,
    )


def _person(planned: PlannedPerson, history: CaseHistory, at: float) -> ModelPerson:
    roles = {
        PersonRole.REPORTER: planned.reporter,
        PersonRole.PERSON_OF_CONCERN: planned.of_concern,
        PersonRole.ALLEGED_EXPLOITER: planned.accused,
        PersonRole.HOUSEHOLD_MEMBER: planned.cares_for_child,
    }
    return ModelPerson(
        roles={role for role, has_role in roles.items() if has_role},
        child=history.children.get(planned.label, math.inf) <= at,
        cares_for_child=planned.cares_for_child,
        lives_in=planned.lives_in,
        found_in=planned.found_in,
    )


def _consents(history: CaseHistory) -> list[tuple[datetime, str, str]]:
    """Return the consent ledger: the reporter's choices in the report, then what people said later."""
    body = history.report.body
    choices = [body["privacy"]] if body.get("privacy") else []
    choices += [f"+{kind}" for kind in body.get("share_with", ())]
    if (passed_on := body.get("situation_may_be_passed_on")) is not None:
        choices.append("situation=yes" if passed_on else "situation=no")
    entries = [(0.0, "reporter", choice) for choice in choices]
    for person, kind, since in history.own_consents:
        entries += [(since, person, "share"), (since, person, f"+{kind}")]
    entries += [(since + IN_FLIGHT, person, "withdraws") for person, since in history.withdrawn_at.items()]
    return [(_time(at), person, word) for at, person, word in sorted(entries, key=lambda entry: entry[0])]


def _is_past(moment: float | None, at: float) -> bool:
    return moment is not None and at > moment + IN_FLIGHT


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
