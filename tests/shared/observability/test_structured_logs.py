"""Structured logs: nobody's words reach them, not in an exception, a warning or a library's own line."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from shared.crash_points import CRASH_POINTS, arm
from shared.observability.structured_logs import ALLOWED_KEYS, keep_allowed
from tests.support.sample_service import CANARY

PROGRAM = Path(__file__).with_name("run_faulty.py")
ROOT = Path(__file__).resolve().parents[3]
WORDS = CANARY.split()


@pytest.mark.parametrize(("part", "status"), [("speak", 0), ("fail", 1), ("serve", 3)])
def test_nothing_that_fails_prints_its_message(part: str, status: int) -> None:
    command = [sys.executable, str(PROGRAM), part]
    ended = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    printed = ended.stdout + ended.stderr
    assert ended.returncode == status, printed
    assert not [word for word in WORDS if word in printed]
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert lines
    assert all(set(line) <= ALLOWED_KEYS for line in lines)
    assert part == "serve" or any(line.get("error") == "ValueError" for line in lines)


def test_a_key_that_is_not_on_the_list_is_dropped_and_counted() -> None:
    kept = keep_allowed(None, "info", {"event": "ended", "name": "n" * 500, "account": CANARY})
    assert kept == {"event": "ended", "name": "n" * 120, "dropped": 1}


OUR_OWN = {"event", "level", "timestamp", "logger", "service", "request_id", "dropped"}
"""Keys that logging itself, or the boundary of a request, adds to every line."""
LEVELS = {"debug", "info", "warning", "error", "critical"}


def keys_logged() -> set[str]:
    """Return every key of every line that a module of ours writes."""
    calls = [
        node
        for folder in ("shared", "services")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
    ]
    ours = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in LEVELS]
    assert len(ours) > 10
    return {word.arg for call in ours for word in call.keywords if word.arg}


def test_every_key_that_is_logged_is_allowed_and_no_other_is() -> None:
    assert keys_logged() | OUR_OWN == ALLOWED_KEYS


def test_only_one_module_uses_the_logging_library_whose_text_is_dropped() -> None:
    using = [
        path.name
        for path in sorted((ROOT / "shared").rglob("*.py")) + sorted((ROOT / "services").rglob("*.py"))
        if re.search(r"^import logging|^from logging", path.read_text(), re.M)
    ]
    assert using == ["structured_logs.py"]


def test_a_production_process_does_not_start_with_a_crash_point() -> None:
    arm("", mode="production")
    for point in (*CRASH_POINTS, "nowhere"):
        with pytest.raises(SystemExit):
            arm(point, mode="production")
    for wrong in ("nowhere", f"{CRASH_POINTS[0]}:soon"):
        with pytest.raises(SystemExit, match="names no point"):
            arm(wrong, mode="local")
