"""A referral is read with its deliveries, and changed with all of them locked."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from referral_service.deliveries import Delivery
from referral_service.referrals import Referral


async def to_change(session: AsyncSession, referral_id: UUID) -> Referral | None:
    """The referral with its deliveries, locked in this order always, so that no two changes wait for each other."""
    referral = await session.get(Referral, referral_id, with_for_update=True, populate_existing=True)
    if referral is not None:
        await with_deliveries(session, referral, lock=True)
    return referral


async def with_deliveries(session: AsyncSession, referral: Referral, *, lock: bool) -> Referral:
    rows = select(Delivery).where(Delivery.referral_id == referral.id).order_by(Delivery.position)
    rows = rows.with_for_update() if lock else rows
    found = await session.scalars(rows.execution_options(populate_existing=True))
    set_committed_value(referral, "deliveries", list(found))
    return referral
