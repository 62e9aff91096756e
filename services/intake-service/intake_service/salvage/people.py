"""People of a report, read field by field: persons, the reporter, and ways to reach them."""

import re

from intake_service.reports.parts import ReportedAge, ReportedPerson, Reporter, SafeContact
from intake_service.salvage import fields
from intake_service.salvage.age_fields import age
from intake_service.salvage.body.values import Members, Value, is_blank, spelled, squashed
from intake_service.salvage.fields import SHORT, Reader
from intake_service.salvage.objects import Read, read_object, unwrapped
from intake_service.salvage.places import flat, place
from intake_service.salvage.reading import Reading
from shared.domain.vocabulary import ExploitationType, Gender, YesNoUnknown

MAX_PERSONS = 200
_EMAIL = re.compile(r"\S+@\S+\.\S+")
_PHONE = re.compile(r"\+?[\d\s()/.-]{7,20}")
SHORT_TEXT = fields.text(SHORT)
DANGER = fields.answer(YesNoUnknown.YES, strongest=YesNoUnknown.YES)


def person(reading: Reading, path: str, value: Value) -> Read:
    """Read one person; a text in the place of an object describes them."""
    found = read_object(reading, path, [value], PERSON, "description")
    return protected(reading, path, found)


def protected(reading: Reading, path: str, found: Read) -> Read:
    """Add the danger and the child that may be meant by what was not understood of this person."""
    if reading.says_child(path):
        found["age"] = {**found.get("age", {}), "may_be_under_18": True}
    if reading.says_danger(path):
        found["in_danger"] = YesNoUnknown.YES
    return found


def reporter(reading: Reading, path: str, values: list[Value]) -> Read | None:
    """Read the reporter; a text in the place of an object is an address, a number or a name."""
    pieces = []
    for value in flat(values):
        one = unwrapped(value)
        if isinstance(one, str | int) and not isinstance(one, bool) and not is_blank(one):
            one = Members([(_way_to_reach(spelled(one)), one)])
        pieces.append(one)
    found = read_object(reading, path, [one for one in pieces if not is_blank(one)], REPORTER)
    return protected(reading, path, found) or None


def _way_to_reach(text: str) -> str:
    if _EMAIL.fullmatch(text.strip()):
        return "email"
    return "phone" if _PHONE.fullmatch(text.strip()) else "name"


def persons(reading: Reading, path: str, values: list[Value]) -> list[Read] | None:
    """Read the persons; one alone, a list of lists and an object with numbers for keys are lists too."""
    items = [one for value in values for one in _people_in(value)]
    found = [person(reading, f"{path}.{number}", one) for number, one in enumerate(items[:MAX_PERSONS])]
    if len(items) > MAX_PERSONS:
        found = _with_surplus(reading, path, items[MAX_PERSONS:], found)
    return found or None


def _with_surplus(reading: Reading, path: str, items: list[Value], found: list[Read]) -> list[Read]:
    """Keep the persons beyond the limit as they were said; a danger or a child among them counts."""
    where = f"{path}.{MAX_PERSONS}"
    apart = Reading(reading.on)
    surplus = [person(apart, where, one) for one in items if not is_blank(one)]
    reading.keep(where, "[" + ", ".join(spelled(one) for one in items) + "]")
    more: Read = {}
    if any(one.get("in_danger") is YesNoUnknown.YES for one in surplus):
        more["in_danger"] = YesNoUnknown.YES
    ages = [ReportedAge.model_validate(one["age"]) for one in surplus if "age" in one]
    if any(one.may_be_child(reading.on) for one in ages):
        more["age"] = {"may_be_under_18": True}
    return [*found, more] if more else found


def _people_in(value: Value) -> list[Value]:
    if isinstance(value, str) and not is_blank(value):
        one = unwrapped(value)
        return [value] if isinstance(one, str) else _people_in(one)
    if isinstance(value, Members):
        keys = [name for name, _ in value.pairs]
        if keys and all(name.isdigit() for name in keys):
            return [one for _, one in value.pairs]
        is_by_name = len(keys) > 0 and all(isinstance(one, Members) for _, one in value.pairs)
        if is_by_name and not any(squashed(name) in _NAMES_OF_FIELDS for name in keys):
            return [Members([("name", name), *one.pairs]) for name, one in value.pairs]
        return [value]
    if isinstance(value, list):
        return [one for part in value for one in (_people_in(part) if isinstance(part, list) else [part])]
    return [] if value is None or isinstance(value, str) else [value]


def safe_contact(reading: Reading, path: str, values: list[Value]) -> Read | None:
    """Read ways to reach the reporter; what is not understood is no permission."""
    return (
        read_object(reading, path, [one for one in values if not is_blank(one)], SAFE_CONTACT, "when") or None
    )


TRUE_IF_EVER = fields.flag(True, strongest=True)
_OF_ANY_PERSON: dict[str, Reader] = {
    **dict.fromkeys(("name", "phone", "email", "household"), SHORT_TEXT),
    "age": age,
    "lives_at": place,
    "found_at": place,
    "in_danger": DANGER,
    "cares_for_child": TRUE_IF_EVER,
}
PERSON: dict[str, Reader] = {
    **_OF_ANY_PERSON,
    **dict.fromkeys(("description", "relation_to_reporter", "relation_to_child"), SHORT_TEXT),
    "role": fields.role,
    "gender": fields.code(Gender),
    "languages": fields.languages,
    "exploitation_types": fields.codes(ExploitationType),
}
REPORTER: dict[str, Reader] = {**_OF_ANY_PERSON, "is_person_of_concern": TRUE_IF_EVER}
SAFE_CONTACT: dict[str, Reader] = {
    **dict.fromkeys(SafeContact.model_fields, SHORT_TEXT),
    "may_contact": fields.answer(YesNoUnknown.NO, strongest=YesNoUnknown.NO),
    "channels": fields.texts,
    "never": fields.text(SHORT),
}
_NAMES_OF_FIELDS = frozenset(squashed(name) for name in PERSON)
assert PERSON.keys() == ReportedPerson.model_fields.keys()
assert REPORTER.keys() == Reporter.model_fields.keys()
