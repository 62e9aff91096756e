"""Expected sharing: what each agency may have received, and must be told, by the model of the sharing rules.

It knows a case history and the model; it asks no service, and no code of a service decides anything here.
"""

from collections.abc import Iterator
from dataclasses import replace

from shared.domain.geography import BRITISH_TRANSPORT_POLICE, COASTGUARD, NATIONAL_DESK
from tools.simulation.reports.planned_report import THE_REPORTER, Canary
from tools.simulation.results.case_history import CaseHistory
from tools.simulation.results.known_world import day_of, is_past, world_of
from tools.simulation.rules_model.forced import Contents, forced_contents, joined
from tools.simulation.rules_model.messages import message
from tools.simulation.rules_model.permitted import contents_by_authorisation, contents_by_consent
from tools.simulation.rules_model.places import Way
from tools.simulation.rules_model.required import RequiredDuty, required
from tools.simulation.rules_model.world import AgencyBook, AgencyKey, World

BOOK = AgencyBook(NATIONAL_DESK, NATIONAL_DESK, BRITISH_TRANSPORT_POLICE, COASTGUARD)
THE_END = 4_000_000_000.0
"""Time after everything that happens in a simulation."""
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
    world = world_of(history, len(history.places) - 1, THE_END)
    chosen = {one.chosen for one in history.redirected}
    return set(required(world, day_of(THE_END), BOOK).duties) | chosen


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
    for number in range(len(history.places)):
        world = world_of(history, number, at)
        contents = joined(_parts(history, world, key, at))
        if not contents.is_nothing:
            yield set(message(world, contents))


def _parts(history: CaseHistory, world: World, key: AgencyKey, at: float) -> Iterator[Contents]:
    """Yield what goes to this agency on each ground that was known."""
    ways = _ways(history, world, key, at)
    if ways and not is_past(history.stood_down_at, at):
        yield forced_contents(world, RequiredDuty(key, ways), day_of(at))
    if any(to == key and since <= at for to, since in history.authorised):
        yield contents_by_consent(world, key[0], day_of(at))
    yield contents_by_authorisation(world, key)


def _ways(
    history: CaseHistory, world: World, key: AgencyKey, at: float, *, seen: frozenset[AgencyKey] = frozenset()
) -> frozenset[Way]:
    """Return what leads to this agency: facts by their places, and those that another agency has declined.

    `seen` are the agencies whose facts are being looked for, so that two that declined do not ask each other for ever.
    """
    duty = required(world, day_of(at), BOOK).duties.get(key)
    found = duty.ways if duty is not None else frozenset[Way]()
    for one in history.redirected:
        if one.chosen == key and one.since <= at and one.declined not in seen:
            declined = _ways(history, world, one.declined, at, seen=seen | {key})
            found |= {replace(way, key=key) for way in declined}
    return found
