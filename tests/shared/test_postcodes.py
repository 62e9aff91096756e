"""The postcode directory is right whatever state its folder is in, and never holds what it may not."""

import multiprocessing
import os
from pathlib import Path

import pytest

from shared.postcodes import PostcodeDirectory, default_folder, directory_form

LERWICK = "ZE1 0HB"  # Z is the smallest letter, so these tests are quick
SHETLAND = "S12000027"


def files_in(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def test_the_first_question_writes_one_file_and_the_next_process_reads_it(tmp_path: Path) -> None:
    assert PostcodeDirectory(tmp_path).code_of(LERWICK) == SHETLAND
    [written] = files_in(tmp_path)
    stamp = written.stat().st_mtime_ns
    assert PostcodeDirectory(tmp_path).code_of(LERWICK) == SHETLAND
    assert [(path, path.stat().st_mtime_ns) for path in files_in(tmp_path)] == [(written, stamp)]


def test_the_folder_is_made_and_is_nobody_elses(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "cache"
    assert PostcodeDirectory(folder).code_of(LERWICK) == SHETLAND
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.stat().st_mode & 0o777 for path in files_in(folder)] == [0o600]


def test_it_answers_without_any_folder() -> None:
    assert PostcodeDirectory(None).code_of(LERWICK) == SHETLAND


def test_it_answers_where_the_folder_cannot_be_made(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    assert PostcodeDirectory(in_the_way / "cache").code_of(LERWICK) == SHETLAND


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_it_answers_where_the_folder_is_read_only(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert PostcodeDirectory(tmp_path).code_of(LERWICK) == SHETLAND


@pytest.mark.parametrize("damage", ["empty", "short", "head only", "one byte", "longer", "other format"])
def test_a_damaged_file_is_never_believed_and_is_written_anew(tmp_path: Path, damage: str) -> None:
    PostcodeDirectory(tmp_path).letter("Z")
    [path] = files_in(tmp_path)
    whole = path.read_bytes()
    flipped = bytearray(whole)
    flipped[-1] ^= 1
    path.write_bytes(
        {
            "empty": b"",
            "short": whole[:-1],
            "head only": whole[:16],
            "one byte": bytes(flipped),
            "longer": whole + b"\0",
            "other format": b"HPC0" + whole[4:],
        }[damage]
    )
    assert PostcodeDirectory(tmp_path).code_of(LERWICK) == SHETLAND
    assert path.read_bytes() == whole
    assert files_in(tmp_path) == [path]


def ask(folder: Path) -> str | None:
    return PostcodeDirectory(folder).code_of(LERWICK)


def test_processes_that_start_together_all_get_the_answer_and_leave_one_file(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert pool.map(ask, [tmp_path] * 9, chunksize=1) == [SHETLAND] * 9
    assert len(files_in(tmp_path)) == 1


def test_preparing_goes_through_every_first_letter(tmp_path: Path) -> None:
    directory = PostcodeDirectory(tmp_path)
    steps = directory.prepare()
    assert next(steps) == "A"
    assert len(files_in(tmp_path)) == 1


def test_the_folder_is_the_helplines_own_or_else_the_accounts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HELPLINE_HOME", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_folder() == tmp_path / ".cache" / "helpline"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    assert default_folder() == tmp_path / "caches" / "helpline"
    monkeypatch.setenv("HELPLINE_HOME", str(tmp_path / "home"))
    assert default_folder() == tmp_path / "home" / "cache"


def test_northern_ireland_postcodes_are_not_copied_out_of_the_package() -> None:
    directory = PostcodeDirectory(None)  # built here and now, not by an earlier version of the code
    letter = directory.letter("B")
    assert letter is not None
    assert not [code for code in letter.codes if code.startswith("N")]
    assert directory.code_of("BT1 5GS") is None


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("m2 5db", "M2  5DB"),
        ("SW1A2AA", "SW1A2AA"),
        ("cb2 3qj", "CB2 3QJ"),
        ("M2", None),
        ("12345", None),
        ("M2 5DB1", None),
        ("M٢ 5DB", None),
    ],
)
def test_a_postcode_has_one_form_in_the_directory(written: str, form: str | None) -> None:
    assert directory_form(written) == form
