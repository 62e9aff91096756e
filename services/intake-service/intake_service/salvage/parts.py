"""Parts of a report, read field by field: places, ages, persons, the reporter, and ways to reach them."""

import re
from typing import Any

from intake_service.reports.parts import ReportedAge, ReportedPerson, ReportedPlace, Reporter, SafeContact
from intake_service.salvage import fields
from intake_service.salvage.ages import AgeSaid
from intake_service.salvage.body.tolerant_json import parse
from intake_service.salvage.body.values import Cut, Members, Value, is_blank, spelled, squashed
from intake_service.salvage.coded_answers import plain, yes_or_no
from intake_service.salvage.fields import SHORT, Reader
from intake_service.salvage.reading import Reading, named_path
from intake_service.salvage.signals import note_code, note_unknown
from shared.domain.geography import UnknownCouncil, area_of_postcode, known_area
from shared.domain.vocabulary import (
    ExploitationType,
    Gender,
    PlaceSetting,
    YesNoUnknown,
)

Read = dict[str, Any]
MAX_PERSONS = 200
_GSS = re.compile(r"[ENSWKJ]\d{8}")
_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\s*(\d[A-Z]{2})?", re.IGNORECASE)
_LONGEST_POSTCODE = 12
_EMAIL = re.compile(r"\S+@\S+\.\S+")
_PHONE = re.compile(r"\+?[\d\s()/.-]{7,20}")
SHORT_TEXT = fields.text(SHORT)
DANGER = fields.answer(YesNoUnknown.YES, strongest=YesNoUnknown.YES)


def read_object(
    reading: Reading, path: str, values: list[Value], readers: dict[str, Reader], scalar: str = ""
) -> Read:
    """Read an object; `scalar` is the field for a text that stands in its place."""
    given = grouped(reading, path, values, readers, scalar)
    found = {
        name: reader(reading, f"{path}.{name}" if path else name, given[name])
        for name, reader in readers.items()
        if name in given
    }
    return {name: value for name, value in found.items() if value is not None}


def grouped(
    reading: Reading, path: str, values: list[Value], known: Any, scalar: str = ""
) -> dict[str, list[Value]]:
    """Return the values of each known field. Unknown ones are kept, and looked at for a danger or a child."""
    names = {squashed(name): name for name in known}
    given: dict[str, list[Value]] = {}
    for value in values:
        one = unwrapped(value)
        if isinstance(one, Members):
            for name, member in one.pairs:
                if squashed(name) in names:
                    given.setdefault(names[squashed(name)], []).append(member)
                else:
                    keep_unknown(reading, path, name, member)
        elif scalar and not is_blank(one) and not isinstance(one, list):
            given.setdefault(scalar, []).append(one)
        else:
            reading.keep(path, one)
            note_code(reading, path, one)
    return given


def keep_unknown(reading: Reading, path: str, name: str, value: Value) -> None:
    """Keep a field that we do not know: its name too, where it is none that could be shown."""
    where = named_path(path, name)
    shown = where.endswith(name) and bool(name)
    reading.keep(
        where if name else path or "body", value if shown or not name else f"{name}: {spelled(value)}"
    )
    note_unknown(reading, where, name, value)


def unwrapped(value: Value) -> Value:
    """Return an object that is written as a text, or alone in a list, as an object."""
    if isinstance(value, list) and len(value) == 1:
        return unwrapped(value[0])
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        parsed = parse(value)
        return value if parsed.stray or isinstance(value, Cut) else unwrapped(parsed.value)
    return value


def place(reading: Reading, path: str, values: list[Value]) -> Read | None:
    """Read a place. A text in its place is a postcode, a council's code, or a description."""
    pieces: list[Value] = []
    for value in values:
        one = unwrapped(value)
        if isinstance(one, list):
            one = Members([("description", one)])
        elif not isinstance(one, Members) and not is_blank(one):
            one = Members([(_place_field(spelled(one)), one)])
        pieces.append(one)
    return read_object(reading, path, [one for one in pieces if not is_blank(one)], PLACE) or None


def _place_field(text: str) -> str:
    stripped = text.strip()
    if _GSS.fullmatch(stripped.upper()):
        return "council"
    return "postcode" if _POSTCODE.fullmatch(stripped) else "description"


def _postcode(reading: Reading, path: str, values: list[Value]) -> str | None:
    """Read a postcode: of two, one that leads somewhere."""
    said = [one for value in _flat(values) if (one := SHORT_TEXT(reading, path, [value]))]
    said = list(dict.fromkeys(said))
    return _leading(reading, path, said, area_of_postcode)


def _council(reading: Reading, path: str, values: list[Value]) -> str | None:
    """Read a council's code; one that is none leads nowhere, and is kept beside the place."""
    found = []
    for value in _flat(values):
        one = plain(value).upper() if isinstance(value, str) and not isinstance(value, Cut) else ""
        if _GSS.fullmatch(one) and one[0] in "ENSW":
            found.append(one)
        else:
            reading.keep(path, value)
    return _leading(reading, path, list(dict.fromkeys(found)), _area)


def _flat(values: list[Value]) -> list[Value]:
    return [one for value in values for one in (value if isinstance(value, list) else [value])]


def _area(gss: str) -> str | None:
    try:
        return known_area(gss)
    except UnknownCouncil:
        return None


def _leading(reading: Reading, path: str, said: list[str], area: Any) -> str | None:
    if len(said) <= 1:
        return said[0] if said else None
    best = next((one for one in said if area(one)), said[0])
    for other in said:
        if other != best:
            reading.keep(path, other)
    return best


def age(reading: Reading, path: str, values: list[Value]) -> Read | None:
    """Read an age. A number or a text in its place is one too; what cannot be read may mean a child."""
    said = AgeSaid(reading.on)
    given = _age_values(reading, path, values)
    for name, found in given.items():
        for value in found:
            if not _read_age(said, name, unwrapped(value)):
                reading.keep(f"{path}.{name}", value)
    for other in said.surplus:
        reading.keep(path, other)
    if reading.says_child(path):
        said.may_be_under_18 = True
    return said.as_fields() or None


def _age_values(reading: Reading, path: str, values: list[Value]) -> dict[str, list[Value]]:
    pieces = [
        one if isinstance(one, Members) else Members([("years", one)])
        for one in map(unwrapped, values)
        if not is_blank(one)
    ]
    return grouped(reading, path, list(pieces), ReportedAge.model_fields)


def _read_age(said: AgeSaid, name: str, value: Value) -> bool:
    """Read one field of an age; False where it cannot be understood."""
    if name == "date_of_birth":
        return said.read_born(_one_day(value))
    if name == "years":
        return said.read_years(value) if not _is_birth(said, value) else said.read_born(value)
    if name in ("lowest", "highest"):
        return said.read_end(value, is_lowest=name == "lowest")
    found = yes_or_no(value)
    if name == "surely_adult":
        said.surely_adult = said.surely_adult or found is YesNoUnknown.YES
    else:
        is_said = found in (YesNoUnknown.YES, None)
        setattr(said, name, getattr(said, name) or is_said)
    return found is not None


def _one_day(value: Value) -> Value:
    """Return a date that is given as year, month and day apart as one text."""
    if isinstance(value, Members):
        given = {name.casefold(): one for name, one in value.pairs}
        parts = [given.get(name) for name in ("year", "month", "day")]
    else:
        parts = value if isinstance(value, list) else []
    is_date = len(parts) == 3 and all(isinstance(one, int | str) for one in parts)
    return "-".join(str(one) for one in parts) if is_date else value


def _is_birth(said: AgeSaid, value: Value) -> bool:
    return isinstance(value, str) and re.fullmatch(r"\s*\d+[-/.]\d+[-/.]\d+.*", value) is not None


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
    for value in _flat(values):
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


PLACE: dict[str, Reader] = {
    **dict.fromkeys(ReportedPlace.model_fields, SHORT_TEXT),
    "postcode": _postcode,
    "council": _council,
    "setting": fields.code(PlaceSetting),
}
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
