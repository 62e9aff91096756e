"""Search for marked words: found in every encoding, also inside of compressed streams, and named by their number."""

import zlib

import pytest

from tests.privacy.canaries.search import ENCODINGS, Hit, Search


def test_a_word_in_a_compressed_stream_is_found() -> None:
    search = Search("zqabc")
    content = b"\0\1" + zlib.compress(b"x" * 500 + b"zqabc0007") + b"\2"
    assert {hit.value for hit in search.in_bytes(content, "here")} == {"zqabc0007"}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_word_is_found_in_each_encoding_and_named_with_its_sink(encoding: str) -> None:
    content = b"\0 before " + ENCODINGS[encoding]("zqabc0007") + b" after"
    hits = Search("zqabc").in_bytes(content, "here")
    assert ("zqabc0007", "here") in {(hit.value, hit.sink) for hit in hits}
    assert {hit.value for hit in hits} <= {"zqabc0007", "zqabc"}, (
        "where the number is cut off, the stem is named"
    )


def test_a_word_of_another_stem_is_not_found() -> None:
    assert Search("zqabc").in_bytes(b"zqabd0007", "here") == set[Hit]()
