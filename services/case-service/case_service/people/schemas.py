"""Request bodies and answers about persons."""

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from case_service.cases.content import Place, ShortText
from case_service.cases.places import PlaceCommand
from case_service.people.identity import AgeStatement, Identity
from case_service.people.models import Relations
from shared.domain.vocabulary import (
    AgeStatus,
    CodedConcern,
    ExploitationType,
    Gender,
    PersonRole,
)
from shared.http.schemas import Changed, Command, Day, Flag, Whole

Years = Annotated[Whole, Field(ge=0, le=130)]


class AgeCommand(Command):
    """Age, as far as it is known. It replaces everything that was known of the age before.

    Every field is a statement. Refused are a contradiction (one that allows only adults beside one that allows a
    child), and what is no age: a date of birth before 1910, 1 January 1970 and other zeros of machines, a day to
    come, and more than 110 years.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"years": 15, "about": True}]})

    date_of_birth: Day | None = None
    """Date of birth; where it is refused although it is right, send the years."""
    years: Years | None = None
    """Age in years."""
    about: Flag = False
    """The years, or the ends of the range, are a guess, by two years to either side."""
    lowest: Years | None = None
    """Lower end of a range, in years."""
    highest: Years | None = None
    """Upper end of a range, in years."""
    may_be_under_18: Flag = False
    """The person is or may be under 18."""
    surely_adult: Flag = False
    """The person is 18 or over, said without a number."""
    chosen: AgeStatus | None = None
    """Status that you choose. `unknown_no_indication` is refused while a statement allows an age under 18."""
    said_on: Day | None = None
    """Day on which it was said; the person is older by the whole years since. Left out: today."""

    def statement(self) -> AgeStatement:
        return AgeStatement.model_validate(self.model_dump())


class RecordAge(AgeCommand):
    """Age of a person on the case."""

    source_reporter_id: UUID | None = None
    """Reporter on the case who told it; left out: the only reporter, or nobody where there are several."""
    complete: Flag = True
    """False while you are still entering: a child takes effect when you complete it, or after 15 minutes."""

    def statement(self) -> AgeStatement:
        return AgeStatement.model_validate(self.model_dump(exclude={"source_reporter_id", "complete"}))

    @model_validator(mode="after")
    def _says_something(self) -> "RecordAge":
        if not self.model_fields_set:
            raise PydanticCustomError("nothing_said", "name a field; null says that it is not known")
        return self


class RecordUnknownAges(Command):
    """Persons of whom no age is known, and who give no indication of being under 18."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"person_ids": ["3f1d6f0e-6c1b-4a52-9d53-1b0f9a4d2c11"]}]}
    )

    person_ids: Annotated[list[UUID], Field(min_length=1, max_length=200)]
    """Persons on the case whose age nobody knows."""


class AddPerson(Command):
    """Person whom the case is about, or who is part of it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"roles": ["person_of_concern"], "age": {"years": 24}}]}
    )

    roles: Annotated[list[PersonRole], Field(min_length=1)] = [PersonRole.PERSON_OF_CONCERN]
    """Roles of the person."""
    cares_for_child: Flag = False
    """The person lives with and cares for the children on this case."""
    lives_with: list[UUID] = []
    """Persons on the case of the same household."""
    cares_for: list[UUID] = []
    """Persons on the case for whom this person cares."""
    exploits: list[UUID] = []
    """Persons on the case whom this alleged exploiter exploits; none: nobody in particular."""
    coded_concerns: list[CodedConcern] = []
    """Coded concerns about a child."""
    source_reporter_id: UUID | None = None
    """Reporter on the case who told of this person; left out: the only reporter, or nobody where there are several."""
    complete: Flag = True
    """False while you are still entering: a child takes effect when you complete it, or after 15 minutes."""
    name: ShortText | None = None
    """Name."""
    phone: ShortText | None = None
    """Telephone number."""
    email: ShortText | None = None
    """Email address."""
    gender: Gender = Gender.UNKNOWN
    """Gender."""
    description: ShortText | None = None
    """Description of the person."""
    languages: list[ShortText] = []
    """Languages that the person speaks, as BCP 47 tags."""
    lives_at: PlaceCommand | None = None
    """Home of the person."""
    found_at: PlaceCommand | None = None
    """Place where the person can be found."""
    relation_to_reporter: ShortText | None = None
    """Relation to the reporter."""
    relation_to_child: ShortText | None = None
    """Relation to the child."""
    exploitation_types: list[ExploitationType] = []
    """Types of exploitation of this person."""
    age: AgeCommand = AgeCommand()
    """Age; leave out what nobody asked about."""

    def identity(self) -> Identity:
        return Identity.model_validate(self.model_dump())

    def relations(self) -> Relations:
        return Relations(
            lives_with=frozenset(self.lives_with),
            cares_for=frozenset(self.cares_for),
            exploits=frozenset(self.exploits),
            cares_for_child=self.cares_for_child,
            coded_concerns=frozenset(self.coded_concerns),
        )


class RecordRelations(Command):
    """Relations of a person to others on the case. Each that is named replaces what was known before."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"cares_for_child": True}]})

    lives_with: list[UUID] | None = None
    """Persons on the case of the same household."""
    cares_for: list[UUID] | None = None
    """Persons on the case for whom this person cares."""
    exploits: list[UUID] | None = None
    """Persons on the case whom this alleged exploiter exploits."""
    cares_for_child: Flag | None = None
    """The person lives with and cares for the children on this case."""
    coded_concerns: list[CodedConcern] | None = None
    """Coded concerns about a child."""

    @model_validator(mode="after")
    def _says_something(self) -> "RecordRelations":
        if all(getattr(self, name) is None for name in type(self).model_fields):
            raise PydanticCustomError("nothing_said", "name a relation")
        return self

    def relations(self) -> Relations:
        return Relations(
            lives_with=_set(self.lives_with),
            cares_for=_set(self.cares_for),
            exploits=_set(self.exploits),
            cares_for_child=self.cares_for_child,
            coded_concerns=frozenset(self.coded_concerns) if self.coded_concerns is not None else None,
        )


def _set(ids: list[UUID] | None) -> frozenset[UUID] | None:
    return frozenset(ids) if ids is not None else None


class CorrectName(Command):
    """Name of a person on the case."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Sample Person"}]})

    name: Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
    """Name."""


class RecordPlaces(Command):
    """Places of a person. Each that is named replaces the whole place known before; null says that it is not known."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"lives_at": {"council": "E08000025"}}]})

    lives_at: PlaceCommand | None = None
    """Home of the person."""
    found_at: PlaceCommand | None = None
    """Place where the person can be found."""

    @model_validator(mode="after")
    def _says_something(self) -> "RecordPlaces":
        if not self.model_fields_set:
            raise PydanticCustomError("nothing_said", "name a field; null says that it is not known")
        return self

    def places(self) -> dict[str, Place | None]:
        """Return the places that are named, by field."""
        entered = {name: getattr(self, name) for name in self.model_fields_set}
        return {name: one.place() if one is not None else None for name, one in entered.items()}


class AgeRecorded(Changed):
    """Person whose age was recorded; `version` is the case's."""

    age_status: AgeStatus | None
    """Status that follows from it; null where nothing is known."""
