"""What a case knows and says: the shapes of what is sealed, and of what is taken over from a report.

The report's shape is intake's; this service reads the parts it keeps and lets anything else pass by.
"""

import contextlib
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from shared.age import Age
from shared.geography import UnknownCouncil, area_of_postcode, council, known_area
from shared.vocabulary import (
    AgeStatus,
    ExploitationType,
    Gender,
    PersonRole,
    PrivacyChoice,
    RecipientKind,
    Sector,
)

Words = Annotated[str, StringConstraints(max_length=15_000)]
Line = Annotated[str, StringConstraints(max_length=500)]
Years = Annotated[int, Field(ge=0, le=130)]


class Kept(BaseModel):
    """A part of a report that a case keeps."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)


class PlaceKnown(Kept):
    """Where something is. `council` is a GSS code; a full postcode says it too. A postcode of Northern Ireland says
    the country: enough for the police, while a person finds the district."""

    postcode: Line | None = None
    council: Line | None = None
    address: Line | None = None
    description: Line | None = None

    @property
    def gss(self) -> str | None:
        if self.council is not None:
            with contextlib.suppress(UnknownCouncil):
                return known_area(self.council)
        return area_of_postcode(self.postcode) if self.postcode else None


def known_council(gss: str | None) -> str | None:
    """For what somebody at a desk enters: a code that no council has is told to them, and not guessed around."""
    if gss is not None:
        council(gss)
    return gss


class PlaceEntered(PlaceKnown):
    """A place as an adviser enters it."""

    council: Annotated[Line | None, AfterValidator(known_council)] = None


class AgeKnown(Kept):
    """What is known of an age. `chosen` is a status that an adviser picked."""

    date_of_birth: date | None = None
    years: Years | None = None
    about: bool = False
    lowest: Years | None = None
    highest: Years | None = None
    may_be_under_18: bool = False
    surely_adult: bool = False
    chosen: AgeStatus | None = None
    said_on: date | None = None

    def as_age(self) -> Age:
        return Age(
            chosen=self.chosen or self._from_words(),
            date_of_birth=self.date_of_birth,
            stated_years=self.years,
            stated_on=self.said_on,
            about=self.about,
            lowest=self.lowest,
            highest=self.highest,
        )

    def _from_words(self) -> AgeStatus | None:
        if self.may_be_under_18:
            return AgeStatus.UNCERTAIN_MAY_BE_CHILD
        return AgeStatus.ADULT_STATED if self.surely_adult else None


class Identity(Kept):
    """Who a person is: sealed under the person's own key."""

    name: Line | None = None
    phone: Line | None = None
    email: Line | None = None
    gender: Gender = Gender.UNKNOWN
    description: Line | None = None
    languages: list[Line] = []
    lives_at: PlaceKnown | None = None
    found_at: PlaceKnown | None = None
    relation_to_reporter: Line | None = None
    relation_to_child: Line | None = None
    exploitation_types: list[ExploitationType] = []
    age: AgeKnown = AgeKnown()

    @property
    def names_anyone(self) -> bool:
        return any((self.name, self.phone, self.email))


class PersonTold(Identity):
    """A person as a report tells of them."""

    role: PersonRole = PersonRole.PERSON_OF_CONCERN
    in_danger: str = "unknown"
    cares_for_child: bool = False


class ReporterTold(Identity):
    is_person_of_concern: bool = False
    in_danger: str = "unknown"


class Situation(Kept):
    """The coded facts of a matter, and the two summaries that advisers write to be passed on."""

    when_happened: Line | None = None
    still_happening: str = "unknown"
    how_many: Annotated[int, Field(ge=0)] | None = None
    exploitation_types: list[ExploitationType] = []
    sectors: list[Sector] = []
    place: PlaceKnown = PlaceKnown()
    summary: Words | None = None
    protection_summary: Words | None = None


class Account(Kept):
    """The reporter's own words, and how to deal with them safely."""

    what_happened: Words | None = None
    language: Line = "en"
    safe_contact: dict[str, object] = {}
    risk_to_approach: Line | None = None


class ReportTold(Situation, Account):
    """A report as intake hands it over."""

    danger_now: str = "unknown"
    reporter: ReporterTold = ReporterTold()
    persons: list[PersonTold] = []
    privacy: PrivacyChoice | None = None
    share_with: list[RecipientKind] = []
    situation_may_be_passed_on: bool | None = None


class HandedOver(Kept):
    """A report on its way here. One that opens no case is a question, and stays with intake."""

    contact_id: UUID
    received_at: datetime
    opens_case: bool = True
    report: ReportTold
