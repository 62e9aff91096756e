"""Route of responsible agencies: who protects people in a place, and which number they answer now."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from referral_service.access import Adviser
from referral_service.directory.models import Agency, Hours, agency_id, contact_points_of
from referral_service.routing.agency_route import AgencyRoute, hours_at, route_to
from shared.db.unit_of_work import UnitOfWork
from shared.domain import geography
from shared.domain.age import british_date
from shared.domain.places import Outside, PlaceReading, councils_named, read_place
from shared.domain.vocabulary import Nation, PlaceSetting, RecipientKind
from shared.http.auth import Uow
from shared.http.problems import raises
from shared.http.records import record_router
from shared.http.schemas import Answer, Command

router = record_router(prefix="/v1/responsible-agencies", tag="responsible-agencies")

RECIPIENT_KINDS = (
    RecipientKind.POLICE,
    RecipientKind.CHILDREN_SOCIAL_CARE,
    RecipientKind.ADULT_SOCIAL_CARE,
)
PlaceText = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class FindResponsibleAgencies(Command):
    """Place, as much as is known of it.

    The place is in the request body and not in the address, because it can be where somebody lives.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"postcode": "M1 1AE"}]})

    postcode: PlaceText | None = None
    """Postcode, or a part of one."""
    council: Annotated[str, StringConstraints(pattern=r"^[ENSW]\d{8}$")] | None = None
    """Council as a GSS code, also of a council that ended; or Northern Ireland as a whole."""
    place: PlaceText | None = None
    """Name of a council, a county or a town, or a part of it."""
    setting: PlaceSetting | None = None
    """Setting: land, railway, sea or abroad."""

    @model_validator(mode="after")
    def _says_something(self) -> "FindResponsibleAgencies":
        if not any((self.postcode, self.council, self.place)):
            raise ValueError("name a postcode, a council or a place")
        if self.council and self.place:
            raise ValueError("a council or the name of a place, not both")
        return self


class CouncilOut(Answer):
    """Council."""

    gss: str = Field(examples=["E08000003"])
    """GSS code of the council."""
    name: str = Field(examples=["Manchester City Council"])
    """Name of the council."""
    nation: Nation
    """Nation of the council."""


class ResponsibleAgency(Answer):
    """Agency that is or may be responsible for the place."""

    recipient_kind: RecipientKind
    """Recipient kind for which it is responsible."""
    agency_code: str = Field(examples=["police:E23000005"])
    """Code of the agency."""
    name: str = Field(examples=["Greater Manchester Police"])
    """Name of the agency."""
    phone: str | None = Field(examples=["101"])
    """Telephone number that it answers now; null if none is known."""
    has_endpoint: bool
    """Referrals are sent to its endpoint now; otherwise a person passes them on."""
    national: bool
    """The agency is a national desk, which answers because the place is not known well enough."""
    likeliest: bool
    """The agency is the likeliest of its recipient kind; the others are candidates."""


class ResponsibleAgencies(Answer):
    """Agencies responsible for a place."""

    council: CouncilOut | None
    """Council of the place; null where it is not known, or several may be meant."""
    hours: Hours
    """Hours that it is now in the nation of the place."""
    agencies: list[ResponsibleAgency]
    """Police, social care for children and social care for adults: every candidate, the likeliest first."""
    choices: list[CouncilOut]
    """Councils to choose from, likeliest first, where the place fits more than one."""
    is_sure: bool
    """The place leads to one agency of each kind and nothing was guessed; otherwise a person checks."""
    is_guess: bool
    """A character of the postcode was read as another one, such as the letter O for a zero."""
    contradiction: bool
    """Council and postcode disagree; the agencies of both are listed, those of the postcode first."""
    outside: Outside | None
    """Place outside the United Kingdom; null if it is inside or unknown."""


@router.post("", summary="Find the police and social care for a postcode, a council or the name of a place")
@raises(geography.UnknownCouncil)
async def find_responsible_agencies(
    _: Adviser, uow: Uow, command: FindResponsibleAgencies
) -> ResponsibleAgencies:
    reading = _reading(command, british_date(uow.now))
    choices = _councils_meant(command, reading, british_date(uow.now))
    candidates = _candidates(reading)
    uow.record("responsible_agencies.read", agency_id(candidates[0][1]))
    return ResponsibleAgencies(
        council=_council_out(choices[0]) if len(choices) == len(reading.areas) == 1 else None,
        hours=hours_at(uow.now, geography.nation_of(reading.areas[0]) if reading.areas else None),
        agencies=[
            await _agency(kind, code, uow, likeliest=likeliest) for kind, code, likeliest in candidates
        ],
        choices=[_council_out(one) for one in choices]
        if len(choices) != len(reading.areas) or len(choices) > 1
        else [],
        is_sure=reading.is_sure,
        is_guess=reading.is_guess,
        contradiction=reading.contradiction,
        outside=reading.outside,
    )


def _reading(command: FindResponsibleAgencies, on: date) -> PlaceReading:
    if command.council and not read_place(council=command.council, on=on).is_known:
        raise geography.UnknownCouncil
    council = command.council or command.place
    return read_place(postcode=command.postcode, council=council, setting=command.setting, on=on)


def _councils_meant(
    command: FindResponsibleAgencies, reading: PlaceReading, on: date
) -> Sequence[geography.Council]:
    """Return the council of the place, or those to choose from; a name may also be a part of one."""
    if command.place is not None and command.postcode is None and len(reading.areas) != 1:
        return councils_named(command.place, on=on)
    return [geography.council(one) for one in reading.areas if one != geography.NORTHERN_IRELAND]


def _candidates(reading: PlaceReading) -> list[tuple[RecipientKind, str, bool]]:
    """Return each candidate with its kind, the likeliest first.

    Where the place is unknown, the national police desk stands for the police and for children's social care; for
    adults there is none, because an adviser chooses.
    """
    desk = (geography.NATIONAL_DESK,)
    codes = {
        RecipientKind.POLICE: reading.police or desk,
        RecipientKind.CHILDREN_SOCIAL_CARE: reading.social_care or desk,
        RecipientKind.ADULT_SOCIAL_CARE: reading.social_care,
    }
    return [
        (kind, code, position == 0) for kind in RECIPIENT_KINDS for position, code in enumerate(codes[kind])
    ]


async def _agency(
    recipient_kind: RecipientKind, agency_code: str, uow: UnitOfWork, *, likeliest: bool
) -> ResponsibleAgency:
    known = agency_id(agency_code)
    agency = await uow.session.get(Agency, known)
    points = (await contact_points_of(uow.session, known))[known]
    route = route_to(agency, points, _kind_reached(recipient_kind, agency_code), uow.now)
    return ResponsibleAgency(
        recipient_kind=recipient_kind,
        agency_code=agency_code,
        name=agency.name if agency else geography.agency(agency_code).name,
        phone=await _phone(agency_code, route, uow),
        has_endpoint=route is not None and route.endpoint is not None,
        national=agency_code == geography.NATIONAL_DESK,
        likeliest=likeliest,
    )


def _kind_reached(recipient_kind: RecipientKind, agency_code: str) -> RecipientKind:
    return RecipientKind.POLICE if agency_code == geography.NATIONAL_DESK else recipient_kind


async def _phone(agency_code: str, route: AgencyRoute | None, uow: UnitOfWork) -> str | None:
    """Return the number that is answered now; out of hours a trust's is the regional service's, where that is set."""
    instead = geography.out_of_hours_agency_of(agency_code)
    if instead is not None and hours_at(uow.now, geography.agency(agency_code).nation) is Hours.OUT_OF_HOURS:
        regional = agency_id(instead)
        for point in (await contact_points_of(uow.session, regional))[regional]:
            if point.phone:
                return point.phone
    return route.phone if route else None


def _council_out(council: geography.Council) -> CouncilOut:
    return CouncilOut(gss=council.gss, name=council.name, nation=council.nation)
