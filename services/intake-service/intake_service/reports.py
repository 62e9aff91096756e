"""A report from the public: what somebody saw or lives through, in as much or as little as they can say.

Nothing is required. Unknown and partial answers are normal, and what is not asked for is not kept.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from shared.age import Age, on_child_path
from shared.geography import UnknownCouncil, area_of_postcode, known_area, nation_of
from shared.vocabulary import (
    AgeStatus,
    CallerType,
    ContactChannel,
    ContactPurpose,
    ExploitationType,
    Gender,
    Nation,
    PersonRole,
    PrivacyChoice,
    RecipientKind,
    Sector,
)

Words = Annotated[str, StringConstraints(max_length=15_000)]
Line = Annotated[str, StringConstraints(max_length=500)]
Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$")]
Years = Annotated[int, Field(ge=0, le=130)]


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class PlaceToldOf(Part):
    """Where something is, as far as known. `council` is a GSS code; a full postcode says it too, and one of Northern
    Ireland at least the country."""

    postcode: Line | None = None
    council: Annotated[str, StringConstraints(pattern=r"^[ENSW]\d{8}$")] | None = None
    address: Line | None = None
    description: Line | None = None

    @property
    def gss(self) -> str | None:
        """The council in whose area this is, None where nobody can tell yet."""
        if self.council is not None:
            try:
                return known_area(self.council)
            except UnknownCouncil:
                return None
        return area_of_postcode(self.postcode) if self.postcode else None


class AgeToldOf(Part):
    """What is known of an age; leave out what is not."""

    date_of_birth: date | None = None
    years: Years | None = None
    about: bool = False
    lowest: Years | None = None
    highest: Years | None = None
    may_be_under_18: bool = False
    surely_adult: bool = False
    """Said to be 18 or over, without a number."""

    def as_age(self, said_on: date) -> Age:
        chosen = AgeStatus.ADULT_STATED if self.surely_adult else None
        if self.may_be_under_18:
            chosen = AgeStatus.UNCERTAIN_MAY_BE_CHILD
        return Age(
            chosen=chosen,
            date_of_birth=self.date_of_birth,
            stated_years=self.years,
            stated_on=said_on,
            about=self.about,
            lowest=self.lowest,
            highest=self.highest,
        )


class PersonToldOf(Part):
    """Somebody the report is about."""

    role: PersonRole = PersonRole.PERSON_OF_CONCERN
    name: Line | None = None
    age: AgeToldOf = AgeToldOf()
    gender: Gender = Gender.UNKNOWN
    description: Line | None = None
    languages: Annotated[list[Language], Field(max_length=10)] = []
    lives_at: PlaceToldOf | None = None
    found_at: PlaceToldOf | None = None
    in_danger: Answer = Answer.UNKNOWN
    cares_for_child: bool = False
    relation_to_reporter: Line | None = None
    relation_to_child: Line | None = None
    exploitation_types: Annotated[list[ExploitationType], Field(max_length=10)] = []


NAMING = ("name", "phone", "email", "lives_at", "found_at")
"""What may tell who a reporter is."""


class Reporter(Part):
    """Who is telling. Every field may stay empty."""

    name: Line | None = None
    phone: Line | None = None
    email: Line | None = None
    is_person_of_concern: bool = False
    in_danger: Answer = Answer.UNKNOWN
    age: AgeToldOf = AgeToldOf()
    lives_at: PlaceToldOf | None = None
    found_at: PlaceToldOf | None = None

    def nameless(self) -> "Reporter":
        """Nothing of `NAMING` but the councils."""
        told = {name: getattr(self, name) for name in NAMING}
        councils = {
            name: PlaceToldOf(council=at.gss) for name, at in told.items() if isinstance(at, PlaceToldOf)
        }
        return self.model_copy(update={**dict.fromkeys(told), **councils})


class SafeContact(Part):
    """How the reporter may be reached without harm; `never` is always kept to."""

    may_contact: Answer = Answer.UNKNOWN
    channels: Annotated[list[Line], Field(max_length=5)] = []
    when: Line | None = None
    say_to_others: Line | None = None
    code_word: Line | None = None
    never: Line | None = None


class Report(Part):
    """Everything that one report may say."""

    channel: ContactChannel = ContactChannel.WEBFORM
    purpose: ContactPurpose = ContactPurpose.REPORTING
    caller_type: CallerType = CallerType.UNKNOWN
    language: Language = "en"
    what_happened: Words | None = None
    when_happened: Line | None = None
    still_happening: Answer = Answer.UNKNOWN
    place: PlaceToldOf = PlaceToldOf()
    how_many: Annotated[int, Field(ge=0, le=100_000)] | None = None
    exploitation_types: Annotated[list[ExploitationType], Field(max_length=10)] = []
    sectors: Annotated[list[Sector], Field(max_length=10)] = []
    danger_now: Answer = Answer.UNKNOWN
    reporter: Reporter = Reporter()
    persons: Annotated[list[PersonToldOf], Field(max_length=50)] = []
    privacy: PrivacyChoice | None = None
    share_with: Annotated[list[RecipientKind], Field(max_length=10)] = []
    situation_may_be_passed_on: bool | None = None
    safe_contact: SafeContact = SafeContact()
    risk_to_approach: Line | None = None

    @model_validator(mode="before")
    @classmethod
    def _mended(cls, told: Any) -> Any:
        """A device that cut a letter in half must not cost somebody their report: the half is replaced."""
        try:
            return mended(told)
        except RecursionError:
            raise ValueError("nested deeper than any report is") from None

    @property
    def tells_of_danger(self) -> bool:
        someone = [self.reporter.in_danger, *(person.in_danger for person in self.persons)]
        return Answer.YES in (self.danger_now, *someone)

    def tells_of_child(self, on: date) -> bool:
        """Whether anyone in it is, or may be, under 18, whatever their role."""
        ages = [self.reporter.age, *(person.age for person in self.persons)]
        return any(on_child_path(age.as_age(on), on) for age in ages)

    @property
    def names_a_concern(self) -> bool:
        """False only for a plain request for information: a pupil's school project opens no case.

        Words alone, and the age of whoever asks, are a question. Anything else that only a matter has is a concern:
        somebody in distress must not lose their report to the wrong entry of a menu.
        """
        asks_for_information = self.purpose is ContactPurpose.TRAINING_AND_INFORMATION
        return self._tells_of_a_matter or not asks_for_information

    @property
    def _tells_of_a_matter(self) -> bool:
        who = self.persons or self.how_many or self.reporter.is_person_of_concern or self.tells_of_danger
        what = self.exploitation_types or self.sectors or self.risk_to_approach
        when = self.when_happened or self.still_happening is Answer.YES
        return bool(who or what or when or any(self.place.model_dump().values()))

    @property
    def nation(self) -> Nation | None:
        gss = self.place.gss
        return nation_of(gss) if gss is not None else None

    def without_identity(self) -> tuple["Report", list[str]]:
        """The report as an anonymous reporter's is kept, and the names of the fields that were not.

        What is not held cannot be sent, lost or asked for. Of where the reporter lives and is found, the council stays:
        it tells who protects. `place`, where it happens, is not about the reporter and stays whole.
        """
        if self.privacy is not PrivacyChoice.ANONYMOUS:
            return self, []
        reporter = self.reporter.nameless()
        gone = [
            f"reporter.{name}" for name in NAMING if getattr(reporter, name) != getattr(self.reporter, name)
        ]
        if self.safe_contact != SafeContact():
            gone.append("safe_contact")
        return self.model_copy(update={"reporter": reporter, "safe_contact": SafeContact()}), gone


def mended(told: Any) -> Any:
    """The same values, with halves of surrogate pairs replaced by the sign for "cannot be read"."""
    if isinstance(told, str):
        return told if told.isascii() else told.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(told, dict):
        return {name: mended(value) for name, value in told.items()}
    return [mended(value) for value in told] if isinstance(told, list) else told


class ReportOut(Part):
    """A report as the case service takes it over, which it must not where it opens no case."""

    contact_id: UUID
    received_at: str
    opens_case: bool
    report: Report
