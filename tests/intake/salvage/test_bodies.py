"""Bodies in any form: what can be read of a text is read, and nothing beside it is lost."""

import gzip
import zlib
from typing import Any

import pytest

from intake_service.salvage.body.body_text import decoded, text_of
from intake_service.salvage.body.forms import read_form, read_multipart
from intake_service.salvage.body.tolerant_json import has_duplicate_keys, parse
from intake_service.salvage.body.values import Members, Value, is_blank, spelled
from shared.errors import ContentTooLarge

TEXT = '{"name": "Zoë – Șt"}'


def plain(value: Value) -> Any:
    """Return members as a list of pairs."""
    if isinstance(value, Members):
        return [(name, plain(one)) for name, one in value.pairs]
    return [plain(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1, "a": [true, null]}', [("a", 1), ("a", [True, None])]),
        ("{'a': True, 'b': None}", [("a", True), ("b", None)]),
        ("{a: yes, b: 2.5,}", [("a", "yes"), ("b", 2.5)]),
        ('{"a" "b"}', [("", "a"), ("", "b")]),
        ('{"a": "x\\u00e9\\n\\"y"}', [("a", 'xé\n"y')]),
        ('{"a": "\\ud83d"}', [("a", "\ufffd")]),
        ('{"a": "line\nline"}', [("a", "line\nline")]),
        ('{"a": 1e999, "b": -7}', [("a", "1e999"), ("b", -7)]),
        ('/* hi */ {"a": // so\n 1}', [("a", 1)]),
        ("[1,,2]", [1, 2]),
        ('{"a": NaN, "b": undefined}', [("a", None), ("b", None)]),
    ],
)
def test_a_text_that_is_nearly_json_is_read(text: str, value: Any) -> None:
    parsed = parse(text)
    assert plain(parsed.value) == value
    assert not parsed.is_cut


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": "x", "b": "y', [("a", "x"), ("b", "y")]),
        ('{"a": {"b": [1, 2', [("a", [("b", [1, 2])])]),
        ('{"a": tr', [("a", "tr")]),
        ('{"a"', [("", "a")]),
        ('{"a":', [("a", None)]),
        ('{"a": "x\\', [("a", "x")]),
        ("{", []),
    ],
)
def test_a_text_that_breaks_off_is_read_as_far_as_it_goes(text: str, value: Any) -> None:
    parsed = parse(text)
    assert plain(parsed.value) == value
    assert parsed.is_cut


def test_what_stands_after_the_end_is_kept() -> None:
    assert parse('{"a": 1} and more').stray == ["and more"]


def test_what_is_nested_too_deeply_is_kept_as_text() -> None:
    parsed = parse("[" * 60 + '"help"' + "]" * 60)
    assert "help" in spelled(parsed.value)


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (TEXT.encode(), ""),
        (TEXT.encode(), "windows-1252"),
        (TEXT.encode("utf-8-sig"), ""),
        (TEXT.encode("utf-16"), ""),
        (TEXT.encode("utf-16-be"), ""),
        (TEXT.encode("utf-32-le"), ""),
        (TEXT.encode("utf-32-be"), ""),
        ('{"name": "Zoй'.encode("utf-16-le") + "Привет".encode("utf-16-le") * 500, ""),
        (TEXT.encode("iso-8859-2", "replace").replace(b"?", b"-"), "no-such-charset"),
    ],
)
def test_a_charset_is_found_out(body: bytes, charset: str) -> None:
    assert decoded(body, charset).startswith('{"name": "Zo')


def test_a_broken_character_at_the_end_does_not_spoil_the_others() -> None:
    assert decoded("Zoë Zoë".encode()[:-1], "") == "Zoë Zo\ufffd"
    assert decoded("Zoë".encode("windows-1252"), "") == "Zoë"
    assert decoded("Привет".encode("windows-1251"), "windows-1251") == "Привет"


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzip.compress(TEXT.encode(), mtime=0), "gzip"),
        (gzip.compress(TEXT.encode(), mtime=0), ""),
        (gzip.compress(gzip.compress(TEXT.encode(), mtime=0), mtime=0), "gzip, gzip"),
        (gzip.compress(TEXT.encode()[:9], mtime=0) + gzip.compress(TEXT.encode()[9:], mtime=0), "gzip"),
        (zlib.compress(TEXT.encode()), "deflate"),
        (zlib.compress(TEXT.encode())[2:-4], "deflate"),
        (TEXT.encode(), "gzip"),
        (TEXT.encode(), "br"),
    ],
)
def test_a_packed_body_is_unpacked(body: bytes, encoding: str) -> None:
    assert text_of(body, encoding=encoding, charset="", max_bytes=1000) == TEXT


def test_a_packed_body_that_breaks_off_is_read_as_far_as_it_goes() -> None:
    whole = "".join(f"word{n} " for n in range(2000)).encode()
    found = text_of(gzip.compress(whole, mtime=0)[:-500], encoding="gzip", charset="", max_bytes=100_000)
    assert found.startswith("word0 word1 ")


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_body_that_is_too_large_unpacked_is_refused_before_it_is_unpacked(encoding: str) -> None:
    pack = gzip.compress if encoding == "gzip" else zlib.compress
    assert len(text_of(pack(b"x" * 1000), encoding=encoding, charset="", max_bytes=1000)) == 1000
    with pytest.raises(ContentTooLarge):
        text_of(pack(b"x" * 50_000_000), encoding=encoding, charset="", max_bytes=1000)


def test_forms_are_read_with_their_objects_and_lists() -> None:
    form = read_form("danger_now=yes&persons[0][age][years]=15&persons.0.name=A+%26+B&x")
    assert plain(form) == [
        ("danger_now", "yes"),
        ("persons", [("0", [("age", [("years", "15")]), ("name", "A & B")])]),
        ("x", ""),
    ]
    parts = '--b\r\nContent-Disposition: form-data; name="a"; filename="x"\r\n\r\none\r\ntwo\r\n--b--'
    found = read_multipart(parts, "")
    assert found is not None
    assert plain(found) == [("a", "one\ntwo")]


def test_a_key_that_comes_twice_is_noticed_at_any_depth() -> None:
    assert has_duplicate_keys(b'{"a": [{"b": 1, "b": 1}]}')
    assert not has_duplicate_keys(b'{"a": {"a": 1}, "b": {"a": 1}}')


@pytest.mark.parametrize(
    ("value", "blank"),
    [
        (None, True),
        ("", True),
        (" \u200b\u00a0", True),
        ([], True),
        (Members(), True),
        ([None], True),
        (0, False),
        (False, False),
        ("\x00", False),
    ],
)
def test_nothing_that_can_be_seen_is_nothing_said(value: Value, blank: bool) -> None:
    assert is_blank(value) is blank
