"""Local system: the whole platform on one machine, started and stopped by one program.

`make run`, the simulation, the benchmarks and the tests use it.
"""

import asyncio
import os
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from pathlib import Path
from typing import TextIO
from uuid import UUID

import asyncpg
import httpx2

from shared.identity.principals import Role
from shared.messaging.bus.adapters import prepare
from shared.messaging.bus.port import BusUnavailable
from tools.local import preflight
from tools.local.databases import provision
from tools.local.environment import CommandLine, Environment, inherited_variables, module_command, ports_from
from tools.local.postgres import CannotStart, PostgresServer
from tools.local.processes import LocalProcess, last_line, stop_leftover_processes, write_process_list
from tools.registry import REGISTERED, ROOT, SERVICES

READY_WITHIN = 60.0

ShowStep = Callable[[str], None]
"""Shows the step of the start that begins now."""


class LocalSystem:
    """PostgreSQL, the local issuer and every service; all their records are under `home`.

    `bus` is "embedded" or "kafka://host:port". `postgres` may be a server that the caller starts and stops; `prefix`
    then keeps the databases of several systems apart. `split` runs api and worker of each service as two processes
    ("case-api", "case-worker"), otherwise one process does both ("case"). `environment` is added for every service.
    """

    def __init__(
        self,
        home: Path,
        *,
        ports: Mapping[str, int] | None = None,
        environment: Mapping[str, str] | None = None,
        bus: str = "embedded",
        postgres: PostgresServer | None = None,
        prefix: str = "helpline",
        split: bool = False,
        command: CommandLine = module_command,
    ) -> None:
        self.home = home.absolute()
        self.ports = dict(ports or ports_from())
        self.processes: dict[str, LocalProcess] = {}
        self.databases: dict[str, str] = {}
        self.postgres = postgres or PostgresServer(self.home / "postgres", url=os.environ.get("DATABASE_URL"))
        self._owns_postgres = postgres is None
        self._extra_variables = dict(environment or {})
        self.bus = bus
        self._prefix = prefix
        self._verbs = ("api", "worker") if split else ("all",)
        self._command = command
        self._lock: TextIO | None = None

    @property
    def urls(self) -> dict[str, str]:
        """Address of each service, and of the issuer."""
        return {name: f"http://127.0.0.1:{port}" for name, port in self.ports.items()}

    @property
    def bus_url(self) -> str:
        return self.databases["bus"] if self.bus == "embedded" else self.bus

    async def start(self, show_step: ShowStep = lambda _step: None) -> None:
        """Return once every service is ready; CannotStart, with nothing left running, where that fails."""
        self._lock = preflight.lock_home(self.home)
        try:
            await self._start(show_step)
        except BaseException:
            await self.stop()
            raise

    async def _start(self, show_step: ShowStep) -> None:
        stop_leftover_processes(self._process_list)
        preflight.check_space(self.home)
        preflight.check_ports(self.ports)
        show_step("Starting PostgreSQL")
        await _run_to_end(asyncio.to_thread(self.postgres.start))
        show_step("Making databases, roles, keys and the bus")
        await self._make_databases()
        await self._environment.make_keys()
        await self._prepare_bus()
        show_step("Bringing the databases up to date")
        await run_together(*(self.run(service, "migrate") for service in SERVICES))
        show_step("Loading the reference lists")
        for service in REGISTERED:
            if service.loads_reference:
                await self.run(service.name, "load-reference")
        show_step("Starting the services")
        self.processes = self._new_processes()
        for name in self.processes:
            await self.restart(name)
        show_step("Waiting until they are ready")
        await self.wait_ready()

    async def _make_databases(self) -> None:
        credentials = self.home / "credentials.json"
        try:
            self.databases = await provision(
                self.postgres.superuser_url(), credentials=credentials, prefix=self._prefix
            )
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            address = self.postgres.address
            raise CannotStart(f"PostgreSQL at {address} gives us no databases: {error}") from error

    async def _prepare_bus(self) -> None:
        try:
            await prepare(self.bus_url)
        except BusUnavailable as error:
            raise CannotStart(f"The bus at {self.bus} does not answer.") from error

    async def stop(self) -> None:
        """Stop the services, then the issuer, then PostgreSQL; do nothing where nothing was started."""
        if self._lock is None:
            return
        issuer = self.processes.get("issuer")
        await run_together(*(process.stop() for process in self.processes.values() if process is not issuer))
        if issuer:
            await issuer.stop()
        self._process_list.unlink(missing_ok=True)
        if self._owns_postgres:
            await asyncio.to_thread(self.postgres.stop)
        self._lock.close()
        self._lock = None

    async def kill(self, name: str) -> None:
        """End a process with SIGKILL, as a power cut would; `restart` or a watchdog starts it again."""
        await self.processes[name].kill()

    async def restart(self, name: str, *, environment: Mapping[str, str] | None = None) -> None:
        """Stop a process if it runs and start it again, this once with further variables."""
        await self.processes[name].stop()
        self.processes[name].start(environment)
        write_process_list(self.processes.values(), self._process_list)

    async def wait_ready(
        self, names: Iterable[str] = (*SERVICES, "issuer"), *, within: float = READY_WITHIN
    ) -> None:
        """Return once each is ready; CannotStart as soon as one ends, or after `within` seconds."""
        until = time.monotonic() + within
        async with httpx2.AsyncClient(timeout=2.0, trust_env=False) as client:
            await run_together(*(self._wait_ready(client, name, until) for name in names))

    async def _wait_ready(self, client: httpx2.AsyncClient, name: str, until: float) -> None:
        path = "/.well-known/openid-configuration" if name == "issuer" else "/readyz"
        processes = [process for process in self.processes.values() if process.name.split("-")[0] == name]
        answer = "no answer"
        while time.monotonic() < until:
            if ended := next((process for process in processes if not process.running), None):
                raise CannotStart(f"{ended.name} ended while starting: {ended.last_log_line()} ({ended.log})")
            try:
                response = await client.get(self.urls[name] + path)
                if response.is_success:
                    return
                answer = f"status {response.status_code}"
            except httpx2.TransportError as error:
                answer = type(error).__name__
            await asyncio.sleep(0.1)
        raise CannotStart(f"{name} does not become ready at {self.urls[name]}{path}: {answer}.")

    def token(self, role: str, *, name: str = "", agency: UUID | None = None) -> str:
        """Return a token for a person of this role that every service accepts."""
        return self._environment.issuer().person(Role(role), name or role, list(SERVICES), agency)

    async def run(self, service: str, verb: str, *arguments: str) -> str:
        """Run one command of a service to its end, such as `migrate`, and return its output."""
        program = await asyncio.create_subprocess_exec(
            *self._command(service, verb),
            *arguments,
            env=self.environment(service),
            cwd=ROOT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            printed, _ = await program.communicate()
        finally:
            if program.returncode is None:
                program.kill()
                await program.wait()
        output = printed.decode(errors="replace")
        log = self._log(f"{service}-{verb}")
        log.write_text(output)
        if program.returncode:
            raise CannotStart(f"{service} {verb} failed: {last_line(output)} ({log})")
        return output

    def environment(self, service: str) -> dict[str, str]:
        """Return every variable of one service's process."""
        return self._environment.variables(service) | self._extra_variables

    @property
    def _environment(self) -> Environment:
        return Environment(self.home, self.urls, self.databases, self.bus_url if self.databases else self.bus)

    @property
    def _process_list(self) -> Path:
        return self.home / "running.json"

    def _log(self, name: str) -> Path:
        return self.home / "logs" / f"{name}.log"

    def _new_processes(self) -> dict[str, LocalProcess]:
        options = ["--port", str(self.ports["issuer"]), "--home", str(self.home / "issuer")]
        issuer = [*self._command("issuer", "serve"), *options]
        processes = [LocalProcess("issuer", issuer, inherited_variables(), self._log("issuer"), ROOT)]
        for service in SERVICES:
            for verb in self._verbs:
                name = service if verb == "all" else f"{service}-{verb}"
                command, environment = self._command(service, verb), self.environment(service)
                if verb == "worker":
                    environment["HELPLINE_LISTEN"] = "127.0.0.1:0"  # the service's port is its api's
                processes.append(LocalProcess(name, command, environment, self._log(name), ROOT))
        return {process.name: process for process in processes}


async def run_together(*work: Coroutine[None, None, object]) -> None:
    """Do all the work at once; where one part fails, the others end before its error is raised."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _run_to_end(work: Coroutine[None, None, None]) -> None:
    """Finish the work also where we are cancelled meanwhile, so that it is never left half done."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
