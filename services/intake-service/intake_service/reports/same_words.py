"""Same words: a report that comes again within a minute is kept, and marked for advisers as likely the same.

Two people may press the same alarm, so that both are contacts; nobody is told that another person reported.
"""

from datetime import timedelta

from shared.service.context import ServiceContext

SAME_WITHIN = timedelta(minutes=1)
_DELETE = "DELETE FROM recent_words WHERE received_at < $1"


async def delete_old_words(context: ServiceContext) -> bool:
    """Delete digests that are too old to be compared: a background loop."""
    await context.database.pool.execute(_DELETE, context.clock() - SAME_WITHIN)
    return False
