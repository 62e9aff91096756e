"""Submission of a report: one statement writes it all, and a retry is given the first response again.

A retry is the same report with the same key. Two people whose clients send the same key have sent two reports, and so
have two who press the same alarm in an app whose key is too short to tell people apart.

This is a single SQL statement on a plain connection and not a unit of work, because at `POST /v1/reports` speed decides
whether people get through (decision 1). Contact, data key, audit entry, outbox and stored response commit together.
Reports that arrive while others are written share the next statement and its commit.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from intake_service.contacts.models import columns_of, contact_received, not_understood_field, report_field
from intake_service.receipts.receipt import new_receipt, receipt_index
from intake_service.reports.received_report import ReceivedReport
from intake_service.reports.same_words import SAME_WITHIN
from intake_service.reports.schemas import Report
from intake_service.reports.write_batcher import WriteBatcher
from shared.crash_points import crash_point
from shared.crypto.vault import DataKey, Vault
from shared.db.connections import is_transient
from shared.db.database import Database
from shared.db.unit_of_work import OUTBOX_CHANNEL
from shared.domain.age import british_date
from shared.events import ContactReceived
from shared.http.auth import actor_of
from shared.http.idempotency import StoredResponse
from shared.identity.principals import Principal, Role
from shared.ids import new_id
from shared.service.context import ServiceContext

_COLUMNS = {
    "key": "bytea",
    "fingerprint": "bytea",
    "response": "bytea",
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
    "not_understood": "bytea",
    "look_by": "timestamptz",
    "words": "bytea",
    "wrapped": "bytea",
    "event": "bytea",
    "event_id": "uuid",
    "entry_id": "uuid",
    "actor": "text",
}
"""Columns handed to the statement, with their types. The first three are NULL where there is no retry key."""
_STILL_SAME = f"recent_words.received_at > excluded.received_at - ${len(_COLUMNS) + 2}::interval"
_INSERT = f"""
WITH given AS (
    SELECT * FROM unnest({", ".join(f"${n}::{kind}[]" for n, kind in enumerate(_COLUMNS.values(), 1))})
    AS g ({", ".join(_COLUMNS)})
), fresh AS (
    SELECT * FROM given  -- row by row, so that no plan ever reads these tables whole
    WHERE (SELECT response.status FROM stored_responses AS response WHERE response.key = given.key LIMIT 1) IS NULL
), said AS (  -- one upsert finds the first contact with these words, also one that commits at this moment
    INSERT INTO recent_words (words, contact_id, received_at)
    SELECT DISTINCT ON (words) words, id, received_at FROM fresh
    ORDER BY words, received_at, id  -- so that two batches with the same words cannot deadlock
    ON CONFLICT (words) DO UPDATE SET
    contact_id = CASE WHEN {_STILL_SAME} THEN recent_words.contact_id ELSE excluded.contact_id END,
    received_at = CASE WHEN {_STILL_SAME} THEN recent_words.received_at ELSE excluded.received_at END
    RETURNING words, contact_id
), stored AS (
    INSERT INTO stored_responses (key, fingerprint, status, response, expires_at)
    SELECT key, fingerprint, 201, response, received_at + ${len(_COLUMNS) + 1}::interval
    FROM fresh JOIN said USING (words) WHERE key IS NOT NULL
    ORDER BY key, received_at, id  -- as above
    ON CONFLICT (key) DO NOTHING RETURNING response
), accepted AS (
    SELECT fresh.*, nullif(said.contact_id, id) AS same_words_as FROM fresh JOIN said USING (words)
    WHERE key IS NULL OR response IN (SELECT response FROM stored)
), contact AS (
    INSERT INTO contacts (id, version, received_at, channel, purpose, caller_type, privacy, language, nation,
                          opens_case, danger_stated, child_stated, receipt, report, not_understood, look_by,
                          same_words_as)
    SELECT id, 1, received_at, channel, purpose, caller_type, privacy, language, nation, opens_case,
           danger_stated, child_stated, receipt, report, not_understood, look_by, same_words_as FROM accepted
), keys AS (
    INSERT INTO data_keys (owner, wrapped, created_at) SELECT id, wrapped, received_at FROM accepted
), entry AS (
    INSERT INTO audit_entries (id, at, actor, action, subject, codes)
    SELECT entry_id, received_at, actor, 'report.received', id, '{{}}' FROM accepted
), announced AS (
    INSERT INTO outbox (id, topic, type, key, time, body)
    SELECT event_id, '{ContactReceived.topic}', '{ContactReceived.type}', id, received_at,
           CASE WHEN same_words_as IS NULL THEN event ELSE convert_to(replace(convert_from(event, 'UTF8'),
                '"same_words_as":null', format('"same_words_as":"%s"', same_words_as)), 'UTF8') END
    FROM accepted
)
SELECT id FROM accepted
"""  # noqa: S608  # made of the names above alone
RESPONSE_KEPT_FOR = timedelta(days=30)
"""A telephone that was without a network for days sends again: no second case, and no second alarm."""
LOOK_WITHIN = timedelta(minutes=60)
"""Time within which an adviser looks at a question that a child may ask (rules §4, fact 7)."""
ADVISERS = frozenset({Role.ADVISER, Role.SAFEGUARDING_LEAD})
MIN_KEY_LENGTH = 16
"""Shortest key that can tell people apart; anything shorter is likely a counter or a constant."""
_FIRST_RESPONSE = "SELECT response FROM stored_responses WHERE key = $1"


@dataclass(frozen=True)
class Submission:
    """Response to a reporter, as JSON, and whether it is the response to an earlier attempt."""

    response: bytes
    replayed: bool


@dataclass(frozen=True)
class RetryKey:
    """Key and report together, which tell a retry from another report, however its JSON was written.

    A poor key that others use too costs nobody their report. A short one counts as none, because the words of an alarm
    are the same for everybody.
    """

    stored: StoredResponse
    fingerprint: bytes

    @classmethod
    def of(cls, vault: Vault, key: str | None, words: bytes) -> "RetryKey | None":
        if key is None or len(key) < MIN_KEY_LENGTH:
            return None
        secret = key.encode("utf-8", "surrogatepass")
        both = vault.fingerprint("report", secret + b"\n" + words)
        return cls(StoredResponse.of(vault, secret + both), both)


async def submit_report(
    context: ServiceContext,
    received: ReceivedReport,
    idempotency_key: str | None,
    sender: Principal | None = None,
) -> Submission:
    """Store a report for good, or return the first response again when this key came with this report before.

    An adviser's own entry of a call counts as recorded by an adviser (rules §4, fact 7).
    """
    database = context.database
    vault, now = database.vault, database.clock()
    today = british_date(now)
    content = as_json(received.report)
    words = vault.fingerprint("words", normalised(content, received))
    concern = received.names_a_concern(today)
    kept, dropped = received.as_kept(today)
    by_adviser = sender is not None and bool(sender.roles & ADVISERS)
    event = contact_received(new_id(), kept.report, now, concern=concern, by_adviser=by_adviser)
    receipt, retry = new_receipt(), RetryKey.of(vault, idempotency_key, words)
    response = _response(event.contact_id, receipt, now, dropped, received, kept)
    if kept.report is not received.report:
        content = as_json(kept.report)
    row = _row(vault, event, kept, content, receipt) | _retry_columns(vault, retry, response)
    row["words"] = words
    row["actor"] = actor_of(sender if by_adviser else None)
    row["look_by"] = now + LOOK_WITHIN if not concern and received.must_be_looked_at(today) else None
    if await context.one(report_batcher).add(row):
        crash_point("intake.received")
        database.notify(OUTBOX_CHANNEL)
        return Submission(response, replayed=False)
    if retry is None:
        raise LookupError("a report without a key is always written")
    first = await database.pool.fetchval(_FIRST_RESPONSE, retry.stored.key)
    if first is None:  # it was too old, and deleted just now
        return await submit_report(context, received, idempotency_key, sender)
    return Submission(json.dumps(retry.stored.open(vault, bytes(first))).encode(), replayed=True)


def normalised(content: str, received: ReceivedReport) -> bytes:
    """Return a report in the form in which two that say the same are the same, however they were written."""
    notes = "".join(f"\n{one.field}: {one.said}" for one in received.not_understood)
    return (content + notes).encode("utf-8", "surrogatepass")


def as_json(report: Report) -> str:
    return report.model_dump_json(exclude_unset=True, exclude_none=True)


def _response(
    contact_id: UUID,
    receipt: str,
    now: datetime,
    dropped: list[str],
    received: ReceivedReport,
    kept: ReceivedReport,
) -> bytes:
    """Return the response as JSON, written once: it is sent and stored as the same bytes."""
    response = {
        "contact_id": str(contact_id),
        "receipt": receipt,
        "received_at": now.isoformat(),
        "not_kept": dropped,
        "not_understood": list(
            dict.fromkeys(one.field for one in (*received.not_understood, *kept.not_understood))
        ),
    }
    return json.dumps(response).encode()


def _row(
    vault: Vault,
    event: ContactReceived,
    kept: ReceivedReport,
    content: str,
    receipt: str,
) -> dict[str, Any]:
    key, wrapped = vault.new_key(event.contact_id)
    return {
        **columns_of(event),
        "receipt": receipt_index(vault, receipt),
        "report": vault.seal_text(key, report_field(event.contact_id), content.encode(), pad_to=512),
        "not_understood": _sealed_notes(vault, key, kept, event.contact_id),
        "wrapped": wrapped,
        "event": event.model_dump_json().encode(),
        "event_id": new_id(),
        "entry_id": new_id(),
    }


def _retry_columns(vault: Vault, retry: RetryKey | None, response: bytes) -> dict[str, Any]:
    return {
        "key": retry and retry.stored.key,
        "fingerprint": retry and retry.fingerprint,
        "response": retry and retry.stored.seal(vault, response),
    }


def _sealed_notes(vault: Vault, key: DataKey, kept: ReceivedReport, contact_id: UUID) -> bytes | None:
    if not kept.not_understood:
        return None
    notes = [one.model_dump() for one in kept.not_understood]
    return vault.seal(key, not_understood_field(contact_id), notes, pad_to=512)


def report_batcher(context: ServiceContext) -> WriteBatcher[dict[str, Any], bool]:
    """Return the batcher by which one process writes reports."""
    return WriteBatcher(partial(_write, context.database), fails_whole_batch=is_transient)


async def _write(database: Database, rows: Sequence[dict[str, Any]]) -> list[bool]:
    """Write rows in one commit; return which are new: for the others the first response is stored."""
    arguments = [[row[name] for row in rows] for name in _COLUMNS]
    found = await database.pool.fetch(_INSERT, *arguments, RESPONSE_KEPT_FOR, SAME_WITHIN)
    written = {row["id"] for row in found}
    return [row["id"] in written for row in rows]
