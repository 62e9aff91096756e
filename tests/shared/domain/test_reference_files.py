"""Reference files: each carries its attribution, says where it comes from, and is read by code beside it."""

from pathlib import Path

import pytest

from tests.tree.source_files import sources
from tools.registry import ROOT

FOLDERS = ("shared/shared/domain/reference", "tools/simulation/reports/reference")
ONLY_QUOTED = {"national_figures.json": "figures that people compare with those of the simulation"}
NOTICE = (ROOT / "NOTICE").read_text("utf-8")


@pytest.mark.parametrize(
    "line",
    [
        "Contains OS data © Crown copyright and database right.",
        "Contains National Statistics data © Crown copyright.",
        "Licensed under the Open Government Licence v3.0.",
        "Local authority names: mySociety, CC BY 4.0.",
        "Town names and positions: GeoNames, CC BY 4.0.",
        "Countries and names of towns: Home Office modern slavery service, Crown copyright, MIT.",
        "Contains Royal Mail data © Royal Mail copyright and database right.",
    ],
)
def test_the_attribution_travels_with_the_reference_files(line: str) -> None:
    assert line in (ROOT / FOLDERS[0] / "README.md").read_text("utf-8")


def reference_files(folder: str) -> list[Path]:
    return [path for path in (ROOT / folder).iterdir() if path.suffix in (".csv", ".json", ".txt")]


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_reference_file_says_where_it_comes_from(folder: str) -> None:
    described = (ROOT / folder / "README.md").read_text("utf-8")
    found = reference_files(folder)
    assert len(found) > 1
    assert [path.name for path in found if f"`{path.name}`" not in described] == []
    assert folder in NOTICE


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_reference_file_is_read_by_the_package_that_ships_it(folder: str) -> None:
    package = (ROOT / folder).parent
    code = "".join(path.read_text("utf-8") for path in sources(str(package.relative_to(ROOT))))
    unread = {path.name for path in reference_files(folder) if f'"{path.name}"' not in code}
    assert unread <= ONLY_QUOTED.keys()
