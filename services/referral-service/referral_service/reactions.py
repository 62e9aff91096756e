"""What referral does when the case service announces that something may leave, or must come back."""

from uuid import UUID

from sqlalchemy import select

from referral_service.agencies import agency_id
from referral_service.deliveries import BELL, Delivery
from referral_service.loading import to_change
from referral_service.referrals import Referral, referral_for
from shared import audit
from shared.consumer import Reactions
from shared.database import UnitOfWork
from shared.events import AuditHeadAnnounced, DisclosureAuthorised, DisclosureRecalled


async def take_on(event: DisclosureAuthorised, uow: UnitOfWork) -> None:
    """A disclosure is work now, once, however often its authorisation is heard."""
    if await uow.session.get(Delivery, event.disclosure_id) is not None:
        return
    referral = await _referral_of(event, uow)
    delivery = referral.add(event, uow.now)
    fault = referral.stuck_behind(delivery)
    if fault is not None:
        uow.publish(*referral.undeliverable(delivery, fault, uow.now))
    uow.record("referral.taken_on", referral.id, disclosure_id=delivery.id, kind=delivery.kind)
    uow.ring(BELL)


async def _referral_of(event: DisclosureAuthorised, uow: UnitOfWork) -> Referral:
    same = select(Referral.id).where(
        Referral.leg_id == event.leg_id, Referral.agency_id == agency_id(event.body)
    )
    known = await uow.session.scalar(same)
    referral = await to_change(uow.session, known) if known else None
    if referral is None:
        referral = referral_for(event)
        uow.session.add(referral)
        await uow.keys.create(referral.id)
    return referral


async def call_back(event: DisclosureRecalled, uow: UnitOfWork) -> None:
    """Whoever may hold a copy is told that it was recalled. Where none ever left from here, nobody is."""
    referral = await _referral_holding(event.disclosure_id, uow)
    recall = referral.recall(event.disclosure_id, uow.now) if referral else None
    if recall is not None:
        uow.record("referral.recalled", recall.referral_id, disclosure_id=event.disclosure_id)
        uow.ring(BELL)


async def _referral_holding(disclosure_id: UUID, uow: UnitOfWork) -> Referral | None:
    delivery = await uow.session.get(Delivery, disclosure_id)
    return await to_change(uow.session, delivery.referral_id) if delivery else None


REACTIONS: Reactions = {
    DisclosureAuthorised: take_on,
    DisclosureRecalled: call_back,
    AuditHeadAnnounced: audit.witness,
}
