"""The directory of agencies, and where an operator says how each is reached."""

import base64
import secrets
from typing import Annotated, Literal
from uuid import UUID, uuid4

import httpx2
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, model_validator
from sqlalchemy import delete, select, update

from referral_service.access import AgencyToChange, AgencyToRead, Operator, Staff
from referral_service.agencies import (
    Agency,
    AgencyRegisteredAlready,
    Channel,
    ContactPoint,
    Hours,
    agency_id,
    points_of,
    secret_place,
)
from referral_service.deliveries import BELL, Delivery, DeliveryState
from referral_service.sealing import KeyRefused, public_key_of
from shared import cursors
from shared.access import PlatformOf, Uow
from shared.database import UnitOfWork
from shared.errors import Invalid
from shared.etags import etag
from shared.identity import Principal, Role
from shared.outbound_addresses import AddressRefused, target_of
from shared.vocabulary import Code, Nation, RecipientKind

router = APIRouter(prefix="/v1/agencies", tags=["agencies"])

SECRET_BYTES = 32
EXAMPLE: JsonValue = {
    "contact_points": [
        {
            "hours": "office_hours",
            "channel": "webhook",
            "url": "https://referrals.example.police.uk/helpline",
        },
        {"hours": "out_of_hours", "channel": "phone", "phone": "101"},
    ]
}
Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 ()-]{1,24}[0-9]$")]
Address = Annotated[str, StringConstraints(min_length=8, max_length=2000)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class SetContactPoint(Part):
    hours: Hours = Hours.ALWAYS
    channel: Channel
    url: Address | None = None
    phone: Phone | None = None

    @model_validator(mode="after")
    def _complete(self) -> "SetContactPoint":
        if (self.channel is Channel.WEBHOOK) != (self.url is not None):
            raise ValueError("a webhook has a url, and nothing else does")
        if self.channel is Channel.PHONE and self.phone is None:
            raise ValueError("a phone has a number")
        return self


class SetContactPoints(Part):
    """All contact points of the agency; what is not named here ends. `encryption_key` is the agency's public X25519
    key (base64 or PEM), absent for none. `new_signing_secret` replaces the one that is in use, at once."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    contact_points: list[SetContactPoint] = Field(max_length=9)
    encryption_key: Annotated[str, StringConstraints(max_length=400)] | None = None
    new_signing_secret: bool = False

    @model_validator(mode="after")
    def _no_two_for_the_same_hours(self) -> "SetContactPoints":
        if len({(p.hours, p.channel) for p in self.contact_points}) < len(self.contact_points):
            raise ValueError("two contact points for the same hours and channel")
        return self


class RegisterAgency(Part):
    """An agency that no place decides. There is no kind for immigration enforcement: it is never a recipient."""

    body: Code
    name: Annotated[str, StringConstraints(min_length=2, max_length=200)]
    nation: Nation | None = None
    serves: list[
        Literal[
            RecipientKind.NRM_FIRST_RESPONDER,
            RecipientKind.SERVICE_PROVIDER,
            RecipientKind.LABOUR_ENFORCEMENT,
            RecipientKind.HEALTH,
        ]
    ] = Field(min_length=1)


class ContactPointOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    hours: Hours
    channel: Channel
    url: str | None = Field(description="For operators only")
    phone: str | None


class AgencyOut(BaseModel):
    id: UUID
    version: int = Field(description="Between quotation marks it is the If-Match of a change")
    body: str
    name: str
    nation: str | None
    serves: list[str]
    territorial: bool
    contact_points: list[ContactPointOut]
    sealed_to_its_key: bool


class AgencyWithSecret(AgencyOut):
    """`signing_secret` is shown this once, when it was made; None when the one in use stays."""

    signing_secret: str | None


class AgencyPage(BaseModel):
    agencies: list[AgencyOut]
    next: str | None


class AddressNotAllowed(Invalid):
    code = "address-not-allowed"
    title = "Webhooks go to https on a named public host"


class EncryptionKeyRefused(Invalid):
    code = "encryption-key-refused"
    title = "This is no public X25519 key, as base64 or PEM"


@router.get("", summary="Agencies by body code, by name")
async def list_agencies(
    staff: Staff,
    uow: Uow,
    body: Annotated[Code | None, Query(description="One body code")] = None,
    kind: RecipientKind | None = None,
    nation: Nation | None = None,
    cursor: cursors.Cursor = None,
    limit: cursors.Limit = 50,
) -> AgencyPage:
    page = select(Agency).order_by(Agency.body).limit(limit + 1)
    if body is not None:
        page = page.where(Agency.body == body)
    if kind is not None:
        page = page.where(Agency.serves.contains([kind.value]))
    if nation is not None:
        page = page.where(Agency.nation == nation.value)
    if cursor is not None:
        page = page.where(Agency.body > cursors.decode(cursor, str)[0])
    rows = list((await uow.session.scalars(page)).all())
    shown = rows[:limit]
    points = await points_of(uow.session, *(row.id for row in shown))
    return AgencyPage(
        agencies=[_out(row, points[row.id], staff) for row in shown],
        next=cursors.encode(shown[-1].body) if len(rows) > limit else None,
    )


@router.post("", status_code=201, summary="Register an agency that no place decides")
async def register_agency(_: Operator, uow: Uow, asked: RegisterAgency) -> AgencyOut:
    new_id = agency_id(asked.body)
    if await uow.session.get(Agency, new_id) is not None:
        raise AgencyRegisteredAlready
    agency = Agency(
        id=new_id,
        body=asked.body,
        name=asked.name,
        nation=asked.nation.value if asked.nation else None,
        serves=sorted({kind.value for kind in asked.serves}),
        territorial=False,
        version=1,
        registered_at=uow.now,
    )
    uow.session.add(agency)
    uow.record("agency.registered", new_id, body=asked.body)
    return _out(agency, [], _)


@router.get("/{agency_id}", summary="One agency and how to reach it")
async def read_agency(staff: Staff, agency: AgencyToRead, uow: Uow, response: Response) -> AgencyOut:
    response.headers["etag"] = etag(agency.version)
    return _out(agency, (await points_of(uow.session, agency.id))[agency.id], staff)


@router.put("/{agency_id}/contact-points", summary="Say how an agency is reached, at which hours")
async def set_contact_points(
    operator: Operator,
    agency: AgencyToChange,
    uow: Uow,
    platform: PlatformOf,
    response: Response,
    asked: SetContactPoints,
) -> AgencyWithSecret:
    for point in asked.contact_points:
        _check_address(point.url, allow_loopback=platform.settings.allow_loopback_agencies)
    agency.change(encryption_key=_checked_key(asked.encryption_key))
    points = await _replace_points(agency, asked.contact_points, uow)
    secret = await _new_secret_if_wanted(agency, asked, uow)
    await _hurry_what_waits(agency, uow)
    uow.record("agency.contact_points_set", agency.id, count=len(points), new_secret=secret is not None)
    response.headers["etag"] = etag(agency.version)
    return AgencyWithSecret(**_out(agency, points, operator).model_dump(), signing_secret=secret)


def _check_address(url: str | None, *, allow_loopback: bool) -> None:
    if url is None:
        return
    try:
        target_of(httpx2.URL(url), allow_loopback=allow_loopback)
    except AddressRefused as refused:
        raise AddressNotAllowed(rule=refused.code) from None
    except (httpx2.InvalidURL, ValueError):
        raise AddressNotAllowed(rule="url") from None


def _checked_key(text: str | None) -> str | None:
    try:
        return public_key_of(text) if text is not None else None
    except KeyRefused:
        raise EncryptionKeyRefused from None


async def _replace_points(
    agency: Agency, asked: list[SetContactPoint], uow: UnitOfWork
) -> list[ContactPoint]:
    await uow.session.execute(delete(ContactPoint).where(ContactPoint.agency_id == agency.id))
    points = [
        ContactPoint(
            id=uuid4(),
            agency_id=agency.id,
            hours=point.hours.value,
            channel=point.channel.value,
            url=point.url,
            phone=point.phone,
        )
        for point in asked
    ]
    uow.session.add_all(points)
    return points


async def _new_secret_if_wanted(agency: Agency, asked: SetContactPoints, uow: UnitOfWork) -> str | None:
    """One signing secret per agency, made with its first webhook and kept until a new one is asked for."""
    has_webhook = any(point.channel is Channel.WEBHOOK for point in asked.contact_points)
    if not (asked.new_signing_secret or (has_webhook and agency.signing_secret is None)):
        return None
    if agency.signing_secret is None:
        await uow.keys.create(agency.id)
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    agency.signing_secret = await uow.keys.seal(agency.id, secret_place(agency.id), secret)
    return secret


async def _hurry_what_waits(agency: Agency, uow: UnitOfWork) -> None:
    """Whatever waits for this agency, or was given up because its endpoint was gone, is tried again now."""
    waiting = (DeliveryState.WAITING.value, DeliveryState.STOPPED.value)
    theirs = update(Delivery).where(Delivery.agency_id == agency.id, Delivery.state.in_(waiting))
    await uow.session.execute(theirs.values(state=DeliveryState.WAITING.value, due_at=uow.now))
    uow.ring(BELL)


def _out(agency: Agency, points: list[ContactPoint], reader: Principal) -> AgencyOut:
    shown = [ContactPointOut.model_validate(point) for point in points]
    if Role.OPERATOR not in reader.roles:
        shown = [point.model_copy(update={"url": None}) for point in shown]
    return AgencyOut(
        id=agency.id,
        version=agency.version,
        body=agency.body,
        name=agency.name,
        nation=agency.nation,
        serves=agency.serves,
        territorial=agency.territorial,
        contact_points=shown,
        sealed_to_its_key=agency.encryption_key is not None,
    )
