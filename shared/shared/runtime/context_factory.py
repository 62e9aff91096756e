"""Opening of a service's context: everything connected, and closed again at the end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from shared.clients.client_credentials import ClientCredentials
from shared.clock import Clock, utc_now
from shared.crypto.keyring import Keyring
from shared.crypto.vault import Vault
from shared.db.database import Database
from shared.identity.jwks import KeySet
from shared.identity.tokens import JwksTokenVerifier
from shared.messaging.bus.adapters import open_bus
from shared.service.context import ServiceContext
from shared.service.settings import Settings
from shared.service.spec import ServiceSpec


@asynccontextmanager
async def open_context(
    service: ServiceSpec, settings: Settings, *, clock: Clock = utc_now
) -> AsyncIterator[ServiceContext]:
    """Connect the database, prepare bus and clients, and close them when the block ends."""
    vault = Vault(Keyring.from_file(Path(settings.keyring)))
    database = Database(settings.database_url.get_secret_value(), vault, source=service.name, clock=clock)
    bus = open_bus(settings.bus.get_secret_value(), client=service.name)
    tokens = ClientCredentials(
        settings.token_url or settings.issuer.rstrip("/") + "/token",
        settings.client_id or service.name,
        settings.client_secret.get_secret_value(),
    )
    token_verifier = JwksTokenVerifier(settings.issuer, service.name, KeySet(settings.issuer))
    async with database.opened():
        try:
            yield ServiceContext(
                name=service.name,
                settings=settings,
                database=database,
                vault=vault,
                bus=bus,
                clock=clock,
                token_verifier=token_verifier,
                tokens=tokens,
                alerts=service.alerts,
            )
        finally:
            await bus.stop()
