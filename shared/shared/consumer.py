"""Reacts to what other services announce: once in effect, in order per matter, and never silently dropping anything."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import asyncpg
import structlog
from pydantic import ValidationError
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from shared import events
from shared.bus import Bus, BusUnavailable, Message, Received, Subscription
from shared.database import Database, UnitOfWork, passes
from shared.events import Event
from shared.failed_events import as_message, is_held, keep, lock_matter
from shared.fault_points import reached
from shared.tables import failed_events, inbox
from shared.under_way import UnderWay

Reaction = Callable[[Any, UnitOfWork], Awaitable[None]]
"""A function of an event of its own class and a unit of work."""
Reactions = Mapping[type[Event], Reaction]

TRIES = 3
STOP_AFTER = 50
"""This many failures in a row are no longer bad events but a bad consumer: it stops rather than empty the topic."""
ASK_LAG_EVERY = 5.0
COMMIT_EVERY = 0.5
LOOK_EVERY = 0.05
"""Seconds between two looks for more while some are being handled."""
LOST = (OSError, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, BusUnavailable)
"""What losing the bus or the database may raise; `is_transient` tells it from a fault of the event's own."""

log = structlog.get_logger()


def is_transient(error: BaseException) -> bool:
    """Whether the same may succeed later: such an event is tried again for ever, and never set aside."""
    return isinstance(error, BusUnavailable) or passes(error)


class Unhandled(Exception):
    """A reaction cannot take this event, now or ever; the code says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


HOPELESS = (Unhandled, ValidationError, events.UnknownEvent)
"""Trying again changes nothing about these."""


class Consumer:
    """One member of a service's consumer group."""

    def __init__(self, *, name: str, database: Database, bus: Bus, reactions: Reactions) -> None:
        self.name = name
        self.failures_in_a_row = 0
        self.stopped = False
        self.lag = 0
        self._lag_asked_at = 0.0
        self._committed_at = 0.0
        self._database = database
        self._bus = bus
        self._reactions = reactions
        self._by_type = {event.type: reaction for event, reaction in reactions.items()}
        self._families = {_family(type_) for type_ in self._by_type}

    @property
    def topics(self) -> tuple[str, ...]:
        return tuple(sorted({event.topic for event in self._reactions}))

    async def run(self, beat: Callable[[], None] = lambda: None) -> None:
        """Takes and handles until cancelled; a fault of bus or database is waited out.

        `beat` is called whenever something was taken and handled, or there was nothing.
        """
        while not self.stopped:
            subscription = self._bus.subscription(self.name, self.topics)
            try:
                await subscription.start()
                await self._follow(subscription, beat)
            except LOST as error:
                if not is_transient(error):
                    raise
                log.warning("consumer waits", error=type(error).__name__)
                await asyncio.sleep(0.5)
            finally:
                with contextlib.suppress(*LOST):
                    await subscription.stop()

    def try_again(self) -> None:
        """After a rest, one more event is tried; if it fails too, the consumer stops again at once."""
        self.stopped = False
        self.failures_in_a_row = STOP_AFTER - 1

    async def _follow(self, subscription: Subscription, beat: Callable[[], None]) -> None:
        """Goes on taking while one matter waits for something; what was handled is committed when it is quiet, every
        little while, and also when something ends us in between."""

        async def handle(received: Received) -> None:
            await self._handle(received)
            reached("consumer.handled")
            beat()

        under_way = UnderWay(handle, stopped=lambda: self.stopped)
        try:
            async with under_way:
                while not self.stopped:
                    await self._take_more(under_way, subscription)
                    if under_way.idle:
                        beat()
                    await self._ask_lag(subscription)
                while not under_way.idle:
                    await under_way.progress(at_most=1.0)
        except BaseException:
            with contextlib.suppress(*LOST):  # they are given again, and take effect once
                await _commit(subscription, under_way.done())
            raise
        await _commit(subscription, under_way.done())

    async def _take_more(self, under_way: UnderWay, subscription: Subscription) -> None:
        if not under_way.room:
            await under_way.progress(at_most=COMMIT_EVERY)
        at_most = max(1, min(100, under_way.room))  # a member that asks for nothing is taken for dead
        taken = await subscription.take(at_most=at_most, wait=1.0 if under_way.idle else LOOK_EVERY)
        if taken:
            reached("consumer.taken")
        under_way.add(taken)
        now = asyncio.get_running_loop().time()
        quiet = under_way.idle or now - self._committed_at >= COMMIT_EVERY
        if quiet and (done := under_way.done()):
            self._committed_at = now
            await _commit(subscription, done)

    async def _ask_lag(self, subscription: Subscription) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._lag_asked_at < ASK_LAG_EVERY:
            return
        self._lag_asked_at = now
        with contextlib.suppress(BusUnavailable):  # what it was last time stays
            self.lag = await subscription.lag()

    async def _handle(self, received: Received) -> None:
        message = received.message
        if message is not None and _family(message.type) not in self._families:
            return
        wait = 0.05
        attempts = 0
        while True:
            try:
                if await self._once(received):
                    self.failures_in_a_row = 0
                return
            except Exception as error:
                if is_transient(error):
                    log.warning("reaction waits", type=_type_of(received), error=type(error).__name__)
                else:  # the event's own fault: it is kept, the rest goes on
                    attempts += 1
                    if attempts >= TRIES or isinstance(error, HOPELESS):
                        await self._set_aside(received, _reason(error), attempts)
                        return
            await asyncio.sleep(wait)
            wait = min(wait * 2, 5)

    async def _once(self, received: Received) -> bool:
        """False where the event only joined those that wait behind a failed one, or had been handled before."""
        message = received.message
        if message is None:
            raise Unhandled(received.fault or "unreadable")
        async with self._database.unit_of_work(f"worker:{self._database.source}") as uow:
            await lock_matter(uow.session, message.key)
            if await is_held(uow.session, message.key):
                reason = "behind-a-failed-event"
                await keep(uow.session, received, state="held", reason=reason, attempts=0, now=uow.now)
                return False
            return await self._react(message, uow)

    async def _react(self, message: Message, uow: UnitOfWork) -> bool:
        """The inbox row and the reaction in one transaction: a redelivered event takes effect once."""
        row = {"event_id": message.id, "type": message.type, "handled_at": uow.now}
        new = await uow.session.execute(
            insert(inbox).values(row).on_conflict_do_nothing().returning(inbox.c.event_id)
        )
        if new.first() is None:
            return False
        event = events.read(message.type, message.body)
        if str(event.subject) != message.key:
            raise Unhandled("key-differs-from-event")
        await self._by_type[event.type](event, uow)
        return True

    async def _set_aside(self, received: Received, reason: str, attempts: int) -> None:
        try:
            await self._keep_failed(received, reason, attempts)
        except Exception as error:
            if is_transient(error):
                raise
            # Not even its envelope fits our columns: what is kept is where it lies on the bus.
            await self._keep_failed(replace(received, message=None), reason, attempts)
        self.failures_in_a_row += 1
        log.error("event set aside", type=_type_of(received), reason=reason)
        if self.failures_in_a_row >= STOP_AFTER:
            self.stopped = True
            log.error("consumer stopped", count=self.failures_in_a_row)

    async def _keep_failed(self, received: Received, reason: str, attempts: int) -> None:
        async with self._database.unit_of_work(f"worker:{self._database.source}") as uow:
            if received.message is not None:
                await lock_matter(uow.session, received.message.key)
            await keep(uow.session, received, state="failed", reason=reason, attempts=attempts, now=uow.now)

    async def replay(self, key: str) -> int:
        """Handles what was set aside for one matter, oldest first, and lifts the hold; returns how many.

        The first that fails again stops it: order is kept, and nothing is lost.
        """
        done = 0
        while await self._replay_oldest(key):
            done += 1
        return done

    async def _replay_oldest(self, key: str) -> bool:
        async with self._database.unit_of_work(f"replay:{self._database.source}") as uow:
            await lock_matter(uow.session, key)
            oldest = select(failed_events).where(failed_events.c.key == key).order_by(failed_events.c.number)
            row = (await uow.session.execute(oldest.limit(1))).first()
            if row is None:
                return False
            if row.event_id is None:
                raise Unhandled(row.reason)
            await self._react(as_message(row), uow)
            await uow.session.execute(delete(failed_events).where(failed_events.c.number == row.number))
            return True


async def _commit(subscription: Subscription, handled: Iterable[Received]) -> None:
    for received in handled:
        await subscription.commit(received)
        reached("consumer.committed")


def _family(type_: str) -> str:
    """The event's name without its version: a version we do not know yet is held, an event we never use is not."""
    return type_.rsplit(".v", 1)[0]


def _type_of(received: Received) -> str:
    return received.message.type if received.message else "unreadable"


def _reason(error: Exception) -> str:
    """A code for the record: the class of the fault, never its text, which could repeat a value."""
    if isinstance(error, Unhandled):
        return error.reason
    if isinstance(error, DBAPIError) and error.orig is not None:
        return type(error.orig.__cause__ or error.orig).__name__
    return type(error).__name__
