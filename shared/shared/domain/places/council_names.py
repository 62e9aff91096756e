"""Councils by name, as names are typed: old and Welsh names, counties, towns, with or without what kind they are."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import IntEnum
from functools import lru_cache
from typing import Final, NamedTuple

from shared.domain.councils import NORTHERN_IRELAND, Council, CouncilRegister, council_register, rows_of
from shared.domain.places.name_key import name_key, short_key

_TOWN_PEOPLE: Final = 10_000


class Match(IntEnum):
    """Match of a text with a name, best first."""

    SAME = 0
    SAME_BUT_KIND = 1
    BEGINS = 2
    TOWN = 3
    BEGINS_A_WORD = 4
    INSIDE = 5


class Name(NamedTuple):
    """Name in its whole form and without its kind, with the areas that it may mean, likeliest first."""

    whole: str
    short: str
    areas: tuple[str, ...]


class Names(NamedTuple):
    """Names of one day: of councils and larger areas to search in, and of towns, which are only found whole."""

    councils: tuple[Name, ...]
    towns: Mapping[str, tuple[str, ...]]
    whole: Mapping[str, tuple[str, ...]]
    """Areas of every whole name, of councils, larger areas and towns."""
    villages: frozenset[str]
    """Names of small places and of nothing else: often also the name of a street or a house."""


def councils_named(
    text: str, *, on: date, at_most: int = 20, register: CouncilRegister | None = None
) -> tuple[Council, ...]:
    """Return the councils of a day that a typed text may mean: those with just this name first."""
    known = register or council_register()
    found = [
        (match, known.councils[area]) for area, match in _matches(text, on, known) if area in known.councils
    ]
    found.sort(key=lambda pair: (pair[0], pair[1].name if pair[0] > Match.SAME_BUT_KIND else ""))
    return tuple(council for _, council in found[:at_most])


def areas_named(text: str, *, on: date, register: CouncilRegister) -> tuple[tuple[str, ...], bool]:
    """Return the areas with this name, or else those in which it begins a word, and towns.

    The second value is true where it is the whole name, but for the kind of council.
    """
    matches = _matches(text, on, register)
    best = min((match for _, match in matches), default=Match.INSIDE)
    says_kind = name_key(text) != short_key(text)
    if best is Match.SAME or (best is Match.SAME_BUT_KIND and says_kind):
        return tuple(area for area, match in matches if match is best), True
    return tuple(area for area, match in matches if match < Match.INSIDE), best is Match.SAME_BUT_KIND


def areas_with_whole_name(
    text: str, *, on: date, register: CouncilRegister, villages: bool
) -> tuple[str, ...]:
    """Return the areas of a council, a larger area, a town or perhaps a village with just this name."""
    names, key = names_on(on, register), name_key(text)
    return names.whole.get(key, ()) if villages or key not in names.villages else ()


def _matches(text: str, on: date, register: CouncilRegister) -> list[tuple[str, Match]]:
    """Return each area once with its best match, the best first."""
    whole, short = name_key(text), short_key(text)
    if not whole:
        return []
    names = names_on(on, register)
    found = [
        (area, match)
        for name in names.councils
        if (match := _match(whole, short, name)) is not None
        for area in name.areas
    ]
    found += [(area, Match.TOWN) for key in {whole, short} for area in names.towns.get(key, ())]
    found.sort(key=lambda pair: pair[1])
    best = dict(reversed(found))
    return sorted(best.items(), key=found.index)


def _match(whole: str, short: str, name: Name) -> Match | None:
    if whole == name.whole:
        return Match.SAME
    if short == name.short:
        return Match.SAME_BUT_KIND
    if name.whole.startswith(whole) or name.short.startswith((whole, short)):
        return Match.BEGINS
    if f" {whole}" in name.whole or f" {short}" in name.short:
        return Match.BEGINS_A_WORD
    return Match.INSIDE if whole in name.whole else None


def names_on(on: date, register: CouncilRegister) -> Names:
    """Return the names of a day. Old names lead to that day's councils."""
    return _names_since(register.last_change(on), register)


@lru_cache(maxsize=8)
def _names_since(on: date, register: CouncilRegister) -> Names:
    councils = tuple(dict.fromkeys(_council_names(on, register)))
    rows = rows_of("towns.csv")
    towns = {name_key(row["name"]): _areas(row["areas"].split(), on, register) for row in rows}
    small = {name_key(row["name"]) for row in rows if int(row["population"]) < _TOWN_PEOPLE}
    whole: dict[str, tuple[str, ...]] = {}
    for name in councils:
        whole[name.whole] = tuple(dict.fromkeys((*whole.get(name.whole, ()), *name.areas)))
    longer = _beginnings(on, register)
    exact = frozenset(whole)
    for key, areas in towns.items():
        longer_names = () if key in exact else longer.get(key, ())
        whole[key] = tuple(dict.fromkeys((*whole.get(key, ()), *longer_names, *areas)))
    return Names(councils, towns, whole, frozenset(small - exact - longer.keys()))


def _beginnings(on: date, register: CouncilRegister) -> Mapping[str, tuple[str, ...]]:
    """Return the councils of a day by the first words of their names, the one with most people first.

    Who writes `Newcastle` may mean Newcastle upon Tyne, although a town has just this name.
    """
    found: dict[str, tuple[str, ...]] = {}
    for council in sorted(register.current(on), key=lambda one: -one.population):
        words = name_key(council.short_name).split()
        for length in range(1, len(words)):
            key = " ".join(words[:length])
            found[key] = (*found.get(key, ()), council.gss)
    return found


def _council_names(on: date, register: CouncilRegister) -> Iterator[Name]:
    for council in register.councils.values():
        areas = register.areas(council.gss, on)
        for text in (council.short_name, council.name):
            yield Name(name_key(text), short_key(text), areas)
    older = [(one.name, (one.gss,)) for one in register.ended.values()]
    others = [(row["name"], tuple(row["areas"].split())) for row in rows_of("place_names.csv")]
    for text, codes in (*others, *register.without_code.items(), *older):
        yield Name(name_key(text), short_key(text), _areas(codes, on, register))


def _areas(codes: Iterable[str], on: date, register: CouncilRegister) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for code in codes:
        found |= dict.fromkeys((code,) if code == NORTHERN_IRELAND else register.areas(code, on))
    return tuple(found)
