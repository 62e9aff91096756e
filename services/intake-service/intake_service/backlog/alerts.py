"""Backlog alerts: contacts that wait too long for their case, or for an adviser to read them.

No contact is ever deleted because of it: a report stays, sealed, until a case has imported it.
"""

from datetime import timedelta

from intake_service.settings import settings_of
from shared.service.context import ServiceContext

COUNT_LIMIT = 1000
_WITHOUT_CASE = """
SELECT count(*) FROM (SELECT 1 FROM contacts WHERE opens_case AND imported_at IS NULL AND received_at < $1
                      LIMIT $2) AS late
"""
_UNREVIEWED = """
SELECT count(*) FROM (SELECT 1 FROM contacts WHERE NOT opens_case AND no_concern_at IS NULL
                      AND imported_at IS NULL AND received_at < $1 LIMIT $2) AS late
"""
_TO_LOOK_AT = """
SELECT count(*) FROM (SELECT 1 FROM contacts WHERE NOT opens_case AND no_concern_at IS NULL
                      AND imported_at IS NULL AND look_by < $1 LIMIT $2) AS late
"""


async def contacts_without_case(context: ServiceContext) -> int:
    """Count the contacts that wait for the case that they opened, up to a thousand."""
    return await _late(_WITHOUT_CASE, context)


async def contacts_unreviewed(context: ServiceContext) -> int:
    """Count the contacts taken for a question that no adviser has read: they may name a concern all the same."""
    return await _late(_UNREVIEWED, context)


async def contacts_to_look_at(context: ServiceContext) -> int:
    """Count the contacts without a case that nobody looked at in time, though a child may have written them."""
    count: int = await context.database.pool.fetchval(_TO_LOOK_AT, context.clock(), COUNT_LIMIT)
    return count


async def _late(query: str, context: ServiceContext) -> int:
    since = context.clock() - timedelta(seconds=settings_of(context).import_within_seconds)
    count: int = await context.database.pool.fetchval(query, since, COUNT_LIMIT)
    return count
