"""Unit of work: rows, audit entries and events written in one commit, or not at all."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.crypto.vault import Vault
from shared.db.data_keys import DataKeys
from shared.db.tables import audit_entries, outbox
from shared.events import Event
from shared.ids import new_id

OUTBOX_CHANNEL = "outbox"
AuditCode = str | int | bool | UUID | None


class UnitOfWork:
    """Session, keys and time of one request or one event. Only the boundary that made it commits."""

    def __init__(self, session: AsyncSession, vault: Vault, *, actor: str, now: datetime) -> None:
        self.session = session
        self.vault = vault
        self.actor = actor
        self.now = now
        self.keys = DataKeys(session, vault, now)
        self.channels: set[str] = set()
        self._events: list[Event] = []
        self._entries: list[dict[str, Any]] = []

    def publish(self, *events: Event) -> None:
        """Announce events with the commit, in this order."""
        self._events.extend(events)

    def record(self, action: str, subject: UUID, **codes: AuditCode) -> None:
        """Write an audit entry: the actor, the action and the record it concerns. Codes are ids and codes only."""
        entry = {key: str(value) if isinstance(value, UUID) else value for key, value in codes.items()}
        self._entries.append(
            {
                "id": new_id(),
                "at": self.now,
                "actor": self.actor,
                "action": action,
                "subject": subject,
                "codes": entry,
            }
        )

    def notify(self, channel: str) -> None:
        """Wake the background loop that listens on this channel, after the commit."""
        self.channels.add(channel)

    async def write_out(self) -> None:
        """Write rows, audit entries and outbox rows; the boundary calls it right before the commit."""
        await self.session.flush()
        if self._entries:
            await self.session.execute(insert(audit_entries), self._entries)
        if self._events:
            await self.session.execute(
                insert(outbox), [outbox_row(event, self.now) for event in self._events]
            )
            self.channels.add(OUTBOX_CHANNEL)
        self._entries, self._events = [], []


def outbox_row(event: Event, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "topic": event.topic,
        "type": event.type,
        "key": event.subject,
        "time": now,
        "body": event.model_dump_json().encode(),
    }
