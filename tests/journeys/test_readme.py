"""The README's walk-through does what it says: a test runs exactly its commands against a running platform."""

import asyncio
import contextlib
import json
import os
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import TestPostgres
from tools.local.databases import remove
from tools.local.environment import ports_from
from tools.local.preflight import free_ports
from tools.local.system import LocalSystem
from tools.registry import ROOT

STEPS = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "--- step {} ---"


def walk_through() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return STEPS.findall(text[text.index("## Walk through it") : text.index("## Change it")])


def test_the_first_lines_are_the_two_commands() -> None:
    first = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:2]
    assert [line.split("#")[0].strip() for line in first] == ["make run", "make test"]


@pytest.fixture
async def system(postgres_server: TestPostgres, tmp_path: Path) -> AsyncIterator[LocalSystem]:
    prefix = f"walk_{os.getpid()}"
    running = LocalSystem(
        tmp_path, ports=free_ports(ports_from()), postgres=postgres_server.server, prefix=prefix
    )
    await running.start()
    try:
        yield running
    finally:
        await running.stop()
        await remove(postgres_server.superuser_url(), prefix=prefix)


@pytest.mark.timeout(240)
async def test_the_walk_through_does_what_it_says(system: LocalSystem) -> None:
    steps = walk_through()
    script = "set -u\n" + "\n".join(f"echo '{MARK.format(n)}'\n{step}" for n, step in enumerate(steps))
    output = await _run(script, system)
    parts = re.split(r"--- step \d+ ---\n", output)[1:]
    assert len(parts) == len(steps), output
    assert len(json.loads(parts[2].strip().splitlines()[-1])["receipt"].split()) == 7
    assert "override_danger" in parts[3]
    assert "verified referral.v1" in parts[3]
    assert '"protect_source": true' in parts[3]
    assert "knife" in parts[3]
    assert parts[4].strip().splitlines()[-1] == "acknowledged"
    assert "rule_version" in parts[5]
    assert "verified recall.v1" in parts[6]
    assert "nothing-may-be-shared" in parts[6]
    assert "consent_was_withdrawn" in parts[6]
    analyst, public = (json.loads(line) for line in parts[7].strip().splitlines()[:2])
    assert (analyst["protected"], public["protected"]) == (False, True)


async def _run(script: str, system: LocalSystem) -> str:
    names = {name.upper(): url for name, url in system.urls.items()}
    environment = os.environ | names | {"HELPLINE_HOME": str(system.home)}
    process = await asyncio.create_subprocess_exec(
        "bash", "-c", script, cwd=ROOT, env=environment,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        # To the end of the script, not of its output: what it left behind may still hold the pipe.
        reading = asyncio.create_task(process.stdout.read())
        await asyncio.wait_for(process.wait(), 200)
    finally:
        _end(process.pid)
    return (await reading).decode()


def _end(group: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
