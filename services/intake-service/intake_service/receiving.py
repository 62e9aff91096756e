"""Receiving a report: one statement writes it all, and a retry is given the first answer again.

The front door is the one place where speed decides whether people get through, so this is a single SQL statement on
a plain connection, not a unit of work: contact, keys, audit entry, outbox and idempotency row commit together.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from intake_service.contacts import ANSWER_KEPT_FOR, columns, received, report_place
from intake_service.reports import Report
from shared.database import OUTBOX_BELL, Database, outbox_row
from shared.errors import Conflict
from shared.events import ContactReceived
from shared.fault_points import reached
from shared.receipts import new_receipt, receipt_index
from shared.vault import DataKey, Place, Vault

_WRITE = """
WITH taken AS (
    INSERT INTO idempotency_keys (key, fingerprint, owner, status, answer, expires_at)
    VALUES ($1, $2, $3, 201, $4, $5) ON CONFLICT (key) DO NOTHING RETURNING owner
), contact AS (
    INSERT INTO contacts (id, received_at, channel, purpose, caller_type, privacy, language, nation, opens_case,
                          danger_stated, child_stated, receipt, report)
    SELECT $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18 FROM taken
), keys AS (
    INSERT INTO data_keys (owner, wrapped, created_at)
    SELECT k.owner, k.wrapped, $7 FROM taken, (VALUES ($6, $19::bytea), ($3, $20::bytea)) AS k(owner, wrapped)
), entry AS (
    INSERT INTO audit_entries (id, at, actor, action, subject, codes)
    SELECT $21, $7, 'public', 'report.received', $6, '{}' FROM taken
), announced AS (
    INSERT INTO outbox (id, topic, type, key, time, body) SELECT $22, $23, $24, $6, $7, $25 FROM taken
)
SELECT count(*) FROM taken
"""
_FIRST = """
SELECT i.fingerprint, i.owner, i.answer, k.wrapped FROM idempotency_keys i JOIN data_keys k ON k.owner = i.owner
WHERE i.key = $1
"""


class IdempotencyKeyReused(Conflict):
    code = "idempotency-key-reused"
    title = "This Idempotency-Key was used for another report; send a new key with a new report"


@dataclass(frozen=True)
class Received:
    """What the reporter is answered, and whether it is the answer to an earlier try."""

    answer: dict[str, Any]
    replayed: bool


async def receive(database: Database, report: Report, body: bytes, idempotency_key: str | None) -> Received:
    """Takes a report in for good, or gives the first answer again when this key brought the same body before."""
    vault = database.vault
    now = database.clock()
    kept, dropped = report.without_identity()
    event = received(uuid4(), kept, now)
    key = vault.fingerprint("idempotency", (idempotency_key or secrets.token_hex(32)).encode())
    fingerprint = vault.fingerprint("report", body)
    answer = _answer(event.contact_id, now, dropped)
    arguments = _arguments(vault, event, kept, answer, key, fingerprint, now)
    if await database.pool.fetchval(_WRITE, *arguments):
        reached("intake.received")
        database.ring(OUTBOX_BELL)
        return Received(answer, replayed=False)
    return await _first_answer(database, key, fingerprint)


def _answer(contact_id: UUID, now: datetime, dropped: list[str]) -> dict[str, Any]:
    return {
        "contact_id": str(contact_id),
        "receipt": new_receipt(),
        "received_at": now.isoformat(),
        "not_kept": dropped,
    }


def _arguments(
    vault: Vault,
    event: ContactReceived,
    report: Report,
    answer: dict[str, Any],
    key: bytes,
    fingerprint: bytes,
    now: datetime,
) -> list[Any]:
    contact_id, answer_id = event.contact_id, uuid4()
    report_key, wrapped_for_report = vault.new_key(contact_id)
    answer_key, wrapped_for_answer = vault.new_key(answer_id)
    row = columns(event)
    out = outbox_row(event, now)
    return [
        key,
        fingerprint,
        answer_id,
        _seal_answer(vault, answer_key, answer),
        now + ANSWER_KEPT_FOR,
        *row.values(),
        receipt_index(vault, answer["receipt"]),
        vault.seal(
            report_key,
            report_place(contact_id),
            report.model_dump(mode="json", exclude_unset=True),
            pad_to=512,
        ),
        wrapped_for_report,
        wrapped_for_answer,
        uuid4(),
        out["id"],
        out["topic"],
        out["type"],
        out["body"],
    ]


def _answer_place(owner: UUID) -> Place:
    return Place("idempotency_keys", "answer", owner)


def _seal_answer(vault: Vault, key: DataKey, answer: dict[str, Any]) -> bytes:
    return vault.seal(key, _answer_place(key.owner), answer)


async def _first_answer(database: Database, key: bytes, fingerprint: bytes) -> Received:
    first = await database.pool.fetchrow(_FIRST, key)
    if first is None or bytes(first["fingerprint"]) != fingerprint:
        raise IdempotencyKeyReused
    vault = database.vault
    data_key = vault.open_key(first["owner"], bytes(first["wrapped"]))
    answer: dict[str, Any] = vault.open(data_key, _answer_place(first["owner"]), bytes(first["answer"]))
    return Received(answer, replayed=True)
