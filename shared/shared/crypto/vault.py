"""Vault: seals personal data before it reaches a disk, each value under a data key that can be destroyed.

A sealed value opens only in its own field: table, column, row, owner and version of the data key are bound to it as
associated data. An older value of the same field that was put back still opens; the audit trail shows that.

Data keys are wrapped with AES-256-GCM and not with RFC 3394/5649 key wrap, which takes no associated data and could
not bind a key to its owner. Nonces are random 96-bit numbers, good for 2**32 uses of one key: a person's key seals
thousands of values at most, a key-encryption key wraps one key per person or contact.
"""

import hmac
import json
import os
import struct
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.crypto.keyring import KEY_BYTES, Keyring, Secret, commands
from shared.errors import Gone, HelplineError

FORMAT = 1
NONCE_BYTES = 12
TAG_BYTES = 16

# Format and version of the data key; then nonce, ciphertext and tag.
_SEALED = struct.Struct(">BI")
# Format, version of the key-encryption key, version of the data key; then the same.
_WRAPPED = struct.Struct(">BII")
_LENGTH = struct.Struct(">I")
_NUMBER = struct.Struct(">I")
_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
_UNOPENED = "This value does not open here"


class DecryptionFailed(HelplineError):
    """The value was altered, belongs to another field, or to another key; the error does not say which."""

    code = "does-not-open"
    title = _UNOPENED


class KeyErased(Gone):
    """The data key was destroyed on purpose. A class of its own, so that erasure never hides tampering."""

    title = _UNOPENED


@dataclass(frozen=True, slots=True)
class SealedField:
    """Field that holds a sealed value: table, column and row."""

    table: str
    column: str
    row: UUID


class DataKey(Secret):
    """Opened data key of one person, case or contact. It holds a cipher, not bytes that a log could show."""

    __slots__ = ("_cipher", "owner", "version")

    def __init__(self, owner: UUID, version: int, cipher: AESGCM) -> None:
        self.owner = owner
        self.version = version
        self._cipher = cipher

    def __repr__(self) -> str:
        return f"<DataKey of {self.owner}, version {self.version}>"


class Vault(Secret):
    """Seals and opens values. It keeps no opened key: a key erased from storage is gone with its last user."""

    __slots__ = ("_keyring",)

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def new_key(self, owner: UUID, *, version: int = 1) -> tuple[DataKey, bytes]:
        """Return a new data key, and its wrapped form, which is stored. `version` counts an owner's own keys."""
        raw = AESGCM.generate_key(KEY_BYTES * 8)
        return DataKey(owner, version, AESGCM(raw)), self._wrap(owner, version, raw)

    def open_key(self, owner: UUID, wrapped: bytes) -> DataKey:
        version, raw = self._unwrap(owner, wrapped)
        return DataKey(owner, version, AESGCM(raw))

    def key_from(self, purpose: str, secret: bytes) -> DataKey:
        """Return a data key that is stored nowhere: the same `secret` gives the same key again."""
        made = hmac.digest(self._keyring.derived(f"key-from/{purpose}"), secret, "sha512")
        return DataKey(UUID(bytes=made[KEY_BYTES : KEY_BYTES + 16]), 1, AESGCM(made[:KEY_BYTES]))

    def rewrap(self, owner: UUID, wrapped: bytes) -> bytes:
        """Return the same data key, wrapped under the current key-encryption key; sealed values stay as they are."""
        return self._wrap(owner, *self._unwrap(owner, wrapped))

    @property
    def wraps_under(self) -> int:
        """Return the version of the key-encryption key that wraps new data keys."""
        return self._keyring.wrapping()[0]

    def wrapped_under(self, wrapped: bytes) -> int:
        """Return the version of the key-encryption key that a stored data key needs."""
        if len(wrapped) != _WRAPPED.size + NONCE_BYTES + KEY_BYTES + TAG_BYTES:
            raise DecryptionFailed
        version: int = _WRAPPED.unpack_from(wrapped)[1]
        return version

    def seal(self, key: DataKey, field: SealedField, value: Any, *, pad_to: int = 0) -> bytes:
        """Seal anything that JSON can write; tuples come back as lists.

        With `pad_to` the length is rounded up to a multiple, so that the size of a short answer tells nothing of it.
        """
        return self.seal_text(key, field, _written(value), pad_to=pad_to)

    def seal_text(self, key: DataKey, field: SealedField, text: bytes, *, pad_to: int = 0) -> bytes:
        """Seal text that is JSON already."""
        if pad_to:
            text += b" " * (-len(text) % pad_to)  # JSON ignores spaces at its end
        nonce = os.urandom(NONCE_BYTES)
        sealed = key._cipher.encrypt(nonce, text, self._bound_to(key, field))
        return _SEALED.pack(FORMAT, key.version) + nonce + sealed

    def open(self, key: DataKey, field: SealedField, sealed: bytes) -> Any:
        start = _SEALED.size
        if sealed[:start] != _SEALED.pack(FORMAT, key.version):
            raise DecryptionFailed
        text = _decrypted(key._cipher, sealed[start:], self._bound_to(key, field))
        return json.loads(text.decode("utf-8", "surrogatepass"))

    def fingerprint(self, field: str, body: bytes) -> bytes:
        """Return 32 bytes that tell whether exact bytes were seen before; each field has a key of its own."""
        return hmac.digest(self._keyring.derived(f"fingerprint/{field}"), body, "sha256")

    def _wrap(self, owner: UUID, version: int, raw: bytes) -> bytes:
        current, cipher = self._keyring.wrapping()
        nonce = os.urandom(NONCE_BYTES)
        bound = self._wrapped_for(owner, current, version)
        return _WRAPPED.pack(FORMAT, current, version) + nonce + cipher.encrypt(nonce, raw, bound)

    def _unwrap(self, owner: UUID, wrapped: bytes) -> tuple[int, bytes]:
        if not wrapped:  # what storage holds in the place of a destroyed key
            raise KeyErased
        cipher = self._keyring.cipher(self.wrapped_under(wrapped))
        form, wrapping, version = _WRAPPED.unpack_from(wrapped)
        if form != FORMAT or cipher is None:
            raise DecryptionFailed
        return version, _decrypted(
            cipher, wrapped[_WRAPPED.size :], self._wrapped_for(owner, wrapping, version)
        )

    @staticmethod
    def _bound_to(key: DataKey, field: SealedField) -> bytes:
        return _joined(
            b"helpline sealed value",
            field.table.encode(),
            field.column.encode(),
            field.row.bytes,
            key.owner.bytes,
            _NUMBER.pack(key.version),
        )

    @staticmethod
    def _wrapped_for(owner: UUID, wrapping: int, version: int) -> bytes:
        return _joined(b"helpline data key", owner.bytes, _NUMBER.pack(wrapping), _NUMBER.pack(version))


def _joined(*parts: bytes) -> bytes:
    """Return the parts, each after its length, so that no two lists of parts give the same bytes."""
    return b"".join([_LENGTH.pack(len(part)) + part for part in parts])


def _decrypted(cipher: AESGCM, sealed: bytes, bound: bytes) -> bytes:
    if len(sealed) < NONCE_BYTES + TAG_BYTES:
        raise DecryptionFailed
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound)
    except InvalidTag:
        raise DecryptionFailed from None


def _written(value: Any) -> bytes:
    """Return a value as JSON. Lone surrogates, which broken devices send, pass: an error would quote the text."""
    try:
        return _JSON.encode(value).encode("utf-8", "surrogatepass")
    except (TypeError, ValueError, RecursionError):
        pass
    raise TypeError("only values that JSON can write are sealed")


if __name__ == "__main__":
    commands()
