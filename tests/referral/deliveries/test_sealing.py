"""Sealing to an agency's key: only that key opens it, nothing altered opens, and the length tells nothing new."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from referral_service.deliveries.sealing import SealedForAnother, open_sealed, public_key_of, seal

KEY = X25519PrivateKey.generate()
PUBLIC = public_key_of(base64.b64encode(KEY.public_key().public_bytes_raw()).decode())


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_what_is_sealed_opens_with_the_key_and_with_no_other(text: str) -> None:
    body = seal(PUBLIC, text)
    assert open_sealed(KEY, body) == text
    with pytest.raises(SealedForAnother):
        open_sealed(X25519PrivateKey.generate(), body)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_sealed_body_that_was_altered_anywhere_does_not_open(position: int, flip: int) -> None:
    sealed = bytearray(base64.b64decode(json.loads(seal(PUBLIC, "where the child is"))["sealed"]))
    sealed[position % len(sealed)] ^= flip
    with pytest.raises(SealedForAnother):
        open_sealed(KEY, json.dumps({"sealed": base64.b64encode(sealed).decode()}))


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b'{"sealed":1}', b'{"sealed":"AQ=="}', b'{"sealed":"\xc3"}']
)
def test_a_body_that_is_not_sealed_is_refused_in_one_way(body: bytes) -> None:
    with pytest.raises(SealedForAnother):
        open_sealed(KEY, body)


def test_the_same_text_never_looks_the_same_twice_and_is_always_as_long() -> None:
    bodies = {seal(PUBLIC, "x" * 4096) for _ in range(50)}
    assert len(bodies) == 50
    assert len({len(body) for body in bodies}) == 1
