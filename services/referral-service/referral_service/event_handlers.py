"""Event handlers of referral."""

from uuid import UUID

from sqlalchemy import select

from referral_service.deliveries.models import DELIVERIES_CHANNEL, Delivery
from referral_service.deliveries.states import Refusal
from referral_service.directory.models import Agency, agency_id
from referral_service.referrals.models import Referral, new_referral
from referral_service.referrals.queries import lock_referral
from shared.audit import chain
from shared.db.unit_of_work import UnitOfWork
from shared.domain.immigration_enforcement import is_immigration_enforcement
from shared.events import AuditHeadAnnounced, CaseMerged, DisclosureAuthorised, DisclosureRecalled
from shared.messaging.consumer import EventHandlers


async def add_disclosure(event: DisclosureAuthorised, uow: UnitOfWork) -> None:
    """Add an authorised disclosure to its referral, which is created with the first one. Repeats change nothing."""
    if await uow.session.get(Delivery, event.disclosure_id) is not None:
        return
    referral = await _referral_for(event, uow)
    delivery = referral.add(event, uow.now)
    if refusal := await _refusal_of(event, referral, uow):
        uow.publish(*referral.undeliverable(delivery, refusal, uow.now))
        uow.publish(*referral.stop(delivery, refusal, uow.now))
    elif fault := _fault_ahead_of(delivery, referral):
        uow.publish(*referral.undeliverable(delivery, fault, uow.now))
    uow.record("referral.disclosure_added", referral.id, disclosure_id=delivery.id, kind=delivery.kind)
    uow.notify(DELIVERIES_CHANNEL)


async def _refusal_of(event: DisclosureAuthorised, referral: Referral, uow: UnitOfWork) -> Refusal | None:
    """Return why the agency may not be sent this at all; None for a registered agency of the kind."""
    agency = await uow.session.get(Agency, referral.agency_id)
    if is_immigration_enforcement(code=event.agency_code, name=agency.name if agency else ""):
        return Refusal.IMMIGRATION_ENFORCEMENT
    if agency is None:
        return Refusal.AGENCY_UNKNOWN
    same_kind = event.recipient_kind == referral.recipient_kind
    fits = same_kind and agency.receives(event.recipient_kind)
    return None if fits else Refusal.AGENCY_OF_ANOTHER_KIND


def _fault_ahead_of(delivery: Delivery, referral: Referral) -> str | None:
    """Return the fault of an earlier message if it makes a person telephone about this one too, else None."""
    ahead = [one for one in referral.waiting if one is not delivery and delivery.waits_for(one)]
    failing = [one for one in ahead if one.failures]
    announced = any(one.undeliverable_at for one in failing)
    return failing[0].fault if failing and (announced or delivery.forced) else None


async def _referral_for(event: DisclosureAuthorised, uow: UnitOfWork) -> Referral:
    same = select(Referral.id).where(
        Referral.recipient_id == event.recipient_id, Referral.agency_id == agency_id(event.agency_code)
    )
    known = await uow.session.scalar(same)
    referral = await lock_referral(uow.session, known) if known else None
    if referral is None:
        referral = new_referral(event)
        uow.session.add(referral)
        await uow.keys.create(referral.id)
    return referral


async def recall_disclosure(event: DisclosureRecalled, uow: UnitOfWork) -> None:
    """Send a recall to an agency that may have a copy; where nothing was sent, end it as such."""
    referral = await _referral_with(event.disclosure_id, uow)
    if referral is None:
        uow.record("referral.recall_of_unknown", event.disclosure_id)
        return
    uow.publish(*referral.recall(event.disclosure_id, uow.now))
    uow.record("referral.recalled", referral.id, disclosure_id=event.disclosure_id)
    uow.notify(DELIVERIES_CHANNEL)


async def _referral_with(disclosure_id: UUID, uow: UnitOfWork) -> Referral | None:
    delivery = await uow.session.get(Delivery, disclosure_id)
    return await lock_referral(uow.session, delivery.referral_id) if delivery else None


async def follow_merged_case(event: CaseMerged, uow: UnitOfWork) -> None:
    """Keep referrals under the case that a merged one is part of now."""
    of_case = select(Referral.id).where(Referral.case_id == event.case_id).order_by(Referral.id)
    for referral_id in (await uow.session.scalars(of_case)).all():
        if referral := await lock_referral(uow.session, referral_id):
            referral.follow(event.merged_into_case_id)


EVENT_HANDLERS: EventHandlers = {
    DisclosureAuthorised: add_disclosure,
    DisclosureRecalled: recall_disclosure,
    CaseMerged: follow_merged_case,
    AuditHeadAnnounced: chain.remember_head,
}
