"""Replay of dead letters, for an operator after the cause was mended."""

import asyncio

import typer

from shared.messaging.consumer import Consumer
from shared.runtime.context_factory import open_context
from shared.service.settings import Settings
from shared.service.spec import ServiceSpec


def replay(service: ServiceSpec, settings: Settings, key: str) -> int:
    """Replay one key, or `all`; return 0 if everything was handled, 1 if something still cannot be."""
    return asyncio.run(_replay(service, settings, key))


async def _replay(service: ServiceSpec, settings: Settings, key: str) -> int:
    async with open_context(service, settings) as context:
        consumer = Consumer(
            name=service.name,
            database=context.database,
            bus=context.bus,
            event_handlers=service.event_handlers,
        )
        found = await context.database.pool.fetch("SELECT DISTINCT key FROM dead_letters ORDER BY key")
        keys = [row["key"] for row in found] if key == "all" else [key]
        failed = [one for one in keys if not await _replayed(consumer, one)]
    for one in failed:
        typer.echo(f"{one}: still cannot be handled; it stays a dead letter")
    return 1 if failed else 0


async def _replayed(consumer: Consumer, key: str) -> bool:
    try:
        typer.echo(f"{key}: {await consumer.replay(key)} events handled")
    except Exception as error:  # whatever the handler raises, the event stays where it is
        typer.echo(f"{key}: {type(error).__name__}")
        return False
    return True
