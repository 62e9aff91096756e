"""A change that breaks somebody is refused, committed or not; where nothing was compared, that is said aloud."""

import copy
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy import contracts
from deploy.contract_history import Documents
from deploy.contracts import as_text, generated

ASSESSED = "contracts/events/case.assessed.v1.json"
WHO = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
NOW = generated()
Change = Callable[[Any], object]


def breaking(document: Any) -> None:
    del document["properties"]["children"]


def adding(document: Any) -> None:
    document["properties"]["exploiters"] = {"type": "integer", "default": 0}


class Project:
    """A project of its own, what its code gives, and what `check` says of it."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.gives: Documents = {}
        monkeypatch.setattr(contracts, "ROOT", root)
        monkeypatch.setattr(contracts, "generated", lambda: self.gives)
        for variable in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
            monkeypatch.delenv(variable, raising=False)

    def git(self, *arguments: str) -> str:
        answer = subprocess.run(
            ["git", *WHO, *arguments], cwd=self.root, check=True, capture_output=True, text=True
        )
        return answer.stdout.strip()

    def change(self, change: Change | None = None) -> None:
        """The code gives something else from now on, and the contracts were written anew."""
        self.gives = copy.deepcopy(self.gives or NOW)
        if change is not None:
            change(self.gives[ASSESSED])
        for path, document in self.gives.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(as_text(document))

    def commit(self, change: Change | None = None, *, code: str = "") -> str:
        """A commit of changed contracts, or of nothing but code; how git calls it for short."""
        if code:
            (self.root / "code.py").write_text(code)
        else:
            self.change(change)
        self.git("add", ".")
        self.git("commit", "-q", "-m", "A change")
        return self.git("log", "-1", "--format=%h")

    def check(self, *options: str) -> tuple[int, str]:
        answer = CliRunner().invoke(contracts.commands, ["check", *options])
        return answer.exit_code, answer.output


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    made = Project(tmp_path, monkeypatch)
    made.git("init", "-q", "-b", "main")
    return made


def test_a_committed_break_is_refused_also_after_commits_that_leave_the_contracts_alone(
    project: Project,
) -> None:
    project.commit()
    broke = project.commit(breaking)
    project.commit(code="something = 1")
    code, said = project.check()
    assert code == 1
    assert f"what was there before {broke}" in said
    assert "CaseAssessed.children: field removed" in said


def test_a_committed_addition_passes_and_it_is_said_with_what_it_was_compared(project: Project) -> None:
    project.commit()
    added = project.commit(adding)
    assert project.check() == (
        0,
        f"{len(NOW)} contracts are as the code gives them.\n"
        f"{len(NOW)} of them compared with what was there before {added}: nothing breaks.\n",
    )


def test_a_break_that_came_with_a_merge_is_refused(project: Project) -> None:
    project.commit()
    project.git("switch", "-q", "-c", "aside")
    project.commit(breaking)
    project.commit(adding)
    project.git("switch", "-q", "main")
    project.commit(code="something = 1")
    project.git("merge", "-q", "--no-ff", "-m", "Both", "aside")
    assert project.check()[0] == 1


def test_a_break_that_is_not_committed_yet_is_compared_with_head(project: Project) -> None:
    project.commit()
    project.change(breaking)
    code, said = project.check()
    assert (code, "relies on HEAD" in said) == (1, True)


def test_files_that_differ_from_the_code_are_refused_before_anything_is_compared(project: Project) -> None:
    project.commit()
    (project.root / ASSESSED).write_text(json.dumps({}))
    code, said = project.check()
    assert (code, "differ from the code" in said) == (1, True)


def test_a_named_version_is_compared_over_all_steps_since(project: Project) -> None:
    project.commit()
    project.git("tag", "released")
    project.commit(breaking)
    project.commit(adding)
    assert project.check()[0] == 0
    code, said = project.check("--base", "released")
    assert (code, "relies on released" in said) == (1, True)


def test_the_first_version_of_all_has_nothing_to_compare_with_and_says_so(project: Project) -> None:
    first = project.commit()
    code, said = project.check()
    assert (code, f"NOT COMPARED with an earlier version: {first} is the first" in said) == (0, True)


def test_a_shallow_clone_says_that_it_could_not_compare(project: Project, tmp_path: Path) -> None:
    project.commit()
    project.commit(adding)
    shallow = tmp_path / "shallow"
    project.git("clone", "-q", "--depth", "1", f"file://{tmp_path}", str(shallow))
    contracts.ROOT = shallow
    code, said = project.check()
    assert (code, "NOT COMPARED" in said, "shallow" in said) == (0, True, True)


def test_a_copy_without_git_says_that_it_could_not_compare(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(tmp_path, monkeypatch)
    project.change()
    code, said = project.check()
    assert (code, "NOT COMPARED" in said, "no history" in said) == (0, True, True)


@pytest.mark.parametrize("options", [("--base", "no-such-version"), ()])
def test_a_history_that_cannot_be_asked_is_a_failure(
    project: Project, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    project.commit()
    if not options:
        monkeypatch.setenv("PATH", str(project.root))  # a machine without git
    code, said = project.check(*options)
    assert (code, "Nothing was compared" in said) == (1, True)
