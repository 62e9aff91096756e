"""Search for marked words wherever a computer keeps something, in every encoding that programs use."""

import base64
import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

DIGITS = 4
"""Digits of a word's number, which follows its stem."""
WINDOW = 160
"""Bytes after the start of a find in which the whole word is looked for."""


@dataclass(frozen=True)
class Hit:
    """One find: the word, the encoding in which it was found, and the sink."""

    value: str
    encoding: str
    sink: str


def _percent(text: str) -> bytes:
    return "".join(f"%{byte:02X}" for byte in text.encode()).encode()


def _json(text: str) -> bytes:
    return "".join(f"\\u{ord(character):04x}" for character in text).encode()


def _html(text: str) -> bytes:
    return "".join(f"&#{ord(character)};" for character in text).encode()


def _html_hex(text: str) -> bytes:
    return "".join(f"&#x{ord(character):x};" for character in text).encode()


ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "utf-8": lambda text: text.encode(),
    "upper case": lambda text: text.upper().encode(),
    "utf-16le": lambda text: text.encode("utf-16-le"),
    "utf-16be": lambda text: text.encode("utf-16-be"),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64 in a sentence": lambda text: base64.b64encode(b"x" + text.encode()),
    "base64 in a longer one": lambda text: base64.urlsafe_b64encode(b"xx" + text.encode()),
    "hex": lambda text: text.encode().hex().encode(),
    "HEX": lambda text: text.encode().hex().upper().encode(),
    "percent": _percent,
    "json": _json,
    "html": _html,
    "html hex": _html_hex,
    "reversed": lambda text: text[::-1].encode(),
    "gzip": lambda text: gzip.compress(text.encode()),
    "zlib": lambda text: zlib.compress(text.encode()),
}
PACKED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")


class Search:
    """Search for the words of one stem."""

    def __init__(self, stem: str) -> None:
        self.stem = stem
        self._whole = re.compile(re.escape(stem) + rf"(\d{{{DIGITS}}})", re.IGNORECASE)
        self._patterns = {
            name: make(stem) for name, make in ENCODINGS.items() if name not in ("gzip", "zlib")
        }
        self._patterns |= {name: self._in_base64(shift) for shift, name in enumerate(BASE64)}
        del self._patterns["utf-8"], self._patterns["upper case"]

    def _in_base64(self, shift: int) -> bytes:
        """Return the letters that depend on the stem alone, where it starts at this byte of three."""
        whole = base64.b64encode(b"\0" * shift + self.stem.encode()).rstrip(b"=")
        sure = (shift + len(self.stem)) * 8 // 6
        return whole[SKIPPED[shift] : sure]

    def in_bytes(self, content: bytes, sink: str) -> set[Hit]:
        hits = {Hit(value, encoding, sink) for encoding, value in self._plain(content)}
        return hits | {Hit(value, "packed", sink) for value in self._packed(content)}

    def _plain(self, content: bytes) -> Iterator[tuple[str, str]]:
        lowered = content.lower()
        for at in _positions(lowered, self.stem.encode()):
            yield from self._read("utf-8", lowered[at : at + WINDOW].decode("latin-1"))
        for name, pattern in self._patterns.items():
            for at in _positions(content, pattern):
                yield from self._read(name, _decoded(name, content, at))

    def _read(self, name: str, text: str) -> Iterator[tuple[str, str]]:
        found = self._whole.search(text)
        yield name, found.group().lower() if found else self.stem

    def _packed(self, content: bytes) -> Iterator[str]:
        for start in PACKED.finditer(content):
            unpacked = _unpacked(content[start.start() : start.start() + 65_536])
            for found in self._whole.finditer(unpacked.decode("latin-1")):
                yield found.group().lower()

    def in_folder(self, folder: Path) -> set[Hit]:
        """Search every file of a folder, read whole, and its name."""
        hits: set[Hit] = set()
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            hits |= self.in_bytes(path.read_bytes(), str(path.relative_to(folder)))
            hits |= self.in_bytes(path.name.encode(), f"name of {path.relative_to(folder)}")
        return hits


BASE64 = ("base64", "base64 in a sentence", "base64 in a longer one")
SKIPPED = (0, 2, 3)


def _positions(content: bytes, pattern: bytes) -> Iterator[int]:
    at = content.find(pattern)
    while at >= 0:
        yield at
        at = content.find(pattern, at + 1)


def _decoded(name: str, content: bytes, at: int) -> str:
    """Return a window from the find on, as plain letters."""
    window = content[at : at + WINDOW]
    if name in BASE64:
        start = at - SKIPPED[BASE64.index(name)]
        letters = re.match(rb"[A-Za-z0-9+/_-]*", content[max(start, 0) : start + 60])
        kept = letters.group()[: len(letters.group()) // 4 * 4] if letters else b""
        tail = (letters.group() if letters else b"") + b"=="
        padded = tail[: len(kept) + 4] if len(tail) >= len(kept) + 4 else kept
        return base64.b64decode(padded.replace(b"-", b"+").replace(b"_", b"/")).decode("latin-1")
    if name.startswith("utf-16"):
        return window[: len(window) // 2 * 2].decode(name.replace("16", "16-"), "replace")
    if name in ("hex", "HEX"):
        digits = re.match(rb"(?:[0-9a-fA-F]{2})*", window)
        return bytes.fromhex(digits.group().decode()).decode("latin-1") if digits else ""
    if name == "percent":
        return unquote_to_bytes(window).decode("latin-1")
    if name == "json":
        return re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), window.decode("latin-1"))
    if name.startswith("html"):
        return re.sub(r"&#(x?)([0-9a-f]+);", _entity, window.decode("latin-1"))
    if name == "reversed":
        return content[max(at - DIGITS, 0) : at + 40][::-1].decode("latin-1")
    return window.decode("latin-1")


def _entity(found: re.Match[str]) -> str:
    return chr(int(found[2], 16 if found[1] else 10))


def _unpacked(content: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=47).decompress(content, 65_536)
    except zlib.error:
        return b""
