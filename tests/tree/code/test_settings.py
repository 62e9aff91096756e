"""Settings: every environment variable that is read is documented, and no other."""

import re

from shared.service.settings import Settings
from tests.tree.source_files import PRODUCT, sources
from tools.registry import ROOT, specs

VARIABLE = re.compile(r"\b(HELPLINE_[A-Z]+(?:_[A-Z]+)*|DATABASE_URL)\b(?![*_])")
NOT_SETTINGS = {"HELPLINE_NATIONALITIES"}  # a table of the simulation's generator


def documented() -> set[str]:
    rows = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.M)
    assert len(rows) == len(set(rows)), "a variable is documented twice"
    return set(rows)


def settings_of_services() -> set[str]:
    kinds = {Settings} | {service.settings for service in specs().values()}
    return {f"HELPLINE_{name}".upper() for kind in kinds for name in kind.model_fields}


def test_every_variable_that_is_read_is_documented_and_no_other() -> None:
    files = [*sources(*PRODUCT), ROOT / "Makefile"]
    mentioned = {name for path in files for name in VARIABLE.findall(path.read_text())}
    assert (mentioned | settings_of_services()) - NOT_SETTINGS == documented()
