"""Whole report: the fields of a body, and what follows from those that were not understood."""

from intake_service.reports.schemas import Report
from intake_service.salvage import fields
from intake_service.salvage.body.values import Members, Value, is_blank, squashed
from intake_service.salvage.fields import LONG, SHORT, Reader
from intake_service.salvage.objects import Read, read_object, unwrapped
from intake_service.salvage.people import persons, reporter, safe_contact
from intake_service.salvage.places import place
from intake_service.salvage.reading import Reading, is_within
from shared.domain.vocabulary import (
    CallerType,
    ContactChannel,
    ContactPurpose,
    ExploitationType,
    Sector,
    YesNoUnknown,
)

THEMSELVES = dict.fromkeys(("victim", "self", "myself", "me", "affected"), CallerType.POTENTIAL_VICTIM)
DANGER = fields.answer(YesNoUnknown.YES, strongest=YesNoUnknown.YES)
REPORT: dict[str, Reader] = {
    "channel": fields.code(ContactChannel),
    "purpose": fields.code(ContactPurpose),
    "caller_type": fields.code(CallerType, THEMSELVES),
    "language": fields.language,
    "what_happened": fields.text(LONG),
    "when_happened": fields.text(SHORT),
    "still_happening": fields.answer(YesNoUnknown.UNKNOWN, strongest=YesNoUnknown.YES),
    "someone_hurt": DANGER,
    "place": place,
    "how_many": fields.people,
    "exploitation_types": fields.codes(ExploitationType),
    "sectors": fields.codes(Sector),
    "danger_now": DANGER,
    "reporter": reporter,
    "persons": persons,
    "privacy": fields.privacy,
    "share_with": fields.shared_with,
    "situation_may_be_passed_on": fields.flag(False, strongest=False),
    "safe_contact": safe_contact,
    "risk_to_approach": fields.text(SHORT),
}
assert REPORT.keys() == Report.model_fields.keys()
_NAMES = frozenset(squashed(name) for name in REPORT)
_CERTAIN = frozenset(
    squashed(name) for name in ("danger_now", "what_happened", "persons", "reporter", "privacy", "share_with")
)
"""Fields of which one alone tells that an object is a report."""
MAX_WRAPPERS = 4


def read_whole(reading: Reading, value: Value) -> Read:
    """Read the fields of a report from whatever its body holds."""
    found = read_object(reading, "", objects_in(reading, value), REPORT)
    count_signals(reading, found)
    _decide_self_report(reading, found)
    return found


def objects_in(reading: Reading, value: Value) -> list[Value]:
    """Return the objects that make up a report: one, several in a list, or some inside wrappers."""
    value = unwrapped(value)
    if isinstance(value, list):
        return [one for part in value for one in objects_in(reading, part)]
    if not isinstance(value, Members):
        return [] if is_blank(value) else [Members([("what_happened", value)])]
    wrapped = [number for number, (name, one) in enumerate(value.pairs) if _wraps_report(name, one)]
    inner = [one for number in wrapped for one in objects_in(reading, value.pairs[number][1])]
    return [Members([pair for number, pair in enumerate(value.pairs) if number not in wrapped]), *inner]


def _wraps_report(name: str, value: Value) -> bool:
    """Return whether a field that we do not know holds a report."""
    return squashed(name) not in _NAMES and holds_report(value)


def holds_report(value: Value, depth: int = 0) -> bool:
    """Return whether a value is an object with fields of a report, or holds one."""
    one = unwrapped(value)
    if isinstance(one, list):
        return any(holds_report(part, depth + 1) for part in one) if depth < MAX_WRAPPERS else False
    if not isinstance(one, Members):
        return False
    known = {squashed(name) for name, _ in one.pairs} & _NAMES
    if len(known) > 1 or known & _CERTAIN:
        return True
    return depth < MAX_WRAPPERS and any(holds_report(inner, depth + 1) for _, inner in one.pairs)


def count_signals(reading: Reading, found: Read) -> None:
    """Count a danger or a child that was not said of a person: of somebody whom nobody named."""
    of_people = {"reporter", *(f"persons.{number}" for number in range(len(found.get("persons", ()))))}

    def elsewhere(paths: set[str]) -> bool:
        steps = (path.split(".") for path in paths)
        return any(not of_people & {one[0], ".".join(one[:2])} for one in steps)

    if "caller_type" in reading.child_paths:
        reading.child_paths.discard("caller_type")
        maker = found.setdefault("reporter", {})
        maker["age"] = {**maker.get("age", {}), "may_be_under_18": True}
    if elsewhere(reading.danger_paths):
        found["danger_now"] = YesNoUnknown.YES
    if elsewhere(reading.child_paths):
        found.setdefault("persons", []).append({"age": {"may_be_under_18": True}})


def _decide_self_report(reading: Reading, found: Read) -> None:
    """Decide for the more private reading where nobody can tell whether it happens to the reporter.

    Their identity goes along with that of the people of concern, so that only a danger or a child makes them one.
    """
    path = "reporter.is_person_of_concern"
    if not any(is_within(one.field, path) for one in reading.not_understood):
        return
    report = Report.model_validate({key: found[key] for key in ("reporter", "danger_now") if key in found})
    if report.states_danger or report.states_child(reading.on):
        return
    found["reporter"].pop("is_person_of_concern", None)
    found.setdefault("situation_may_be_passed_on", False)
