"""Reference files: each carries its attribution and says where it comes from."""

from importlib.resources import files

import pytest


@pytest.mark.parametrize(
    "line",
    [
        "Contains OS data © Crown copyright and database right.",
        "Contains National Statistics data © Crown copyright.",
        "Licensed under the Open Government Licence v3.0.",
        "Local authority names: mySociety, CC BY 4.0.",
        "Contains Royal Mail data © Royal Mail copyright and database right.",
    ],
)
def test_the_attribution_travels_with_the_reference_files(line: str) -> None:
    assert line in (files("shared.domain") / "reference" / "README.md").read_text("utf-8")


def test_every_reference_file_says_where_it_comes_from() -> None:
    folder = files("shared.domain") / "reference"
    described = (folder / "README.md").read_text("utf-8")
    assert all(
        f"`{file.name}`" in described for file in folder.iterdir() if file.name.endswith((".csv", ".json"))
    )
