"""Case content: the shapes of what is sealed on a case, and of the places in it."""

import re
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.domain.places import PlaceReading, read_place
from shared.domain.vocabulary import ExploitationType, PlaceSetting, Sector, YesNoUnknown

LongText = Annotated[str, StringConstraints(max_length=15_000)]
ShortText = Annotated[str, StringConstraints(max_length=500)]


_SENTENCES = re.compile(r"(?<=[.!?])\s+|\n+")
STRUCK = "[…]"
"""Mark in the place of a struck passage."""


def _letters(text: str) -> str:
    """Return the letters and digits of a text, in lower case."""
    return "".join(one for one in text.casefold() if one.isalnum())


class SealedContent(BaseModel):
    """Part of what is sealed. Fields that another version of the software wrote are ignored."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True, use_attribute_docstrings=True)


class Place(SealedContent):
    """Place, as far as it is known."""

    postcode: ShortText | None = None
    """Postcode; a full one tells the council, one of Northern Ireland at least the nation."""
    council: ShortText | None = None
    """Council as a GSS code."""
    address: ShortText | None = None
    """Address."""
    description: ShortText | None = None
    """Directions to the place."""
    setting: PlaceSetting | None = None
    """Land, railway, sea or abroad, where it is no street address."""
    country: ShortText | None = None
    """Country, where it is abroad."""

    @property
    def gss(self) -> str | None:
        """Return the GSS code of the likeliest area, None where nobody can tell yet.

        Changes of councils to come are left out, because a day is not known here: `reading` has them.
        """
        return next(iter(self.reading(date.min).areas), None)

    def reading(self, on: date) -> PlaceReading:
        """Return the areas and agencies that the place may mean on a day."""
        return read_place(
            postcode=self.postcode,
            council=self.council,
            address=self.address,
            description=self.description,
            setting=self.setting,
            country=self.country,
            on=on,
        )

    def is_same_as(self, other: "Place") -> bool:
        """Return whether two places are written alike: the same postcode, or else the same address."""
        if self.postcode and other.postcode:
            same = _letters(self.postcode) == _letters(other.postcode)
            both = self.address and other.address
            return same and (not both or _letters(self.address or "") == _letters(other.address or ""))
        return bool(self.address and other.address) and _letters(self.address or "") == _letters(
            other.address or ""
        )

    @property
    def names_more_than_council(self) -> bool:
        """Return whether it tells more of an address than is held of an anonymous reporter."""
        return any((self.postcode, self.address, self.description))


class Situation(SealedContent):
    """Coded facts of a case, and the two summaries that advisers write to be passed on."""

    still_happening: YesNoUnknown = YesNoUnknown.UNKNOWN
    """Still happening: yes, no or unknown."""
    how_many: Annotated[int, Field(ge=0)] | None = None
    """Number of people it happens to."""
    more_than_recorded: bool = False
    """A case that was merged in counted more people than it recorded."""
    exploitation_types: list[ExploitationType] = []
    """Types of exploitation."""
    sectors: list[Sector] = []
    """Sectors of the economy."""
    place: Place = Place()
    """Place where it happens."""
    last_known_place: Place | None = None
    """Place known before, where it is not known any more."""
    risk_to_approach: str | None = None
    """Risk of approaching the place, in an adviser's words; it goes with every override."""
    summary: str | None = None
    """Summary that may be passed on."""
    protection_summary: str | None = None
    """Summary that protects the child, for a case in which an adult withholds consent."""


class SafeContact(SealedContent):
    """Ways to reach the reporter without harm."""

    may_contact: YesNoUnknown = YesNoUnknown.UNKNOWN
    """The helpline may make contact."""
    channels: list[ShortText] = []
    """Ways by which it may."""
    when: ShortText | None = None
    """Times at which it is safe."""
    say_to_others: ShortText | None = None
    """Words to say if somebody else answers."""
    code_word: ShortText | None = None
    """Word by which the reporter knows that it is the helpline."""
    never: ShortText | None = None
    """Things that must never be done."""

    @property
    def says_anything(self) -> bool:
        return self != SafeContact()


class NotUnderstood(SealedContent):
    """Value of a report that intake could not understand, as it was said."""

    field: str
    """Name of the field."""
    said: str
    """Words or value, as they came."""


class Account(SealedContent):
    """Reporter's own words, and how to deal with them safely."""

    what_happened: LongText | None = None
    """Events, in the reporter's words."""
    when_happened: ShortText | None = None
    """Time at which it happened, in the reporter's words."""
    language: ShortText = "en"
    """Language of the reporter, as a BCP 47 tag."""
    safe_contact: SafeContact | None = None
    """Ways to reach the reporter without harm; null once a reporter chose to be anonymous."""
    risk_to_approach: ShortText | None = None
    """Risk of approaching the place, in the reporter's words."""
    struck_passages: list[LongText] = []
    """Passages of the words that are not passed on, because they name what no agency needs (fact 4)."""
    not_understood: list[NotUnderstood] = []
    """Values of the report that were not understood, as they were said; for advisers, never for agencies."""

    def without_struck(self, words: str | None) -> str | None:
        """Return words of the reporter with a mark in the place of each struck passage; the original is kept."""
        for passage in sorted(self.struck_passages, key=len, reverse=True):
            words = words.replace(passage, STRUCK) if words else words
        return words

    def whole_sentences(self) -> list[str]:
        """Return the sentences that are passed on as they were said, because nothing in them is struck."""
        passed_on = self.without_struck(self.what_happened) or ""
        return [one for one in _SENTENCES.split(self.what_happened or "") if one and one in passed_on]
