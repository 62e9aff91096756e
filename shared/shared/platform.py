"""What a running service holds in its hands: settings, database, vault, bus, clock and whoever it may call."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from sqlalchemy import MetaData

from shared.bus import Bus, open_bus
from shared.clock import Clock, utc_now
from shared.consumer import Consumer, Reactions
from shared.database import Database
from shared.identity import KeySet, Reader, ServiceTokens, TokenReader
from shared.outbound import ServiceClient
from shared.senders import Senders
from shared.settings import Settings
from shared.single_flight import SingleFlight
from shared.vault import Keyring, Vault


@dataclass
class Platform:
    """One service process. `consumer` is None in a process that only answers requests."""

    name: str
    settings: Settings
    database: Database
    vault: Vault
    bus: Bus
    clock: Clock
    reader: Reader
    tokens: ServiceTokens
    consumer: Consumer | None = None
    concerns: Mapping[str, "Concern"] = field(default_factory=dict)
    senders: Senders = field(default_factory=Senders)
    asked: SingleFlight[Any] = field(default_factory=SingleFlight)
    """What many may ask at once and is looked up once."""
    beats: dict[str, float] = field(default_factory=dict)
    """When each loop last had a round that worked, by the loop's own clock."""
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock)

    def beat(self, loop: str) -> None:
        self.beats[loop] = time.monotonic()

    async def start_bus(self) -> None:
        """Relay and consumer both need it; whoever comes second finds it started."""
        async with self._starting:
            await self.bus.start()

    def client(self, audience: str) -> ServiceClient:
        """A client for another service; close it when the loop that uses it ends."""
        url: str = getattr(self.settings, f"{audience}_url")
        return ServiceClient(url, audience, self.tokens)


Round = Callable[[Platform], Awaitable[bool]]
"""One round of a loop: True when there may be more to do at once."""


Concern = Callable[[Platform], Awaitable[int]]
"""How many of something are so that a person should look; a quick question, asked with every health check."""


@dataclass(frozen=True)
class Loop:
    """Work that a service does by itself: rung awake by `bell`, and looking anyway every `every` seconds."""

    name: str
    run: Round
    every: float
    bell: str = ""


@dataclass(frozen=True)
class Service:
    """The whole of one service, as a value."""

    name: str
    title: str
    summary: str
    routers: Sequence[APIRouter]
    reactions: Reactions
    loops: Sequence[Loop]
    migrations: Path
    metadata: MetaData
    concerns: Mapping[str, Concern] = field(default_factory=dict)
    settings: type[Settings] = Settings
    bodies_at_most: int = 256 * 1024


@asynccontextmanager
async def opened(service: Service, settings: Settings, *, clock: Clock = utc_now) -> AsyncIterator[Platform]:
    """Everything connected; closed again at the end."""
    vault = Vault(Keyring.from_file(Path(settings.keyring)))
    database = Database(settings.database_url.get_secret_value(), vault, source=service.name, clock=clock)
    bus = open_bus(settings.bus.get_secret_value(), client=service.name)
    tokens = ServiceTokens(
        settings.token_url or settings.issuer.rstrip("/") + "/token",
        settings.client_id or service.name,
        settings.client_secret.get_secret_value(),
    )
    reader = TokenReader(settings.issuer, service.name, KeySet(settings.issuer))
    async with database.opened():
        try:
            yield Platform(
                service.name, settings, database, vault, bus, clock, reader, tokens, concerns=service.concerns
            )
        finally:
            await bus.stop()
