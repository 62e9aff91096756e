"""Runner of a simulation: reports come in, people work, agencies answer, and in the end everything is checked."""

import asyncio
import contextlib
import json
import shutil
import socket
import tempfile
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from shared.domain.age import british_date
from tools.kafka.broker import KafkaBroker
from tools.local.postgres import CannotStart
from tools.local.system import LocalSystem
from tools.registry import SERVICES
from tools.simulation import setup
from tools.simulation.api_client import ApiClient
from tools.simulation.partners.partner_agencies import PartnerAgencies
from tools.simulation.reports.generator import generate
from tools.simulation.reports.planned_report import PlannedReport
from tools.simulation.results.case_history import CaseHistory
from tools.simulation.results.findings import find_duplicates, find_leaks, has_duty, tally_duties
from tools.simulation.results.outcome import (
    Outcome,
    identities_of_anonymous_reporters,
    read_counts,
    read_outcome,
    words_in_logs,
)
from tools.simulation.results.result import Result
from tools.simulation.results.tables import show_tables
from tools.simulation.work.advisers import AdviserTeam
from tools.simulation.work.on_call import OnCallShift

CONFIRM_DANGER, CONFIRM_CHILD, ESCALATE_AFTER = 2, 4, 3
SHORTER_DEADLINES = {
    "HELPLINE_CONFIRM_DANGER_SECONDS": str(CONFIRM_DANGER),
    "HELPLINE_CONFIRM_CHILD_SECONDS": str(CONFIRM_CHILD),
    "HELPLINE_ESCALATE_AFTER_DANGER_SECONDS": str(ESCALATE_AFTER),
    "HELPLINE_ESCALATE_AFTER_CHILD_SECONDS": str(ESCALATE_AFTER),
}
"""The rules' own times, made shorter so that what nobody answers is sent within a simulation."""
SETTLED_WITHIN = 45.0
COUNTED_WITHIN = 30.0
REPORTS_PER_SECOND = 6.0
"""Rate as after a broadcast, many times the usual. Two cores can follow it, with people and agencies on them too."""


@dataclass(frozen=True)
class Options:
    """Choices of the person who starts a simulation; `within` is in seconds."""

    reports: int
    seed: int
    bus: str
    within: float
    keep: bool = False


@dataclass(frozen=True)
class SentReport:
    """History of a report that was sent, and the time of sending."""

    history: CaseHistory
    sent_at: float


class Simulation:
    """One run on a platform of its own, in a folder of its own. `step` is what it does now."""

    def __init__(self, options: Options, console: Console) -> None:
        self._options = options
        self._console = console
        self.step = "starting"
        self._histories: dict[str, CaseHistory] = {}
        """History of each report, by its contact."""
        self._home = Path(tempfile.mkdtemp(prefix="helpline-demo-"))

    async def run(self) -> int:
        """Return the exit code. The folder stays only where something has to be looked into."""
        result: Result | None = None
        try:
            async with asyncio.timeout(self._options.within):
                result = await self._run()
        except TimeoutError:
            seconds = f"{self._options.within:.0f} seconds"
            self._console.print(f"[bold red]It did not end within {seconds}. Step: {self.step}.[/]")
        except CannotStart as error:
            self._console.print(f"[bold red]{error}[/]", soft_wrap=True)
        except Exception as error:
            self._keep_traceback(error)
        finally:
            self._clean_up(succeeded=result is not None and not result.failures)
        return self._exit_code(result)

    def _exit_code(self, result: Result | None) -> int:
        if result is None:
            return 1
        for failure in result.failures:
            self._console.print(f"[bold red]{failure}[/]", soft_wrap=True)
        print(json.dumps(result.summary), flush=True)
        return 1 if result.failures else 0

    def _keep_traceback(self, error: Exception) -> None:
        path = self._home / "error.txt"
        path.write_text("".join(traceback.format_exception(error)))
        self._console.print(f"[bold red]It broke off. Step: {self.step}. {_first(error)}[/]")
        self._console.print(f"More is in {path}", soft_wrap=True)

    def _clean_up(self, *, succeeded: bool) -> None:
        if succeeded and not self._options.keep:
            shutil.rmtree(self._home, ignore_errors=True)
        else:
            self._console.print(f"Databases and logs are kept in {self._home}", soft_wrap=True)

    def _begin(self, step: str) -> None:
        self.step = step
        self._console.print(f"[dim]{step} …[/]", highlight=False)

    async def _run(self) -> Result:
        seed = self._options.seed
        async with self._bus() as bus, self._system(bus) as system, ApiClient(system) as client:
            sender = setup.AnswerSender(client)
            async with (
                contextlib.aclosing(sender),
                PartnerAgencies(sender, seed=seed, escalates_after=ESCALATE_AFTER) as partners,
            ):
                self._begin("Entering agencies")
                count = await setup.enter_agencies(client, partners, seed=seed)
                self._console.print(f"  {count} agencies, each with a secret of its own", highlight=False)
                return await self._play(system, client, partners)

    @contextlib.asynccontextmanager
    async def _bus(self) -> AsyncIterator[str]:
        if self._options.bus == "embedded":
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
        ports = dict(zip((*SERVICES, "issuer"), free_ports(len(SERVICES) + 1), strict=True))
        system = LocalSystem(self._home / "system", ports=ports, environment=SHORTER_DEADLINES, bus=bus)
        await system.start(self._begin)
        try:
            yield system
        finally:
            await system.stop()

    async def _play(self, system: LocalSystem, client: ApiClient, partners: PartnerAgencies) -> Result:
        since = datetime.now(UTC)
        reports = generate(self._options.reports, seed=self._options.seed, today=british_date(since))
        team = AdviserTeam(client, seed=self._options.seed)
        shift = OnCallShift(client, team.work_log, self._histories, seed=self._options.seed)
        on_call = asyncio.create_task(shift.run())
        try:
            self._begin(f"{len(reports)} reports come in, and people work on them")
            sent = await self._send(client, team, reports)
            self._begin("Waiting for agencies, and for people to telephone those that do not answer")
            forced = {contact_id for contact_id, one in sent.items() if one.history.is_forced}
            await setup.wait_until_settled(client, partners, forced, within=SETTLED_WITHIN)
        finally:
            on_call.cancel()
            await asyncio.gather(on_call, return_exceptions=True)
        self._begin("Reading what was sent, and checking it")
        outcome = await read_outcome(client)
        result = await self._check(system, client, partners, sent, outcome, since)
        result.withheld += team.work_log.refused.total()
        show_tables(self._console, result, outcome, partners, team.work_log)
        return result

    async def _send(
        self, client: ApiClient, team: AdviserTeam, reports: list[PlannedReport]
    ) -> dict[str, SentReport]:
        """Send the reports, a few at a time, while advisers work on what came in; return them by contact."""
        sent: dict[str, SentReport] = {}
        at_once = asyncio.Semaphore(setup.MAX_CONCURRENT_REQUESTS)
        with self._progress(len(reports)) as (report_received, report_done):

            async def send_one(report: PlannedReport, turn: int) -> None:
                history = CaseHistory(report)
                await asyncio.sleep(turn / REPORTS_PER_SECOND)
                async with at_once:
                    contact_id, at = await setup.send_report(client, report, seed=self._options.seed)
                sent[contact_id], self._histories[contact_id] = SentReport(history, at), history
                report_received()
                await team.work_on(history, contact_id)
                report_done()

            async with asyncio.TaskGroup() as group:
                for turn, report in enumerate(reports):
                    group.create_task(send_one(report, turn))
        return sent

    @contextlib.contextmanager
    def _progress(self, total: int) -> Iterator[tuple[Callable[[], None], Callable[[], None]]]:
        """Show two bars, and yield a function for each that moves it on by one."""
        columns = (
            TextColumn("  {task.description:<10}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self._console) as progress:
            bars = [progress.add_task(name, total=total) for name in ("received", "worked on")]
            yield partial(progress.advance, bars[0]), partial(progress.advance, bars[1])

    async def _check(
        self,
        system: LocalSystem,
        client: ApiClient,
        partners: PartnerAgencies,
        sent: dict[str, SentReport],
        outcome: Outcome,
        since: datetime,
    ) -> Result:
        of_case = {case["id"]: sent[case["contact_id"]] for case in outcome.cases}
        histories = {case_id: one.history for case_id, one in of_case.items()}
        expected = {
            "contacts": len(sent),
            "cases": sum(one.history.report.opens_case for one in sent.values()),
            "overrides": sum(has_duty(one) for case in outcome.cases for one in case["recipients"]),
        }
        result = Result(
            reports=len(sent),
            cases=outcome.cases,
            tally=tally_duties(histories, outcome.cases),
            leaks=find_leaks(histories, partners.received, outcome.addressees),
            identities_kept=identities_of_anonymous_reporters(histories, outcome.cases),
            words_in_logs=words_in_logs(system.home / "logs"),
            duplicates=find_duplicates(partners.received),
            expected=expected,
            counted=await read_counts(client, expected, since=since, within=COUNTED_WITHIN),
            refused_messages=partners.refused.total(),
        )
        result.measure(outcome, partners, {case_id: one.sent_at for case_id, one in of_case.items()})
        return result


def _first(error: BaseException) -> str:
    """Return what went wrong first, where several things happened at once."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"


def free_ports(count: int) -> list[int]:
    """Return ports that nobody uses now, so that a simulation runs beside whatever runs already."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
