"""History of the contracts: a breaking change is refused, committed or not; a missing comparison is reported."""

import copy
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tools.contracts import __main__ as command
from tools.contracts.contract_history import Documents
from tools.contracts.documents import as_text, generated

CLASSIFIED = "contracts/events/case.classified.v1.json"
AUTHOR = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
NOW = generated()
Change = Callable[[Any], object]


def breaking(document: Any) -> None:
    del document["properties"]["children"]


def adding(document: Any) -> None:
    document["properties"]["exploiters"] = {"type": "integer", "default": 0}


class Project:
    """Project with a history of its own, whose code generates contracts as a test says."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.generated: Documents = {}
        monkeypatch.setattr(command, "ROOT", root)
        monkeypatch.setattr(command, "generated", lambda: self.generated)
        for variable in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
            monkeypatch.delenv(variable, raising=False)

    def git(self, *arguments: str) -> str:
        answer = subprocess.run(
            ["git", *AUTHOR, *arguments], cwd=self.root, check=True, capture_output=True, text=True
        )
        return answer.stdout.strip()

    def change(self, change: Change | None = None) -> None:
        """Let the code generate something else from now on, and write the contracts anew."""
        self.generated = copy.deepcopy(self.generated or NOW)
        if change is not None:
            change(self.generated[CLASSIFIED])
        for path, document in self.generated.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(as_text(document))

    def commit(self, change: Change | None = None, *, code: str = "") -> str:
        """Commit changed contracts, or nothing but code; return the short name of the commit."""
        if code:
            (self.root / "code.py").write_text(code)
        else:
            self.change(change)
        self.git("add", ".")
        self.git("commit", "-q", "-m", "A change")
        return self.git("log", "-1", "--format=%h")

    def check(self, *options: str) -> tuple[int, str]:
        answer = CliRunner().invoke(command.commands, ["check", *options])
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
    code, output = project.check()
    assert code == 1
    assert f"what was there before {broke}" in output
    assert "CaseClassified.children: field removed" in output


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
    code, output = project.check()
    assert (code, "relies on HEAD" in output) == (1, True)


def test_files_that_differ_from_the_code_are_refused_before_anything_is_compared(project: Project) -> None:
    project.commit()
    (project.root / CLASSIFIED).write_text(json.dumps({}))
    code, output = project.check()
    assert (code, "differ from the code" in output) == (1, True)


def test_a_named_version_is_compared_over_all_steps_since(project: Project) -> None:
    project.commit()
    project.git("tag", "released")
    project.commit(breaking)
    project.commit(adding)
    assert project.check()[0] == 0
    code, output = project.check("--base", "released")
    assert (code, "relies on released" in output) == (1, True)


def test_the_first_version_of_all_has_nothing_to_compare_with_and_says_so(project: Project) -> None:
    first = project.commit()
    code, output = project.check()
    assert (code, f"NOT COMPARED with an earlier version: {first} is the first" in output) == (0, True)


def test_a_shallow_clone_says_that_it_could_not_compare(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.commit()
    project.commit(adding)
    shallow = tmp_path / "shallow"
    project.git("clone", "-q", "--depth", "1", f"file://{tmp_path}", str(shallow))
    monkeypatch.setattr(command, "ROOT", shallow)
    code, output = project.check()
    assert (code, "NOT COMPARED" in output, "shallow" in output) == (0, True, True)


def test_a_copy_without_git_says_that_it_could_not_compare(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(tmp_path, monkeypatch)
    project.change()
    code, output = project.check()
    assert (code, "NOT COMPARED" in output, "no history" in output) == (0, True, True)


@pytest.mark.parametrize("options", [("--base", "no-such-version"), ()])
def test_a_history_that_cannot_be_asked_is_a_failure(
    project: Project, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    project.commit()
    if not options:
        monkeypatch.setenv("PATH", str(project.root))  # a machine without git
    code, output = project.check(*options)
    assert (code, "Nothing was compared" in output) == (1, True)


REASON = "# The contracts began anew\n\nNobody relies on them yet.\n"


def begin_anew(project: Project, reason: str) -> None:
    (project.root / "contracts" / "rebased.md").write_text(reason)


def test_contracts_that_begin_anew_say_so_and_are_compared_from_then_on(project: Project) -> None:
    project.commit()
    project.change(breaking)
    begin_anew(project, REASON)
    code, output = project.check()
    assert (code, "NOT COMPARED" in output, "begin anew" in output) == (0, True, True)
    project.git("add", ".")
    project.git("commit", "-q", "-m", "Begin anew")
    code, output = project.check()
    assert (code, "where they began anew" in output) == (0, True)
    project.commit(lambda document: document["properties"].pop("potential_victims"))
    assert project.check()[0] == 1


def test_a_beginning_without_a_new_reason_does_not_count(project: Project) -> None:
    project.change()
    begin_anew(project, REASON)
    project.git("add", ".")
    project.git("commit", "-q", "-m", "Begin anew")
    project.change(breaking)
    begin_anew(project, REASON)
    assert project.check()[0] == 1
    begin_anew(project, "\n")
    assert project.check()[0] == 1
