"""Reading of a postcode: codes for a whole one, a part, or one with a confused letter."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from shared.domain.councils import NORTHERN_IRELAND
from shared.domain.places import postcode_text
from shared.domain.places.northern_ireland import ALL_OF_NORTHERN_IRELAND, district_of
from shared.domain.places.postcode_text import Candidate
from shared.domain.postcodes import postcode_directory


@dataclass(frozen=True)
class PostcodeReading:
    """Codes of the directory, likeliest first; empty where nothing is known."""

    codes: tuple[str, ...] = ()
    is_sure: bool = False
    is_guess: bool = False
    district: str | None = None
    """Postcode district, for one of Northern Ireland."""


NOTHING = PostcodeReading()


def read_postcode(text: str) -> PostcodeReading:
    """Return what a field for a postcode says."""
    typed = postcode_text.plain(text)
    if typed.strip() == ALL_OF_NORTHERN_IRELAND:
        return PostcodeReading((NORTHERN_IRELAND,))
    return _first(
        _whole(postcode_text.whole_postcodes(typed)),
        lambda: _guessed(typed, postcode_text.whole_postcodes),
        lambda: _part(postcode_text.parts(typed)),
        lambda: _guessed_part(typed),
    )


def read_postcode_in_words(text: str) -> PostcodeReading:
    """Return what a postcode inside an address says; a confused letter only where it ends the address."""
    typed = postcode_text.plain(text)
    return _first(
        _whole(postcode_text.whole_postcodes_in_words(typed)),
        lambda: _guessed(_last_words(typed), postcode_text.whole_postcodes_in_words),
        lambda: _part(postcode_text.whole_postcodes_in_words(typed)),
        lambda: _part(postcode_text.part_at_end(typed)),
    )


def _first(found: PostcodeReading, *others: Callable[[], PostcodeReading]) -> PostcodeReading:
    for other in others:
        if found.codes:
            return found
        found = other()
    return found


def _whole(candidates: Iterable[Candidate]) -> PostcodeReading:
    """Return the reading of the whole postcodes that exist; several different ones are not sure."""
    known = {one: found for one in dict.fromkeys(candidates) if (found := _codes_of_whole(one))}
    codes = dict.fromkeys(code for found in known.values() for code in found)
    district = _district(next(iter(known))) if known else None
    return PostcodeReading(tuple(codes), is_sure=len(codes) == 1 and district is None, district=district)


def _guessed(typed: str, find: Callable[[str], Iterable[Candidate]]) -> PostcodeReading:
    """Return the only reading that exists if look-alikes are exchanged, first the usual ones; marked as a guess."""
    latin = postcode_text.without_look_alikes(typed)
    if latin != typed and (found := _whole(find(latin))).codes:
        return _as_guess(found)
    for more in (False, True):
        existing = [one for one in postcode_text.guesses(latin, more=more) if _codes_of_whole(one)]
        if existing:
            return _as_guess(_whole(existing)) if len(existing) == 1 else NOTHING
    return NOTHING


def _part(candidates: Iterable[Candidate]) -> PostcodeReading:
    """Return the councils of the first part that exists: its sector, else its outward code. Never sure."""
    for one in candidates:
        if district := _district(one):
            return PostcodeReading((NORTHERN_IRELAND,), district=district)
        if codes := _codes_of_part(one):
            return PostcodeReading(codes)
    return NOTHING


def _guessed_part(typed: str) -> PostcodeReading:
    existing = [
        found
        for outward in postcode_text.outward_guesses(postcode_text.without_look_alikes(typed))
        if (found := _part([Candidate(outward)])).codes
    ]
    return _as_guess(existing[0]) if len(existing) == 1 else NOTHING


def _codes_of_whole(one: Candidate) -> tuple[str, ...]:
    if _district(one):
        return (NORTHERN_IRELAND,)
    return postcode_directory().codes_of(str(one))


def _codes_of_part(one: Candidate) -> tuple[str, ...]:
    directory = postcode_directory()
    sector = directory.codes_of_sector(one.outward, one.inward[0]) if one.inward else ()
    return sector or directory.codes_of_outward(one.outward)


def _district(one: Candidate) -> str | None:
    return district_of(one.outward)


def _as_guess(found: PostcodeReading) -> PostcodeReading:
    return PostcodeReading(found.codes, is_guess=True, district=found.district)


def _last_words(text: str) -> str:
    return text.rstrip(" .,;)]\"'\n")[-9:]
