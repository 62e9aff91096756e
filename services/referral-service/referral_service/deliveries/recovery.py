"""Recovery of an agency's endpoint: once it takes one message, everything that waits for it is due at once."""

from uuid import UUID

from sqlalchemy import select

from referral_service.deliveries.models import Delivery
from referral_service.deliveries.states import DeliveryState
from shared.db.unit_of_work import UnitOfWork

ASKED_TO_WAIT = "http-429"


async def make_due_again(agency_id: UUID, uow: UnitOfWork) -> bool:
    """Make due at once what failed before at this agency, and return whether there was any.

    Rows that another transaction holds are left out: waiting for them here could deadlock, and they are being tried.
    So are those for which the agency itself asked for a pause.
    """
    failed = select(Delivery).where(
        Delivery.agency_id == agency_id,
        Delivery.state == DeliveryState.WAITING,
        Delivery.due_at > uow.now,
        Delivery.leased_until.is_(None),
        Delivery.failures > 0,
        Delivery.fault.is_distinct_from(ASKED_TO_WAIT),
    )
    rows = (await uow.session.scalars(failed.with_for_update(skip_locked=True))).all()
    for one in rows:
        one.make_due(uow.now)
    return bool(rows)
