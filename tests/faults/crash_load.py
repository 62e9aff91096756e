"""Crash load: every service is killed again and again at its crash points while reports keep coming in."""

import asyncio
import itertools
import signal
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from random import Random

from shared.crash_points import CRASH_POINTS
from tests.faults.agencies import Agencies
from tests.faults.outcome_ledger import Findings, compare, read_state
from tests.faults.reporters import AGENCY_CODES, Reporters
from tools.local.system import LocalSystem

IN_EVERY_SERVICE = tuple(
    point for point in CRASH_POINTS if point.startswith(("unit_of_work", "relay", "consumer"))
)
POINTS_OF: Mapping[str, Sequence[str]] = {
    "intake": ("intake.received", *IN_EVERY_SERVICE),
    "case": ("case.report_fetched", "case.deadline_handled", *IN_EVERY_SERVICE),
    "referral": ("referral.claimed", "referral.content_fetched", "referral.posted", *IN_EVERY_SERVICE),
    "stats": tuple(
        point for point in IN_EVERY_SERVICE if point != "relay.published"
    ),  # it announces next to nothing
}
REACHED_WITHIN = 30.0
WORK_BEFORE: Mapping[str, tuple[int, int]] = {
    "unit_of_work": (10, 50),
    "consumer.handled": (5, 30),
    "consumer.committed": (5, 20),
}
OTHER_WORK = (2, 8)
"""Bounds of how often a point is passed before it kills. Work is done between two kills on any machine."""


class CrashLoad:
    """Kills until so many processes have ended at their crash points: each service, and with `every_point` each point.

    A point that was not reached in time on a slow machine comes again soon, after less work.
    """

    def __init__(
        self,
        system: LocalSystem,
        *,
        kills: int,
        seed: int,
        points: Mapping[str, Sequence[str]] = POINTS_OF,
        every_point: bool = False,
    ) -> None:
        self.kills: Counter[tuple[str, str]] = Counter()
        """Service and crash point of every kill."""
        self.not_reached: Counter[tuple[str, str]] = Counter()
        """Points that a service did not reach in time, so that it was killed anywhere."""
        self._system = system
        self._wanted = kills
        self._random = Random(seed)
        self._points = points
        self._wanted_points = {one for some in points.values() for one in some} if every_point else set[str]()

    @property
    def is_over(self) -> bool:
        killed = {service for service, _ in self.kills}
        missing = self._wanted_points - {point for _, point in self.kills}
        return self.kills.total() >= self._wanted and killed == set(self._points) and not missing

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for service in self._points:
                group.create_task(self._kill_again_and_again(service))

    async def _kill_again_and_again(self, service: str) -> None:
        for point in self._plan(service):
            if self.is_over:
                break
            await self._kill(service, point)
        await self._system.restart(service)

    def _plan(self, service: str) -> Iterator[str]:
        """Yield every point once before any point again; in a later round those first that killed nobody yet."""
        while True:
            points = list(self._points[service])
            self._random.shuffle(points)
            yield from sorted(points, key=lambda point: self.kills[service, point] > 0)

    async def _kill(self, service: str, point: str) -> None:
        bounds = next((most for start, most in WORK_BEFORE.items() if point.startswith(start)), OTHER_WORK)
        nth = max(1, self._random.randint(*bounds) >> self.not_reached[service, point])
        await self._system.restart(service, environment={"HELPLINE_CRASH_POINT": f"{point}:{nth}"})
        process = self._system.processes[service]
        until = time.monotonic() + REACHED_WITHIN
        while process.running and time.monotonic() < until and not self.is_over:  # noqa: ASYNC110  no event for it
            await asyncio.sleep(0.05)
        if process.running:
            await self._system.kill(service)
            self.not_reached[service, point] += 1
        elif process.exit_code == -signal.SIGKILL:
            self.kills[service, point] += 1
            print(f"{time.strftime('%H:%M:%S')} {service} killed at {point}, pass {nth}")  # noqa: T201
        else:
            raise AssertionError(f"{service} ended by itself: {process.last_log_line()} ({process.log})")


async def run_crash_load(
    system: LocalSystem,
    *,
    kills: int,
    seed: int = 1,
    pause: float = 1.0,
    rests_within: float = 120.0,
    points: Mapping[str, Sequence[str]] = POINTS_OF,
    every_point: bool = False,
) -> tuple[CrashLoad, Reporters, Findings]:
    """Let people report while services are killed, wait until the system has come to rest, and compare."""
    load = CrashLoad(system, kills=kills, seed=seed, points=points, every_point=every_point)
    reporters = Reporters(system.urls["intake"], seed=seed, pause=pause)
    async with Agencies(system) as agencies:
        await agencies.register(AGENCY_CODES)
        async with asyncio.TaskGroup() as group:
            group.create_task(reporters.report_until_asked_to_stop())
            await load.run()
            await system.wait_ready()
            reporters.stop_asked.set()
        await agencies.register(AGENCY_CODES)
        findings = await _come_to_rest(system, reporters, agencies, rests_within)
        assert agencies.refused == 0
    return load, reporters, findings


async def _come_to_rest(
    system: LocalSystem, reporters: Reporters, agencies: Agencies, within: float
) -> Findings:
    until = time.monotonic() + within
    for _ in itertools.count():
        findings = compare(reporters.accepted, await read_state(system, agencies.effects.values()))
        if findings.clean or time.monotonic() > until:
            return findings
        await asyncio.sleep(1)
    raise AssertionError
