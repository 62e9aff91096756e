"""Age of a person, read from an object, or from a number or a text in its place."""

import re

from intake_service.reports.parts import ReportedAge
from intake_service.salvage.ages import AgeSaid
from intake_service.salvage.body.values import Members, Value, is_blank
from intake_service.salvage.coded_answers import yes_or_no
from intake_service.salvage.objects import Read, grouped, unwrapped
from intake_service.salvage.reading import Reading
from shared.domain.vocabulary import YesNoUnknown


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
