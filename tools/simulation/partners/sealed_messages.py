"""Sealed messages, opened with an agency's private key: written by the published format, without the product's code."""

import base64
import json

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x01"


def open_sealed(text: str, key: X25519PrivateKey) -> str:
    """Return the text of a message: 0x01, ephemeral key, nonce, AES-256-GCM, all as base64.

    ValueError, KeyError or InvalidTag where it was not sealed to this key.
    """
    sealed = base64.b64decode(json.loads(text)["sealed"], validate=True)
    head, nonce, ciphertext = sealed[:33], sealed[33:45], sealed[45:]
    if head[:1] != VERSION:
        raise ValueError
    shared = key.exchange(X25519PublicKey.from_public_bytes(head[1:]))
    salt = head[1:] + key.public_key().public_bytes_raw()
    derived = HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"helpline referral v1").derive(shared)
    return AESGCM(derived).decrypt(nonce, ciphertext, head).decode()
