"""Claiming: the next delivery that is due, with the endpoint that its agency has at this hour."""

from dataclasses import dataclass
from uuid import UUID

import structlog

from referral_service.agencies import Agency, ContactPoint, points_of, secret_place
from referral_service.deliveries import Delivery, claim_next
from referral_service.places import Lane, Places
from referral_service.referrals import Referral
from referral_service.routing import route_to
from referral_service.sending import Endpoint
from shared.database import UnitOfWork
from shared.errors import HelplineError
from shared.platform import Platform
from shared.vocabulary import RecipientKind

ACTOR = "worker:referral"

log = structlog.get_logger()


@dataclass(frozen=True)
class Job:
    """One claimed delivery, as it was when it was claimed."""

    delivery_id: UUID
    referral_id: UUID
    disclosure_id: UUID
    agency_id: UUID
    kind: str
    is_disclosure: bool
    lane: Lane
    fence: int
    endpoint: Endpoint | None

    @property
    def urgent(self) -> bool:
        return self.lane is Lane.DANGER


async def next_job(platform: Platform, places: Places) -> Job | None:
    """None where nothing is due that has a place."""
    if not places.open():
        return None
    async with platform.database.unit_of_work(ACTOR) as uow:
        delivery = await claim_next(uow.session, now=uow.now, places=places)
        return await _job(delivery, uow) if delivery is not None else None


async def _job(delivery: Delivery, uow: UnitOfWork) -> Job:
    return Job(
        delivery_id=delivery.id,
        referral_id=delivery.referral_id,
        disclosure_id=delivery.disclosure_id,
        agency_id=delivery.agency_id,
        kind=delivery.kind,
        is_disclosure=delivery.is_disclosure,
        lane=delivery.lane,
        fence=delivery.fence,
        endpoint=await _endpoint_for(delivery, uow),
    )


async def _endpoint_for(delivery: Delivery, uow: UnitOfWork) -> Endpoint | None:
    agency = await uow.session.get(Agency, delivery.agency_id)
    referral = await uow.session.get(Referral, delivery.referral_id)
    if agency is None or referral is None or agency.signing_secret is None:
        return None
    points = (await points_of(uow.session, agency.id))[agency.id]
    route = route_to(agency, points, RecipientKind(referral.recipient), uow.now)
    if route is None or route.endpoint is None:
        return None
    return await _endpoint(agency, route.endpoint, uow)


async def _endpoint(agency: Agency, point: ContactPoint, uow: UnitOfWork) -> Endpoint | None:
    if point.url is None or agency.signing_secret is None:
        return None
    try:
        secret = await uow.keys.open(agency.id, secret_place(agency.id), agency.signing_secret)
    except HelplineError as error:  # one agency's broken key must not stop everybody's deliveries
        log.error("signing secret does not open", agency_id=agency.id, error=type(error).__name__)
        return None
    return Endpoint(point.url, secret, agency.encryption_key)
