"""What people told the helpline is sealed before it reaches a disk, each under a key that can be destroyed.

A sealed value opens only where it was put: table, column, row, owner of the key and version of the key are
bound to it as associated data. What this cannot show is an older value of the very same place put back; the
audit trail shows that.

Data keys are wrapped with AES-256-GCM and not with RFC 3394/5649 key wrap: key wrap takes no associated data,
so it could not bind a key to its owner. Nonces are random 96-bit numbers, good for 2**32 uses of one key: a
person's key seals thousands of values at most, a key-encryption key wraps one key per person or contact.
"""

import hmac
import json
import os
import struct
import unicodedata
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import Gone, HelplineError
from shared.keyring import KEY_BYTES, Keyring, KeyringRefused, Secret, commands

__all__ = ["DataKey", "KeyErased", "Keyring", "KeyringRefused", "Place", "SealBroken", "Vault"]

FORMAT = 1
NONCE_BYTES = 12
TAG_BYTES = 16
BLIND_INDEX_BYTES = 16

# Format and version of the data key; then nonce, ciphertext and tag.
_SEALED = struct.Struct(">BI")
# Format, version of the key-encryption key, version of the data key; then the same.
_WRAPPED = struct.Struct(">BII")
_LENGTH = struct.Struct(">I")
_NUMBER = struct.Struct(">I")
_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
_UNOPENED = "This value does not open here"


class SealBroken(HelplineError):
    """The value was altered, belongs elsewhere, or the key is another's: which of these is not said."""

    code = "does-not-open"
    title = _UNOPENED


class KeyErased(Gone):
    """The key was destroyed on purpose. A class apart, so that erasure never hides tampering."""

    title = _UNOPENED


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value stands."""

    table: str
    column: str
    row: UUID


class DataKey(Secret):
    """The opened key of one person or contact. It holds a cipher, not bytes that a log could show."""

    __slots__ = ("_cipher", "owner", "version")

    def __init__(self, owner: UUID, version: int, cipher: AESGCM) -> None:
        self.owner = owner
        self.version = version
        self._cipher = cipher

    def __repr__(self) -> str:
        return f"<DataKey of {self.owner}, version {self.version}>"


class Vault(Secret):
    """Seals and opens. It remembers no opened key: one erased from storage is gone with its last holder."""

    __slots__ = ("_keyring",)

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def new_key(self, owner: UUID, *, version: int = 1) -> tuple[DataKey, bytes]:
        """A fresh key and its wrapped form, which is what is stored. `version` counts an owner's own keys."""
        raw = AESGCM.generate_key(KEY_BYTES * 8)
        return DataKey(owner, version, AESGCM(raw)), self._wrap(owner, version, raw)

    def open_key(self, owner: UUID, wrapped: bytes) -> DataKey:
        version, raw = self._unwrap(owner, wrapped)
        return DataKey(owner, version, AESGCM(raw))

    def key_from(self, purpose: str, secret: bytes) -> DataKey:
        """A key that is stored nowhere: only whoever brings the same `secret` again can have it made again."""
        made = hmac.digest(self._keyring.derived(f"key-from/{purpose}"), secret, "sha512")
        return DataKey(UUID(bytes=made[KEY_BYTES : KEY_BYTES + 16]), 1, AESGCM(made[:KEY_BYTES]))

    def rewrap(self, owner: UUID, wrapped: bytes) -> bytes:
        """The same data key under the current key-encryption key; what it sealed stays as it is."""
        return self._wrap(owner, *self._unwrap(owner, wrapped))

    @property
    def wraps_under(self) -> int:
        """Which version of the key-encryption key wraps what is stored from now on."""
        return self._keyring.wrapping()[0]

    def wrapped_under(self, wrapped: bytes) -> int:
        """Which version of the key-encryption key a stored key needs: a rotation asks before it rewraps."""
        if len(wrapped) != _WRAPPED.size + NONCE_BYTES + KEY_BYTES + TAG_BYTES:
            raise SealBroken
        version: int = _WRAPPED.unpack_from(wrapped)[1]
        return version

    def seal(self, key: DataKey, place: Place, value: Any, *, pad_to: int = 0) -> bytes:
        """Seals anything JSON can write; tuples come back as lists. With `pad_to` the length is rounded up
        to a multiple, so that the size of a short answer does not tell which answer it was."""
        return self.seal_text(key, place, _written(value), pad_to=pad_to)

    def seal_text(self, key: DataKey, place: Place, text: bytes, *, pad_to: int = 0) -> bytes:
        """The same for JSON that is written already."""
        if pad_to:
            text += b" " * (-len(text) % pad_to)  # JSON ignores spaces at its end
        nonce = os.urandom(NONCE_BYTES)
        sealed = key._cipher.encrypt(nonce, text, self._bound_to(key, place))
        return _SEALED.pack(FORMAT, key.version) + nonce + sealed

    def open(self, key: DataKey, place: Place, sealed: bytes) -> Any:
        start = _SEALED.size
        if sealed[:start] != _SEALED.pack(FORMAT, key.version):
            raise SealBroken
        text = _decrypted(key._cipher, sealed[start:], self._bound_to(key, place))
        return json.loads(text.decode("utf-8", "surrogatepass"))

    def blind_index(self, field: str, value: str) -> bytes:
        """Finds equal values without opening them; however the value was typed, it is the same index."""
        key = self._keyring.derived(f"blind-index/{field}")
        return hmac.digest(key, _normalised(value), "sha256")[:BLIND_INDEX_BYTES]

    def fingerprint(self, field: str, body: bytes) -> bytes:
        """Tells whether exact bytes were seen before; 32 bytes, from a key that no blind index shares."""
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
            raise SealBroken
        return version, _decrypted(
            cipher, wrapped[_WRAPPED.size :], self._wrapped_for(owner, wrapping, version)
        )

    @staticmethod
    def _bound_to(key: DataKey, place: Place) -> bytes:
        return _joined(
            b"helpline sealed value",
            place.table.encode(),
            place.column.encode(),
            place.row.bytes,
            key.owner.bytes,
            _NUMBER.pack(key.version),
        )

    @staticmethod
    def _wrapped_for(owner: UUID, wrapping: int, version: int) -> bytes:
        return _joined(b"helpline data key", owner.bytes, _NUMBER.pack(wrapping), _NUMBER.pack(version))


def _joined(*parts: bytes) -> bytes:
    """Each part after its length: no two different lists of parts give the same bytes."""
    return b"".join([_LENGTH.pack(len(part)) + part for part in parts])


def _decrypted(cipher: AESGCM, sealed: bytes, bound: bytes) -> bytes:
    if len(sealed) < NONCE_BYTES + TAG_BYTES:
        raise SealBroken
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound)
    except InvalidTag:
        raise SealBroken from None


def _written(value: Any) -> bytes:
    """Lone surrogates pass: broken devices send them, and the error about them would quote the text."""
    try:
        return _JSON.encode(value).encode("utf-8", "surrogatepass")
    except (TypeError, ValueError, RecursionError):
        pass
    raise TypeError("only values that JSON can write are sealed")


def _normalised(value: str) -> bytes:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).casefold())
    return " ".join(folded.split()).encode("utf-8", "surrogatepass")


if __name__ == "__main__":
    commands()
