"""Routes of the directory: agencies, and the contact points that an operator sets."""

from typing import Annotated

from fastapi import Query
from sqlalchemy import select

from referral_service.access import AgencyToChange, AgencyToRead, Operator, Staff
from referral_service.deliveries.models import DELIVERIES_CHANNEL
from referral_service.directory.contact_points import AddressNotAllowed, EncryptionKeyRefused, set_points
from referral_service.directory.eligibility import (
    AgencyOfTheReferenceData,
    CodeOfAnotherKind,
    ImmigrationEnforcementRefused,
)
from referral_service.directory.models import Agency, ContactPoint, contact_points_of
from referral_service.directory.registration import AgencyRegisteredAlready, lock_agency_code, register
from referral_service.directory.schemas import (
    AgencyOut,
    AgencyPage,
    AgencyWithSecret,
    ContactPointOut,
    RegisterAgency,
    SetContactPoints,
)
from referral_service.referrals.queries import lock_unfinished_referrals
from referral_service.settings import settings_of
from shared.db.unit_of_work import UnitOfWork
from shared.domain.vocabulary import Code, Nation, RecipientKind
from shared.http import pagination
from shared.http.auth import Context, Uow
from shared.http.idempotency import Idempotent
from shared.http.problems import raises
from shared.http.records import record_router
from shared.http.schemas import Created
from shared.identity.principals import Principal, Role

router = record_router(prefix="/v1/agencies", tag="agencies")


@router.get("", summary="List agencies in the order of their codes")
@raises(pagination.InvalidCursor)
async def list_agencies(
    staff: Staff,
    uow: Uow,
    agency_code: Annotated[Code | None, Query(description="Only the agency with this code")] = None,
    recipient_kind: Annotated[
        RecipientKind | None, Query(description="Only agencies of this recipient kind")
    ] = None,
    nation: Annotated[Nation | None, Query(description="Only agencies of this nation")] = None,
    cursor: pagination.Cursor = None,
    limit: pagination.PageLimit = pagination.DEFAULT_LIMIT,
) -> AgencyPage:
    query = select(Agency).order_by(Agency.agency_code).limit(limit + 1)
    if agency_code is not None:
        query = query.where(Agency.agency_code == agency_code)
    if recipient_kind is not None:
        query = query.where(Agency.recipient_kinds.contains([recipient_kind.value]))
    if nation is not None:
        query = query.where(Agency.nation == nation)
    if cursor is not None:
        query = query.where(Agency.agency_code > pagination.decode(cursor, str)[0])
    found = (await uow.session.scalars(query)).all()
    rows, following = pagination.cut(found, limit, lambda row: (row.agency_code,))
    points = await contact_points_of(uow.session, *(row.id for row in rows))
    return AgencyPage(items=[_out(row, points[row.id], staff) for row in rows], next=following)


@router.post("", status_code=201, summary="Register an agency that is not responsible for a place")
@raises(AgencyRegisteredAlready, ImmigrationEnforcementRefused, AgencyOfTheReferenceData, CodeOfAnotherKind)
async def register_agency(_: Operator, uow: Uow, request: Idempotent, command: RegisterAgency) -> Created:
    await lock_agency_code(command.agency_code, uow)
    return await request.once(Created, lambda: _register(command, uow))


async def _register(command: RegisterAgency, uow: UnitOfWork) -> Created:
    agency = await register(command, uow)
    uow.record("agency.registered", agency.id, agency_code=agency.agency_code)
    return Created(id=agency.id, version=agency.version)


@router.get("/{agency_id}", summary="Read one agency and how it is reached")
async def read_agency(staff: Staff, agency: AgencyToRead, uow: Uow) -> AgencyOut:
    return _out(agency, (await contact_points_of(uow.session, agency.id))[agency.id], staff)


@router.put("/{agency_id}/contact-points", summary="Set how an agency is reached, and at which hours")
@raises(AddressNotAllowed, EncryptionKeyRefused)
async def set_contact_points(
    operator: Operator, agency: AgencyToChange, uow: Uow, context: Context, command: SetContactPoints
) -> AgencyWithSecret:
    allow_loopback = settings_of(context).allow_loopback_agencies
    points, secret = await set_points(agency, command, uow, allow_loopback=allow_loopback)
    for referral in await lock_unfinished_referrals(uow.session, agency.id):
        if agency.receives(referral.recipient_kind):
            referral.resume(uow.now)
    uow.notify(DELIVERIES_CHANNEL)
    uow.record("agency.contact_points_set", agency.id, count=len(points), new_secret=secret is not None)
    return AgencyWithSecret(**_out(agency, points, operator).model_dump(), signing_secret=secret)


def _out(agency: Agency, points: list[ContactPoint], principal: Principal) -> AgencyOut:
    shown = [ContactPointOut.model_validate(point) for point in points]
    if Role.OPERATOR not in principal.roles:
        shown = [point.model_copy(update={"url": None}) for point in shown]
    return AgencyOut(
        id=agency.id,
        version=agency.version,
        agency_code=agency.agency_code,
        name=agency.name,
        nation=agency.nation,
        recipient_kinds=[RecipientKind(kind) for kind in agency.recipient_kinds],
        territorial=agency.territorial,
        contact_points=shown,
        sealed_to_its_key=agency.encryption_key is not None,
    )
