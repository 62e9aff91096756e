"""Consumer: each event is handled once in effect and in order per key, and transient errors are waited out."""

import asyncio
import itertools
from dataclasses import replace
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import text

from shared.cancellation import cancel_and_wait
from shared.db.connections import is_transient
from shared.db.unit_of_work import UnitOfWork
from shared.events import ContactReceived
from shared.messaging import consumer as consumers
from shared.messaging.bus.adapters import prepare
from shared.messaging.bus.postgres import PostgresBus
from shared.messaging.consumer import Consumer
from tests.conftest import TestPostgres
from tests.shared.messaging.receiver import Fault, Receiver, dead_letters, handled_contacts
from tests.support.builders import a_contact_received
from tests.support.memory_bus import as_envelope
from tests.support.services import RunningService


async def test_an_event_that_comes_twice_has_one_effect(sample: RunningService, receiver: Receiver) -> None:
    contact = uuid4()
    envelope = receiver.send(contact)
    receiver.bus.put("intake", envelope)
    await receiver.handle_everything()
    assert await handled_contacts(sample) == [contact]


async def test_an_offset_that_was_not_committed_brings_no_second_effect(
    sample: RunningService, receiver: Receiver
) -> None:
    contacts = [uuid4() for _ in range(5)]
    for contact in contacts:
        receiver.send(contact)
    receiver.bus.commits_that_fail = 3
    await receiver.handle_everything()
    assert sorted(await handled_contacts(sample)) == sorted(contacts)


def fails_first(times: int, fault: Fault) -> Fault:
    calls = itertools.count()

    async def sometimes(uow: UnitOfWork) -> None:
        if next(calls) < times:
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
async def test_a_transient_error_is_tried_again_and_never_makes_a_dead_letter(
    sample: RunningService, receiver: Receiver, fault: Fault
) -> None:
    contact = uuid4()
    receiver.faults[contact] = fails_first(5, fault)
    receiver.send(contact)
    await receiver.handle_everything()
    assert await handled_contacts(sample) == [contact]
    assert await dead_letters(sample) == []


async def test_an_event_without_a_handler_here_is_skipped(sample: RunningService, receiver: Receiver) -> None:
    receiver.send(uuid4(), type="contact.waved.v1")
    await receiver.handle_everything()
    assert (await handled_contacts(sample), await dead_letters(sample)) == ([], [])


async def test_offsets_are_committed_seldom_while_it_is_busy_and_lag_is_asked_seldom(
    sample: RunningService, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "COMMIT_EVERY", 60.0)
    for _ in range(60):
        receiver.send(uuid4())
    await receiver.handle_everything()
    assert len(await handled_contacts(sample)) == 60
    assert len(receiver.bus.commits) <= 16  # eight partitions, at the beginning and at the end
    assert receiver.bus.lags_asked <= 1


async def test_handled_events_are_committed_when_the_work_is_stopped_in_between(
    sample: RunningService, receiver: Receiver
) -> None:
    contacts = [uuid4() for _ in range(6)]
    receiver.bus.log[("intake", 0)] = []
    for number, contact in enumerate(contacts):
        envelope = as_envelope(a_contact_received(contact))
        record = receiver.bus.put("intake", None)
        receiver.bus.log["intake", 0][number] = replace(record, envelope=envelope)

    async def hang(_: UnitOfWork) -> None:
        await asyncio.sleep(60)

    receiver.faults[contacts[3]] = hang
    async with receiver.consuming():
        async with asyncio.timeout(20):
            while len(await handled_contacts(sample)) < 5:  # noqa: ASYNC110  those after the one that hangs do not wait
                await asyncio.sleep(0.01)
    assert receiver.bus.committed["intake", 0] == 3
    receiver.faults.clear()
    await receiver.handle_everything()
    assert sorted(await handled_contacts(sample)) == sorted(contacts)


async def test_the_same_holds_on_a_real_bus_whose_member_dies_before_it_committed_its_offsets(
    sample: RunningService, receiver: Receiver, postgres_server: TestPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await postgres_server.create_database("bus")
    await prepare(url)
    bus = PostgresBus(url, client="sample")
    await bus.start()
    contacts = [uuid4() for _ in range(40)]
    await bus.publish("intake", [as_envelope(a_contact_received(contact)) for contact in contacts])

    async def dies(*_: Any) -> None:
        raise asyncio.CancelledError

    def member() -> Consumer:
        return Consumer(
            name="sample",
            database=sample.context.database,
            bus=bus,
            event_handlers={ContactReceived: receiver.handle},
        )

    with monkeypatch.context() as patched:
        patched.setattr(consumers, "_commit", dies)
        with pytest.raises(asyncio.CancelledError):
            await member().run()
    assert await handled_contacts(sample)
    task = asyncio.create_task(member().run())
    async with asyncio.timeout(30):
        while len(await handled_contacts(sample)) < 40:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.3)
    await cancel_and_wait([task])
    await bus.stop()
    assert sorted(await handled_contacts(sample)) == sorted(contacts)


def test_transient_errors_are_told_from_faults_of_the_event() -> None:
    assert is_transient(asyncpg.DeadlockDetectedError())
    assert is_transient(asyncpg.AdminShutdownError())
    assert is_transient(asyncpg.DiskFullError())
    assert not is_transient(asyncpg.UniqueViolationError())
    assert not is_transient(asyncpg.UndefinedColumnError())
    assert not is_transient(asyncpg.DataError())
