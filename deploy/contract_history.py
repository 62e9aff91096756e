"""The version of the contracts that others rely on already, as git has it.

Changes not yet committed are compared with HEAD. Where all is committed, as in continuous integration, the newest
change of the contracts is compared with what was there before it. A version may be named instead, such as a release
or the branch that a change goes to: that compares all steps in between as one.
"""

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = "contracts"
Documents = dict[str, dict[str, Any]]
"""Contract documents by their path below the project's folder."""


class HistoryUnreadable(Exception):
    """There is a history, and it cannot be asked: the sentence says why."""


@dataclass(frozen=True)
class Earlier:
    """The contracts of an earlier version; without documents, `missing` says why there is none to compare with."""

    version: str
    documents: Documents = field(default_factory=dict)
    missing: str = ""


def earlier(root: Path, named: str | None = None) -> Earlier:
    if named is not None:
        return _contracts_of(root, _commit(root, named), named)
    head = _commit(root, "HEAD")
    if head is None:
        if (root / ".git").exists() and _git(root, "rev-parse", "--git-dir") is None:
            raise HistoryUnreadable("git is not installed, or refuses to read the history that is here.")
        return Earlier("", missing="this copy of the project has no history in git")
    if _git(root, "status", "--porcelain", "--", FOLDER):
        return _contracts_of(root, head, "HEAD")
    return _before_the_newest_change(root)


def _before_the_newest_change(root: Path) -> Earlier:
    newest = (_git(root, "log", "--first-parent", "-1", "--format=%h", "--", FOLDER) or "").strip()
    if not newest:
        raise HistoryUnreadable("git knows no commit that holds contracts.")
    before = _commit(root, f"{newest}^1")
    if before is not None:
        return _contracts_of(root, before, f"what was there before {newest}")
    if (_git(root, "rev-parse", "--is-shallow-repository") or "").strip() == "true":
        return Earlier(
            "", missing=f"this clone is shallow and ends at {newest} (git fetch --unshallow gets the rest)"
        )
    return Earlier("", missing=f"{newest} is the first version there is")


def _contracts_of(root: Path, commit: str | None, called: str) -> Earlier:
    listed = _git(root, "ls-tree", "-r", "--name-only", commit, "--", FOLDER) if commit else None
    if listed is None:
        raise HistoryUnreadable(f"git has no version {called} here.")
    paths = [path for path in listed.splitlines() if path.endswith(".json")]
    documents = {path: json.loads(_git(root, "show", f"{commit}:./{path}") or "{}") for path in paths}
    return Earlier(called, documents, missing="" if paths else f"{called} holds no contracts")


def _commit(root: Path, name: str) -> str | None:
    return (_git(root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}") or "").strip() or None


def _git(root: Path, *arguments: str) -> str | None:
    try:
        answer = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return answer.stdout if answer.returncode == 0 else None
