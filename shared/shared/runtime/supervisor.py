"""Supervisor: runs everything that a service does by itself, and starts again what failed."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog

from shared.audit.chain import run_linker
from shared.backoff import Backoff
from shared.cancellation import cancel_and_wait
from shared.db.connections import CONNECTION_ERRORS, is_transient
from shared.db.notify import Listener
from shared.messaging.consumer import Consumer
from shared.messaging.outbox_relay import run_relay
from shared.observability.metrics import LOOP_FAULTS
from shared.observability.structured_logs import where_raised
from shared.service.context import ServiceContext
from shared.service.spec import BackgroundLoop, ServiceSpec

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 5.0
"""Longest pause in seconds between rounds that fail: short enough for danger, long enough for the machine."""
RETRY_CONSUMER_AFTER = 60.0
"""Seconds until a consumer that stopped tries again by itself."""
HEARTBEAT_EVERY = 20.0
"""Seconds between two heartbeats of a loop that waits for its next round."""

Heartbeat = Callable[[], None]
Work = Callable[[Heartbeat], Awaitable[None]]
"""Work that runs until it is cancelled, and calls the heartbeat after every successful round."""

log = structlog.get_logger()


class Supervisor:
    """Keeps the outbox relay, the consumer, the audit linker and the background loops of one process running."""

    def __init__(self, service: ServiceSpec, context: ServiceContext) -> None:
        self._service = service
        self._context = context

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run all work of the service for as long as the block lasts."""
        context = self._context
        consumer = context.consumer = Consumer(
            name=self._service.name,
            database=context.database,
            bus=context.bus,
            event_handlers=self._service.event_handlers,
        )
        work: dict[str, Work] = {
            "relay": self._with_bus(lambda heartbeat: run_relay(context.database, context.bus, heartbeat)),
            "consumer": self._with_bus(lambda heartbeat: _run_consumer(consumer, heartbeat)),
            "audit": lambda heartbeat: run_linker(context.database, heartbeat),
        }
        work |= {loop.name: self._rounds_of(loop) for loop in self._service.loops}
        async with _alongside([self.supervise(name, one) for name, one in work.items()]):
            yield

    async def supervise(self, name: str, work: Work) -> None:
        """Run the work until cancelled; after an error it starts again with a back-off, and misses heartbeats."""
        backoff = Backoff(first=FIRST_PAUSE, longest=LONGEST_PAUSE)

        def heartbeat() -> None:
            backoff.reset()
            self._context.heartbeat(name)

        self._context.heartbeat(name)
        while True:
            try:
                await work(heartbeat)
            except Exception as error:  # an error of ours must not end the work that others depend on
                LOOP_FAULTS.labels(self._context.name, name).inc()
                log.error("loop failed", name=name, error=type(error).__name__, where=where_raised(error))
            await backoff.wait()

    def _with_bus(self, work: Work) -> Work:
        async def run(heartbeat: Heartbeat) -> None:
            await start_bus(self._context)
            await work(heartbeat)

        return run

    def _rounds_of(self, loop: BackgroundLoop) -> Work:
        listener = self._context.database.notifier.listen(loop.channel or loop.name)

        async def run(heartbeat: Heartbeat) -> None:
            while True:
                more = await loop.run(self._context)
                heartbeat()
                if not more:
                    await _until_next_round(loop, listener, heartbeat)

        return run


async def start_bus(context: ServiceContext) -> None:
    """Start the bus; while it is away, try again with a back-off."""
    backoff = Backoff(first=FIRST_PAUSE, longest=LONGEST_PAUSE)
    while True:
        try:
            await context.start_bus()
            return
        except CONNECTION_ERRORS as error:
            if not is_transient(error):
                raise
            log.warning("bus waits", error=type(error).__name__)
            await backoff.wait()


@contextlib.asynccontextmanager
async def bus_started_alongside(context: ServiceContext) -> AsyncIterator[None]:
    """Start the bus in the background of a process that only answers requests, so that health can tell of it."""
    async with _alongside([start_bus(context)]):
        yield


async def _run_consumer(consumer: Consumer, heartbeat: Heartbeat) -> None:
    """Consume; after a stop try again a minute later, because a missed event may be somebody's danger."""
    while True:
        await consumer.run(heartbeat)
        await asyncio.sleep(RETRY_CONSUMER_AFTER)
        consumer.try_again()


async def _until_next_round(loop: BackgroundLoop, listener: Listener, heartbeat: Heartbeat) -> None:
    """Wait for a notification or the next round; heartbeats go on, so that a late loop is one that hangs."""
    due = time.monotonic() + loop.every
    while (left := due - time.monotonic()) > 0:
        if await listener.wait(at_most=min(left, HEARTBEAT_EVERY)):
            return
        heartbeat()


@contextlib.asynccontextmanager
async def _alongside(work: list[Awaitable[None]]) -> AsyncIterator[None]:
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        yield
    finally:
        await cancel_and_wait(tasks)
