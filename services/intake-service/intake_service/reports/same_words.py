"""Same words: a report that comes again within a minute is kept, and marked for advisers as likely the same.

Two people may press the same alarm, so that both are contacts; nobody is told that another person reported.
"""

from datetime import timedelta

from sqlalchemy import Column, DateTime, Table, Uuid, delete

from intake_service.db import Base
from shared.db.columns import Digest
from shared.service.context import ServiceContext

SAME_WITHIN = timedelta(minutes=1)

recent_words = Table(
    "recent_words",
    Base.metadata,
    Column("words", Digest, primary_key=True),
    Column("contact_id", Uuid, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
)


async def delete_old_words(context: ServiceContext) -> bool:
    """Delete digests that are too old to be compared: a background loop."""
    too_old = recent_words.c.received_at < context.clock() - SAME_WITHIN
    async with context.database.unit_of_work("worker:intake") as uow:
        await uow.session.execute(delete(recent_words).where(too_old))
    return False
