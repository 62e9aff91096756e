"""Contacts that should have a case by now and have none, or that opened none and nobody has looked at: a person has to.

Nothing is ever deleted because of it: a report stays, sealed, until a case has taken it over.
"""

from datetime import timedelta

from shared.platform import Platform

COUNTS_TO = 1000
_WAITING = """
SELECT count(*) FROM (SELECT 1 FROM contacts WHERE opens_case AND taken_over_at IS NULL AND received_at < $1
                      LIMIT $2) AS waiting
"""


_TO_LOOK_AT = """
SELECT count(*) FROM (SELECT 1 FROM contacts WHERE NOT opens_case AND no_concern_at IS NULL
                      AND taken_over_at IS NULL AND received_at < $1 LIMIT $2) AS waiting
"""


async def contacts_without_case(platform: Platform) -> int:
    """How many wait for the case that they opened, counted to a thousand."""
    return await _waiting(_WAITING, platform)


async def contacts_to_look_at(platform: Platform) -> int:
    """How many were taken for a question, and no adviser has said so: the wrong entry of a menu must not be silent."""
    return await _waiting(_TO_LOOK_AT, platform)


async def _waiting(query: str, platform: Platform) -> int:
    since = platform.clock() - timedelta(seconds=platform.settings.taken_over_within_seconds)
    count: int = await platform.database.pool.fetchval(query, since, COUNTS_TO)
    return count
