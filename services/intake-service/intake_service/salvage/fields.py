"""Fields of a report, read one by one; of a key that comes twice the value that protects counts.

A value that cannot be read stands for a danger or a child where it may mean one, and never for an adult, for
"no danger" or for sharing.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from intake_service.salvage import signals
from intake_service.salvage.body.values import Cut, Value, is_blank, shows_anything, spelled
from intake_service.salvage.coded_answers import code_of, is_unknown, numbers_in, whole_number, yes_or_no
from intake_service.salvage.reading import Reading
from shared.domain.vocabulary import PersonRole, PrivacyChoice, RecipientKind, YesNoUnknown

Code = TypeVar("Code", bound=StrEnum)
Reader = Callable[[Reading, str, list[Value]], Any]
"""Reads the values of one field; None where nothing is said."""
LONG, SHORT = 15_000, 500
MOST_PEOPLE = 100_000
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}")
_ROLES = {
    **dict.fromkeys(("victim", "potential_victim", "survivor", "child"), PersonRole.PERSON_OF_CONCERN),
    **dict.fromkeys(("exploiter", "trafficker", "perpetrator"), PersonRole.ALLEGED_EXPLOITER),
}


def text(longest: int) -> Reader:
    """Return the reader of a text. One that is too long is cut at its limit, and kept whole beside the field."""

    def read(reading: Reading, path: str, values: list[Value]) -> str | None:
        said = list(dict.fromkeys(one for value in values for one in _texts(reading, path, value)))
        whole = ("\n" if longest > SHORT else " / ").join(said)
        if len(whole) > longest:
            reading.keep(path, whole)
            whole = whole[: longest - 1] + "…"
        return whole or None

    return read


def _texts(reading: Reading, path: str, value: Value) -> list[str]:
    if is_blank(value):
        return []
    if isinstance(value, str) and shows_anything(value):
        return [value.replace("\r\n", "\n").replace("\r", "\n")]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return [spelled(int(value) if value == int(value) else value)]
    if isinstance(value, list):
        return [one for part in value for one in _texts(reading, path, part)]
    reading.keep(path, value)
    return []


def answer(unreadable: YesNoUnknown, *, strongest: YesNoUnknown) -> Reader:
    """Return the reader of yes, no or unknown. `strongest` counts where a key comes twice."""

    def read(reading: Reading, path: str, values: list[Value]) -> YesNoUnknown | None:
        found = []
        for value in values:
            one = yes_or_no(value)
            if one is None:
                reading.keep(path, value)
            found.append(unreadable if one is None else one)
        order = [strongest, YesNoUnknown.YES, YesNoUnknown.NO, YesNoUnknown.UNKNOWN]
        counts = min(found, key=order.index, default=None)
        _keep_others(reading, path, found, counts)
        return counts

    return read


def flag(unreadable: bool, *, strongest: bool) -> Reader:
    """Return the reader of yes or no; unknown is not said."""

    def read(reading: Reading, path: str, values: list[Value]) -> bool | None:
        found = []
        for value in values:
            one = yes_or_no(value)
            if one is None:
                reading.keep(path, value)
                found.append(unreadable)
            elif one is not YesNoUnknown.UNKNOWN:
                found.append(one is YesNoUnknown.YES)
        counts = strongest if strongest in found else (found[0] if found else None)
        _keep_others(reading, path, found, counts)
        return counts

    return read


def _keep_others(reading: Reading, path: str, found: Sequence[Value], counts: Value) -> None:
    """Keep what a key that comes twice said besides the value that counts."""
    for other in dict.fromkeys(found):
        if other != counts and not is_unknown(other):
            reading.keep(path, other)


def code(kind: type[Code], others: Mapping[str, Code] | None = None) -> Reader:
    """Return the reader of one code of a list; `others` are words for it that are none of the codes."""

    def read(reading: Reading, path: str, values: list[Value]) -> Code | None:
        found: Code | None = None
        for value in _alone(values):
            one = code_of(value, kind) or (others or {}).get(spelled(value).strip().casefold())
            if one is None and not is_unknown(value):
                reading.keep(path, value)
                signals.note_code(reading, path, value)
            elif found is None:
                found = one
            elif one is not None and one is not found:
                reading.keep(path, value)
        return found

    return read


def _alone(values: list[Value]) -> list[Value]:
    """Return the values with a list of one in the place of what is in it."""
    return [one[0] if isinstance(one, list) and len(one) == 1 else one for one in values if not is_blank(one)]


def role(reading: Reading, path: str, values: list[Value]) -> PersonRole | None:
    """Read a role; whoever has a role that we do not know may be a victim. A victim of two roles stays one."""
    found = []
    for value in (one for said in values for one in (said if isinstance(said, list) else [said])):
        one = code_of(value, PersonRole) or _ROLES.get(str(value).strip().casefold().replace(" ", "_"))
        signals.note_code(reading, path, value)
        if one is None and not is_unknown(value):
            reading.keep(path, value)
            one = PersonRole.PERSON_OF_CONCERN
        found += [one] if one else []
    order = list(dict.fromkeys([PersonRole.PERSON_OF_CONCERN, *PersonRole]))
    for other in sorted(set(found), key=order.index)[1:]:
        reading.keep(path, other.value)
    return min(found, key=order.index, default=None)


def codes(kind: type[Code]) -> Reader:
    """Return the reader of a list of codes; codes that we do not know are kept beside it."""

    def read(reading: Reading, path: str, values: list[Value]) -> list[Code] | None:
        found: list[Code] = []
        for value in values:
            found += _codes_in(reading, path, value, kind)
        return list(dict.fromkeys(found)) or None

    return read


def _codes_in(reading: Reading, path: str, value: Value, kind: type[Code]) -> list[Code]:
    found: list[Code] = []
    for number, one in enumerate(_items(value)):
        known = code_of(one, kind)
        if known is not None:
            found.append(known)
        elif not is_unknown(one):
            where = f"{path}.{number}" if isinstance(value, list) else path
            reading.keep(where, one)
            signals.note_code(reading, where, one)
    return found


def _items(value: Value) -> list[Value]:
    """Return the items of a list, also of one written as a text with commas."""
    if not isinstance(value, list | str):
        return [] if is_blank(value) else [value]
    if isinstance(value, Cut):
        return [value]
    if isinstance(value, str):
        return [one.strip() for one in re.split(r"[,;|\n]", value) if not is_blank(one)]
    return list(value)


def shared_with(reading: Reading, path: str, values: list[Value]) -> list[RecipientKind] | None:
    """Read the kinds of recipient that may have the details: of two lists only what stands in both."""
    lists = [_codes_in(reading, path, value, RecipientKind) for value in values]
    agreed = [kind for kind in lists[0] if all(kind in one for one in lists)] if lists else []
    if len(lists) > 1:
        _keep_others(reading, path, [one for found in lists for one in found if one not in agreed], None)
    return list(dict.fromkeys(agreed)) or None


def privacy(reading: Reading, path: str, values: list[Value]) -> PrivacyChoice | None:
    """Read the privacy choice: the more private of two, and never `share` for what cannot be understood."""
    order = [PrivacyChoice.ANONYMOUS, PrivacyChoice.CONFIDENTIAL, PrivacyChoice.SHARE]
    found = []
    for value in _alone(values):
        one = code_of(value, PrivacyChoice)
        if one is None and not is_unknown(value):
            reading.keep(path, value)
            one = (
                PrivacyChoice.ANONYMOUS if "anon" in spelled(value).casefold() else PrivacyChoice.CONFIDENTIAL
            )
        found += [one] if one else []
    counts = min(found, key=order.index, default=None)
    _keep_others(reading, path, found, counts)
    return counts


def people(reading: Reading, path: str, values: list[Value]) -> int | None:
    """Read a number of people: of two numbers the greater, so that nobody is left out."""
    found = []
    for value in values:
        number = whole_number(value)
        numbers = [number] if number is not None else numbers_in(value)
        fitting = [one for one in numbers if 0 <= one <= MOST_PEOPLE]
        if number is None or number not in fitting:
            reading.keep(path, None if is_unknown(value) else value)
        found += fitting
    counts = max(found, default=None)
    if len(values) > 1:
        _keep_others(reading, path, found, counts)
    return counts


def language(reading: Reading, path: str, values: list[Value]) -> str | None:
    """Read a language tag, also as programs write it: zh_CN, en-GB,en;q=0.9, ro_RO.UTF-8."""
    found = None
    for value in _alone(values):
        tag = (
            re.split(r"[,;.@]", value.strip())[0].strip().replace("_", "-") if isinstance(value, str) else ""
        )
        if not isinstance(value, Cut) and _LANGUAGE.fullmatch(tag):
            found = found or tag
            continue
        if not is_unknown(value):
            reading.keep(path, value)
            found = found or "und"
    return found


def languages(reading: Reading, path: str, values: list[Value]) -> list[str] | None:
    found = [language(reading, path, [one]) for value in values for one in _items(value)]
    return [one for one in dict.fromkeys(found) if one and one != "und"] or None


def texts(reading: Reading, path: str, values: list[Value]) -> list[str] | None:
    found = [text(SHORT)(reading, path, [one]) for value in values for one in _items(value)]
    return [one for one in dict.fromkeys(found) if one] or None
