"""One service in this process, on a real PostgreSQL, with a sign-in that needs no provider.

Every answer that a test gets from it is validated against the service's OpenAPI document.
"""

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
from fastapi import FastAPI
from pydantic import SecretStr

from shared.clients.client_credentials import ClientCredentials
from shared.clock import Clock, utc_now
from shared.crypto.keyring import Keyring
from shared.crypto.vault import Vault
from shared.db.database import Database
from shared.db.migrate import upgrade
from shared.db.unit_of_work import UnitOfWork
from shared.errors import NotSignedIn
from shared.events import Event, read
from shared.http.app import create_app
from shared.identity.principals import Principal, Role
from shared.messaging.bus.adapters import open_bus, prepare
from shared.messaging.consumer import Consumer
from shared.service.context import ServiceContext
from shared.service.settings import Settings
from shared.service.spec import ServiceSpec
from tests.conftest import TestPostgres
from tests.support.answer_validation import ValidatingTransport, documented_answers


class PlainTokens:
    """Token verifier for tokens of the form `role[,role]/subject[/agency]`, or `service/<name>`."""

    async def verify(self, token: str) -> Principal:
        roles, _, rest = token.partition("/")
        subject, _, agency = rest.partition("/")
        try:
            named = frozenset(Role(role) for role in roles.split(","))
        except ValueError:
            raise NotSignedIn from None
        return Principal(
            subject=subject,
            roles=named,
            audience="test",
            agency=UUID(agency) if agency else None,
            service=subject if Role.SERVICE in named else None,
            expires_at=datetime.now(UTC) + timedelta(hours=1),
        )


def signed_in(role: str, name: str = "ada", agency: UUID | None = None) -> dict[str, str]:
    """Return the header of a caller with one or more roles ("adviser", "adviser,safeguarding_lead")."""
    return {"authorization": f"Bearer {role}/{name}" + (f"/{agency}" if agency else "")}


OWN_SETTINGS = {
    "intake_url": "http://127.0.0.1:1",
    "case_url": "http://127.0.0.1:1",
    "public_url": "http://127.0.0.1:1",
    "allow_loopback_agencies": True,
}
"""Settings that only some services have; nothing answers at these addresses."""


class MovableClock:
    """Clock that a test moves."""

    def __init__(self, start: datetime | None = None) -> None:
        self.offset = timedelta(0)
        self.fixed = start

    def __call__(self) -> datetime:
        return (self.fixed or utc_now()) + self.offset

    def forward(self, **by: float) -> None:
        self.offset += timedelta(**by)


@dataclass
class RunningService:
    """Service with its database; its loops and its consumer run only when a test says so."""

    service: ServiceSpec
    context: ServiceContext
    app: FastAPI
    http: httpx2.AsyncClient

    async def given(self, event: Event, *, key: UUID | None = None) -> None:
        """Hand an event to its handler, as the consumer does."""
        async with self.context.database.unit_of_work(f"worker:{self.service.name}") as uow:
            await self.service.event_handlers[type(event)](event, uow)

    async def run_loop(self, name: str) -> None:
        """Run one loop until it has nothing more to do."""
        loop = next(one for one in self.service.loops if one.name == name)
        while await loop.run(self.context):
            pass

    async def announced(self, *kinds: type[Event]) -> list[Any]:
        """Return every event in the outbox of these kinds (all kinds where none is given), oldest first."""
        rows = await self.context.database.pool.fetch("SELECT type, body FROM outbox ORDER BY number")
        events = [read(row["type"], bytes(row["body"])) for row in rows]
        return [event for event in events if not kinds or isinstance(event, kinds)]

    async def fetch(self, sql: str, *arguments: Any) -> list[Any]:
        return list(await self.context.database.pool.fetch(sql, *arguments))

    @contextlib.asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[UnitOfWork]:
        async with self.context.database.unit_of_work("test") as uow:
            yield uow

    def consumer(self) -> Consumer:
        return Consumer(
            name=self.service.name,
            database=self.context.database,
            bus=self.context.bus,
            event_handlers=self.service.event_handlers,
        )


@contextlib.asynccontextmanager
async def running(
    service: ServiceSpec,
    server: TestPostgres,
    *,
    home: Path,
    clock: Clock = utc_now,
    client: Callable[[str], Any] | None = None,
    seed: Callable[[UnitOfWork], Awaitable[object]] | None = None,
    **settings: Any,
) -> AsyncIterator[RunningService]:
    """Run a migrated service on databases of its own, ready to be asked.

    `client` replaces the clients to other services; `seed` writes the rows that every test begins with.
    """
    name = service.name if seed is None else f"{service.name}_{seed.__name__}"
    database_url = await server.copy_of(name, partial(_migrate, service, seed))
    bus_url = await server.copy_of("bus", prepare)
    values = _settings(
        service, home, database_url=SecretStr(database_url), bus=SecretStr(bus_url), **settings
    )
    context = _context(service, values, clock, client)
    try:
        async with context.database.opened():
            app = create_app(service, lambda: contextlib.nullcontext(context))
            app.state.context = context
            async with http_client(service, app) as http:
                yield RunningService(service, context, app, http)
            await context.bus.stop()
    finally:
        await server.drop(database_url, bus_url)


def http_client(service: ServiceSpec, app: FastAPI) -> httpx2.AsyncClient:
    """Return a client of an application in this process; an answer that is not documented fails the test."""
    plain = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    transport = ValidatingTransport(plain, documented_answers(service, app))
    return httpx2.AsyncClient(transport=transport, base_url="http://service")


def _settings(service: ServiceSpec, home: Path, **settings: Any) -> Settings:
    keyring_path = home / f"{service.name}.keyring"
    if not keyring_path.exists():
        Keyring.generate(keyring_path)
    own = {name: value for name, value in OWN_SETTINGS.items() if name in service.settings.model_fields}
    usual = {"mode": "local", "keyring": str(keyring_path), "issuer": "http://127.0.0.1:1"}
    return service.settings(**{**usual, **own, **settings})


async def _migrate(
    service: ServiceSpec, seed: Callable[[UnitOfWork], Awaitable[object]] | None, database_url: str
) -> None:
    await asyncio.to_thread(upgrade, database_url, service.migrations)
    if seed is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        vault = Vault(Keyring.generate(Path(folder) / "keyring"))
        database = Database(database_url, vault, source=service.name)
        async with database.opened(), database.unit_of_work("test:seed") as uow:
            await seed(uow)


def _context(
    service: ServiceSpec, settings: Settings, clock: Clock, client: Callable[[str], Any] | None
) -> ServiceContext:
    vault = Vault(Keyring.from_file(Path(settings.keyring)))
    database = Database(
        settings.database_url.get_secret_value(), vault, source=service.name, clock=clock, pool=4
    )
    context = ServiceContext(
        name=service.name,
        settings=settings,
        database=database,
        vault=vault,
        bus=open_bus(settings.bus.get_secret_value(), client=service.name),
        clock=clock,
        token_verifier=PlainTokens(),
        tokens=ClientCredentials("http://127.0.0.1:1/token", service.name, "none"),
        alerts=service.alerts,
    )
    if client is not None:
        context.client = client  # type: ignore[method-assign,assignment]  # a test's own clients, by hand
    return context
