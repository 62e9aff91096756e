"""Reading of a place as people write it: postcode, council, address and description together."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from shared.domain.councils import NORTHERN_IRELAND, CouncilRegister, council_register
from shared.domain.geography import (
    BRITISH_TRANSPORT_POLICE,
    POLICE_SCOTLAND,
    police_force_of,
    social_care_agencies_of,
)
from shared.domain.places.council_names import areas_named
from shared.domain.places.name_key import name_key
from shared.domain.places.northern_ireland import districts
from shared.domain.places.outside import (
    Outside,
    outside_by_council_code,
    outside_by_country,
    outside_by_name,
    outside_by_postcode,
)
from shared.domain.places.place_words import (
    areas_in_address,
    areas_in_description,
    narrowed,
    outside_in_address,
)
from shared.domain.places.postcode_reading import PostcodeReading, read_postcode, read_postcode_in_words
from shared.domain.places.postcode_text import plain
from shared.domain.places.reading import PlaceReading
from shared.domain.vocabulary import PlaceSetting

_SCOTLAND: Final = frozenset({"scotland", "alba", "s92000003"})


@dataclass(frozen=True)
class _Words:
    """Everything that was written of a place; blank where nothing was."""

    postcode: str
    council: str
    address: str
    description: str
    country: str


@dataclass(frozen=True)
class _Evidence:
    """Areas that one of the words leads to, likeliest first."""

    areas: tuple[str, ...] = ()
    is_sure: bool = False
    is_guess: bool = False
    contradiction: bool = False
    district: str | None = None
    outside: Outside | None = None


def read_place(
    *,
    postcode: str | None = None,
    council: str | None = None,
    address: str | None = None,
    description: str | None = None,
    setting: PlaceSetting | None = None,
    country: str | None = None,
    on: date,
    register: CouncilRegister | None = None,
) -> PlaceReading:
    """Return what is known of a place on a day; it never fails, whatever the words.

    A whole postcode decides, then a council, then a part of a postcode, then the town in an address or description.
    A split postcode is an estimate: its other councils are those of the postcodes around it.
    """
    return _reader(postcode, council, address, description, country, on, register).reading(setting)


def areas_of_place(
    *,
    postcode: str | None = None,
    council: str | None = None,
    address: str | None = None,
    description: str | None = None,
    country: str | None = None,
    on: date,
) -> tuple[str, ...]:
    """Return the areas of `read_place` alone: the public door asks for no agency and must be quick."""
    return _reader(postcode, council, address, description, country, on).found().areas


def _reader(
    postcode: str | None,
    council: str | None,
    address: str | None,
    description: str | None,
    country: str | None,
    on: date,
    register: CouncilRegister | None = None,
) -> "_Reader":
    words = _Words(*((text or "").strip() for text in (postcode, council, address, description, country)))
    return _Reader(words, on, register or council_register())


@dataclass(frozen=True)
class _Reader:
    words: _Words
    on: date
    register: CouncilRegister

    def reading(self, setting: PlaceSetting | None) -> PlaceReading:
        found = self.found()
        if not found.areas and found.outside is None:
            found = replace(found, outside=self._outside_by_words(setting), is_sure=False)
        police, social_care = self._police(found), self._social_care(found)
        one_of_each = len(police) == 1 and len(social_care) == 1
        return PlaceReading(
            areas=found.areas,
            police=_with_railway(police, setting, found),
            social_care=social_care,
            is_sure=found.is_sure and (one_of_each or not found.areas),
            is_guess=found.is_guess,
            contradiction=found.contradiction,
            outside=found.outside,
            setting=setting,
        )

    def found(self) -> _Evidence:
        """Return what postcode and council lead to together, else the other words."""
        postcode, council = self._postcode(), self._council()
        found = self._together(postcode, council)
        if not found.areas and found.outside is None:
            return _Evidence(self._areas_in_words())
        nowhere = (self.words.postcode and not _leads(postcode)) or (
            self.words.council and not _leads(council)
        )
        abroad = bool(self.words.country) and outside_by_country(self.words.country) is not None
        doubted = nowhere or (abroad and found.outside is None)
        return replace(found, is_sure=False) if doubted else found

    def _postcode(self) -> _Evidence:
        if outside := outside_by_postcode(plain(self.words.postcode)):
            return _Evidence(outside=outside, is_sure=True)
        found = read_postcode(self.words.postcode)
        if not found.codes:
            found = read_postcode_in_words(self.words.address)
        if not found.codes:
            found = read_postcode_in_words(self.words.description)
        if not found.codes and (outside := outside_by_postcode(plain(self.words.address))):
            return _Evidence(outside=outside)
        return self._of_postcode(found)

    def _of_postcode(self, found: PostcodeReading) -> _Evidence:
        areas = self._areas_of(found.codes)
        return _Evidence(
            areas, found.is_sure and len(areas) == 1, found.is_guess and bool(areas), district=found.district
        )

    def _areas_of(self, codes: Iterable[str]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for code in codes:
            is_nation = code == NORTHERN_IRELAND
            found |= dict.fromkeys((code,) if is_nation else self.register.areas(code, self.on))
        return tuple(found)

    def _council(self) -> _Evidence:
        if not self.words.council:
            return _Evidence()
        code = re.sub(r"[^A-Z0-9]", "", plain(self.words.council))
        if outside := outside_by_council_code(code) or outside_by_name(self.words.council):
            return _Evidence(outside=outside, is_sure=True)
        areas, is_exact = self._areas_of((code,)), True
        if not areas:
            areas, is_exact = areas_named(self.words.council, on=self.on, register=self.register)
        if not areas:
            return self._of_postcode(read_postcode(self.words.council))
        return _Evidence(areas, is_sure=is_exact and len(areas) == 1)

    def _together(self, postcode: _Evidence, council: _Evidence) -> _Evidence:
        if not _leads(postcode) or not _leads(council):
            return postcode if _leads(postcode) else council
        if postcode.outside or council.outside:
            return _outside_and_inside(postcode, council)
        if agreed := self._agreed(postcode, council):
            sure = len(agreed) == 1 and (postcode.is_sure or council.is_sure) and not postcode.is_guess
            return replace(postcode, areas=agreed, is_sure=sure)
        first, second = postcode.areas[0], council.areas[0]
        areas = dict.fromkeys((first, second, *postcode.areas, *council.areas))
        return replace(postcode, areas=tuple(areas), is_sure=False, contradiction=True)

    def _agreed(self, postcode: _Evidence, council: _Evidence) -> tuple[str, ...]:
        if postcode.district is None:
            return narrowed(postcode.areas, council.areas, self.register)
        if NORTHERN_IRELAND in council.areas:
            return (NORTHERN_IRELAND,)
        known = districts().get(postcode.district)
        return tuple(one for one in council.areas if known is None or one in known.councils)

    def _areas_in_words(self) -> tuple[str, ...]:
        for text in (self.words.postcode, self.words.address):
            areas = areas_in_address(text, on=self.on, register=self.register) if text else ()
            # "Belfast, Ireland" is here; "St Helier, Jersey" and "Boston, United States" are not.
            if areas and (outside_in_address(text) is None or _in_northern_ireland(areas)):
                return areas
            if areas:
                return ()
        areas = areas_in_description(self.words.description, on=self.on, register=self.register)
        is_ulster = name_key(self.words.country) == "northern ireland"
        return areas or ((NORTHERN_IRELAND,) if is_ulster else ())

    def _outside_by_words(self, setting: PlaceSetting | None) -> Outside | None:
        by_words = outside_by_country(self.words.country) or outside_in_address(self.words.address)
        return by_words or (Outside.ABROAD if setting == PlaceSetting.ABROAD else None)

    def _police(self, found: _Evidence) -> tuple[str, ...]:
        if found.areas:
            return tuple(dict.fromkeys(self._force_of(area) for area in found.areas))
        said = {name_key(self.words.council), name_key(self.words.country)}
        return (POLICE_SCOTLAND,) if said & _SCOTLAND and found.outside is None else ()

    def _force_of(self, area: str) -> str:
        council = self.register.councils.get(area)
        return f"police:{council.force}" if council else police_force_of(area)

    def _social_care(self, found: _Evidence) -> tuple[str, ...]:
        by_area = [code for area in found.areas for code in self._authorities_of(area, found.district)]
        known = districts().get(found.district or "")
        likeliest = [one for one in known.trusts if one in by_area] if known else []
        return tuple(dict.fromkeys((*likeliest, *by_area)))

    def _authorities_of(self, area: str, district: str | None) -> tuple[str, ...]:
        if area == NORTHERN_IRELAND and (known := districts().get(district or "")):
            return known.trusts
        council = self.register.councils.get(area)
        if council is not None and council.trust is None:
            return (f"social_care:{council.county or council.gss}",)
        return social_care_agencies_of(area)


def _leads(evidence: _Evidence) -> bool:
    return bool(evidence.areas) or evidence.outside is not None


def _outside_and_inside(postcode: _Evidence, council: _Evidence) -> _Evidence:
    """Return both where one is outside the United Kingdom and one inside; the same place twice is sure."""
    areas = postcode.areas or council.areas
    outside = postcode.outside or council.outside
    return _Evidence(
        areas,
        is_sure=not areas and postcode.is_sure,
        is_guess=postcode.is_guess,
        contradiction=bool(areas) or postcode.outside is not council.outside,
        district=postcode.district,
        outside=outside,
    )


def _in_northern_ireland(areas: tuple[str, ...]) -> bool:
    return bool(areas) and all(area.startswith("N") for area in areas)


def _with_railway(police: tuple[str, ...], setting: PlaceSetting | None, found: _Evidence) -> tuple[str, ...]:
    """Add the British Transport Police on the railway of Great Britain, after the force of the place."""
    if (
        setting != PlaceSetting.RAILWAY
        or _in_northern_ireland(found.areas)
        or (found.outside and not found.areas)
    ):
        return police
    return (*police, BRITISH_TRANSPORT_POLICE)
