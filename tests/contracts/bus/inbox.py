"""Inbox of a group, shared by several processes: the first handling of an event counts, in order."""

import json
import sqlite3
from pathlib import Path

from shared.messaging.bus.port import EventEnvelope


class Inbox:
    """File that several processes may write to; an event that is there already has no second effect."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = sqlite3.connect(path, timeout=30, isolation_level=None)
        self._file.execute("pragma journal_mode = wal")
        self._file.execute("pragma synchronous = off")
        self._file.execute(
            "create table if not exists effects (nth integer primary key, id text unique, key text, n integer)"
        )

    def close(self) -> None:
        self._file.close()

    def take_in(self, envelope: EventEnvelope) -> None:
        self._file.execute(
            "insert or ignore into effects (id, key, n) values (?, ?, ?)",
            (str(envelope.id), envelope.key, json.loads(envelope.body)["n"]),
        )

    def count(self) -> int:
        return int(self._file.execute("select count(*) from effects").fetchone()[0])

    def per_key(self) -> dict[str, list[int]]:
        """Return the numbers of each key's events, in the order in which they had their effect."""
        found: dict[str, list[int]] = {}
        for key, n in self._file.execute("select key, n from effects order by nth"):
            found.setdefault(key, []).append(n)
        return found
