"""The maps for newcomers are complete and lead somewhere."""

import re
from pathlib import Path

import pytest

import shared

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)[^)]*\)")


def test_every_shared_module_is_on_the_map_and_nothing_else_is() -> None:
    folder = ROOT / "shared" / "shared"
    modules = {path.stem for path in folder.glob("*.py")} | {
        path.parent.name for path in folder.glob("*/__init__.py")
    }
    named = re.findall(r"^    (\w+)  +\S", shared.__doc__ or "", re.M)
    assert len(named) == len(set(named))
    assert set(named) == modules - {"__init__"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    missing = [to for to in LINK.findall(page.read_text()) if not (page.parent / to).exists()]
    assert missing == []


def test_the_newcomers_map_explains_the_words_of_the_code_in_their_order() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    words = re.findall(r"^\| \*\*(\w+)\*\* \|", text, re.M)
    expected = "contact case matter page leg duty ground body disclosure release told"
    assert words == expected.split()
