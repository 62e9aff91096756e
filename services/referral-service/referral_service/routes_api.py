"""For an adviser on the telephone: who protects people in this place, and which number they answer now."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from referral_service.access import Adviser
from referral_service.agencies import Agency, agency_id, points_of
from referral_service.routing import Route, hours_at, route_to
from shared import geography
from shared.access import Uow
from shared.database import UnitOfWork
from shared.vocabulary import RecipientKind

router = APIRouter(prefix="/v1/routes", tags=["routes"])

KINDS = (RecipientKind.POLICE, RecipientKind.CHILDREN_SOCIAL_CARE, RecipientKind.ADULT_SOCIAL_CARE)
Words = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class FindRoutes(BaseModel):
    """One of the three. It is a body and no address, because a place can be where somebody lives."""

    model_config = ConfigDict(
        extra="forbid", hide_input_in_errors=True, json_schema_extra={"examples": [{"postcode": "M1 1AE"}]}
    )

    postcode: Words | None = None
    council: Annotated[str, StringConstraints(pattern=r"^[ENSW]\d{8}$")] | None = None
    place: Words | None = None

    @model_validator(mode="after")
    def _one_of_three(self) -> "FindRoutes":
        if sum(part is not None for part in (self.postcode, self.council, self.place)) != 1:
            raise ValueError("exactly one of postcode, council and place")
        return self


class CouncilOut(BaseModel):
    gss: str
    name: str
    nation: str


class RouteOut(BaseModel):
    """`national` marks a desk that answers because the place is not known well enough."""

    kind: RecipientKind
    body: str
    name: str
    phone: str | None
    has_endpoint: bool
    national: bool


class RoutesOut(BaseModel):
    """`choices` names the councils to choose from where the text fits more than one."""

    council: CouncilOut | None
    hours: str
    routes: list[RouteOut]
    choices: list[CouncilOut]


@router.post("", summary="Police and social care for a postcode, a council or the name of a place")
async def find_routes(_: Adviser, uow: Uow, asked: FindRoutes) -> RoutesOut:
    fitting = _fitting(asked)
    gss = fitting[0].gss if len(fitting) == 1 else None
    bodies = {kind: _body(kind, gss, asked.postcode) for kind in KINDS}
    routes = [await _route(kind, body, uow) for kind, body in bodies.items()]
    uow.record("routes.asked", agency_id(bodies[RecipientKind.POLICE]))
    return RoutesOut(
        council=_council_out(fitting[0]) if gss else None,
        hours=hours_at(uow.now).value,
        routes=routes,
        choices=[_council_out(one) for one in fitting] if not gss else [],
    )


def _fitting(asked: FindRoutes) -> tuple[geography.Council, ...]:
    if asked.place is not None:
        return geography.councils_named(asked.place)
    gss = asked.council or geography.council_of_postcode(asked.postcode or "")
    return (geography.council(gss),) if gss else ()


def _body(kind: RecipientKind, gss: str | None, postcode: str | None) -> str:
    """All of Northern Ireland has one police service, so that there its postcode is enough without a council."""
    if kind is RecipientKind.POLICE and gss is None and postcode is not None:
        return geography.police_force_of_postcode(postcode) or geography.NATIONAL_DESK
    return geography.responsible_body(kind, gss) or geography.NATIONAL_DESK


async def _route(kind: RecipientKind, body: str, uow: UnitOfWork) -> RouteOut:
    known = agency_id(body)
    agency = await uow.session.get(Agency, known)
    points = (await points_of(uow.session, known))[known]
    route: Route | None = route_to(agency, points, kind, uow.now)
    return RouteOut(
        kind=kind,
        body=body,
        name=agency.name if agency else geography.body(body).name,
        phone=route.phone if route else None,
        has_endpoint=route is not None and route.endpoint is not None,
        national=body in {geography.NATIONAL_DESK, geography.SOCIAL_CARE_DESK},
    )


def _council_out(council: geography.Council) -> CouncilOut:
    return CouncilOut(gss=council.gss, name=council.name, nation=council.nation.value)
