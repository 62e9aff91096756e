"""Consumer: handles the events of other services once in effect, in order per key, and drops none silently."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import structlog
from pydantic import ValidationError
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from shared import events
from shared.backoff import Backoff
from shared.crash_points import crash_point
from shared.db.connections import CONNECTION_ERRORS, is_transient
from shared.db.database import Database
from shared.db.tables import dead_letters, inbox
from shared.db.unit_of_work import UnitOfWork
from shared.events import Event
from shared.messaging.bus.port import Bus, BusRecord, BusUnavailable, EventEnvelope, Subscription
from shared.messaging.dead_letters import DeadLetterState, as_envelope, is_blocked, keep, lock_key
from shared.messaging.keyed_executor import KeyedExecutor

EventHandler = Callable[[Any, UnitOfWork], Awaitable[None]]
"""Function of an event of its own class and a unit of work."""
EventHandlers = Mapping[type[Event], EventHandler]

ATTEMPTS = 3
STOP_AFTER_FAILURES = 50
"""Failures in a row after which the consumer stops. It is then broken, and would make dead letters of all events."""
ASK_LAG_EVERY = 5.0
COMMIT_EVERY = 0.5
POLL_WHILE_BUSY = 0.05
"""Seconds between two polls while records are being handled."""

log = structlog.get_logger()


class CannotHandle(Exception):
    """A handler cannot take this event, now or ever; the code says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


PERMANENT = (CannotHandle, ValidationError, events.UnknownEvent)
"""Errors that another attempt cannot change."""


class Consumer:
    """One member of a service's consumer group."""

    def __init__(self, *, name: str, database: Database, bus: Bus, event_handlers: EventHandlers) -> None:
        self.name = name
        self.failures_in_a_row = 0
        self.stopped = False
        self.lag = 0
        self._lag_asked_at = 0.0
        self._committed_at = 0.0
        self._database = database
        self._bus = bus
        self._event_handlers = event_handlers
        self._by_type = {event.type: handler for event, handler in event_handlers.items()}
        self._names = {_without_version(type_) for type_ in self._by_type}

    @property
    def topics(self) -> tuple[str, ...]:
        return tuple(sorted({event.topic for event in self._event_handlers}))

    async def run(self, heartbeat: Callable[[], None] = lambda: None) -> None:
        """Consume until cancelled or stopped; errors of bus or database are waited out.

        `heartbeat` is called whenever a record was handled, or there was none.
        """
        backoff = Backoff(first=0.5, longest=0.5)
        while not self.stopped:
            subscription = self._bus.subscription(self.name, self.topics)
            try:
                await subscription.start()
                await self._consume(subscription, heartbeat)
            except CONNECTION_ERRORS as error:
                if not is_transient(error):
                    raise
                log.warning("consumer waits", error=type(error).__name__)
                await backoff.wait()
            finally:
                with contextlib.suppress(*CONNECTION_ERRORS):
                    await subscription.stop()

    def try_again(self) -> None:
        """Try one more event after a stop; if it fails too, the consumer stops again at once."""
        self.stopped = False
        self.failures_in_a_row = STOP_AFTER_FAILURES - 1

    async def _consume(self, subscription: Subscription, heartbeat: Callable[[], None]) -> None:
        """Take records while earlier ones are handled. Offsets are committed when idle, regularly, and at the end."""

        async def handle(record: BusRecord) -> None:
            await self._handle(record)
            crash_point("consumer.handled")
            heartbeat()

        executor = KeyedExecutor(handle, stopped=lambda: self.stopped)
        try:
            async with executor:
                while not self.stopped:
                    await self._take_more(executor, subscription)
                    if executor.idle:
                        heartbeat()
                    await self._ask_lag(subscription)
                while not executor.idle:
                    await executor.progress(at_most=1.0)
        except BaseException:
            with contextlib.suppress(*CONNECTION_ERRORS):  # they are delivered again and take effect once
                await _commit(subscription, executor.take_done())
            raise
        await _commit(subscription, executor.take_done())

    async def _take_more(self, executor: KeyedExecutor, subscription: Subscription) -> None:
        if not executor.room:
            await executor.progress(at_most=COMMIT_EVERY)
        at_most = max(1, min(100, executor.room))  # a member that asks for nothing is taken for dead
        taken = await subscription.take(at_most=at_most, wait=1.0 if executor.idle else POLL_WHILE_BUSY)
        if taken:
            crash_point("consumer.taken")
        executor.add(taken)
        now = asyncio.get_running_loop().time()
        commit_now = executor.idle or now - self._committed_at >= COMMIT_EVERY
        if commit_now and (done := executor.take_done()):
            self._committed_at = now
            await _commit(subscription, done)

    async def _ask_lag(self, subscription: Subscription) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._lag_asked_at < ASK_LAG_EVERY:
            return
        self._lag_asked_at = now
        with contextlib.suppress(BusUnavailable):  # the last known lag stays
            self.lag = await subscription.lag()

    async def _handle(self, record: BusRecord) -> None:
        envelope = record.envelope
        if envelope is not None and _without_version(envelope.type) not in self._names:
            return
        backoff = Backoff(first=0.05, longest=5.0)
        attempts = 0
        while True:
            try:
                if await self._handle_once(record):
                    self.failures_in_a_row = 0
                return
            except Exception as error:
                if is_transient(error):
                    log.warning("event waits", type=_type_of(record), error=type(error).__name__)
                else:  # the event's own fault: it becomes a dead letter and the rest goes on
                    attempts += 1
                    if attempts >= ATTEMPTS or isinstance(error, PERMANENT):
                        await self._keep_dead_letter(record, _reason(error), attempts)
                        return
            await backoff.wait()

    async def _handle_once(self, record: BusRecord) -> bool:
        """Return False where the event only joined those blocked by a failed one, or had been handled before."""
        envelope = record.envelope
        if envelope is None:
            raise CannotHandle(record.fault or "unreadable")
        async with self._database.unit_of_work(f"worker:{self._database.source}") as uow:
            await lock_key(uow.session, envelope.key)
            if await is_blocked(uow.session, envelope.key):
                await keep(
                    uow.session,
                    record,
                    state=DeadLetterState.BLOCKED,
                    reason="behind-a-failed-event",
                    attempts=0,
                    now=uow.now,
                )
                return False
            return await self._apply(envelope, uow)

    async def _apply(self, envelope: EventEnvelope, uow: UnitOfWork) -> bool:
        """Write the inbox row and run the handler in one transaction, so that a redelivery takes effect once."""
        row = {"event_id": envelope.id, "type": envelope.type, "handled_at": uow.now}
        new = await uow.session.execute(
            insert(inbox).values(row).on_conflict_do_nothing().returning(inbox.c.event_id)
        )
        if new.first() is None:
            return False
        event = events.read(envelope.type, envelope.body)
        if str(event.subject) != envelope.key:
            raise CannotHandle("key-differs-from-event")
        await self._by_type[event.type](event, uow)
        return True

    async def _keep_dead_letter(self, record: BusRecord, reason: str, attempts: int) -> None:
        try:
            await self._keep_failed(record, reason, attempts)
        except Exception as error:
            if is_transient(error):
                raise
            # Not even its envelope fits our columns: keep where it lies on the bus.
            await self._keep_failed(replace(record, envelope=None), reason, attempts)
        self.failures_in_a_row += 1
        log.error("dead letter", type=_type_of(record), reason=reason)
        if self.failures_in_a_row >= STOP_AFTER_FAILURES:
            self.stopped = True
            log.error("consumer stopped", count=self.failures_in_a_row)

    async def _keep_failed(self, record: BusRecord, reason: str, attempts: int) -> None:
        async with self._database.unit_of_work(f"worker:{self._database.source}") as uow:
            if record.envelope is not None:
                await lock_key(uow.session, record.envelope.key)
            await keep(
                uow.session,
                record,
                state=DeadLetterState.FAILED,
                reason=reason,
                attempts=attempts,
                now=uow.now,
            )

    async def replay(self, key: str) -> int:
        """Handle the dead letters of one key, oldest first, unblock it, and return how many were handled.

        The first that fails again raises and ends the replay, so that order is kept and nothing is lost.
        """
        done = 0
        while await self._replay_oldest(key):
            done += 1
        return done

    async def _replay_oldest(self, key: str) -> bool:
        async with self._database.unit_of_work(f"replay:{self._database.source}") as uow:
            await lock_key(uow.session, key)
            oldest = select(dead_letters).where(dead_letters.c.key == key).order_by(dead_letters.c.number)
            row = (await uow.session.execute(oldest.limit(1))).first()
            if row is None:
                return False
            if row.event_id is None:
                raise CannotHandle(row.reason)
            await self._apply(as_envelope(row), uow)
            await uow.session.execute(delete(dead_letters).where(dead_letters.c.number == row.number))
            return True


async def _commit(subscription: Subscription, handled: Iterable[BusRecord]) -> None:
    for record in handled:
        await subscription.commit(record)
        crash_point("consumer.committed")


def _without_version(type_: str) -> str:
    """Return the event's name without its version: an unknown version is kept, an event of no use is not."""
    return type_.rsplit(".v", 1)[0]


def _type_of(record: BusRecord) -> str:
    return record.envelope.type if record.envelope else "unreadable"


def _reason(error: Exception) -> str:
    """Return a code for the record: the class of the error, never its text, which could repeat a value."""
    if isinstance(error, CannotHandle):
        return error.reason
    if isinstance(error, DBAPIError) and error.orig is not None:
        return type(error.orig.__cause__ or error.orig).__name__
    return type(error).__name__
