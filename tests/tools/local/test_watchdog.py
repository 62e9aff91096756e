"""Watchdog: starts ended services again, gives up after too many restarts, and shows the errors of logs."""

import asyncio
import json
from collections.abc import Callable

import pytest

from tests.tools.local.conftest import Build
from tools.local.watchdog import ErrorFollower, RestartLimitReached, Watchdog


async def test_a_killed_service_is_started_again_with_a_message(build: Build) -> None:
    system = build()
    await system.start()
    shown: list[str] = []
    watching = asyncio.create_task(Watchdog(system, shown.append).run())
    before = system.processes["case"].pid
    await system.kill("case")
    await eventually(lambda: bool(shown) and system.processes["case"].running)
    await system.wait_ready(["case"])
    watching.cancel()
    assert system.processes["case"].pid != before
    assert shown == ["case ended (-9): no message. Starting it again."]


async def test_a_service_that_does_not_stay_up_is_given_up_with_its_last_line(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.local.watchdog.LONGEST_PAUSE", 0.01)
    system = build()
    await system.start()
    await system.restart("stats", environment={"STAND_IN_FAILS": "stats all"})
    process = system.processes["stats"]
    process.environment = {**process.environment, "STAND_IN_FAILS": "stats all"}
    with pytest.raises(
        RestartLimitReached, match="stats ended 6 times in a minute, last with: stats cannot all today"
    ):
        async with asyncio.timeout(30):
            await Watchdog(system, lambda _line: None).run()


async def test_only_errors_of_a_log_are_shown(build: Build) -> None:
    system = build()
    await system.start()
    shown: list[str] = []
    following = asyncio.create_task(ErrorFollower(system, shown.append).run())
    await asyncio.sleep(0.1)
    with system.processes["case"].log.open("a") as log:
        for level in ("info", "warning", "error"):
            log.write(json.dumps({"level": level, "event": f"an {level}"}) + "\n")
        log.write("INFO: nothing\nnot a problem")
    await eventually(lambda: bool(shown))
    following.cancel()
    assert shown == ["case: an error"]


async def eventually(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110  other programs have no event to wait for
            await asyncio.sleep(0.05)
