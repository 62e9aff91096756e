"""Queue of deliveries: claims the next one that is due, with the endpoint that its agency has at this hour."""

from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, exists, or_
from sqlalchemy.orm import aliased

from referral_service.deliveries.concurrency import Priority, RunningDeliveries, priority_of
from referral_service.deliveries.models import ACTOR, LEASE, LEASE_IN_DANGER, Delivery
from referral_service.deliveries.states import DeliveryKind, DeliveryState, Purpose
from referral_service.deliveries.webhook import Endpoint
from referral_service.directory.models import Agency, contact_points_of, signing_secret_field
from referral_service.referrals.models import Referral
from referral_service.routing.agency_route import route_to
from shared.db.leases import claim
from shared.db.unit_of_work import UnitOfWork
from shared.errors import HelplineError
from shared.service.context import ServiceContext

_OF_PRIORITY: dict[Priority, ColumnElement[bool]] = {
    Priority.ORDINARY: ~Delivery.urgent & ~Delivery.forced,
    Priority.FORCED: ~Delivery.urgent & Delivery.forced,
    Priority.DANGER: Delivery.urgent.is_(True),
}

log = structlog.get_logger()


@dataclass(frozen=True)
class ClaimedDelivery:
    """One delivery as it was when it was claimed. Without an endpoint only a person can reach the agency now."""

    delivery_id: UUID
    referral_id: UUID
    disclosure_id: UUID
    agency_id: UUID
    agency_code: str
    """Agency for which content is asked, and at whose endpoint it is handed over."""
    kind: DeliveryKind
    is_disclosure: bool
    priority: Priority
    fence: int
    endpoint: Endpoint | None

    @property
    def urgent(self) -> bool:
        return self.priority is Priority.DANGER


async def claim_next(context: ServiceContext, running: RunningDeliveries) -> ClaimedDelivery | None:
    """Claim the next due delivery, danger first; None where none is due that has a slot."""
    open_priorities = running.open_priorities()
    if not open_priorities:
        return None
    async with context.database.unit_of_work(ACTOR) as uow:
        rows = await claim(
            uow.session,
            Delivery,
            now=uow.now,
            lease=lambda one: LEASE_IN_DANGER if one.urgent else LEASE,
            at_most=1,
            only=_is_first_of_its_referral() & _has_slot(running, open_priorities),
            first=(Delivery.urgent.is_(True), Delivery.forced.is_(True)),
        )
        return await _claimed(rows[0], uow) if rows else None


def _is_first_of_its_referral() -> ColumnElement[bool]:
    """Return the condition that nothing waits which must arrive before: disclosures in order, copies before recalls.

    A recall holds up nothing, and only its own copy holds it up (`Delivery.waits_for`).
    """
    earlier = aliased(Delivery)
    return ~exists().where(
        earlier.referral_id == Delivery.referral_id,
        earlier.position < Delivery.position,
        earlier.state == DeliveryState.WAITING,
        earlier.purpose == Purpose.DISCLOSURE,
        or_(
            Delivery.purpose == Purpose.DISCLOSURE,
            earlier.disclosure_id == Delivery.disclosure_id,
        ),
    )


def _has_slot(running: RunningDeliveries, open_priorities: list[Priority]) -> ColumnElement[bool]:
    """Return the condition that a delivery's priority is open, and its agency not busy with that priority."""
    return or_(
        *(
            _OF_PRIORITY[one] & Delivery.agency_id.not_in(running.busy_agencies(one))
            for one in open_priorities
        )
    )


async def _claimed(delivery: Delivery, uow: UnitOfWork) -> ClaimedDelivery:
    referral = await uow.session.get_one(Referral, delivery.referral_id)
    return ClaimedDelivery(
        delivery_id=delivery.id,
        referral_id=delivery.referral_id,
        disclosure_id=delivery.disclosure_id,
        agency_id=delivery.agency_id,
        agency_code=referral.agency_code,
        kind=delivery.kind,
        is_disclosure=delivery.is_disclosure,
        priority=priority_of(urgent=delivery.urgent, forced=delivery.forced),
        fence=delivery.fence,
        endpoint=await _endpoint_for(referral, uow),
    )


async def _endpoint_for(referral: Referral, uow: UnitOfWork) -> Endpoint | None:
    """Return the endpoint that the agency has at this hour; None where only a person can reach it."""
    agency = await uow.session.get(Agency, referral.agency_id)
    if agency is None or agency.signing_secret is None:
        return None
    points = await contact_points_of(uow.session, agency.id)
    route = route_to(agency, points[agency.id], referral.recipient_kind, uow.now)
    if route is None or route.endpoint is None or route.endpoint.url is None:
        return None
    try:
        secret = await uow.keys.open(agency.id, signing_secret_field(agency.id), agency.signing_secret)
    except HelplineError as error:  # one agency's broken key must not stop everybody's deliveries
        log.error("signing secret does not open", agency_id=agency.id, error=type(error).__name__)
        return None
    return Endpoint(route.endpoint.url, secret, agency.encryption_key)
