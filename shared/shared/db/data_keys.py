"""Data keys of persons, cases and contacts, opened within one unit of work."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.crypto.vault import DataKey, KeyErased, SealedField, Vault
from shared.db.tables import data_keys
from shared.errors import Gone


class DataKeys:
    """Data keys by their owner's id; each is read and unwrapped at most once per unit of work."""

    def __init__(self, session: AsyncSession, vault: Vault, now: datetime) -> None:
        self._session = session
        self._vault = vault
        self._now = now
        self._opened: dict[UUID, DataKey] = {}

    async def create(self, owner: UUID) -> DataKey:
        """Make and store a new key for an owner that has none."""
        key, wrapped = self._vault.new_key(owner)
        row = {"owner": owner, "wrapped": wrapped, "created_at": self._now}
        await self._session.execute(insert(data_keys).values(row))
        self._opened[owner] = key
        return key

    async def of(self, owner: UUID) -> DataKey:
        """Return the owner's key; KeyErased if it was destroyed or never made."""
        if owner not in self._opened:
            found = await self._session.scalar(select(data_keys.c.wrapped).where(data_keys.c.owner == owner))
            if not found:
                raise KeyErased
            self.unwrap(owner, found)
        return self._opened[owner]

    def unwrap(self, owner: UUID, wrapped: bytes | None) -> None:
        """Open a key that a joined query has read already; nothing happens where it was erased."""
        if wrapped:
            self._opened[owner] = self._vault.open_key(owner, wrapped)

    async def erase(self, owner: UUID) -> None:
        """Destroy the key: all that was sealed under it is unreadable from the commit on.

        Backups that still hold the wrapped key open it until they expire.
        """
        self._opened.pop(owner, None)
        wiped = update(data_keys).where(data_keys.c.owner == owner)
        await self._session.execute(wiped.values(wrapped=b"", erased_at=self._now))

    async def seal(self, owner: UUID, field: SealedField, value: Any) -> bytes:
        return self._vault.seal(await self.of(owner), field, value)

    async def open(self, owner: UUID, field: SealedField, sealed: bytes) -> Any:
        return self._vault.open(await self.of(owner), field, sealed)

    async def open_or_none(self, owner: UUID, field: SealedField, sealed: bytes | None) -> Any:
        """Open a value; None where nothing was sealed or the key is erased. A tampered value still raises."""
        if sealed is None:
            return None
        try:
            return await self.open(owner, field, sealed)
        except Gone:
            return None
