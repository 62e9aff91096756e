"""History of the contracts: the earlier version in git that others rely on already.

Changes that are not committed yet are compared with HEAD. Where everything is committed, as in continuous
integration, the newest change of the contracts is compared with the version before it. A version may be named
instead, such as a release: that compares all steps since then as one.

The contracts may begin anew while nobody relies on them yet. Then the same commit changes `contracts/rebased.md`,
which says why. Versions from before that commit count no longer: the commit is the version to compare with.
"""

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = "contracts"
REBASED = f"{FOLDER}/rebased.md"
"""Reasons why the contracts began anew. Each change of this file is a new beginning; a check says so aloud."""

Documents = dict[str, dict[str, Any]]
"""Contract documents by their path below the project's folder."""


class HistoryUnreadable(Exception):
    """The history in git cannot be read; the sentence says why."""


@dataclass(frozen=True)
class EarlierVersion:
    """Contracts of an earlier version; without documents, `missing` is the reason that there are none."""

    name: str
    documents: Documents = field(default_factory=dict)
    missing: str = ""


def earlier_version(root: Path, named: str | None = None) -> EarlierVersion:
    """Return the version to compare with; HistoryUnreadable where git has a history and cannot read it."""
    if named is not None:
        return _unless_rebased(root, _commit(root, named), named)
    head = _commit(root, "HEAD")
    if head is None:
        if (root / ".git").exists() and _git(root, "rev-parse", "--git-dir") is None:
            raise HistoryUnreadable("git is not installed, or refuses to read the history that is here.")
        return EarlierVersion("", missing="this copy of the project has no history in git")
    if _git(root, "status", "--porcelain", "--", FOLDER):
        return _unless_rebased(root, head, "HEAD")
    return _before_newest_change(root)


def _before_newest_change(root: Path) -> EarlierVersion:
    newest = (_git(root, "log", "--first-parent", "-1", "--format=%h", "--", FOLDER) or "").strip()
    if not newest:
        raise HistoryUnreadable("git knows no commit that holds contracts.")
    before = _commit(root, f"{newest}^1")
    if before is not None:
        return _unless_rebased(root, before, f"what was there before {newest}")
    if (_git(root, "rev-parse", "--is-shallow-repository") or "").strip() == "true":
        return EarlierVersion(
            "", missing=f"this clone is shallow and ends at {newest} (git fetch --unshallow gets the rest)"
        )
    return EarlierVersion("", missing=f"{newest} is the first version there is")


def _unless_rebased(root: Path, commit: str | None, name: str) -> EarlierVersion:
    """Return the commit's contracts, or those of a later commit at which the contracts began anew."""
    reason = (root / REBASED).read_text(encoding="utf-8") if (root / REBASED).exists() else ""
    if commit is None or not reason.strip() or reason == _git(root, "show", f"{commit}:./{REBASED}"):
        return _contracts_of(root, commit, name)
    if _git(root, "status", "--porcelain", "--", REBASED):
        return EarlierVersion("", missing=f"the contracts begin anew with this change ({REBASED} says why)")
    beginning = (_git(root, "log", "-1", "--format=%h", "--", REBASED) or "").strip()
    return _contracts_of(root, beginning, f"{beginning}, where they began anew ({REBASED} says why)")


def _contracts_of(root: Path, commit: str | None, name: str) -> EarlierVersion:
    listed = _git(root, "ls-tree", "-r", "--name-only", commit, "--", FOLDER) if commit else None
    if listed is None:
        raise HistoryUnreadable(f"git has no version {name} here.")
    paths = [path for path in listed.splitlines() if path.endswith(".json")]
    documents = {path: json.loads(_git(root, "show", f"{commit}:./{path}") or "{}") for path in paths}
    return EarlierVersion(name, documents, missing="" if paths else f"{name} holds no contracts")


def _commit(root: Path, name: str) -> str | None:
    return (_git(root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}") or "").strip() or None


def _git(root: Path, *arguments: str) -> str | None:
    try:
        answer = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return answer.stdout if answer.returncode == 0 else None
