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

from deploy.databases import remove
from deploy.preconditions import free_ports
from deploy.system import LocalSystem
from deploy.wiring import ROOT, ports_from
from tests.conftest import TestPostgres

STEPS = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "--- step {} ---"


def walk_through() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return STEPS.findall(text[text.index("## Walk through it") : text.index("## How to change it")])


def test_the_first_lines_are_the_two_commands() -> None:
    first = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:2]
    assert [line.split("#")[0].strip() for line in first] == ["make run", "make test"]


@pytest.fixture
async def platform(postgres_server: TestPostgres, tmp_path: Path) -> AsyncIterator[LocalSystem]:
    prefix = f"walk_{os.getpid()}"
    system = LocalSystem(
        tmp_path, ports=free_ports(ports_from()), postgres=postgres_server.server, prefix=prefix
    )
    await system.start(lambda _: None)
    try:
        yield system
    finally:
        await system.stop()
        await remove(postgres_server.superuser_url(), prefix=prefix)


@pytest.mark.timeout(240)
async def test_the_walk_through_does_what_it_says(platform: LocalSystem) -> None:
    steps = walk_through()
    script = "set -u\n" + "\n".join(f"echo '{MARK.format(n)}'\n{step}" for n, step in enumerate(steps))
    said = await _run(script, platform)
    parts = re.split(r"--- step \d+ ---\n", said)[1:]
    assert len(parts) == len(steps), said
    assert len(json.loads(parts[2].strip().splitlines()[-1])["receipt"].split()) == 7
    assert "override_danger" in parts[3]
    assert "verified referral.v1" in parts[3]
    assert '"protect_source": true' in parts[3]
    assert "knife" in parts[3]
    assert parts[4].strip().splitlines()[-1] == "acknowledged"
    assert "rule_version" in parts[5]
    assert "verified recall.v1" in parts[6]
    assert "nothing-may-leave" in parts[6]
    assert "consent_was_withdrawn" in parts[6]
    analyst, public = (json.loads(line) for line in parts[7].strip().splitlines()[:2])
    assert (analyst["protected"], public["protected"]) == (False, True)


async def _run(script: str, platform: LocalSystem) -> str:
    names = {name.upper(): url for name, url in platform.urls.items()}
    environment = os.environ | names | {"HELPLINE_HOME": str(platform.home)}
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
