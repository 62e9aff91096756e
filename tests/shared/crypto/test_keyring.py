"""Keyring: the file is kept from others, survives a cut, is never overwritten, and no message shows a key."""

import json
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from shared.crypto.keyring import Keyring, KeyringRefused, commands


def _secrets_of(path: Path) -> list[str]:
    content = json.loads(path.read_text())
    return [content["index_root"], *content["keys"].values()]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_keyring_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "keyring.json"
    Keyring.generate(path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(mode)
    with pytest.raises(KeyringRefused, match="may be read by others"):
        Keyring.from_file(path)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-9],
        lambda text: text.replace('"current": 1', '"current": 2'),
        lambda text: text.replace('"format": 1', '"format": 9'),
        lambda text: text.replace("=", ""),
        lambda text: "[]",
        lambda text: "",
    ],
)
def test_a_damaged_keyring_is_refused_without_quoting_it(
    tmp_path: Path, damage: Callable[[str], str]
) -> None:
    path = tmp_path / "keyring.json"
    Keyring.generate(path)
    secret = _secrets_of(path)[1]
    path.write_text(damage(path.read_text()))
    with pytest.raises(KeyringRefused, match="damaged") as refusal:
        Keyring.from_file(path)
    assert secret not in "".join(traceback.format_exception(refusal.value))
    assert refusal.value.__context__ is None


def test_a_keyring_is_never_overwritten_nor_changed_by_two_at_once(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    Keyring.generate(path)
    content = path.read_bytes()
    with pytest.raises(KeyringRefused, match="never overwritten"):
        Keyring.generate(path)
    (tmp_path / "keyring.json.next").touch()
    with pytest.raises(KeyringRefused, match="under way"):
        Keyring.rotate(path)
    assert path.read_bytes() == content


def test_the_command_makes_rotates_and_retires_and_prints_no_key(tmp_path: Path) -> None:
    path, run = tmp_path / "keyring.json", CliRunner().invoke
    said = [run(commands, [*words]).output for words in (["new", str(path)], ["rotate", str(path)])]
    assert "versions 1, 2; 2 wraps new keys" in said[1]
    assert run(commands, ["retire", str(path), "2"]).exit_code == 1
    said.append(run(commands, ["retire", str(path), "1"]).output)
    assert not [secret for secret in _secrets_of(path) for words in said if secret in words]
    assert Keyring.from_file(path).versions == (2,)
    assert list(tmp_path.iterdir()) == [path]
