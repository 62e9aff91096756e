"""Vault: a sealed value opens only in its field, for its owner, under its key; everything else is refused alike."""

import copy
import json
import pickle
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.crypto.keyring import Keyring
from shared.crypto.vault import DataKey, DecryptionFailed, KeyErased, SealedField, Vault
from tests.shared.crypto.tamperings import tamper

FIELD = SealedField("contacts", "story", UUID(int=7))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("keys") / "keyring.json"
    Keyring.generate(path)
    return path


@pytest.fixture(scope="module")
def vault(path: Path) -> Vault:
    return Vault(Keyring.from_file(path))


@settings(max_examples=300, deadline=None)
@given(value=json_values, pad_to=st.sampled_from([0, 1, 64, 256]), owner=st.uuids(), row=st.uuids())
def test_a_sealed_value_opens_in_its_field(
    vault: Vault, value: Any, pad_to: int, owner: UUID, row: UUID
) -> None:
    key, wrapped = vault.new_key(owner)
    field = replace(FIELD, row=row)
    sealed = vault.seal(key, field, value, pad_to=pad_to)
    assert vault.open(vault.open_key(owner, wrapped), field, sealed) == value


@given(st.text(alphabet=st.characters(categories=["Cs"])))
def test_broken_text_from_broken_devices_comes_back_as_it_was(vault: Vault, text: str) -> None:
    key, _ = vault.new_key(uuid4())
    assert vault.open(key, FIELD, vault.seal(key, FIELD, text)) == text


def test_sealing_twice_never_gives_the_same_bytes(vault: Vault) -> None:
    key, _ = vault.new_key(uuid4())
    assert len({vault.seal(key, FIELD, "same") for _ in range(1000)}) == 1000
    assert len({vault.new_key(key.owner)[1] for _ in range(1000)}) == 1000


def test_padded_answers_are_all_of_one_length(vault: Vault) -> None:
    key, _ = vault.new_key(uuid4())
    answers = ["yes", "no", "do not call, he reads my messages", {"a": 1}, None]
    assert len({len(vault.seal(key, FIELD, answer, pad_to=64)) for answer in answers}) == 1


def test_20_000_tamperings_are_all_refused(tmp_path: Path) -> None:
    attempts, opened = tamper(Vault, tmp_path / "keyring.json", rounds=120)
    assert sum(attempts.values()) >= 20_000, attempts
    assert not opened


class NothingBound(Vault):
    @staticmethod
    def _bound_to(key: DataKey, field: SealedField) -> bytes:
        return b""


class RowForgotten(Vault):
    @staticmethod
    def _bound_to(key: DataKey, field: SealedField) -> bytes:
        return Vault._bound_to(key, replace(field, row=UUID(int=0)))


class ColumnForgotten(Vault):
    @staticmethod
    def _bound_to(key: DataKey, field: SealedField) -> bytes:
        return Vault._bound_to(key, replace(field, column=""))


class TableForgotten(Vault):
    @staticmethod
    def _bound_to(key: DataKey, field: SealedField) -> bytes:
        return Vault._bound_to(key, replace(field, table=""))


class NamesRunTogether(Vault):
    @staticmethod
    def _bound_to(key: DataKey, field: SealedField) -> bytes:
        return Vault._bound_to(key, replace(field, table=field.table + field.column, column=""))


class OwnerForgotten(Vault):
    @staticmethod
    def _bound_to(key: DataKey, field: SealedField) -> bytes:
        return Vault._bound_to(DataKey(UUID(int=0), key.version, key._cipher), field)


class KeyVersionForgotten(Vault):
    @staticmethod
    def _bound_to(key: DataKey, field: SealedField) -> bytes:
        return Vault._bound_to(DataKey(key.owner, 0, key._cipher), field)


class WrapOwnerForgotten(Vault):
    @staticmethod
    def _wrapped_for(owner: UUID, wrapping: int, version: int) -> bytes:
        return Vault._wrapped_for(UUID(int=0), wrapping, version)


class WrapVersionForgotten(Vault):
    @staticmethod
    def _wrapped_for(owner: UUID, wrapping: int, version: int) -> bytes:
        return Vault._wrapped_for(owner, wrapping, 0)


@pytest.mark.parametrize(
    ("weakened", "caught_by"),
    [
        (NothingBound, {"row", "column", "table", "owner", "key version"}),
        (RowForgotten, {"row"}),
        (ColumnForgotten, {"column"}),
        (TableForgotten, {"table"}),
        (NamesRunTogether, {"names run together"}),
        (OwnerForgotten, {"owner"}),
        (KeyVersionForgotten, {"key version"}),
        (WrapOwnerForgotten, {"wrap owner"}),
        (WrapVersionForgotten, {"wrap key version"}),
    ],
)
def test_a_vault_that_forgets_to_bind_something_is_caught(
    weakened: type[Vault], caught_by: set[str], tmp_path: Path
) -> None:
    _, opened = tamper(weakened, tmp_path / "keyring.json", rounds=2)
    assert caught_by <= set(opened)


def test_after_a_rotation_old_keys_open_and_rewrapped_ones_need_the_old_version_no_more(
    tmp_path: Path,
) -> None:
    path, owner = tmp_path / "keyring.json", uuid4()
    before = Vault(Keyring.generate(path))
    key, wrapped = before.new_key(owner)
    sealed = before.seal(key, FIELD, "kept")
    after = Vault(Keyring.rotate(path))
    rewrapped = after.rewrap(owner, wrapped)
    assert (after.wrapped_under(wrapped), after.wrapped_under(rewrapped)) == (1, 2)
    last = Vault(Keyring.retire(path, 1))
    assert last.open(last.open_key(owner, rewrapped), FIELD, sealed) == "kept"
    with pytest.raises(DecryptionFailed):
        last.open_key(owner, wrapped)
    assert before.fingerprint("receipt", b"seven words") == last.fingerprint("receipt", b"seven words")


def test_a_process_that_started_before_the_rotation_opens_what_was_wrapped_after_it(tmp_path: Path) -> None:
    early = Vault(Keyring.generate(tmp_path / "keyring.json"))
    late = Vault(Keyring.rotate(tmp_path / "keyring.json"))
    owner = uuid4()
    assert early.open_key(owner, late.new_key(owner)[1]).owner == owner


def test_a_process_that_started_before_the_rotation_wraps_under_the_new_key_at_once(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    early = Vault(Keyring.generate(path))
    Keyring.rotate(path)
    assert early.wrapped_under(early.new_key(uuid4())[1]) == 2


def test_a_keyring_that_cannot_be_read_for_a_moment_keeps_nobody_from_reporting(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    early = Vault(Keyring.generate(path))
    path.write_text("{")
    assert early.wrapped_under(early.new_key(uuid4())[1]) == 1
    path.unlink()
    assert early.wrapped_under(early.new_key(uuid4())[1]) == 1


def test_an_erased_key_is_told_apart_from_a_failed_decryption(vault: Vault) -> None:
    with pytest.raises(KeyErased) as erased:
        vault.open_key(uuid4(), b"")
    assert not isinstance(erased.value, DecryptionFailed)
    assert str(erased.value) == str(DecryptionFailed())


def test_fingerprints_differ_by_field_and_by_value(vault: Vault) -> None:
    one = vault.fingerprint("receipt", b"seven words")
    assert one == vault.fingerprint("receipt", b"seven words")
    assert (
        len({one, vault.fingerprint("request", b"seven words"), vault.fingerprint("receipt", b"words")}) == 3
    )
    assert len(one) == 32


def _secrets_of(path: Path) -> list[str]:
    content = json.loads(path.read_text())
    return [content["index_root"], *content["keys"].values()]


@pytest.mark.parametrize("show", [repr, str, format, lambda thing: f"{thing!r:<9}", "{}".format, ascii])
def test_no_way_of_printing_shows_a_key(path: Path, vault: Vault, show: Callable[[object], str]) -> None:
    key, _ = vault.new_key(UUID(int=5))
    for thing in (key, vault, Keyring.from_file(path)):
        shown = show(thing)
        assert shown.startswith("<")
        assert "AESGCM" not in shown
        assert not [secret for secret in _secrets_of(path) if secret in shown]


@pytest.mark.parametrize("copied", [pickle.dumps, copy.copy, copy.deepcopy, vars])
def test_keys_are_neither_pickled_nor_copied(path: Path, vault: Vault, copied: Callable[[Any], Any]) -> None:
    for thing in (vault.new_key(uuid4())[0], vault, Keyring.from_file(path)):
        with pytest.raises(TypeError):
            copied(thing)


@pytest.mark.parametrize("value", [{"name": object()}, float("nan"), {1, 2}, {"amina": 1, 2: 3}])
def test_a_value_that_cannot_be_sealed_is_refused_without_quoting_it(vault: Vault, value: Any) -> None:
    key, _ = vault.new_key(uuid4())
    with pytest.raises(TypeError) as refusal:
        vault.seal(key, FIELD, value)
    assert "amina" not in "".join(traceback.format_exception(refusal.value, chain=True))
    assert refusal.value.__context__ is None


def test_a_refusal_tells_nothing_but_that_it_does_not_open(vault: Vault) -> None:
    key, wrapped = vault.new_key(uuid4())
    sealed = vault.seal(key, FIELD, "amina")
    other = replace(FIELD, row=uuid4())
    for attempt in (
        lambda: vault.open(key, other, sealed),
        lambda: vault.open(key, FIELD, sealed[:9]),
        lambda: vault.open_key(uuid4(), wrapped),
        lambda: vault.open_key(key.owner, wrapped[:-1]),
    ):
        with pytest.raises(DecryptionFailed) as refusal:
            attempt()
        assert str(refusal.value) == "This value does not open here"
