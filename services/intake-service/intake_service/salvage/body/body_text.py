"""Text of a body: unpacked where it was compressed, and read in the character set that it is in."""

import codecs
import zlib

from shared.errors import ContentTooLarge

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_GZIP = b"\x1f\x8b"
_GZIP_OR_ZLIB = 47
"""Window bits by which zlib tells its own format from gzip by the first bytes."""
_RAW_DEFLATE = -15
_LAST_RESORT = "windows-1252"
_SAMPLE = 400
_WIDE = {
    (False, True, True, True): "utf-32-le",
    (True, True, True, False): "utf-32-be",
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
}
"""Places of the zeros in the first four bytes."""


def text_of(body: bytes, *, encoding: str, charset: str, max_bytes: int) -> str:
    """Return a body as text. No body is refused; ContentTooLarge where it is larger than the limit once unpacked."""
    return decoded(unpacked(body, encoding, max_bytes), charset)


def unpacked(body: bytes, encoding: str, max_bytes: int) -> bytes:
    """Return a compressed body unpacked, as far as it can be; any other as it is."""
    for _ in range(2):
        is_zlib = "deflate" in encoding and body[:1] in (b"\x78", b"\x58", b"\x68", b"\x48", b"\x38", b"\x28")
        if not (body.startswith(_GZIP) or is_zlib):
            break
        body = _inflated(body, _GZIP_OR_ZLIB, max_bytes) or body
    if "deflate" in encoding and body.lstrip()[:1] not in (b"{", b"["):
        body = _inflated(body, _RAW_DEFLATE, max_bytes) or body
    return body


def _inflated(body: bytes, window: int, max_bytes: int) -> bytes:
    """Return what can be unpacked, up to a fault in it."""
    found = bytearray()
    while body:
        inflater = zlib.decompressobj(window)
        pieces = bytearray()
        try:
            for start in range(0, len(body), 1024):
                pieces += inflater.decompress(
                    inflater.unconsumed_tail + body[start : start + 1024], max_bytes + 1
                )
                if len(found) + len(pieces) > max_bytes:
                    raise ContentTooLarge(max_bytes=max_bytes)
                if inflater.eof:
                    break
        except zlib.error:
            return bytes(found + pieces)
        found += pieces
        body = inflater.unused_data + body[start + 1024 :] if inflater.eof else b""
    return bytes(found)


def decoded(body: bytes, charset: str) -> str:
    """Return bytes as text: by the mark at their beginning, as UTF-8, by their charset, or as Windows wrote them."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    wide = _wide(body)
    if wide:
        return body.decode(wide, "replace")
    for name in ("utf-8", charset):
        try:
            return body.decode(name)
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    if _is_nearly_utf8(body):
        return body.decode("utf-8", "replace")
    return body.decode(_LAST_RESORT, "replace")


def _wide(body: bytes) -> str:
    """Return the UTF-16 or UTF-32 that a body without a mark is in: its first letters have zeros beside them."""
    zeros = tuple(byte == 0 for byte in body[:4])
    if zeros in _WIDE:
        return _WIDE[zeros]
    sample = body[:_SAMPLE]
    if len(sample) < len(zeros) or sample.count(0) < len(sample) / 3:
        return ""
    return "utf-16-le" if sample[1::2].count(0) > sample[::2].count(0) else "utf-16-be"


def _is_nearly_utf8(body: bytes) -> bool:
    """Return whether a body is UTF-8 but for a few broken bytes, such as half a character."""
    text = body.decode("utf-8", "ignore")
    read = len(text.encode())
    return not text.isascii() and len(body) - read <= max(3, len(body) // 100)
