"""Keyring: the file of key-encryption keys, under which every data key is wrapped.

The file is JSON: key-encryption keys by version, the version that wraps new data keys, and a separate root from which
keys for fingerprints are derived. Rotation adds a version. Data keys under older versions still
open, until they are wrapped again and the old version is retired. The root is never rotated, because stored
fingerprints would find nothing any more.
"""

import base64
import contextlib
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NoReturn, Self, TypeVar

import typer
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
T = TypeVar("T")


class KeyringRefused(Exception):
    """The keyring file cannot be used; the sentence says what to do and repeats nothing from the file."""


class Secret:
    """Object that holds key bytes: printing, formatting, copying or pickling it never shows them."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are neither copied nor pickled")


class Keyring(Secret):
    """Key-encryption keys by version, and keys derived for fingerprints."""

    __slots__ = ("_ciphers", "_current", "_derived", "_path", "_root", "_seen")

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = _stamp(path)
        content = _read(path)
        self._root = _bytes_of(content["index_root"])
        self._derived: dict[str, bytes] = {}
        self._take(content)

    @classmethod
    def from_file(cls, path: str | Path) -> Self:
        return _checked(lambda: cls(Path(path)), Path(path))

    @classmethod
    def generate(cls, path: str | Path) -> Self:
        """Make a new file with one key. It never replaces a file: the keys in there may be the only ones."""
        content = {"format": 1, "current": 1, "keys": {"1": _new_key()}, "index_root": _new_key()}
        with _Replacement(Path(path)) as replacement:
            if Path(path).exists():
                raise KeyringRefused(f"There is a keyring at {path} already; it is never overwritten.")
            replacement.write(content)
        return cls.from_file(path)

    @classmethod
    def rotate(cls, path: str | Path) -> Self:
        """Add a key and make it the one that wraps from now on."""

        def add(content: dict[str, Any]) -> None:
            content["current"] = max(map(int, content["keys"])) + 1
            content["keys"][str(content["current"])] = _new_key()

        return cls._rewrite(Path(path), add)

    @classmethod
    def retire(cls, path: str | Path, version: int) -> Self:
        """Remove an old key for good. Data keys still wrapped under it are lost: rewrap all of them first."""

        def drop(content: dict[str, Any]) -> None:
            if version == content["current"] or str(version) not in content["keys"]:
                raise KeyringRefused(f"Version {version} is the current one or is not in the keyring.")
            del content["keys"][str(version)]

        return cls._rewrite(Path(path), drop)

    @classmethod
    def _rewrite(cls, path: Path, change: Callable[[dict[str, Any]], None]) -> Self:
        with _Replacement(path) as replacement:
            cls.from_file(path)
            content = _read(path)
            change(content)
            replacement.write(content)
        return cls.from_file(path)

    @property
    def current(self) -> int:
        return self._current

    @property
    def versions(self) -> tuple[int, ...]:
        return tuple(sorted(self._ciphers))

    def cipher(self, version: int) -> AESGCM | None:
        """Return the key-encryption key of a version, None where there is none.

        A version that was added since this process started is read from the file, so that a rotation needs no moment
        at which every process restarts together.
        """
        if version not in self._ciphers and (stamp := _stamp(self._path)) != self._seen:
            _checked(lambda: self._take(_read(self._path)), self._path)
            self._seen = stamp
        return self._ciphers.get(version)

    def wrapping(self) -> tuple[int, AESGCM]:
        """Return the version and the key that wrap new data keys.

        The file is read again after a rotation, or this process's newest data keys would be lost with the old version.
        Where it cannot be read just now, the key in memory is used: reports are still taken.
        """
        if (stamp := _stamp(self._path)) not in (None, self._seen):
            with contextlib.suppress(KeyringRefused):
                _checked(lambda: self._take(_read(self._path)), self._path)
                self._seen = stamp
        return self._current, self._ciphers[self._current]

    def derived(self, purpose: str) -> bytes:
        """Return a key for one purpose, derived from the root; it tells nothing about any other purpose."""
        if purpose not in self._derived:
            hkdf = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"helpline/" + purpose.encode())
            self._derived[purpose] = hkdf.derive(self._root)
        return self._derived[purpose]

    def _take(self, content: dict[str, Any]) -> None:
        ciphers = {int(version): AESGCM(_bytes_of(key)) for version, key in content["keys"].items()}
        current = int(content["current"])
        if content["format"] != 1 or current not in ciphers or not all(0 < v < 2**32 for v in ciphers):
            raise ValueError
        self._ciphers, self._current = ciphers, current


class _Replacement:
    """Replacement of the file, written beside it and renamed: a crash leaves the old file or the new one.

    The file `….next` is created exclusively, so that two rotations at once cannot lose each other's key.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._next = path, path.with_name(path.name + ".next")
        self._done = False

    def __enter__(self) -> Self:
        try:
            self._file = os.open(self._next, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise KeyringRefused(
                f"{self._next} exists: another change is under way, or one was cut off (then remove it)."
            ) from None
        except OSError as problem:
            raise KeyringRefused(f"{self._next} cannot be written: {problem.strerror}.") from None
        return self

    def write(self, content: dict[str, Any]) -> None:
        os.fchmod(self._file, 0o600)
        os.write(self._file, json.dumps(content, indent=1).encode())
        os.fsync(self._file)
        os.replace(self._next, self._path)
        self._done = True
        folder = os.open(self._path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def __exit__(self, *_: object) -> None:
        os.close(self._file)
        if not self._done:  # once it was renamed, a file of that name belongs to another process
            self._next.unlink()


def _read(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_mode & 0o077:
            raise KeyringRefused(f"The keyring {path} may be read by others: run chmod 600 on it.")
        content: dict[str, Any] = json.load(file)
    return content


def _checked(load: Callable[[], T], path: Path) -> T:
    """Replace every error of reading by a refusal: those errors carry the text that was read."""
    try:
        return load()
    except OSError as problem:
        refusal = KeyringRefused(f"The keyring {path} cannot be read: {problem.strerror}.")
    except (ValueError, KeyError, TypeError, AttributeError):
        refusal = KeyringRefused(f"The keyring {path} is damaged: restore it from its backup.")
    raise refusal


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _bytes_of(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError
    return key


commands = typer.Typer(help="Keyring file.", no_args_is_help=True, pretty_exceptions_enable=False)
KeyringPath = Annotated[Path, typer.Argument(help="keyring file")]


@commands.command()
def new(path: KeyringPath) -> None:
    """Make a keyring with one key."""
    _report(path, lambda: Keyring.generate(path))


@commands.command()
def rotate(path: KeyringPath) -> None:
    """Add a key; new data keys are wrapped under it from now on."""
    _report(path, lambda: Keyring.rotate(path))


@commands.command()
def retire(path: KeyringPath, version: int) -> None:
    """Remove an old key for good, once nothing is wrapped under it."""
    _report(path, lambda: Keyring.retire(path, version))


def _report(path: Path, change: Callable[[], Keyring]) -> None:
    try:
        keyring = change()
    except KeyringRefused as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(1) from None
    versions = ", ".join(map(str, keyring.versions))
    typer.echo(f"{path}: versions {versions}; {keyring.current} wraps new keys.")
