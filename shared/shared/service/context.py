"""Service context: the settings, database, vault, bus, clock and clients of one running process."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from shared.clients.client_credentials import ClientCredentials
from shared.clients.service_client import ServiceClient
from shared.clients.single_flight import SingleFlight
from shared.clock import Clock
from shared.crypto.vault import Vault
from shared.db.database import Database
from shared.identity.principals import TokenVerifier
from shared.messaging.bus.port import Bus
from shared.messaging.consumer import Consumer
from shared.service.settings import Settings

Made = TypeVar("Made")


@dataclass
class ServiceContext:
    """One service process. `consumer` is None in a process that only answers requests."""

    name: str
    settings: Settings
    database: Database
    vault: Vault
    bus: Bus
    clock: Clock
    token_verifier: TokenVerifier
    tokens: ClientCredentials
    consumer: Consumer | None = None
    alerts: Mapping[str, "AlertCount"] = field(default_factory=dict)
    single_flight: SingleFlight[Any] = field(default_factory=SingleFlight)
    heartbeats: dict[str, float] = field(default_factory=dict)
    """Monotonic time of each loop's last successful round."""
    _bus_start: asyncio.Lock = field(default_factory=asyncio.Lock)
    _of_service: dict[Any, Any] = field(default_factory=dict)

    def heartbeat(self, loop: str) -> None:
        self.heartbeats[loop] = time.monotonic()

    def one(self, make: Callable[["ServiceContext"], Made]) -> Made:
        """Return what `make` made when it was first asked for: one object of a service's own for each process."""
        if make not in self._of_service:
            self._of_service[make] = make(self)
        made: Made = self._of_service[make]
        return made

    async def start_bus(self) -> None:
        """Start the bus once, whichever of relay and consumer asks first."""
        async with self._bus_start:
            await self.bus.start()

    def client(self, service: str) -> ServiceClient:
        """Return a client for another service; close it when the loop that uses it ends."""
        return ServiceClient(self.address_of(service), service, self.tokens)

    def address_of(self, service: str) -> str:
        """Return another service's address: a setting of this service, or one of `other_services`."""
        address: str = getattr(self.settings, f"{service}_url", "") or self.settings.other_services[service]
        return address


AlertCount = Callable[[ServiceContext], Awaitable[int]]
"""Counts something that a person should look at; a quick query, run with every health check."""
