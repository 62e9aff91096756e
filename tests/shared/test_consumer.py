"""Once in effect, in order per matter, and nothing dropped: what fails is kept, and holds only its own matter (Q21)."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import text

from shared import consumer as consumers
from shared.bus import Message, prepare
from shared.bus.postgres import PostgresBus
from shared.consumer import STOP_AFTER, Consumer, Unhandled
from shared.database import UnitOfWork
from shared.ending import end
from shared.events import ContactReceived
from shared.under_way import SIDE_BY_SIDE
from tests.builders import a_contact_received
from tests.conftest import TestPostgres
from tests.running import RunningService
from tests.shared.memory_bus import MemoryBus, as_message
from tests.shared.sample import hear

Fault = Callable[[UnitOfWork], Awaitable[None]]


@dataclass
class Ears:
    """The reaction of these tests: it hears, unless a fault was planted for that matter."""

    bus: MemoryBus
    consumer: Consumer = field(init=False)
    faults: dict[UUID, Fault] = field(default_factory=dict)

    async def hear(self, event: ContactReceived, uow: UnitOfWork) -> None:
        await hear(event, uow)
        if fault := self.faults.get(event.contact_id):
            await fault(uow)

    def say(self, matter: UUID, **changed: Any) -> Message:
        message = replace(as_message(a_contact_received(matter)), **changed)
        self.bus.put("intake", message)
        return message

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.consumer.run())
        try:
            yield
        finally:
            await end([task])

    async def hear_everything(self, within: float = 30.0) -> None:
        async with self.listening(), asyncio.timeout(within):
            while not self.bus.everything_committed:  # noqa: ASYNC110  the bus in memory has no event for it
                await asyncio.sleep(0.01)


@pytest.fixture
def ears(sample: RunningService) -> Ears:
    ears = Ears(MemoryBus())
    ears.consumer = Consumer(
        name="sample",
        database=sample.platform.database,
        bus=ears.bus,
        reactions={ContactReceived: ears.hear},
    )
    return ears


async def heard(sample: RunningService) -> list[UUID]:
    return [row["contact_id"] for row in await sample.fetch("SELECT contact_id FROM heard ORDER BY number")]


async def set_aside(sample: RunningService) -> list[tuple[str, str]]:
    rows = await sample.fetch("SELECT state, reason FROM failed_events ORDER BY number")
    return [(row["state"], row["reason"]) for row in rows]


async def bug(_: UnitOfWork) -> None:
    raise KeyError("a bug in the reaction")


async def test_an_event_that_comes_twice_has_one_effect(sample: RunningService, ears: Ears) -> None:
    matter = uuid4()
    message = ears.say(matter)
    ears.bus.put("intake", message)
    await ears.hear_everything()
    assert await heard(sample) == [matter]


async def test_an_offset_that_was_not_stored_brings_no_second_effect(
    sample: RunningService, ears: Ears
) -> None:
    matters = [uuid4() for _ in range(5)]
    for matter in matters:
        ears.say(matter)
    ears.bus.commits_that_fail = 3
    await ears.hear_everything()
    assert sorted(await heard(sample)) == sorted(matters)


async def test_a_bug_holds_only_its_own_matter_and_replay_restores_the_order(
    sample: RunningService, ears: Ears
) -> None:
    stuck, well = uuid4(), uuid4()
    ears.faults[stuck] = bug
    order = [ears.say(stuck), ears.say(well), ears.say(stuck), ears.say(well), ears.say(stuck)]
    await ears.hear_everything()
    assert await heard(sample) == [well, well]
    assert await set_aside(sample) == [("failed", "KeyError"), *[("held", "behind-a-failed-event")] * 2]
    with pytest.raises(KeyError):
        await ears.consumer.replay(str(stuck))
    assert len(await set_aside(sample)) == 3
    ears.faults.clear()
    assert await ears.consumer.replay(str(stuck)) == 3
    assert await set_aside(sample) == []
    handled = [
        row["event_id"] for row in await sample.fetch("SELECT event_id FROM inbox ORDER BY handled_at")
    ]
    assert handled[2:] == [order[0].id, order[2].id, order[4].id]
    ears.say(stuck)
    await ears.hear_everything()
    assert await heard(sample) == [well, well, stuck, stuck, stuck, stuck]


def fails_first(times: int, fault: Fault) -> Fault:
    tries = itertools.count()

    async def sometimes(uow: UnitOfWork) -> None:
        if next(tries) < times:
            await fault(uow)

    return sometimes


async def lose_connection(uow: UnitOfWork) -> None:
    await uow.session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


async def deadlock(uow: UnitOfWork) -> None:
    await uow.session.execute(
        text("DO $$ BEGIN RAISE EXCEPTION 'lost against another' USING ERRCODE = 'deadlock_detected'; END $$")
    )


async def no_answer(_: UnitOfWork) -> None:
    raise TimeoutError


@pytest.mark.parametrize("fault", [lose_connection, deadlock, no_answer])
async def test_what_passes_is_tried_again_and_never_set_aside(
    sample: RunningService, ears: Ears, fault: Fault
) -> None:
    matter = uuid4()
    ears.faults[matter] = fails_first(5, fault)
    ears.say(matter)
    await ears.hear_everything()
    assert await heard(sample) == [matter]
    assert await set_aside(sample) == []


async def too_large_for_its_column(uow: UnitOfWork) -> None:
    await uow.session.execute(text("INSERT INTO heard (small) VALUES (:n)"), {"n": 10**6})


async def test_a_value_that_fits_no_column_does_not_stop_the_others(
    sample: RunningService, ears: Ears
) -> None:
    stuck, well = uuid4(), uuid4()
    ears.faults[stuck] = too_large_for_its_column
    ears.say(stuck)
    ears.say(well)
    await ears.hear_everything()
    assert await heard(sample) == [well]
    assert [state for state, _ in await set_aside(sample)] == ["failed"]


POISON: dict[str, tuple[dict[str, Any], str]] = {
    "not JSON": ({"body": b"{"}, "ValidationError"),
    "a field is missing": ({"body": b"{}"}, "ValidationError"),
    "oversized": ({"body": b'{"a":"' + b"x" * 3_000_000 + b'"}'}, "ValidationError"),
    "of a future version": ({"type": "contact.received.v9"}, "UnknownEvent"),
    "under another matter's key": ({"key": str(UUID(int=7))}, "key-differs-from-event"),
    "with a key that fits no column": ({"key": "x" * 500}, "key-differs-from-event"),
    "with a key that no text may be": ({"key": "a\0b"}, "CharacterNotInRepertoireError"),
    "with a name that fits no column": (
        {"type": "contact.received.v" + "9" * 300},
        "StringDataRightTruncationError",
    ),
}


@pytest.mark.parametrize("kind", POISON)
async def test_poison_is_kept_with_its_reason_and_the_rest_goes_on(
    sample: RunningService, ears: Ears, kind: str
) -> None:
    changed, reason = POISON[kind]
    ears.say(uuid4(), **changed)
    ears.bus.put("intake", None, fault="envelope.no-body")
    matter = uuid4()
    ears.say(matter)
    await ears.hear_everything()
    assert await heard(sample) == [matter]
    assert sorted(await set_aside(sample)) == sorted([("failed", reason), ("failed", "envelope.no-body")])


async def test_what_nobody_could_read_is_not_reported_as_replayed(sample: RunningService, ears: Ears) -> None:
    ears.bus.put("intake", None, fault="envelope.no-body")
    await ears.hear_everything()
    key = (await sample.fetch("SELECT key FROM failed_events"))[0]["key"]
    with pytest.raises(Unhandled, match="no-body"):
        await ears.consumer.replay(key)


async def test_an_event_that_nobody_here_uses_is_passed_over(sample: RunningService, ears: Ears) -> None:
    ears.say(uuid4(), type="contact.waved.v1")
    await ears.hear_everything()
    assert (await heard(sample), await set_aside(sample)) == ([], [])


async def test_a_consumer_that_fails_at_everything_stops_before_the_topic_is_empty(
    sample: RunningService, ears: Ears
) -> None:
    matters = [uuid4() for _ in range(STOP_AFTER + 20)]
    for matter in matters:
        ears.faults[matter] = bug_at_once
        ears.say(matter)
        ears.say(matter)  # held behind the first: no sign that anything works
    async with asyncio.timeout(60):
        await ears.consumer.run()
    assert ears.consumer.stopped
    failed = [state for state, _ in await set_aside(sample)].count("failed")
    assert STOP_AFTER <= failed < STOP_AFTER + SIDE_BY_SIDE  # some were under way
    assert not ears.bus.everything_committed
    kept = {row["place"] for row in await sample.fetch("SELECT place FROM failed_events")}
    for (topic, partition), offset in ears.bus.committed.items():
        assert {f"{topic}/{partition}/{earlier}" for earlier in range(offset)} <= kept


async def bug_at_once(_: UnitOfWork) -> None:
    raise Unhandled("planted")


async def test_offsets_are_stored_seldom_while_it_is_busy_and_lag_is_asked_seldom(
    sample: RunningService, ears: Ears, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "COMMIT_EVERY", 60.0)
    for _ in range(60):
        ears.say(uuid4())
    await ears.hear_everything()
    assert len(await heard(sample)) == 60
    assert len(ears.bus.commits) <= 16  # eight partitions, at the beginning and at the end
    assert ears.bus.lags_asked <= 1


async def test_what_was_handled_is_stored_when_the_work_is_stopped_in_between(
    sample: RunningService, ears: Ears
) -> None:
    matters = [uuid4() for _ in range(6)]
    ears.bus.log[("intake", 0)] = []
    for number, matter in enumerate(matters):
        message = as_message(a_contact_received(matter))
        record = ears.bus.put("intake", None)
        ears.bus.log["intake", 0][number] = replace(record, message=message)

    async def hang(_: UnitOfWork) -> None:
        await asyncio.sleep(60)

    ears.faults[matters[3]] = hang
    async with ears.listening():
        async with asyncio.timeout(20):
            while len(await heard(sample)) < 5:  # noqa: ASYNC110  those after the one that hangs do not wait
                await asyncio.sleep(0.01)
    assert ears.bus.committed["intake", 0] == 3
    ears.faults.clear()
    await ears.hear_everything()
    assert sorted(await heard(sample)) == sorted(matters)


async def test_five_hundred_poisoned_events_hold_their_own_matters_and_no_others(
    sample: RunningService, ears: Ears, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "TRIES", 1)
    random = Random(21)
    poisoned, well = [uuid4() for _ in range(100)], [uuid4() for _ in range(100)]
    changes: list[dict[str, Any]] = [{"body": b"{"}, {"type": "contact.received.v9"}, {"body": b"[]"}, {}]
    for matter in poisoned:
        ears.faults[matter] = bug
    sent = []
    for number in range(500):
        sent.append((poisoned[number % 100], random.choice(changes)))
        sent.append((random.choice(well), {}))
    for matter, changed in sent:
        ears.say(matter, **changed)
    await ears.hear_everything(within=90)
    everything_well = [matter for matter, changed in sent if matter in set(well)]
    assert sorted(await heard(sample)) == sorted(everything_well)
    rows = await sample.fetch("SELECT key, state FROM failed_events ORDER BY number")
    assert len(rows) == 500
    assert {row["key"] for row in rows} == {str(matter) for matter in poisoned}
    firsts = {row["key"]: row["state"] for row in reversed(rows)}
    assert set(firsts.values()) == {"failed"}
    assert sum(row["state"] == "failed" for row in rows) == 100


async def test_the_same_holds_on_a_real_bus_whose_member_dies_before_it_stored_its_offsets(
    sample: RunningService, ears: Ears, postgres_server: TestPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await postgres_server.create_database("bus")
    await prepare(url)
    bus = PostgresBus(url, client="sample")
    await bus.start()
    matters = [uuid4() for _ in range(40)]
    await bus.publish("intake", [as_message(a_contact_received(matter)) for matter in matters])

    async def dies(*_: Any) -> None:
        raise asyncio.CancelledError

    def listener() -> Consumer:
        return Consumer(
            name="sample",
            database=sample.platform.database,
            bus=bus,
            reactions={ContactReceived: ears.hear},
        )

    with monkeypatch.context() as patched:
        patched.setattr(consumers, "_commit", dies)
        with pytest.raises(asyncio.CancelledError):
            await listener().run()
    assert await heard(sample)
    task = asyncio.create_task(listener().run())
    async with asyncio.timeout(30):
        while len(await heard(sample)) < 40:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.3)
    await end([task])
    await bus.stop()
    assert sorted(await heard(sample)) == sorted(matters)


def test_what_passes_and_what_does_not() -> None:
    assert consumers.is_transient(asyncpg.DeadlockDetectedError())
    assert consumers.is_transient(asyncpg.AdminShutdownError())
    assert consumers.is_transient(asyncpg.DiskFullError())
    assert not consumers.is_transient(asyncpg.UniqueViolationError())
    assert not consumers.is_transient(asyncpg.UndefinedColumnError())
    assert not consumers.is_transient(asyncpg.DataError())
