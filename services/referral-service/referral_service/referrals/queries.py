"""Queries of referrals: read with their deliveries, and changed with all of these locked."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from referral_service.deliveries.models import Delivery
from referral_service.deliveries.states import DeliveryState, Purpose
from referral_service.referrals.models import Referral


async def lock_referral(session: AsyncSession, referral_id: UUID) -> Referral | None:
    """Return the referral with its deliveries, locked always in this order, so that changes cannot deadlock."""
    referral: Referral | None = await session.get(
        Referral, referral_id, with_for_update=True, populate_existing=True
    )
    if referral is not None:
        await load_deliveries(session, referral, lock=True)
    return referral


async def load_deliveries(session: AsyncSession, *referrals: Referral, lock: bool = False) -> None:
    """Read the deliveries of referrals, in the order in which they are sent."""
    ids = [referral.id for referral in referrals]
    rows = select(Delivery).where(Delivery.referral_id.in_(ids))
    rows = rows.order_by(Delivery.referral_id, Delivery.position)
    rows = rows.with_for_update() if lock else rows
    found: dict[UUID, list[Delivery]] = defaultdict(list)
    for delivery in await session.scalars(rows.execution_options(populate_existing=True)):
        found[delivery.referral_id].append(delivery)
    for referral in referrals:
        set_committed_value(referral, "deliveries", found[referral.id])


def first_arrival() -> ScalarSelect[datetime]:
    """Return the column of the time at which the first disclosure that may have arrived was added; NULL for none.

    An agency's list holds and orders its referrals by it, so that nothing which was withheld shows there.
    """
    may_have_arrived = (Delivery.sent_at.is_not(None)) | (Delivery.posts > Delivery.misses)
    added = select(func.min(Delivery.created_at)).where(
        Delivery.referral_id == Referral.id, Delivery.purpose == Purpose.DISCLOSURE, may_have_arrived
    )
    return added.correlate(Referral).scalar_subquery()


async def lock_unfinished_referrals(session: AsyncSession, agency_id: UUID) -> Sequence[Referral]:
    """Return an agency's referrals of which something waits or was stopped, locked one by one in a stable order."""
    unfinished = (DeliveryState.WAITING, DeliveryState.STOPPED)
    ids = select(Delivery.referral_id).where(Delivery.agency_id == agency_id, Delivery.state.in_(unfinished))
    found = select(Referral).where(Referral.id.in_(ids)).order_by(Referral.id)
    locked = found.with_for_update().execution_options(populate_existing=True)
    referrals = (await session.scalars(locked)).all()
    await load_deliveries(session, *referrals, lock=True)
    return referrals
