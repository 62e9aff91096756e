"""Choice of the bus adapter by its address."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from shared.events import TOPICS
from shared.messaging.bus.port import Bus


def open_bus(url: str, *, client: str) -> Bus:
    """Return the bus that the address names; `client` is the name it shows to the server."""
    scheme = urlsplit(url).scheme
    # Imported here, so that a laptop loads no Kafka client.
    if scheme in {"postgresql", "postgres"}:
        from shared.messaging.bus.postgres import PostgresBus

        return PostgresBus(url, client=client)
    if scheme == "kafka":
        from shared.messaging.bus.kafka import KafkaBus

        return KafkaBus(url, client=client)
    raise ValueError(
        f"A bus address starts with postgresql:// or kafka://, not with {scheme or 'nothing'}://"
    )


async def prepare(url: str, topics: Iterable[str] = TOPICS) -> None:
    """Create the topics that are missing; safe to repeat."""
    if urlsplit(url).scheme == "kafka":
        from shared.messaging.bus import kafka

        await kafka.prepare(url, topics)
    else:
        from shared.messaging.bus import postgres

        await postgres.prepare(url, topics)
