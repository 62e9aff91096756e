"""One service in this process, on a real PostgreSQL, with a sign-in that needs no provider."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
from pydantic import SecretStr

from shared.bus import open_bus, prepare
from shared.clock import Clock, utc_now
from shared.consumer import Consumer
from shared.database import Database, UnitOfWork
from shared.errors import NotSignedIn
from shared.events import Event, read
from shared.identity import Principal, Role, ServiceTokens
from shared.migrate import upgrade
from shared.platform import Platform, Service
from shared.settings import Settings
from shared.vault import Keyring, Vault
from shared.web import create_app
from tests.conftest import TestPostgres


class Tokens:
    """Reads tokens of the form `role[,role]/subject[/agency]`, or `service/<name>`."""

    async def read(self, token: str) -> Principal:
        roles, _, rest = token.partition("/")
        subject, _, agency = rest.partition("/")
        try:
            held = frozenset(Role(role) for role in roles.split(","))
        except ValueError:
            raise NotSignedIn from None
        return Principal(
            subject=subject,
            roles=held,
            audience="test",
            agency=UUID(agency) if agency else None,
            service=subject if Role.SERVICE in held else None,
            expires_at=datetime.now(UTC) + timedelta(hours=1),
        )


def signed_in(role: str, name: str = "ada", agency: UUID | None = None) -> dict[str, str]:
    """The header of someone signed in with one or more roles ("adviser", "adviser,safeguarding_lead")."""
    return {"authorization": f"Bearer {role}/{name}" + (f"/{agency}" if agency else "")}


class MovableClock:
    """A clock that a test moves."""

    def __init__(self, start: datetime | None = None) -> None:
        self.offset = timedelta(0)
        self.fixed = start

    def __call__(self) -> datetime:
        return (self.fixed or utc_now()) + self.offset

    def forward(self, **by: float) -> None:
        self.offset += timedelta(**by)


@dataclass
class RunningService:
    """A service with its database; its loops and its consumer run only when a test says so."""

    service: Service
    platform: Platform
    http: httpx2.AsyncClient

    async def given(self, event: Event, *, key: UUID | None = None) -> None:
        """The service hears an event, as its consumer would let it."""
        async with self.platform.database.unit_of_work(f"worker:{self.service.name}") as uow:
            await self.service.reactions[type(event)](event, uow)

    async def run_loop(self, name: str) -> None:
        """Runs one loop until it has nothing more to do."""
        loop = next(one for one in self.service.loops if one.name == name)
        while await loop.run(self.platform):
            pass

    async def announced(self, *kinds: type[Event]) -> list[Any]:
        """Every event in the outbox of these kinds (all kinds where none is given), oldest first."""
        rows = await self.platform.database.pool.fetch("SELECT type, body FROM outbox ORDER BY number")
        events = [read(row["type"], bytes(row["body"])) for row in rows]
        return [event for event in events if not kinds or isinstance(event, kinds)]

    async def fetch(self, sql: str, *arguments: Any) -> list[Any]:
        return list(await self.platform.database.pool.fetch(sql, *arguments))

    @contextlib.asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[UnitOfWork]:
        async with self.platform.database.unit_of_work("test") as uow:
            yield uow

    def consumer(self) -> Consumer:
        return Consumer(
            name=self.service.name,
            database=self.platform.database,
            bus=self.platform.bus,
            reactions=self.service.reactions,
        )


@contextlib.asynccontextmanager
async def running(
    service: Service,
    server: TestPostgres,
    *,
    home: Path,
    clock: Clock = utc_now,
    client: Callable[[str], Any] | None = None,
    seed: Callable[[UnitOfWork], Awaitable[object]] | None = None,
    **settings: Any,
) -> AsyncIterator[RunningService]:
    """A migrated service on databases of its own, ready to be asked.

    `client` replaces the clients to other services; `seed` writes the rows that every test begins with.
    """
    name = service.name if seed is None else f"{service.name}_{seed.__name__}"
    database_url = await server.copy_of(name, partial(_migrate, service, seed))
    bus_url = await server.copy_of("bus", prepare)
    keyring_path = home / f"{service.name}.keyring"
    if not keyring_path.exists():
        Keyring.generate(keyring_path)
    values = {
        "mode": "local",
        "database_url": SecretStr(database_url),
        "bus": SecretStr(bus_url),
        "keyring": str(keyring_path),
        "issuer": "http://127.0.0.1:1",
        "allow_loopback_agencies": True,
        **settings,
    }
    platform = _platform(service, service.settings(**values), clock, client)
    try:
        async with platform.database.opened():
            app = create_app(service, lambda: contextlib.nullcontext(platform))
            app.state.platform = platform
            transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
            async with httpx2.AsyncClient(transport=transport, base_url="http://service") as http:
                yield RunningService(service, platform, http)
            await platform.bus.stop()
    finally:
        await server.drop(database_url, bus_url)


async def _migrate(
    service: Service, seed: Callable[[UnitOfWork], Awaitable[object]] | None, database_url: str
) -> None:
    await asyncio.to_thread(upgrade, database_url, service.migrations)
    if seed is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        vault = Vault(Keyring.generate(Path(folder) / "keyring"))
        database = Database(database_url, vault, source=service.name)
        async with database.opened(), database.unit_of_work("test:seed") as uow:
            await seed(uow)


def _platform(
    service: Service, settings: Settings, clock: Clock, client: Callable[[str], Any] | None
) -> Platform:
    vault = Vault(Keyring.from_file(Path(settings.keyring)))
    database = Database(
        settings.database_url.get_secret_value(), vault, source=service.name, clock=clock, pool=4
    )
    platform = Platform(
        name=service.name,
        settings=settings,
        database=database,
        vault=vault,
        bus=open_bus(settings.bus.get_secret_value(), client=service.name),
        clock=clock,
        reader=Tokens(),
        tokens=ServiceTokens("http://127.0.0.1:1/token", service.name, "none"),
        concerns=service.concerns,
    )
    if client is not None:
        platform.client = client  # type: ignore[method-assign,assignment]  # a test's own clients, by hand
    return platform
