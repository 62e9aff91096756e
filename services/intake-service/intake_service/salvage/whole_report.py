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


def read_whole(reading: Reading, value: Value) -> Read:
    """Read the fields of a report from whatever its body holds."""
    found = read_object(reading, "", objects_in(reading, value), REPORT)
    _count_signals(reading, found)
    _decide_self_report(reading, found)
    return found


def objects_in(reading: Reading, value: Value) -> list[Value]:
    """Return the objects that make up a report: one, several in a list, or one inside a wrapper."""
    value = unwrapped(value)
    if isinstance(value, list):
        return [one for part in value for one in objects_in(reading, part)]
    if not isinstance(value, Members):
        return [] if is_blank(value) else [Members([("what_happened", value)])]
    if any(squashed(name) in _NAMES for name, _ in value.pairs):
        return [value]
    inner = [one for _, one in value.pairs if _is_report(one)]
    others = Members([(name, one) for name, one in value.pairs if not _is_report(one)])
    return [*(one for part in inner for one in objects_in(reading, part)), others]


def _is_report(value: Value) -> bool:
    one = unwrapped(value)
    return isinstance(one, Members) and any(squashed(name) in _NAMES for name, _ in one.pairs)


def _count_signals(reading: Reading, found: Read) -> None:
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
