"""Ages as people and programs write them: "17 years", "16-18", "about 17", 16.5, a year of birth alone.

What cannot be understood makes nobody an adult: it may mean a child. Of two statements the younger counts.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from intake_service.reports.parts import ReportedAge
from intake_service.salvage.birth_texts import birth_of
from intake_service.salvage.body.values import Cut, Value
from intake_service.salvage.coded_answers import is_unknown, plain, yes_or_no
from shared.domain.age import ADULT_AT, on_child_path, years_old
from shared.domain.vocabulary import YesNoUnknown

OLDEST = 110
_UNIT = r"(?:\s*(?:years?|yrs?|yo|y/o|y\.o|y|jahre|ani|lat|anni|años|ans)?(?:\s*(?:old|of age))?)"
_ABOUT = (
    r"(?P<about>about|around|approx(?:imately|\.)?|roughly|circa|ca\.?|c\.|maybe|perhaps|probably|~|≈)?\s*"
)
_ONE = re.compile(
    rf"(?:aged?\s*)?{_ABOUT}(?P<years>\d{{1,3}})(?:\.(?P<part>\d+))?{_UNIT}(?P<ish>-?ish|\s*\?|\+/-.*)?"
)
_BAND = re.compile(
    rf"(?:aged?|between)?\s*{_ABOUT}(\d{{1,3}}){_UNIT}\s*(?:-|–|—|to|and|or|/|until|bis)\s*(\d{{1,3}}){_UNIT}\s*\??"
)
_BELOW = re.compile(rf"(?:under|below|younger than|less than|<)\s*(\d{{1,3}}){_UNIT}")
_AT_MOST = re.compile(rf"(?:up to|at most|<=|≤|max(?:imum)?)\s*(\d{{1,3}}){_UNIT}")
_FROM = re.compile(
    rf"(?:over|above|older than|at least|more than|>=?|≥|from|min(?:imum)?)\s*(\d{{1,3}}){_UNIT}"
)
_OR_MORE = re.compile(rf"(\d{{1,3}}){_UNIT}\s*(?:\+|plus|or over|or older|or more|and over|and older)")
_WORDS = (
    *(
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
    ),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ADULT = frozenset({"adult", "an adult", "grown up", "grown-up", "of age"})
_YEAR_OF_BIRTH = re.compile(r"(?:19|20)\d\d")
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e\+?\d+)?")
"""Number. One that is nobody's age, such as -1 and 999, is no age, and no sign of a child either."""
_DECADE = re.compile(r"(?:in (?:his|her|their) )?(?:early |mid[- ]?|late )?([1-9])0'?s")
_MONTHS = re.compile(r"(\d{1,2})\s*(?:months?|weeks?|days?|mths?|mo)(?:\s*old)?")
Band = tuple[int | None, int | None]


@dataclass
class AgeSaid:
    """Everything that was said of one age."""

    on: date
    years: list[int] = field(default_factory=list)
    bands: list[Band] = field(default_factory=list)
    lowest: list[int] = field(default_factory=list)
    highest: list[int] = field(default_factory=list)
    born: list[date] = field(default_factory=list)
    about: bool = False
    may_be_under_18: bool = False
    surely_adult: bool = False

    def as_fields(self) -> dict[str, Any]:
        """Return the fields of a reported age; of two dates or numbers the younger."""
        ends = (min(self.lowest, default=None), max(self.highest, default=None))
        lowest, highest = _union([*self.bands, *([_in_order(*ends)] if ends != (None, None) else [])])
        found = {
            "date_of_birth": max(self.born, default=None),
            "years": min(self.years, default=None),
            "about": self.about,
            "lowest": lowest,
            "highest": highest,
            "may_be_under_18": self.may_be_under_18,
            "surely_adult": self.surely_adult,
        }
        return {name: value for name, value in found.items() if value is not None and value is not False}

    @property
    def surplus(self) -> list[str]:
        """Return what was said besides, and is in no field: the older of two dates or numbers."""
        older = sorted({*self.born} - {max(self.born, default=None)})
        return [day.isoformat() for day in older] + [
            str(n) for n in sorted({*self.years} - {min(self.years, default=0)})
        ]

    def read_born(self, value: Value) -> bool:
        """Read a date of birth; False where it is none. One that may be a child's then counts as such."""
        birth = birth_of(value, self.on)
        if birth.days:
            self._born_on(birth.days)
            return True
        if birth.span:
            first, last = birth.span
            self.bands.append((years_old(last, self.on), years_old(first, self.on)))
            return True
        if birth.may_be_child or not (birth.is_a_date or is_unknown(value)):
            self.may_be_under_18 = True
        return is_unknown(value)

    def _born_on(self, days: tuple[date, ...]) -> None:
        """Take the likeliest day; where another one makes a child, that counts too."""
        self.born.append(days[0])
        if any(years_old(day, self.on) < ADULT_AT for day in days):
            self.may_be_under_18 = self.may_be_under_18 or years_old(days[0], self.on) >= ADULT_AT

    def read_years(self, value: Value) -> bool:
        """Read an age in years; False where it is none, which may mean a child."""
        if is_unknown(value):
            return True
        text = (
            "" if isinstance(value, bool | Cut) or not isinstance(value, str | int | float) else plain(value)
        )
        if text and self._read_text(text):
            return True
        is_impossible = _NUMBER.fullmatch(text) is not None and not 0 <= float(text) <= OLDEST
        self.may_be_under_18 = self.may_be_under_18 or not is_impossible
        return False

    def _read_text(self, text: str) -> bool:
        text = _number_in_words(text)
        if text in _ADULT:
            self.surely_adult = True
            return True
        if _MONTHS.fullmatch(text):
            return self._take_years(0, about=False)
        if _YEAR_OF_BIRTH.fullmatch(text):
            return self.read_born(text)
        if one := _ONE.fullmatch(text):
            return self._take_years(int(one["years"]), about=bool(one["about"] or one["ish"]))
        band = _band(text)
        if band is not None:
            self.about = self.about or re.match(_ABOUT, text)["about"] is not None  # type: ignore[index]
            self.bands.append(band)
        return band is not None

    def _take_years(self, years: int, *, about: bool) -> bool:
        if years > OLDEST:
            return False
        self.years.append(years)
        self.about = self.about or about
        return True

    def read_end(self, value: Value, *, is_lowest: bool) -> bool:
        """Read one end of a band; False where it is none, which may mean a child."""
        before = len(self.years)
        understood = self.read_years(value)
        ends = self.lowest if is_lowest else self.highest
        ends += self.years[before:]
        del self.years[before:]
        return understood


def _number_in_words(text: str) -> str:
    """Return `seventeen` and `twenty-five` as digits; anything else as it is."""
    tens, _, rest = text.replace("-", " ").partition(" ")
    if tens in _TENS and (not rest or rest in _WORDS[1:10]):
        return str(_TENS.index(tens) * 10 + 20 + (_WORDS.index(rest) if rest else 0))
    return str(_WORDS.index(text)) if text in _WORDS else text


def _in_order(lowest: int | None, highest: int | None) -> Band:
    if lowest is not None and highest is not None and lowest > highest:
        return highest, lowest
    return lowest, highest


def _band(text: str) -> Band | None:
    """Return the youngest and the oldest age of a range; None where it is no range."""
    if found := _BAND.fullmatch(text):
        ends = sorted((int(found[2]), int(found[3])))
        return (ends[0], ends[1]) if ends[1] <= OLDEST else None
    if found := _DECADE.fullmatch(text):
        return int(found[1]) * 10, int(found[1]) * 10 + 9
    for form, band in ((_BELOW, _below), (_AT_MOST, _at_most), (_FROM, _at_least), (_OR_MORE, _at_least)):
        if (found := form.fullmatch(text)) and int(found[1]) <= OLDEST:
            return band(int(found[1]))
    return None


def _below(years: int) -> Band:
    return None, max(0, years - 1)


def _at_most(years: int) -> Band:
    return None, years


def _at_least(years: int) -> Band:
    return years, None


def _union(bands: list[Band]) -> Band:
    """Return the range that holds all ranges."""
    if not bands:
        return None, None
    lowest = None if any(low is None for low, _ in bands) else min(low for low, _ in bands if low is not None)
    highest = None if any(high is None for _, high in bands) else max(h for _, h in bands if h is not None)
    return lowest, highest


def allows_child(value: Value, on: date, *, is_birth: bool) -> bool:
    """Return whether an age or a date of birth under a name that we do not know allows a child."""
    if is_unknown(value) or (yes_or_no(value) is YesNoUnknown.NO and not is_birth and value != 0):
        return False
    said = AgeSaid(on)
    understood = said.read_born(value) if is_birth else said.read_years(value) or said.read_born(value)
    age = ReportedAge.model_validate(said.as_fields()) if understood else None
    return on_child_path(age.as_age(on), on) if age else said.may_be_under_18
