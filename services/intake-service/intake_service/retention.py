"""Answers kept for retries are forgotten a day later, with the keys they were sealed under."""

from shared.platform import Platform

_FORGET = """
WITH old AS (DELETE FROM idempotency_keys WHERE expires_at < $1 RETURNING owner)
DELETE FROM data_keys WHERE owner IN (SELECT owner FROM old)
"""


async def forget_old_answers(platform: Platform) -> bool:
    await platform.database.pool.execute(_FORGET, platform.clock())
    return False
