"""What members of a group did, kept as a service keeps it: the first handling of an event counts, in order."""

import json
import sqlite3
from pathlib import Path

from shared.bus import Message


class Inbox:
    """A file that several processes may write to; an event that is there already has no second effect."""

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

    def take_in(self, message: Message) -> None:
        self._file.execute(
            "insert or ignore into effects (id, key, n) values (?, ?, ?)",
            (str(message.id), message.key, json.loads(message.body)["n"]),
        )

    def count(self) -> int:
        return int(self._file.execute("select count(*) from effects").fetchone()[0])

    def per_key(self) -> dict[str, list[int]]:
        """The numbers that each key's messages carried, in the order in which they had their effect."""
        found: dict[str, list[int]] = {}
        for key, n in self._file.execute("select key, n from effects order by nth"):
            found.setdefault(key, []).append(n)
        return found
