"""Places, read from an object or from a text in its place."""

import re
from collections.abc import Callable

from intake_service.reports.parts import ReportedPlace
from intake_service.salvage import fields
from intake_service.salvage.body.values import Cut, Members, Value, is_blank, spelled
from intake_service.salvage.coded_answers import plain
from intake_service.salvage.fields import SHORT, Reader
from intake_service.salvage.objects import Read, read_object, unwrapped
from intake_service.salvage.reading import Reading
from shared.domain.places import PlaceReading, read_place
from shared.domain.vocabulary import PlaceSetting

_GSS = re.compile(r"[ENSWKJ]\d{8}")
_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\s*(\d[A-Z]{2})?", re.IGNORECASE)
SHORT_TEXT = fields.text(SHORT)


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
    said = [one for value in flat(values) if (one := SHORT_TEXT(reading, path, [value]))]
    said = list(dict.fromkeys(said))
    return _leading(reading, path, said, lambda one: read_place(postcode=one, on=reading.on).is_known)


def _council(reading: Reading, path: str, values: list[Value]) -> str | None:
    """Read a council's code, or the name of one council; what is neither is kept beside the place."""
    found = []
    for value in flat(values):
        one = plain(value) if isinstance(value, str) and not isinstance(value, Cut) else ""
        code = _council_code(one, reading)
        if code is not None:
            found.append(code)
        else:
            reading.keep(path, value)
    return _leading(
        reading,
        path,
        list(dict.fromkeys(found)),
        lambda one: read_place(council=one, on=reading.on).is_known,
    )


def _council_code(text: str, reading: Reading) -> str | None:
    if _GSS.fullmatch(text.upper()) and text[:1].upper() in "ENSW":
        return text.upper()
    named = read_place(council=text, on=reading.on) if text.strip() else PlaceReading()
    return named.areas[0] if named.is_sure and len(named.areas) == 1 else None


def flat(values: list[Value]) -> list[Value]:
    return [one for value in values for one in (value if isinstance(value, list) else [value])]


def _leading(
    reading: Reading, path: str, said: list[str], leads_somewhere: Callable[[str], bool]
) -> str | None:
    if len(said) <= 1:
        return said[0] if said else None
    best = next((one for one in said if leads_somewhere(one)), said[0])
    for other in said:
        if other != best:
            reading.keep(path, other)
    return best


PLACE: dict[str, Reader] = {
    **dict.fromkeys(ReportedPlace.model_fields, SHORT_TEXT),
    "postcode": _postcode,
    "council": _council,
    "setting": fields.code(PlaceSetting),
}
