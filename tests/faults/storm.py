"""A storm: every service is killed again and again at named points while reports keep coming in."""

import asyncio
import itertools
import signal
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from random import Random

from deploy.system import LocalSystem
from shared.fault_points import POINTS
from tests.faults.account import Findings, judge, read_state
from tests.faults.agency import Agencies
from tests.faults.reporters import BODIES, Reporters

EVERYWHERE = tuple(point for point in POINTS if point.startswith(("unit_of_work", "relay", "consumer")))
POINTS_OF: Mapping[str, Sequence[str]] = {
    "intake": ("intake.received", *EVERYWHERE),
    "case": ("case.report_fetched", "case.clock_ticked", *EVERYWHERE),
    "referral": ("referral.claimed", "referral.content_fetched", "referral.posted", *EVERYWHERE),
    "stats": tuple(
        point for point in EVERYWHERE if point != "relay.published"
    ),  # it announces next to nothing
}
REACHED_WITHIN = 30.0
WORK_BEFORE: Mapping[str, tuple[int, int]] = {
    "unit_of_work": (10, 50),
    "consumer.handled": (5, 30),
    "consumer.committed": (5, 20),
}
OTHER_WORK = (2, 8)
"""How often a point is passed before it kills: so much work is done between two kills, on however slow a machine."""


class Storm:
    """Kills until so many processes have ended at the points that they were sent to."""

    def __init__(
        self, system: LocalSystem, *, kills: int, seed: int, points: Mapping[str, Sequence[str]] = POINTS_OF
    ) -> None:
        self.kills: Counter[tuple[str, str]] = Counter()
        self.by_hand: Counter[tuple[str, str]] = Counter()
        self._system = system
        self._wanted = kills
        self._random = Random(seed)
        self._points = points

    @property
    def over(self) -> bool:
        return self.kills.total() >= self._wanted

    async def rage(self) -> None:
        async with asyncio.TaskGroup() as together:
            for service in self._points:
                together.create_task(self._kill_again_and_again(service))

    async def _kill_again_and_again(self, service: str) -> None:
        for point in self._plan(service):
            if self.over:
                break
            await self._kill(service, point)
        await self._system.restart(service)

    def _plan(self, service: str) -> Iterator[str]:
        """Every point once before any point again."""
        while True:
            points = list(self._points[service])
            self._random.shuffle(points)
            yield from points

    async def _kill(self, service: str, point: str) -> None:
        passed = next((most for start, most in WORK_BEFORE.items() if point.startswith(start)), OTHER_WORK)
        nth = self._random.randint(*passed)
        await self._system.restart(service, environment={"HELPLINE_KILL_AT": f"{point}:{nth}"})
        child = self._system.children[service]
        until = time.monotonic() + REACHED_WITHIN
        while child.running and time.monotonic() < until and not self.over:  # noqa: ASYNC110  a process tells nobody
            await asyncio.sleep(0.05)
        if child.running:
            await self._system.kill(service)
            self.by_hand[service, point] += 1
        elif child.exit_code == -signal.SIGKILL:
            self.kills[service, point] += 1
            print(f"{time.strftime('%H:%M:%S')} {service} killed at {point}, pass {nth}")  # noqa: T201
        else:
            raise AssertionError(f"{service} ended by itself: {child.last_words()} ({child.log})")


async def weather(
    system: LocalSystem,
    *,
    kills: int,
    seed: int = 1,
    pause: float = 1.0,
    rests_within: float = 120.0,
    points: Mapping[str, Sequence[str]] = POINTS_OF,
) -> tuple[Storm, Reporters, Findings]:
    """The whole of it: agencies, reporters, the storm, the calm after it, and the account."""
    storm = Storm(system, kills=kills, seed=seed, points=points)
    reporters = Reporters(system.urls["intake"], seed=seed, pause=pause)
    async with Agencies(system) as agencies:
        await agencies.register(BODIES)
        async with asyncio.TaskGroup() as together:
            together.create_task(reporters.report_until_told_to_stop())
            await storm.rage()
            await system.wait_ready()
            reporters.enough.set()
        await agencies.register(BODIES)
        findings = await _come_to_rest(system, reporters, agencies, rests_within)
        assert agencies.refused == 0
    return storm, reporters, findings


async def _come_to_rest(
    system: LocalSystem, reporters: Reporters, agencies: Agencies, within: float
) -> Findings:
    until = time.monotonic() + within
    for _ in itertools.count():
        findings = judge(reporters.accepted, await read_state(system, agencies.effects.values()))
        if findings.clean or time.monotonic() > until:
            return findings
        await asyncio.sleep(1)
    raise AssertionError
