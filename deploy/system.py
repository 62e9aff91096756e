"""The whole platform on one machine, started and stopped by one program: for a laptop, the demo and the tests."""

import asyncio
import os
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from pathlib import Path
from typing import TextIO
from uuid import UUID

import asyncpg
import httpx2

from deploy import preconditions
from deploy.children import Child, remember, stop_what_was_left
from deploy.databases import provision
from deploy.postgres import CannotStart, PostgresServer
from deploy.wiring import ROOT, SERVICES, Command, Wiring, inherited, module_command, ports_from
from shared.bus import BusUnavailable, kafka
from shared.bus import postgres as embedded_bus
from shared.identity import Role

READY_WITHIN = 60.0

Tell = Callable[[str], None]


class LocalSystem:
    """PostgreSQL, a token issuer and the four services; everything they remember is under `home`.

    `bus` is "embedded" or "kafka://host:port"; `postgres` may be a server that the caller starts and stops,
    where `prefix` keeps several systems apart. `split` runs api and worker of each service as two programs
    ("case-api", "case-worker") where otherwise one does both ("case"). `environment` is added for every service.
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
        command: Command = module_command,
    ) -> None:
        self.home = home.absolute()
        self.ports = dict(ports or ports_from())
        self.children: dict[str, Child] = {}
        self.databases: dict[str, str] = {}
        self.postgres = postgres or PostgresServer(self.home / "postgres", url=os.environ.get("DATABASE_URL"))
        self._own_postgres = postgres is None
        self._environment = dict(environment or {})
        self.bus = bus
        self._prefix = prefix
        self._verbs = ("api", "worker") if split else ("all",)
        self._command = command
        self._lock: TextIO | None = None

    @property
    def urls(self) -> dict[str, str]:
        """Where each service answers, the issuer too."""
        return {name: f"http://127.0.0.1:{port}" for name, port in self.ports.items()}

    @property
    def bus_url(self) -> str:
        return self.databases["bus"] if self.bus == "embedded" else self.bus

    async def start(self, tell: Tell = lambda _step: None) -> None:
        """From an empty folder to services that are ready; CannotStart, in one sentence, where that is not possible."""
        self._lock = preconditions.take_home(self.home)
        try:
            await self._start(tell)
        except BaseException:
            await self.stop()
            raise

    async def _start(self, tell: Tell) -> None:
        stop_what_was_left(self._notes)
        preconditions.need_space(self.home)
        preconditions.need_ports(self.ports)
        tell("Starting PostgreSQL")
        await _to_its_end(asyncio.to_thread(self.postgres.start))
        tell("Making databases, roles, keys and the bus")
        await self._make_databases()
        await self._wiring.make_keys()
        await self._make_bus()
        tell("Bringing the databases up to date")
        await together(*(self.run(service, "migrate") for service in SERVICES))
        tell("Loading the reference lists")
        await self.run("referral", "load-reference")
        tell("Starting the services")
        self.children = self._programs()
        for name in self.children:
            await self.restart(name)
        tell("Waiting until they are ready")
        await self.wait_ready()

    async def _make_databases(self) -> None:
        credentials = self.home / "credentials.json"
        try:
            self.databases = await provision(
                self.postgres.superuser_url(), credentials=credentials, prefix=self._prefix
            )
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as refused:
            address = self.postgres.address
            raise CannotStart(f"PostgreSQL at {address} gives us no databases: {refused}") from refused

    async def _make_bus(self) -> None:
        try:
            await (embedded_bus if self.bus == "embedded" else kafka).prepare(self.bus_url)
        except BusUnavailable as away:
            raise CannotStart(f"The bus at {self.bus} does not answer.") from away

    async def stop(self) -> None:
        """Services first, then who vouches for them, then the database; without a start of ours, nothing."""
        if self._lock is None:
            return
        issuer = self.children.get("issuer")
        await together(*(child.stop() for child in self.children.values() if child is not issuer))
        if issuer:
            await issuer.stop()
        self._notes.unlink(missing_ok=True)
        if self._own_postgres:
            await asyncio.to_thread(self.postgres.stop)
        self._lock.close()
        self._lock = None

    async def kill(self, name: str) -> None:
        """SIGKILL, as a power cut would; a watch brings it back, otherwise `restart` does."""
        await self.children[name].kill()

    async def restart(self, name: str, *, environment: Mapping[str, str] | None = None) -> None:
        """Stops it in good order if it runs, and starts it again, this once with something more in its environment."""
        await self.children[name].stop()
        self.children[name].start(environment)
        remember(self.children.values(), self._notes)

    async def wait_ready(
        self, names: Iterable[str] = (*SERVICES, "issuer"), *, within: float = READY_WITHIN
    ) -> None:
        """Until each answers that it is ready; CannotStart as soon as one ends, or after so many seconds."""
        until = time.monotonic() + within
        async with httpx2.AsyncClient(timeout=2.0, trust_env=False) as client:
            await together(*(self._wait_ready(client, name, until) for name in names))

    async def _wait_ready(self, client: httpx2.AsyncClient, name: str, until: float) -> None:
        path = "/.well-known/openid-configuration" if name == "issuer" else "/readyz"
        programs = [child for child in self.children.values() if child.name.split("-")[0] == name]
        answer = "no answer"
        while time.monotonic() < until:
            if ended := next((child for child in programs if not child.running), None):
                raise CannotStart(f"{ended.name} ended while starting: {ended.last_words()} ({ended.log})")
            try:
                response = await client.get(self.urls[name] + path)
                if response.is_success:
                    return
                answer = f"status {response.status_code}"
            except httpx2.TransportError as trouble:
                answer = type(trouble).__name__
            await asyncio.sleep(0.1)
        raise CannotStart(f"{name} does not become ready at {self.urls[name]}{path}: {answer}.")

    def token(self, role: str, *, name: str = "", agency: UUID | None = None) -> str:
        """A token that every service accepts, for somebody of this role."""
        return self._wiring.issuer().person(Role(role), name or role, list(SERVICES), agency)

    async def run(self, service: str, verb: str, *words: str) -> str:
        """One command of a service, to its end: `migrate`, `verify-audit`, `replay`; what it printed."""
        program = await asyncio.create_subprocess_exec(
            *self._command(service, verb),
            *words,
            env=self.environment(service),
            cwd=ROOT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            said, _ = await program.communicate()
        finally:
            if program.returncode is None:
                program.kill()
                await program.wait()
        text = said.decode(errors="replace")
        self._log(f"{service}-{verb}").write_text(text)
        if program.returncode:
            last = next((line for line in reversed(text.splitlines()) if line.strip()), "it said nothing")
            raise CannotStart(f"{service} {verb} failed: {last.strip()} ({self._log(f'{service}-{verb}')})")
        return text

    def environment(self, service: str) -> dict[str, str]:
        return self._wiring.environment(service) | self._environment

    @property
    def _wiring(self) -> Wiring:
        return Wiring(self.home, self.urls, self.databases, self.bus_url if self.databases else self.bus)

    @property
    def _notes(self) -> Path:
        return self.home / "running.json"

    def _log(self, name: str) -> Path:
        return self.home / "logs" / f"{name}.log"

    def _programs(self) -> dict[str, Child]:
        place = ["--port", str(self.ports["issuer"]), "--home", str(self.home / "issuer")]
        issuer = [*self._command("issuer", "serve"), *place]
        children = [Child("issuer", issuer, inherited(), self._log("issuer"), ROOT)]
        for service in SERVICES:
            for verb in self._verbs:
                name = service if verb == "all" else f"{service}-{verb}"
                command, environment = self._command(service, verb), self.environment(service)
                if verb == "worker":
                    environment["HELPLINE_LISTEN"] = "127.0.0.1:0"  # the address is its api's
                children.append(Child(name, command, environment, self._log(name), ROOT))
        return {child.name: child for child in children}


async def together(*work: Coroutine[None, None, object]) -> None:
    """All of it at once; where one fails, the others end before its error goes on."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _to_its_end(work: Coroutine[None, None, None]) -> None:
    """Not left half done when we are asked to stop meanwhile."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
