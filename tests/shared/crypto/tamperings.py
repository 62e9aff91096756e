"""Tampering with sealed values and wrapped keys in every way we know, counted by kind."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from shared.crypto.keyring import Keyring
from shared.crypto.vault import DataKey, DecryptionFailed, SealedField, Vault

Attempt = tuple[str, Callable[[], object]]


def tamper(kind: type[Vault], path: Path, *, rounds: int) -> tuple[Counter[str], Counter[str]]:
    """Return how often each kind was tried, and how often it opened; a sound vault opens none."""
    attempts: Counter[str] = Counter()
    opened: Counter[str] = Counter()
    chance = random.Random(20240611)
    vault = kind(Keyring.generate(path))
    for _ in range(rounds):
        for name, attempt in _attempts(vault, chance):
            attempts[name] += 1
            try:
                attempt()
            except DecryptionFailed:
                continue
            opened[name] += 1
    for name, attempt in _replays(kind, path, rounds):
        attempts[name] += 1
        try:
            attempt()
        except DecryptionFailed:
            continue
        opened[name] += 1
    return attempts, opened


def _attempts(vault: Vault, chance: random.Random) -> Iterator[Attempt]:
    owner, other = _uuid(chance), _uuid(chance)
    field = SealedField("contacts", "story", _uuid(chance))
    key, wrapped = vault.new_key(owner)
    sealed = vault.seal(key, field, "x" * chance.randrange(60))
    for name, bad in _broken(sealed, chance):
        yield f"value {name}", lambda bad=bad: vault.open(key, field, bad)  # type: ignore[misc]  # bound now
    for name, bad in _broken(wrapped, chance):
        yield f"key {name}", lambda bad=bad: vault.open_key(owner, bad)  # type: ignore[misc]  # bound now
    yield from _moves(vault, key, field, sealed, other)
    yield from _other_keys(vault, key, field, sealed, wrapped, other)


def _broken(whole: bytes, chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """Yield a flipped bit in every byte, cuts from both ends at every class of position, and additions."""
    for position in range(len(whole)):
        flipped = bytearray(whole)
        flipped[position] ^= 1 << chance.randrange(8)
        yield "flipped", bytes(flipped)
    for length in {1, 4, 5, 9, 16, 17, 21, 28, 33, len(whole) - 16, len(whole) - 1} - {len(whole)}:
        yield "cut short", whole[:length]
        yield "cut at its start", whole[-length:]
    yield "lengthened", whole + b"\x00"
    yield "doubled", whole + whole


def _moves(vault: Vault, key: DataKey, field: SealedField, sealed: bytes, other: UUID) -> Iterator[Attempt]:
    yield "row", lambda: vault.open(key, replace(field, row=other), sealed)
    yield "column", lambda: vault.open(key, replace(field, column="name"), sealed)
    yield "table", lambda: vault.open(key, replace(field, table="messages"), sealed)
    shifted = SealedField(field.table + field.column[:1], field.column[1:], field.row)
    yield "names run together", lambda: vault.open(key, shifted, sealed)


def _other_keys(
    vault: Vault, key: DataKey, field: SealedField, sealed: bytes, wrapped: bytes, other: UUID
) -> Iterator[Attempt]:
    # The same bytes of a key under another name: only what is bound to the value can tell.
    renamed = DataKey(other, key.version, key._cipher)
    renumbered = DataKey(key.owner, key.version + 1, key._cipher)
    foreign, foreign_wrapped = vault.new_key(other)
    newer, _ = vault.new_key(key.owner, version=key.version + 1)
    yield "owner", lambda: vault.open(renamed, field, sealed)
    yield "key version", lambda: vault.open(renumbered, field, _numbered(sealed, key.version + 1))
    yield "another's key", lambda: vault.open(foreign, field, sealed)
    yield "newer key", lambda: vault.open(newer, field, sealed)
    yield "newer key, renumbered", lambda: vault.open(newer, field, _numbered(sealed, newer.version))
    yield "wrap owner", lambda: vault.open_key(other, wrapped)
    yield "wrap owner", lambda: vault.open_key(key.owner, foreign_wrapped)
    yield "wrap owner", lambda: vault.rewrap(other, wrapped)
    yield "wrap key version", lambda: vault.open_key(key.owner, _renumbered(wrapped, key.version + 1))
    yield "value as key", lambda: vault.open_key(key.owner, sealed)
    yield "key as value", lambda: vault.open(key, field, wrapped)


def _replays(kind: type[Vault], path: Path, rounds: int) -> Iterator[Attempt]:
    """Put back keys that were wrapped under a version which has been rotated out and retired."""
    before = kind(Keyring.from_file(path))
    kept = [(UUID(int=number), before.new_key(UUID(int=number))[1]) for number in range(rounds)]
    after = kind(Keyring.rotate(path))
    for owner, wrapped in kept:
        claimed = wrapped[:1] + (2).to_bytes(4, "big") + wrapped[5:]
        yield "old wrap, new number", lambda owner=owner, bad=claimed: after.open_key(owner, bad)  # type: ignore[misc]
    retired = kind(Keyring.retire(path, 1))
    for owner, wrapped in kept:
        yield "retired", lambda owner=owner, bad=wrapped: retired.open_key(owner, bad)  # type: ignore[misc]


def _numbered(sealed: bytes, version: int) -> bytes:
    return sealed[:1] + version.to_bytes(4, "big") + sealed[5:]


def _renumbered(wrapped: bytes, version: int) -> bytes:
    return wrapped[:5] + version.to_bytes(4, "big") + wrapped[9:]


def _uuid(chance: random.Random) -> UUID:
    return UUID(int=chance.getrandbits(128))
