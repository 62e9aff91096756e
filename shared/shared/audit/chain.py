"""Audit trail, linked into a hash chain whose heads other services remember, so that a changed past is detected.

Entries are written in the transaction of the act they describe. A loop links them about a second later, one linker at a
time, so that writers never wait for the head of the chain, and announces the head on the bus.
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

from shared.db.connections import CONNECTION_ERRORS, is_transient
from shared.db.database import Database
from shared.db.tables import remembered_audit_heads
from shared.db.unit_of_work import UnitOfWork
from shared.events import AuditHeadAnnounced

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
_DELETED_BEFORE_LINKED = """
SELECT p.entry_id FROM audit_pending p WHERE NOT EXISTS (SELECT 1 FROM audit_entries e WHERE e.id = p.entry_id)
ORDER BY p.number
"""
_REMEMBERED = """
SELECT length, head, remembered_at FROM remembered_audit_heads
WHERE service = $1 AND (length, head) > ($2, $3) ORDER BY length, head LIMIT $4
"""
BEFORE_ALL = (-1, "")


@dataclass(frozen=True)
class Head:
    """Newest link: the number of entries in the chain, and the hash over all of them."""

    length: int
    link: bytes


@dataclass(frozen=True)
class RememberedHead:
    """Head of another service's chain, its hash in hexadecimal, as this service learnt of it."""

    length: int
    head: str
    remembered_at: datetime


@dataclass(frozen=True)
class AuditVerification:
    """Result of a verification. `faults` are codes with a position; empty means that nothing was changed."""

    length: int
    pending: int
    heads_compared: int
    faults: tuple[str, ...]


def chain_id(service: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"helpline-audit:{service}")


def next_link(previous: bytes, entry: Mapping[str, Any]) -> bytes:
    """Return the hash over the previous link and every field of the entry."""
    fields = [
        str(entry["id"]),
        entry["at"].isoformat(),
        entry["actor"],
        entry["action"],
        str(entry["subject"]),
        entry["codes"],
    ]
    return hashlib.sha256(
        previous + json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
    ).digest()


async def run_linker(database: Database, heartbeat: Callable[[], None] = lambda: None) -> None:
    """Link new entries until cancelled, and announce the head every few seconds when it moved.

    `heartbeat` is called after every successful round.
    """
    announced = -1
    last = 0.0
    while True:
        try:
            while await link_pending(database) == BATCH:
                heartbeat()
            now = asyncio.get_running_loop().time()
            if now - last >= ANNOUNCE_SECONDS:
                announced, last = await announce_head(database, announced), now
            heartbeat()
        except CONNECTION_ERRORS as error:
            if not is_transient(error):
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


async def remember_head(event: AuditHeadAnnounced, uow: UnitOfWork) -> None:
    """Remember another service's head: an event handler of every service."""
    row = {"service": event.service, "length": event.length, "head": event.head, "remembered_at": uow.now}
    await uow.session.execute(insert(remembered_audit_heads).values(row).on_conflict_do_nothing())


async def remembered_heads_of(
    pool: asyncpg.Pool, service: str, *, after: tuple[int, str] = BEFORE_ALL, at_most: int
) -> list[RememberedHead]:
    """Return the remembered heads of a service that follow a length and head, shortest first."""
    rows = await pool.fetch(_REMEMBERED, service, *after, at_most)
    return [RememberedHead(row["length"], row["head"], row["remembered_at"]) for row in rows]


async def verify(pool: asyncpg.Pool, remembered: Iterable[tuple[int, str]]) -> AuditVerification:
    """Recompute the whole chain and compare it with the heads that other services remember."""
    heads = list(remembered)
    lengths = {length for length, _ in heads}
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
            if row["position"] in lengths:
                links[row["position"]] = previous.hex()
        faults += [f"unlinked:{row['id']}" for row in await connection.fetch(_UNLINKED)]
        faults += [
            f"deleted-before-linked:{row['entry_id']}"
            for row in await connection.fetch(_DELETED_BEFORE_LINKED)
        ]
        pending = await connection.fetchval("SELECT count(*) FROM audit_pending")
    faults += [f"remembered-head-differs:{length}" for length, head in heads if links.get(length) != head]
    return AuditVerification(expected - 1, pending, len(heads), tuple(faults))


def _faults_of(row: Any, expected: int, previous: bytes) -> list[str]:
    position = row["position"]
    if position != expected:
        return [f"gap-before:{position}"]
    if row["id"] is None:
        return [f"entry-missing:{position}"]
    return [] if next_link(previous, row) == bytes(row["link"]) else [f"link-broken:{position}"]
