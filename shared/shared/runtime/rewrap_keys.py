"""Rewrapping: wraps every stored data key under the newest key-encryption key, so that older ones may be retired."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import typer
from sqlalchemy import bindparam, update

from shared.crypto.vault import DecryptionFailed
from shared.db.database import Database
from shared.db.tables import data_keys
from shared.ids import new_id
from shared.runtime.context_factory import open_context
from shared.service.settings import Settings
from shared.service.spec import ServiceSpec

ACTOR = "operator:rewrap-keys"
BATCH = 500
UNKNOWN = 0
"""Stands for the version of a stored value that is no wrapped key."""
Stored = tuple[UUID, bytes]
_FIRST = UUID(int=0)


def rewrap_keys(service: ServiceSpec, settings: Settings) -> int:
    """Rewrap all keys. Return 0 if all are under the newest key now, 1 if some do not open and stay as they were."""
    return asyncio.run(_rewrap_keys(service, settings))


async def _rewrap_keys(service: ServiceSpec, settings: Settings) -> int:
    async with open_context(service, settings) as context:
        await rewrap(context.database)
        found = await versions(context.database)
        newest = context.vault.wraps_under
    for version, count in sorted({newest: 0, **found}.items()):
        named = f"version {version}" if version != UNKNOWN else "no version that can be read"
        typer.echo(f"{named}: {count} keys")
    if found.keys() <= {newest}:
        typer.echo(f"Everything is under version {newest}; older versions may be retired (docs/keys.md).")
        return 0
    typer.echo("Some keys do not open with this keyring. Retire nothing that is still listed here.", err=True)
    return 1


async def rewrap(database: Database, *, batch: int = BATCH) -> None:
    """Wrap data keys that are not under the newest version, a batch at a time; sealed values are not touched.

    Each batch is committed, so that the command may be stopped and run again.
    """
    async for stored in _batches(database, batch):
        changed = [change for one in stored if (change := _rewrapped(database, *one))]
        if not changed:
            continue
        async with database.unit_of_work(ACTOR) as uow:
            # A key that was erased or rewrapped since it was read is another one now, and stays as it is.
            same = (data_keys.c.owner == bindparam("of")) & (data_keys.c.wrapped == bindparam("before"))
            await uow.session.execute(
                update(data_keys).where(same).values(wrapped=bindparam("rewrapped")), changed
            )
            uow.record("keys.rewrapped", new_id(), count=len(changed), version=database.vault.wraps_under)


async def versions(database: Database) -> Counter[int]:
    """Count the data keys under each version of the key-encryption key; erased ones are not counted."""
    found: Counter[int] = Counter()
    async for stored in _batches(database, BATCH):
        found.update(_version(database, wrapped) for _, wrapped in stored)
    return found


def _rewrapped(database: Database, owner: UUID, wrapped: bytes) -> dict[str, object] | None:
    if _version(database, wrapped) in (UNKNOWN, database.vault.wraps_under):
        return None
    try:
        return {"of": owner, "before": wrapped, "rewrapped": database.vault.rewrap(owner, wrapped)}
    except DecryptionFailed:
        return None


def _version(database: Database, wrapped: bytes) -> int:
    try:
        return database.vault.wrapped_under(wrapped)
    except DecryptionFailed:
        return UNKNOWN


async def _batches(database: Database, size: int) -> AsyncIterator[Sequence[Stored]]:
    """Yield every data key that is not erased, in the order of owners."""
    after = _FIRST
    while True:
        rows = await database.pool.fetch(
            "SELECT owner, wrapped FROM data_keys WHERE owner > $1 AND wrapped <> '' ORDER BY owner LIMIT $2",
            after,
            size,
        )
        if not rows:
            return
        yield [(row["owner"], bytes(row["wrapped"])) for row in rows]
        after = rows[-1]["owner"]
