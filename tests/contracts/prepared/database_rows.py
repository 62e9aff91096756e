"""Rows of every table of a service's database, to find out whether a request changed any."""

from tests.support.services import RunningService

WITHOUT_REFUSALS = {
    "audit_entries": "SELECT t::text AS row FROM audit_entries t WHERE action <> 'refused' ORDER BY 1",
    "audit_pending": "SELECT t::text AS row FROM audit_pending t JOIN audit_entries e ON e.id = t.entry_id"
    " WHERE e.action <> 'refused' ORDER BY 1",
}
"""A refusal for want of permission is recorded in the audit trail, in a transaction of its own."""


async def rows_of(service: RunningService) -> dict[str, list[str]]:
    """Return every row of every table as text, but for the audit entries of refusals."""
    tables = await service.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    every = "SELECT t::text AS row FROM {} t ORDER BY 1"
    return {
        name: [row["row"] for row in await service.fetch(WITHOUT_REFUSALS.get(name) or every.format(name))]
        for name in sorted(row["tablename"] for row in tables)
    }


async def digest_of(service: RunningService) -> str:
    """Return one digest over every row of every table, the audit trail whole; quicker than the rows themselves."""
    tables = await service.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    parts = [
        f"(SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {row['tablename']} t)"
        for row in tables
    ]
    (found,) = await service.fetch(f"SELECT {' || '.join(parts)} AS digest")
    return str(found["digest"])
