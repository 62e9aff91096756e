"""After a rotation of the keyring every stored data key is wrapped anew, so that the old key may be retired."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from uuid import UUID, uuid4

import typer
from sqlalchemy import bindparam, update

from shared.database import Database
from shared.platform import Service, opened
from shared.settings import Settings
from shared.tables import data_keys
from shared.vault import SealBroken

ACTOR = "operator:rewrap-keys"
BATCH = 500
UNKNOWN = 0
"""In the place of a version: what is stored is no wrapped key."""
Stored = tuple[UUID, bytes]
_FIRST = UUID(int=0)


def rewrap_keys(service: Service, settings: Settings) -> int:
    """0: all are under the newest key. 1: some could not be opened, and are as they were."""
    return asyncio.run(_rewrap_keys(service, settings))


async def _rewrap_keys(service: Service, settings: Settings) -> int:
    async with opened(service, settings) as platform:
        await rewrap(platform.database)
        held = await versions(platform.database)
        newest = platform.vault.wraps_under
    for version, count in sorted({newest: 0, **held}.items()):
        called = f"version {version}" if version != UNKNOWN else "no version that can be read"
        typer.echo(f"{called}: {count} keys")
    if held.keys() <= {newest}:
        typer.echo(f"Everything is under version {newest}; older versions may be retired (docs/keys.md).")
        return 0
    typer.echo("Some keys do not open with this keyring. Retire nothing that is still listed here.", err=True)
    return 1


async def rewrap(database: Database, *, batch: int = BATCH) -> None:
    """Wraps what is under another than the newest key anew, a batch at a time. What a batch has done is kept, so
    that it may be stopped and run again; what sealed values hold is not touched."""
    async for stored in _batches(database, batch):
        changed = [change for one in stored if (change := _rewrapped(database, *one))]
        if not changed:
            continue
        async with database.unit_of_work(ACTOR) as uow:
            # A key that was erased, or wrapped anew, since it was read is another one now and stays as it is.
            same = (data_keys.c.owner == bindparam("of")) & (data_keys.c.wrapped == bindparam("before"))
            await uow.session.execute(
                update(data_keys).where(same).values(wrapped=bindparam("anew")), changed
            )
            uow.record("keys.rewrapped", uuid4(), count=len(changed), version=database.vault.wraps_under)


async def versions(database: Database) -> Counter[int]:
    """How many keys are stored under each version of the keyring's keys; erased ones are under none."""
    held: Counter[int] = Counter()
    async for stored in _batches(database, BATCH):
        held.update(_version(database, wrapped) for _, wrapped in stored)
    return held


def _rewrapped(database: Database, owner: UUID, wrapped: bytes) -> dict[str, object] | None:
    if _version(database, wrapped) in (UNKNOWN, database.vault.wraps_under):
        return None
    try:
        return {"of": owner, "before": wrapped, "anew": database.vault.rewrap(owner, wrapped)}
    except SealBroken:
        return None


def _version(database: Database, wrapped: bytes) -> int:
    try:
        return database.vault.wrapped_under(wrapped)
    except SealBroken:
        return UNKNOWN


async def _batches(database: Database, size: int) -> AsyncIterator[Sequence[Stored]]:
    """Every key that is not erased, in the order of its owner."""
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
