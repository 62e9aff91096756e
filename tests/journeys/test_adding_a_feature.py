"""The page about adding a feature is true: a copy of the project that follows it passes the checks."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import TestPostgres
from tools.registry import ROOT, members

PAGE = ROOT / "docs" / "adding-a-feature.md"
STEP = re.compile(r"^`(?P<file>[^`\n]+)`$|^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
TESTS = (
    *("tests/case/callbacks", "tests/case/routes", "tests/contracts/access/test_access.py"),
    *("tests/contracts/requests/test_examples.py", "tests/contracts/requests/test_unknown_fields.py"),
    *(
        "tests/contracts/documents/test_api_style.py",
        "tests/contracts/documents/test_contracts.py",
        "tests/tree",
    ),
)
MEMBERS_TO_CHECK = ("shared", "services", "tests/case")
ABOUT_IT = "callback or tree or (contracts and case)"
"""Tests that see the feature; those of other services and features pass or fail without it."""
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", ".helpline", ".mutants", "__pycache__", ".*_cache", ".hypothesis"
)


def follow(page: str, folder: Path) -> None:
    """Write the files of the page, and add its lines to those that are there. AssertionError where it does not fit."""
    file = None
    for step in STEP.finditer(page):
        if step["file"]:
            file = folder / step["file"]
        elif step["kind"] == "diff":
            assert file is not None
            _add_lines(file, step["text"].splitlines())
        elif step["kind"] != "sh":
            assert file is not None
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(step["text"], encoding="utf-8")


def _add_lines(file: Path, lines: list[str]) -> None:
    there = "\n".join(line[1:] for line in lines if not line.startswith("+"))
    after = "\n".join(line[1:] for line in lines)
    text = file.read_text(encoding="utf-8")
    assert text.count(there) == 1, f"{file}: these lines stand there {text.count(there)} times:\n{there}"
    file.write_text(text.replace(there, after), encoding="utf-8")


def run(folder: Path, *command: str, **environment: str) -> None:
    path = os.pathsep.join(str(folder / member.relative_to(ROOT)) for member in members())
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "MYPYPATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


@pytest.mark.timeout(600)
def test_the_page_is_followed_in_a_copy(postgres_server: TestPostgres, tmp_path: Path) -> None:
    folder = tmp_path / "helpline"
    shutil.copytree(ROOT, folder, ignore=NOT_COPIED)
    follow(PAGE.read_text(encoding="utf-8"), folder)
    run(folder, "ruff", "format", "--check", ".")
    run(folder, "ruff", "check", ".")
    run(folder, "mypy", *MEMBERS_TO_CHECK)
    run(folder, "tools.contracts", "write")
    run(folder, "pytest", "-q", *TESTS, "-k", ABOUT_IT, DATABASE_URL=postgres_server.superuser_url())


@pytest.mark.parametrize(
    "page",
    ["`README.md`\n\n```diff\n no such line\n+added\n```\n", "`README.md`\n\n```diff\n \n+everywhere\n```\n"],
    ids=["a line that is gone", "a line that stands there twice"],
)
def test_a_page_that_does_not_fit_is_an_error(page: str, tmp_path: Path) -> None:
    shutil.copy(ROOT / "README.md", tmp_path)
    with pytest.raises(AssertionError, match="stand there"):
        follow(page, tmp_path)
