"""Parts of a report: people, places, ages, and ways to reach the reporter. None of their fields is required."""

import unicodedata
from datetime import date
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)

from shared.domain.age import Age, on_child_path, plausible_date_of_birth
from shared.domain.places import PlaceReading, areas_of_place, read_place
from shared.domain.vocabulary import (
    ExploitationType,
    Gender,
    PersonRole,
    PlaceSetting,
    YesNoUnknown,
)


def ascii_digits(value: Any) -> Any:
    """Return a text with the digits of any script as 0 to 9.

    A report must not be lost because of a keyboard of another language.
    """
    if not isinstance(value, str):
        return value
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in value)


MAX_LONG, MAX_SHORT = 15_000, 500
VISIBLE = r"[^\s\p{Cf}\p{Cc}]"
"""A text without a visible character says nothing; the salvage leaves it out."""
LongText = Annotated[
    str,
    StringConstraints(max_length=MAX_LONG, pattern=VISIBLE),
    WithJsonSchema({"type": "string", "maxLength": MAX_LONG}),
]
ShortText = Annotated[
    str,
    StringConstraints(max_length=MAX_SHORT, pattern=VISIBLE),
    WithJsonSchema({"type": "string", "maxLength": MAX_SHORT}),
]
GSS_PATTERN = r"^[ENSW][0-9]{8}$"
GssCode = Annotated[str, StringConstraints(pattern=GSS_PATTERN)]
CouncilCode = Annotated[
    str,
    BeforeValidator(ascii_digits, json_schema_input_type=GssCode),
    StringConstraints(pattern=GSS_PATTERN),
    Field(examples=["E08000025"]),
]
Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$")]
Years = Annotated[
    int, Field(strict=True, ge=0, le=110), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 130})
]
"""Age in years. Strict, because `true` is no age; nobody is older than 110."""


def _text_only(value: Any) -> Any:
    """Refuse numbers, which pydantic would read as seconds since 1970, and whatever else is no plain day."""
    if isinstance(value, date):
        return value
    if isinstance(value, str) and len(value) == len("2010-06-18") and value[4] == "-":
        return value
    raise ValueError("a date is a text such as 2010-06-18")


DateOfBirth = Annotated[date, BeforeValidator(_text_only, json_schema_input_type=date)]


class ReportPart(BaseModel):
    """Part of a report."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, use_attribute_docstrings=True
    )


class ReportedPlace(ReportPart):
    """Place, as far as it is known."""

    postcode: ShortText | None = None
    """Postcode; a full one tells the council, one of Northern Ireland at least the nation."""
    council: CouncilCode | None = None
    """Council as a GSS code."""
    address: ShortText | None = None
    """Address in the reporter's words."""
    description: ShortText | None = None
    """Directions to the place, in the reporter's words."""
    setting: PlaceSetting | None = None
    """Kind of place: on land, on the railway, at sea or abroad."""
    country: ShortText | None = None
    """Country, for a place abroad."""

    @property
    def is_said(self) -> bool:
        """Return whether anything is said of the place."""
        return any((self.postcode, self.council, self.address, self.description, self.setting, self.country))

    @property
    def gss(self) -> str | None:
        """Return the GSS code of the likeliest area, None where nobody can tell yet.

        Changes of councils to come are left out, because a day is not known here.
        """
        areas = areas_of_place(
            postcode=self.postcode,
            council=self.council,
            address=self.address,
            description=self.description,
            country=self.country,
            on=date.min,
        )
        return next(iter(areas), None)

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


class ReportedAge(ReportPart):
    """Age, as far as it is known; leave out what is not."""

    date_of_birth: DateOfBirth | None = None
    """Date of birth."""
    years: Years | None = None
    """Age in years."""
    about: bool = False
    """The age in years is a guess."""
    lowest: Years | None = None
    """Lower end of a range, in years."""
    highest: Years | None = None
    """Upper end of a range, in years."""
    may_be_under_18: bool = False
    """The person is or may be under 18."""
    surely_adult: bool = False
    """The person is 18 or over, said without a number."""

    def is_plausible(self, on: date) -> bool:
        """Return whether a person can have been born on the date that is given as date of birth."""
        return self.date_of_birth is None or plausible_date_of_birth(self.date_of_birth, on)

    def may_be_child(self, on: date) -> bool:
        """Return whether somebody of this age is or may be under 18; nothing said says nothing."""
        return bool(self.model_fields_set) and on_child_path(self.as_age(on), on)

    def as_age(self, said_on: date) -> Age:
        return Age(
            date_of_birth=self.date_of_birth if self.is_plausible(said_on) else None,
            stated_years=self.years,
            stated_on=said_on,
            about=self.about,
            lowest=self.lowest,
            highest=self.highest,
            may_be_under_18=self.may_be_under_18,
            surely_adult=self.surely_adult,
        )


class ReportedPerson(ReportPart):
    """Person whom the report is about."""

    role: PersonRole = PersonRole.PERSON_OF_CONCERN
    """Role of the person in what is reported."""
    name: ShortText | None = None
    """Name."""
    phone: ShortText | None = None
    """Telephone number of this person."""
    email: ShortText | None = None
    """Email address of this person."""
    household: ShortText | None = None
    """Label of a household: persons with the same label live together."""
    age: ReportedAge = ReportedAge()
    """Age."""
    gender: Gender = Gender.UNKNOWN
    """Gender."""
    description: ShortText | None = None
    """Description of the person, in the reporter's words."""
    languages: Annotated[list[Language], Field(max_length=10)] = []
    """Languages that the person speaks, as BCP 47 tags."""
    lives_at: ReportedPlace | None = None
    """Home of the person."""
    found_at: ReportedPlace | None = None
    """Place where the person can be found."""
    in_danger: YesNoUnknown = YesNoUnknown.UNKNOWN
    """The person is in imminent danger."""
    cares_for_child: bool = False
    """The person lives with or cares for a child whom the report is about."""
    relation_to_reporter: ShortText | None = None
    """Relation to the reporter, in the reporter's words."""
    relation_to_child: ShortText | None = None
    """Relation to the child, in the reporter's words."""
    exploitation_types: Annotated[list[ExploitationType], Field(max_length=10)] = []
    """Types of exploitation of this person."""


IDENTIFYING_FIELDS = ("name", "phone", "email", "lives_at", "found_at", "household")
"""Fields of a reporter that may tell who they are."""
PLACES_OF_A_PERSON = ("lives_at", "found_at")


class Reporter(ReportPart):
    """Person who makes the report; every field may stay empty."""

    name: ShortText | None = None
    """Name."""
    phone: ShortText | None = None
    """Telephone number."""
    email: ShortText | None = None
    """Email address."""
    is_person_of_concern: bool = False
    """Reporter as person of concern: it happens to them."""
    in_danger: YesNoUnknown = YesNoUnknown.UNKNOWN
    """The reporter is in imminent danger."""
    age: ReportedAge = ReportedAge()
    """Age."""
    lives_at: ReportedPlace | None = None
    """Home of the reporter."""
    found_at: ReportedPlace | None = None
    """Place where the reporter can be found."""
    household: ShortText | None = None
    """Label of a household: persons with the same label live together."""
    cares_for_child: bool = False
    """The reporter lives with or cares for a child whom the report is about."""

    @property
    def can_be_reached(self) -> bool:
        return bool(self.phone or self.email)

    def without_identity(self, whole_places: frozenset[str], households: frozenset[str]) -> Self:
        """Return a copy without the identifying fields; of places the council stays, and `whole_places` do whole.

        The label of a household stays where it is in `households`, those of other persons.
        """
        changed: dict[str, Any] = dict.fromkeys(("name", "phone", "email"))
        if self.household not in households:
            changed["household"] = None
        for name in PLACES_OF_A_PERSON:
            place = getattr(self, name)
            if place is not None and name not in whole_places:
                changed[name] = ReportedPlace(council=place.gss, setting=place.setting)
        return self.model_copy(update=changed)


class SafeContact(ReportPart):
    """Ways to reach the reporter without harm."""

    may_contact: YesNoUnknown = YesNoUnknown.UNKNOWN
    """The helpline may make contact."""
    channels: Annotated[tuple[ShortText, ...], Field(max_length=5)] = ()
    """Ways by which it may."""
    when: ShortText | None = None
    """Times at which it is safe."""
    say_to_others: ShortText | None = None
    """Words to say if somebody else answers."""
    code_word: ShortText | None = None
    """Word by which the reporter knows that it is the helpline."""
    never: ShortText | None = None
    """Things that must never be done; always obeyed."""
