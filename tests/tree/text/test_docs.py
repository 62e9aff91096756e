"""Documentation: its maps are complete, its links lead somewhere, and it uses the words of the glossary."""

import re
from pathlib import Path

import pytest

import shared
from case_service.sharing.decisions.decision import RULE_VERSION
from tools.registry import ROOT, SERVICES

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "contracts").glob("*.md")])
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)[^)]*\)")
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_every_shared_module_is_on_the_map_and_nothing_else_is() -> None:
    folder = ROOT / "shared" / "shared"
    packages = {path.parent.name for path in folder.glob("*/__init__.py")}
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    doc = shared.__doc__ or ""
    listed, single = doc.split("Single modules")
    named = re.findall(r"^    (\w+)  +\S", listed, re.M)
    assert sorted(named) == sorted(packages)
    assert sorted(re.findall(r"`(\w+)`", single)) == sorted(modules)


def test_the_map_names_every_service_and_every_shared_package() -> None:
    for service in SERVICES:
        assert re.search(rf"^\| {service} \|", ARCHITECTURE, re.M), service
    folders = ARCHITECTURE.split("## Folders")[1].split("services/<name>")[0]
    packages = {path.parent.name for path in (ROOT / "shared" / "shared").glob("*/__init__.py")}
    assert packages - {"observability"} <= set(re.findall(r"(\w+)/", folders))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    missing = [to for to in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / to).exists()]
    assert missing == []


def glossary_words() -> list[str]:
    rows = re.findall(r"^\| ([^|]+) \| ", GLOSSARY, re.M)
    return [word.strip() for row in rows if row != "word" for word in row.split(",")]


def test_the_glossary_explains_each_word_once() -> None:
    words = glossary_words()
    assert len(words) > 50
    assert len(words) == len(set(words))


def test_every_word_that_the_map_stresses_is_in_the_glossary() -> None:
    stressed = {word.lower() for word in re.findall(r"\*\*([^*]+)\*\*", ARCHITECTURE)}
    names = set(SERVICES) | {"acknowledges", "consumer"}
    known = " ".join(glossary_words()).lower()
    assert len(stressed) > 8
    assert {word for word in stressed - names if word.removesuffix("s") not in known} == set()


def test_the_page_of_the_sharing_rules_is_of_the_version_by_which_the_service_decides() -> None:
    page = (ROOT / "docs" / "sharing-rules.md").read_text(encoding="utf-8")
    assert re.findall(r"^Rule version (\S+)\.", page, re.M) == [RULE_VERSION]
