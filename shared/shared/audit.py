"""The audit trail, linked into a hash chain whose heads the other services remember: changing the past shows.

Entries are written with the act they describe, in its transaction. A loop links them into the chain right after (one
linker at a time, so that writers never queue for the head of the chain) and announces the head on the bus.
"""

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import asyncpg
import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from shared.database import Database, UnitOfWork, passes
from shared.events import AuditHeadAnnounced
from shared.tables import witnessed_heads

LINK_LOCK = 0x61756469
BATCH = 500
POLL_SECONDS = 1.0
ANNOUNCE_SECONDS = 10.0
FIRST_LINK = bytes(32)

log = structlog.get_logger()

_PENDING = """
SELECT p.number AS pending, e.* FROM audit_pending p JOIN audit_entries e ON e.id = p.entry_id
ORDER BY p.number LIMIT $1
"""
_HEAD = "SELECT position, link FROM audit_chain ORDER BY position DESC LIMIT 1"
_WHOLE = """
SELECT c.position, c.link, e.* FROM audit_chain c LEFT JOIN audit_entries e ON e.id = c.entry_id
ORDER BY c.position
"""
_UNLINKED = """
SELECT e.id FROM audit_entries e
WHERE NOT EXISTS (SELECT 1 FROM audit_chain c WHERE c.entry_id = e.id)
AND NOT EXISTS (SELECT 1 FROM audit_pending p WHERE p.entry_id = e.id)
ORDER BY e.number
"""
_GONE_BEFORE_LINKED = """
SELECT p.entry_id FROM audit_pending p WHERE NOT EXISTS (SELECT 1 FROM audit_entries e WHERE e.id = p.entry_id)
ORDER BY p.number
"""


@dataclass(frozen=True)
class Head:
    """The newest link: how many entries the chain has, and the hash over all of them."""

    length: int
    link: bytes


@dataclass(frozen=True)
class Verdict:
    """What verification found. `faults` are codes with the position; empty means: nothing was changed."""

    length: int
    pending: int
    witnessed: int
    faults: tuple[str, ...]


def chain_id(service: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"helpline-audit:{service}")


def next_link(previous: bytes, entry: Mapping[str, Any]) -> bytes:
    """The hash over the link before and everything the entry says."""
    said = [
        str(entry["id"]),
        entry["at"].isoformat(),
        entry["actor"],
        entry["action"],
        str(entry["subject"]),
        entry["codes"],
    ]
    return hashlib.sha256(
        previous + json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
    ).digest()


async def link_forever(database: Database, beat: Callable[[], None] = lambda: None) -> None:
    """Links new entries until cancelled, and announces the head every few seconds when it moved.

    `beat` is called after every round that worked.
    """
    announced = -1
    last = 0.0
    while True:
        try:
            while await link_pending(database) == BATCH:
                beat()
            now = asyncio.get_running_loop().time()
            if now - last >= ANNOUNCE_SECONDS:
                announced, last = await announce_head(database, announced), now
            beat()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, SQLAlchemyError) as error:
            if not passes(error):
                raise
            log.warning("audit waits", error=type(error).__name__)
        await asyncio.sleep(POLL_SECONDS)


async def link_pending(database: Database) -> int:
    async with database.pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", LINK_LOCK)
        rows = await connection.fetch(_PENDING, BATCH)
        if not rows:
            return 0
        head = _as_head(await connection.fetchrow(_HEAD))
        await connection.copy_records_to_table("audit_chain", records=_links(head, rows))
        await connection.execute(
            "DELETE FROM audit_pending WHERE number = ANY($1::bigint[])", [r["pending"] for r in rows]
        )
        return len(rows)


def _links(head: Head, rows: Iterable[Any]) -> list[tuple[int, UUID, bytes]]:
    linked = []
    position, link = head.length, head.link
    for row in rows:
        position += 1
        link = next_link(link, row)
        linked.append((position, row["id"], link))
    return linked


def _as_head(row: Any) -> Head:
    return Head(row["position"], bytes(row["link"])) if row else Head(0, FIRST_LINK)


async def announce_head(database: Database, announced: int) -> int:
    head = _as_head(await database.pool.fetchrow(_HEAD))
    if head.length == announced:
        return announced
    async with database.unit_of_work(f"worker:{database.source}") as uow:
        uow.publish(
            AuditHeadAnnounced(
                chain_id=chain_id(database.source),
                service=database.source,
                length=head.length,
                head=head.link.hex(),
                announced_at=uow.now,
            )
        )
    return head.length


async def witness(event: AuditHeadAnnounced, uow: UnitOfWork) -> None:
    """Remembers another service's head; every service is a witness of the others."""
    row = {"service": event.service, "length": event.length, "head": event.head, "witnessed_at": uow.now}
    await uow.session.execute(insert(witnessed_heads).values(row).on_conflict_do_nothing())


async def heads_witnessed_of(pool: asyncpg.Pool, service: str) -> list[tuple[int, str, datetime]]:
    rows = await pool.fetch(
        "SELECT length, head, witnessed_at FROM witnessed_heads WHERE service = $1 ORDER BY length", service
    )
    return [(row["length"], row["head"], row["witnessed_at"]) for row in rows]


async def verify(pool: asyncpg.Pool, witnessed: Iterable[tuple[int, str]]) -> Verdict:
    """Recomputes the whole chain and compares it with the heads that others remember."""
    heads = list(witnessed)
    remembered = {length for length, _ in heads}
    faults: list[str] = []
    links: dict[int, str] = {0: FIRST_LINK.hex()}
    previous, expected = FIRST_LINK, 1
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        async for row in connection.cursor(_WHOLE, prefetch=1000):
            faults += _faults_of(row, expected, previous)
            previous, expected = bytes(row["link"]), row["position"] + 1
            if row["position"] in remembered:
                links[row["position"]] = previous.hex()
        faults += [f"unlinked:{row['id']}" for row in await connection.fetch(_UNLINKED)]
        faults += [
            f"gone-before-linked:{row['entry_id']}" for row in await connection.fetch(_GONE_BEFORE_LINKED)
        ]
        pending = await connection.fetchval("SELECT count(*) FROM audit_pending")
    faults += [f"witness-disagrees:{length}" for length, head in heads if links.get(length) != head]
    return Verdict(expected - 1, pending, len(heads), tuple(faults))


def _faults_of(row: Any, expected: int, previous: bytes) -> list[str]:
    position = row["position"]
    if position != expected:
        return [f"gap-before:{position}"]
    if row["id"] is None:
        return [f"entry-missing:{position}"]
    return [] if next_link(previous, row) == bytes(row["link"]) else [f"link-broken:{position}"]
