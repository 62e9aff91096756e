"""Sealing of messages: only the holder of the agency's private key can read them, and no machine on the way.

The format, so that an agency can open it in any language:

    sealed = base64( 0x01 | ephemeral public key, 32 bytes | nonce, 12 bytes | AES-256-GCM ciphertext with its tag )
    key    = HKDF-SHA256( X25519(ephemeral, agency), salt = ephemeral public key | agency's public key,
                          info = "helpline referral v1", 32 bytes );  associated data = the first 33 bytes
    body   = {"sealed": "<sealed>"}

Sealing does not show who sealed a message; the webhook's signature over the body does.
"""

import base64
import binascii
import json
import os

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import load_pem_public_key

VERSION = b"\x01"
KEY_BYTES = 32
NONCE_BYTES = 12
HEAD_BYTES = len(VERSION) + KEY_BYTES


class KeyRefused(Exception):
    """The text is no public X25519 key."""


class SealedForAnother(Exception):
    """The body was sealed for another key, or was altered."""


def seal(public_key: str, text: str) -> str:
    """Return a body that only the holder of the private key can read; its length follows from the text's length."""
    agency = X25519PublicKey.from_public_bytes(base64.b64decode(public_key))
    ephemeral = X25519PrivateKey.generate()
    head = VERSION + ephemeral.public_key().public_bytes_raw()
    nonce = os.urandom(NONCE_BYTES)
    key = _derived(ephemeral.exchange(agency), head[1:], agency.public_bytes_raw())
    sealed = head + nonce + AESGCM(key).encrypt(nonce, text.encode(), head)
    return json.dumps({"sealed": base64.b64encode(sealed).decode()}, separators=(",", ":"))


def open_sealed(private_key: X25519PrivateKey, body: bytes | str) -> str:
    """Return the text of a sealed body, as an agency does on its side."""
    try:
        sealed = base64.b64decode(json.loads(body)["sealed"], validate=True)
        head, nonce = sealed[:HEAD_BYTES], sealed[HEAD_BYTES : HEAD_BYTES + NONCE_BYTES]
        if head[:1] != VERSION:
            raise SealedForAnother
        shared = private_key.exchange(X25519PublicKey.from_public_bytes(head[1:]))
        key = _derived(shared, head[1:], private_key.public_key().public_bytes_raw())
        return AESGCM(key).decrypt(nonce, sealed[HEAD_BYTES + NONCE_BYTES :], head).decode()
    except (ValueError, KeyError, TypeError, InvalidTag):
        raise SealedForAnother from None


def public_key_of(text: str) -> str:
    """Return a public key, given as base64 or PEM, in base64; KeyRefused where it is none."""
    try:
        key = _from_pem(text) if "BEGIN" in text else _from_base64(text)
        # This exchange refuses the points with which everybody knows the shared secret.
        X25519PrivateKey.generate().exchange(key)
    except (ValueError, TypeError, binascii.Error, UnsupportedAlgorithm):
        raise KeyRefused from None
    return base64.b64encode(key.public_bytes_raw()).decode()


def _from_pem(text: str) -> X25519PublicKey:
    key = load_pem_public_key(text.encode())
    if not isinstance(key, X25519PublicKey):
        raise ValueError
    return key


def _from_base64(text: str) -> X25519PublicKey:
    return X25519PublicKey.from_public_bytes(base64.b64decode(text.strip(), validate=True))


def _derived(shared: bytes, ephemeral: bytes, agency: bytes) -> bytes:
    derivation = HKDF(
        algorithm=SHA256(), length=KEY_BYTES, salt=ephemeral + agency, info=b"helpline referral v1"
    )
    return derivation.derive(shared)
