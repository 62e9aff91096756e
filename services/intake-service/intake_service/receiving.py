"""Receiving a report: one statement writes it all, and a retry is given the first answer again.

A retry is the same report with the same key. Two people whose clients send the same key have sent two reports, and so
have two who press the same alarm in an app whose key is too short to tell people apart.

The front door is the one place where speed decides whether people get through, so this is a single SQL statement on
a plain connection, not a unit of work: contact, key, audit entry, outbox and the answer kept for a retry commit
together. Reports that arrive while others are being written share the next statement, and its commit.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from intake_service.contacts import columns, received, report_place
from intake_service.reports import Report
from shared.database import OUTBOX_BELL, Database
from shared.events import ContactReceived
from shared.fault_points import reached
from shared.idempotency import ANSWER_KEPT_FOR, AnswerKept
from shared.receipts import new_receipt, receipt_index
from shared.vault import Vault

_GIVEN = {
    "key": "bytea",
    "fingerprint": "bytea",
    "answer": "bytea",
    "id": "uuid",
    "received_at": "timestamptz",
    "channel": "text",
    "purpose": "text",
    "caller_type": "text",
    "privacy": "text",
    "language": "text",
    "nation": "text",
    "opens_case": "boolean",
    "danger_stated": "boolean",
    "child_stated": "boolean",
    "receipt": "bytea",
    "report": "bytea",
    "wrapped": "bytea",
    "event": "bytea",
}
"""A row as it is handed to the statement. The first three are NULL where nobody announced a retry."""
_WRITE = f"""
WITH given AS (
    SELECT * FROM unnest({", ".join(f"${n}::{kind}[]" for n, kind in enumerate(_GIVEN.values(), 1))})
    AS g ({", ".join(_GIVEN)})
), kept AS (
    INSERT INTO idempotency_keys (key, fingerprint, status, answer, expires_at)
    SELECT key, fingerprint, 201, answer, received_at + ${len(_GIVEN) + 1}::interval
    FROM given WHERE key IS NOT NULL
    ORDER BY key  -- so that two groups with the same keys cannot each wait for the other
    ON CONFLICT (key) DO NOTHING RETURNING answer
), taken AS (
    SELECT * FROM given WHERE key IS NULL OR answer IN (SELECT answer FROM kept)
), contact AS (
    INSERT INTO contacts (id, received_at, channel, purpose, caller_type, privacy, language, nation, opens_case,
                          danger_stated, child_stated, receipt, report)
    SELECT id, received_at, channel, purpose, caller_type, privacy, language, nation, opens_case,
           danger_stated, child_stated, receipt, report FROM taken
), keys AS (
    INSERT INTO data_keys (owner, wrapped, created_at) SELECT id, wrapped, received_at FROM taken
), entry AS (
    INSERT INTO audit_entries (id, at, actor, action, subject, codes)
    SELECT gen_random_uuid(), received_at, 'public', 'report.received', id, '{{}}' FROM taken
), announced AS (
    INSERT INTO outbox (id, topic, type, key, time, body)
    SELECT gen_random_uuid(), '{ContactReceived.topic}', '{ContactReceived.type}', id, received_at, event FROM taken
)
SELECT id FROM taken
"""  # noqa: S608  # made of the names above alone
SHORTEST_KEY = 16
"""What random letters need to be another one for everybody; anything shorter is likely a count or a constant."""
_FIRST = "SELECT answer FROM idempotency_keys WHERE key = $1"


@dataclass(frozen=True)
class Received:
    """What the reporter is answered, and whether it is the answer to an earlier try."""

    answer: dict[str, Any]
    replayed: bool


@dataclass(frozen=True)
class AnnouncedRetry:
    """What tells a retry: key and body together. A poor key that others use too costs nobody their report, and a short
    one counts as none: the words of an alarm are the same for everybody."""

    kept: AnswerKept
    fingerprint: bytes

    @classmethod
    def of(cls, vault: Vault, key: str | None, body: bytes) -> "AnnouncedRetry | None":
        if key is None or len(key) < SHORTEST_KEY:
            return None
        both = vault.fingerprint("report", key.encode() + b"\n" + body)
        return cls(AnswerKept.under(vault, key.encode() + both), both)


async def receive(database: Database, report: Report, body: bytes, idempotency_key: str | None) -> Received:
    """Takes a report in for good, or gives the first answer again when this key brought this body before."""
    vault, now = database.vault, database.clock()
    kept, dropped = report.without_identity()
    event = received(uuid4(), kept, now)
    answer = _answer(event.contact_id, now, dropped)
    retry = AnnouncedRetry.of(vault, idempotency_key, body)
    row = _row(vault, event, kept, answer, retry)
    if await database.write_together(_write, row):
        reached("intake.received")
        database.ring(OUTBOX_BELL)
        return Received(answer, replayed=False)
    if retry is None:
        raise LookupError("a report without a key is always written")
    first = await database.pool.fetchval(_FIRST, retry.kept.key)
    if first is None:  # it was a day old, and forgotten just now
        return await receive(database, report, body, idempotency_key)
    return Received(retry.kept.open(vault, bytes(first)), replayed=True)


def _answer(contact_id: UUID, now: datetime, dropped: list[str]) -> dict[str, Any]:
    return {
        "contact_id": str(contact_id),
        "receipt": new_receipt(),
        "received_at": now.isoformat(),
        "not_kept": dropped,
    }


def _row(
    vault: Vault, event: ContactReceived, report: Report, answer: dict[str, Any], retry: AnnouncedRetry | None
) -> dict[str, Any]:
    key, wrapped = vault.new_key(event.contact_id)
    written = report.model_dump_json(exclude_unset=True).encode()
    return {
        "key": retry and retry.kept.key,
        "fingerprint": retry and retry.fingerprint,
        "answer": retry and retry.kept.seal(vault, json.dumps(answer).encode()),
        **columns(event),
        "receipt": receipt_index(vault, answer["receipt"]),
        "report": vault.seal_text(key, report_place(event.contact_id), written, pad_to=512),
        "wrapped": wrapped,
        "event": event.model_dump_json().encode(),
    }


async def _write(database: Database, rows: Sequence[dict[str, Any]]) -> list[bool]:
    """One commit for all; False for a report that was taken in before."""
    arguments = [[row[name] for row in rows] for name in _GIVEN]
    taken = {row["id"] for row in await database.pool.fetch(_WRITE, *arguments, ANSWER_KEPT_FOR)}
    return [row["id"] in taken for row in rows]
