"""One day of the helpline: reports come in, people work, agencies answer, and at the end everything is counted."""

import asyncio
import contextlib
import json
import shutil
import socket
import tempfile
import traceback
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from demo import stage, tables
from demo.duty import Duty
from demo.findings import duplicates, leaks, tally, was_opened
from demo.office import Office
from demo.oracle import World
from demo.partners import Partners
from demo.people import Shift
from demo.reports import generate
from demo.result import Result
from demo.told import Planned
from deploy.kafka.broker import KafkaBroker
from deploy.postgres import CannotStart
from deploy.system import LocalSystem
from deploy.wiring import SERVICES
from shared.age import british_date

CLOCKS = {"CONFIRM_DANGER": 2, "CONFIRM_CHILD": 4, "TOLD_DANGER": 3, "TOLD_CHILD": 3}
"""The rules' own times, tightened so that silence shares within a demonstration."""
SETTLES_WITHIN = 45.0
COUNTED_WITHIN = 30.0
REPORTS_A_SECOND = 6.0
"""As after a broadcast: many times the usual; what two cores can follow, with the people and agencies on them too."""


@dataclass(frozen=True)
class Wish:
    reports: int
    seed: int
    bus: str
    within: float
    keep: bool = False


class Day:
    """The demonstration; `step` says what is under way, for whoever has to know why it did not end."""

    def __init__(self, wish: Wish, console: Console) -> None:
        self._wish = wish
        self._console = console
        self.step = "beginning"
        self._home = Path(tempfile.mkdtemp(prefix="helpline-demo-"))

    async def lived(self) -> int:
        """The exit code. The folder stays only where something has to be looked into."""
        result: Result | None = None
        try:
            async with asyncio.timeout(self._wish.within):
                result = await self._live()
        except TimeoutError:
            seconds = f"{self._wish.within:.0f} seconds"
            self._console.print(f"[bold red]It did not end within {seconds}. Under way: {self.step}.[/]")
        except CannotStart as told:
            self._console.print(f"[bold red]{told}[/]", soft_wrap=True)
        except Exception as trouble:
            (self._home / "trouble.txt").write_text("".join(traceback.format_exception(trouble)))
            self._console.print(f"[bold red]It broke off. Under way: {self.step}. {_first(trouble)}[/]")
            self._console.print(f"More is in {self._home / 'trouble.txt'}", soft_wrap=True)
        finally:
            self._tidy(good=result is not None and result.good)
        if result is None:
            return 1
        for wrong in result.wrong:
            self._console.print(f"[bold red]{wrong}[/]", markup=True, soft_wrap=True)
        print(json.dumps(result.summary), flush=True)
        return 0 if result.good else 1

    def _tidy(self, *, good: bool) -> None:
        if good and not self._wish.keep:
            shutil.rmtree(self._home, ignore_errors=True)
        else:
            self._console.print(f"Databases and logs are kept in {self._home}", soft_wrap=True)

    def _begin(self, step: str) -> None:
        self.step = step
        self._console.print(f"[dim]{step} …[/]", highlight=False)

    async def _live(self) -> Result:
        async with self._bus() as bus, self._system(bus) as system, Office(system) as office:
            answers = stage.AnswerSender(office)
            async with (
                contextlib.aclosing(answers),
                Partners(answers, seed=self._wish.seed, patience=CLOCKS["TOLD_CHILD"]) as partners,
            ):
                self._begin("Entering agencies")
                count = await stage.enter_agencies(office, partners, seed=self._wish.seed)
                self._console.print(f"  {count} agencies, each with a secret of its own", highlight=False)
                return await self._work(system, office, partners)

    @contextlib.asynccontextmanager
    async def _bus(self) -> AsyncIterator[str]:
        if self._wish.bus == "embedded":
            yield "embedded"
            return
        self._begin("Starting Apache Kafka")
        broker = KafkaBroker(self._home / "kafka", port=0)
        await asyncio.to_thread(broker.start)
        try:
            yield f"kafka://{broker.address}"
        finally:
            await asyncio.to_thread(broker.stop)

    @contextlib.asynccontextmanager
    async def _system(self, bus: str) -> AsyncIterator[LocalSystem]:
        clocks = {f"HELPLINE_{name}_SECONDS": str(seconds) for name, seconds in CLOCKS.items()}
        ports = dict(zip((*SERVICES, "issuer"), free_ports(len(SERVICES) + 1), strict=True))
        system = LocalSystem(self._home / "system", ports=ports, environment=clocks, bus=bus)
        await system.start(self._begin)
        try:
            yield system
        finally:
            await system.stop()

    async def _work(self, system: LocalSystem, office: Office, partners: Partners) -> Result:
        since = datetime.now(UTC)
        reports = generate(self._wish.reports, seed=self._wish.seed, today=british_date(since))
        shift = Shift(office, seed=self._wish.seed)
        duty = asyncio.create_task(Duty(office, shift.notes, seed=self._wish.seed).run())
        try:
            self._begin(f"{len(reports)} reports come in, and people work on them")
            contacts = await self._receive(office, shift, reports)
            self._begin("Waiting for agencies, and for people to telephone those that stay silent")
            forced = {contact for contact, (world, _) in contacts.items() if world.forced()}
            await stage.until_settled(office, partners, forced, within=SETTLES_WITHIN)
        finally:
            duty.cancel()
            await asyncio.gather(duty, return_exceptions=True)
        self._begin("Looking at what left, and counting")
        outcome = await stage.look(office)
        return await self._judge(system, office, partners, shift, contacts, outcome, since)

    async def _receive(
        self, office: Office, shift: Shift, reports: list[Planned]
    ) -> dict[str, tuple[World, float]]:
        """Sends the reports, a few at a time, while advisers take up what comes in."""
        contacts: dict[str, tuple[World, float]] = {}
        at_once = asyncio.Semaphore(stage.SENDERS)
        with self._progress(len(reports)) as (sent, attended):

            async def one(report: Planned, turn: int) -> None:
                world = World(report)
                await asyncio.sleep(turn / REPORTS_A_SECOND)
                async with at_once:
                    contact_id, at = await stage.send_report(office, report, seed=self._wish.seed)
                contacts[contact_id] = world, at
                sent()
                await shift.attend(world, contact_id)
                attended()

            async with asyncio.TaskGroup() as group:
                for turn, report in enumerate(reports):
                    group.create_task(one(report, turn))
        return contacts

    @contextlib.contextmanager
    def _progress(self, total: int) -> Iterator[tuple["Advance", "Advance"]]:
        columns = (
            TextColumn("  {task.description:<10}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self._console) as progress:
            bars = [progress.add_task(name, total=total) for name in ("received", "attended")]
            yield Advance(progress, bars[0]), Advance(progress, bars[1])

    async def _judge(
        self,
        system: LocalSystem,
        office: Office,
        partners: Partners,
        shift: Shift,
        contacts: dict[str, tuple[World, float]],
        outcome: stage.Outcome,
        since: datetime,
    ) -> Result:
        worlds = {case["id"]: contacts[case["contact_id"]][0] for case in outcome.cases}
        sent_at = {case["id"]: contacts[case["contact_id"]][1] for case in outcome.cases}
        expected = {
            "contacts": len(contacts),
            "cases": sum(world.report.opens_case for world, _ in contacts.values()),
            "overrides": sum(was_opened(leg) for case in outcome.cases for leg in case["legs"]),
        }
        result = Result(
            reports=len(contacts),
            cases=outcome.cases,
            tally=tally(worlds, outcome.cases),
            leaks=leaks(worlds, partners.arrivals, outcome.addressed),
            kept=stage.identities_kept_of_the_anonymous(worlds, outcome.cases),
            logged=stage.words_in_logs(system.home / "logs"),
            duplicates=duplicates(partners.arrivals),
            expected=expected,
            counted=await stage.counted(office, expected, since=since, within=COUNTED_WITHIN),
            refused_signatures=partners.refused.total(),
            withheld=shift.notes.refused.total(),
        )
        result.measure(outcome, partners, sent_at)
        tables.show(self._console, result, outcome, partners, shift.notes)
        return result


def _first(trouble: BaseException) -> str:
    """What went wrong first, where several things were under way at once."""
    while isinstance(trouble, BaseExceptionGroup):
        trouble = trouble.exceptions[0]
    return f"{type(trouble).__name__}: {trouble}"


@dataclass(frozen=True)
class Advance:
    progress: Progress
    bar: TaskID

    def __call__(self) -> None:
        self.progress.advance(self.bar)


def free_ports(count: int) -> list[int]:
    """Ports that nobody uses now, so that a demonstration runs beside whatever runs already."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
