"""Contacts that should have a case by now and have none: whatever holds them up, a person has to look.

Nothing is ever deleted because of it: a report stays, sealed, until a case has taken it over.
"""

from datetime import timedelta

from shared.platform import Platform

COUNTS_TO = 1000
_WAITING = """
SELECT count(*) FROM (SELECT 1 FROM contacts WHERE opens_case AND taken_over_at IS NULL AND received_at < $1
                      LIMIT $2) AS waiting
"""


async def contacts_without_case(platform: Platform) -> int:
    """How many, counted to a thousand."""
    since = platform.clock() - timedelta(seconds=platform.settings.taken_over_within_seconds)
    count: int = await platform.database.pool.fetchval(_WAITING, since, COUNTS_TO)
    return count
