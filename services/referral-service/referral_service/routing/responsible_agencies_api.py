"""Route of responsible agencies: who protects people in a place, and which number they answer now."""

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from referral_service.access import Adviser
from referral_service.directory.models import Agency, Hours, agency_id, contact_points_of
from referral_service.routing.agency_route import hours_at, route_to
from shared.db.unit_of_work import UnitOfWork
from shared.domain import geography
from shared.domain.vocabulary import Nation, RecipientKind
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
    """Place, given in exactly one of three ways.

    The place is in the request body and not in the address, because it can be where somebody lives.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"postcode": "M1 1AE"}]})

    postcode: PlaceText | None = None
    """Postcode."""
    council: Annotated[str, StringConstraints(pattern=r"^[ENSW]\d{8}$")] | None = None
    """Council as a GSS code."""
    place: PlaceText | None = None
    """Name of a council, or a part of it."""

    @model_validator(mode="after")
    def _exactly_one(self) -> "FindResponsibleAgencies":
        if sum(part is not None for part in (self.postcode, self.council, self.place)) != 1:
            raise ValueError("exactly one of postcode, council and place")
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
    """Agency that is responsible for the place."""

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


class ResponsibleAgencies(Answer):
    """Agencies responsible for a place."""

    council: CouncilOut | None
    """Council of the place; null where it is not known, or several have the name."""
    hours: Hours
    """Hours that it is now in the United Kingdom."""
    agencies: list[ResponsibleAgency]
    """Police, social care for children and social care for adults."""
    choices: list[CouncilOut]
    """Councils to choose from, where the text fits more than one."""


@router.post("", summary="Find the police and social care for a postcode, a council or the name of a place")
@raises(geography.UnknownCouncil)
async def find_responsible_agencies(
    _: Adviser, uow: Uow, command: FindResponsibleAgencies
) -> ResponsibleAgencies:
    councils = _councils_of(command)
    gss = councils[0].gss if len(councils) == 1 else None
    codes = {kind: _agency_code(kind, gss, command.postcode) for kind in RECIPIENT_KINDS}
    agencies = [await _agency(kind, code, uow) for kind, code in codes.items()]
    uow.record("responsible_agencies.read", agency_id(codes[RecipientKind.POLICE]))
    return ResponsibleAgencies(
        council=_council_out(councils[0]) if gss else None,
        hours=hours_at(uow.now),
        agencies=agencies,
        choices=[_council_out(one) for one in councils] if not gss else [],
    )


def _councils_of(command: FindResponsibleAgencies) -> tuple[geography.Council, ...]:
    if command.place is not None:
        return geography.councils_named(command.place)
    gss = command.council or geography.council_of_postcode(command.postcode or "")
    return (geography.council(gss),) if gss else ()


def _agency_code(recipient_kind: RecipientKind, gss: str | None, postcode: str | None) -> str:
    """Return the code of the agency, or of the national desk where the place is not known.

    One police service serves all of Northern Ireland, so that a postcode there is enough without a council.
    """
    if recipient_kind is RecipientKind.POLICE and gss is None and postcode is not None:
        return geography.police_force_of_postcode(postcode) or geography.NATIONAL_DESK
    return geography.responsible_agency(recipient_kind, gss) or geography.NATIONAL_DESK


async def _agency(recipient_kind: RecipientKind, agency_code: str, uow: UnitOfWork) -> ResponsibleAgency:
    known = agency_id(agency_code)
    agency = await uow.session.get(Agency, known)
    points = (await contact_points_of(uow.session, known))[known]
    route = route_to(agency, points, recipient_kind, uow.now)
    return ResponsibleAgency(
        recipient_kind=recipient_kind,
        agency_code=agency_code,
        name=agency.name if agency else geography.agency(agency_code).name,
        phone=route.phone if route else None,
        has_endpoint=route is not None and route.endpoint is not None,
        national=agency_code in {geography.NATIONAL_DESK, geography.SOCIAL_CARE_DESK},
    )


def _council_out(council: geography.Council) -> CouncilOut:
    return CouncilOut(gss=council.gss, name=council.name, nation=council.nation)
