"""Words planted into every sink in every encoding: the search deserves trust only where it finds each in its place."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg

from shared.messaging.bus.adapters import open_bus
from shared.messaging.bus.port import EventEnvelope
from tests.privacy.canaries.canaries import Canaries
from tests.privacy.canaries.canary_sinks import Installation
from tests.privacy.canaries.search import ENCODINGS, Hit
from tools.registry import SERVICES

FOUND_AS = {"upper case": "utf-8", "gzip": "packed", "zlib": "packed"}
"""Name under which the search finds an encoding, where that differs."""


@dataclass
class PlantedWords:
    """Planted words, and for each the sink and the encoding in which it must be found."""

    canaries: Canaries
    expected: dict[str, tuple[str, str]] = field(default_factory=dict)

    def word(self, sink: str, encoding: str = "utf-8") -> str:
        value = self.canaries.word(f"{sink}, {encoding}")
        self.expected[value] = (sink, FOUND_AS.get(encoding, encoding))
        return value

    def encoded(self, sink: str) -> Iterator[bytes]:
        """Return one word in each encoding."""
        for encoding, encode in ENCODINGS.items():
            yield encode(self.word(sink, encoding))

    def missed(self, hits: set[Hit]) -> dict[str, tuple[str, str]]:
        """Return the words that were not found in their own sink and encoding. The sink of a file is its folder."""
        return {
            value: (sink, encoding)
            for value, (sink, encoding) in self.expected.items()
            if not any(
                hit.value == value and hit.encoding == encoding and hit.sink.startswith(sink) for hit in hits
            )
        }


async def plant(installation: Installation, words: PlantedWords, texts: dict[str, bytes]) -> None:
    """Plant words into files, texts, the bus and the tables of every service."""
    home = installation.system.home
    lines = (b'{"event": "' + value + b'"}' for value in words.encoded("home/logs/planted.log"))
    (home / "logs" / "planted.log").write_bytes(b"\n".join(lines))
    (home / "issuer" / "planted").write_bytes(b" ".join(words.encoded("home/issuer/planted")))
    server_log = installation.folder / "postgres" / "planted.log"
    server_log.write_bytes(b" ".join(words.encoded("postgres/planted.log")))
    counters = (b'helpline_requests_total{route="' + one + b'"} 1' for one in words.encoded("metrics"))
    texts["metrics"] = b"\n".join(counters)
    texts["pages"] += b"".join(words.encoded("pages"))
    files_of_bus = "postgres/cluster/" if installation.system.bus == "embedded" else "kafka/"
    await _plant_on_bus(installation, [*words.encoded(files_of_bus), *words.encoded(files_of_bus)])
    for database in SERVICES:
        await _plant_into_tables(installation, words, database)


async def _plant_on_bus(installation: Installation, values: list[bytes]) -> None:
    bus = open_bus(installation.system.bus_url, client="planted")
    await bus.start()
    for value in values:
        envelope = EventEnvelope(uuid4(), "planted.v1", "planted", str(uuid4()), datetime.now(UTC), value)
        await bus.publish("audit", [envelope])
    await bus.stop()


async def _plant_into_tables(installation: Installation, words: PlantedWords, database: str) -> None:
    connection = await asyncpg.connect(installation.database_url(database))
    await connection.execute("CREATE TABLE planted (number int, held bytea, said text)")
    rows = [(number, value, None) for number, value in enumerate(words.encoded("postgres/cluster/base/"))]
    await connection.executemany("INSERT INTO planted VALUES ($1, $2, $3)", rows)
    if database == "intake":
        await _plant_into_dropped_table(connection, words)
        sink = f"rows of {database}"
        long = [(0, b"", "and so on " * 900 + words.word(sink)) for _ in range(20)]
        await connection.executemany("INSERT INTO planted VALUES ($1, $2, $3)", long)
        short = [(number, words.word(sink)) for number in range(10)]
        await connection.executemany("INSERT INTO planted VALUES ($1, NULL, $2)", short)
    await connection.close()


async def _plant_into_dropped_table(connection: asyncpg.Connection, words: PlantedWords) -> None:
    """Plant words into a table that is gone afterwards, so that only the write-ahead log has them."""
    await connection.execute("CREATE TABLE dropped (held bytea)")
    values = [(value,) for value in words.encoded("postgres/cluster/pg_wal/")]
    for _ in range(2):  # one of the two may lie across the border of two pages
        await connection.executemany("INSERT INTO dropped VALUES ($1)", values)
    await connection.execute("DROP TABLE dropped")
