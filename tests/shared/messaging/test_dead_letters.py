"""Dead letters: a failed event is kept with its reason and blocks only its own key, until a replay (Q21)."""

import asyncio
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from shared.db.unit_of_work import UnitOfWork
from shared.messaging import consumer as consumers
from shared.messaging.consumer import STOP_AFTER_FAILURES, CannotHandle
from shared.messaging.keyed_executor import CONCURRENT_KEYS
from tests.shared.messaging.receiver import Receiver, bug, dead_letters, handled_contacts
from tests.support.services import RunningService


async def test_a_bug_blocks_only_its_own_key_and_replay_restores_the_order(
    sample: RunningService, receiver: Receiver
) -> None:
    stuck, well = uuid4(), uuid4()
    receiver.faults[stuck] = bug
    order = [
        receiver.send(stuck),
        receiver.send(well),
        receiver.send(stuck),
        receiver.send(well),
        receiver.send(stuck),
    ]
    await receiver.handle_everything()
    assert await handled_contacts(sample) == [well, well]
    assert await dead_letters(sample) == [("failed", "KeyError"), *[("blocked", "behind-a-failed-event")] * 2]
    with pytest.raises(KeyError):
        await receiver.consumer.replay(str(stuck))
    assert len(await dead_letters(sample)) == 3
    receiver.faults.clear()
    assert await receiver.consumer.replay(str(stuck)) == 3
    assert await dead_letters(sample) == []
    handled = [
        row["event_id"] for row in await sample.fetch("SELECT event_id FROM inbox ORDER BY handled_at")
    ]
    assert handled[2:] == [order[0].id, order[2].id, order[4].id]
    receiver.send(stuck)
    await receiver.handle_everything()
    assert await handled_contacts(sample) == [well, well, stuck, stuck, stuck, stuck]


async def too_large_for_its_column(uow: UnitOfWork) -> None:
    await uow.session.execute(text("INSERT INTO received_contacts (small) VALUES (:n)"), {"n": 10**6})


async def test_a_value_that_fits_no_column_does_not_stop_the_others(
    sample: RunningService, receiver: Receiver
) -> None:
    stuck, well = uuid4(), uuid4()
    receiver.faults[stuck] = too_large_for_its_column
    receiver.send(stuck)
    receiver.send(well)
    await receiver.handle_everything()
    assert await handled_contacts(sample) == [well]
    assert [state for state, _ in await dead_letters(sample)] == ["failed"]


POISON: dict[str, tuple[dict[str, Any], str]] = {
    "not JSON": ({"body": b"{"}, "ValidationError"),
    "a field is missing": ({"body": b"{}"}, "ValidationError"),
    "oversized": ({"body": b'{"a":"' + b"x" * 3_000_000 + b'"}'}, "ValidationError"),
    "of a future version": ({"type": "contact.received.v9"}, "UnknownEvent"),
    "under another contact's key": ({"key": str(UUID(int=7))}, "key-differs-from-event"),
    "with a key that fits no column": ({"key": "x" * 500}, "key-differs-from-event"),
    "with a key that no text may be": ({"key": "a\0b"}, "CharacterNotInRepertoireError"),
    "with a name that fits no column": (
        {"type": "contact.received.v" + "9" * 300},
        "StringDataRightTruncationError",
    ),
}


@pytest.mark.parametrize("kind", POISON)
async def test_poison_is_kept_with_its_reason_and_the_rest_goes_on(
    sample: RunningService, receiver: Receiver, kind: str
) -> None:
    changed, reason = POISON[kind]
    receiver.send(uuid4(), **changed)
    receiver.bus.put("intake", None, fault="envelope.no-body")
    contact = uuid4()
    receiver.send(contact)
    await receiver.handle_everything()
    assert await handled_contacts(sample) == [contact]
    assert sorted(await dead_letters(sample)) == sorted([("failed", reason), ("failed", "envelope.no-body")])


async def test_an_unreadable_record_is_not_reported_as_replayed(
    sample: RunningService, receiver: Receiver
) -> None:
    receiver.bus.put("intake", None, fault="envelope.no-body")
    await receiver.handle_everything()
    key = (await sample.fetch("SELECT key FROM dead_letters"))[0]["key"]
    with pytest.raises(CannotHandle, match="no-body"):
        await receiver.consumer.replay(key)


async def test_a_consumer_that_fails_at_everything_stops_before_the_topic_is_empty(
    sample: RunningService, receiver: Receiver
) -> None:
    contacts = [uuid4() for _ in range(STOP_AFTER_FAILURES + 20)]
    for contact in contacts:
        receiver.faults[contact] = bug_at_once
        receiver.send(contact)
        receiver.send(contact)  # blocked by the first: no sign that anything works
    async with asyncio.timeout(60):
        await receiver.consumer.run()
    assert receiver.consumer.stopped
    failed = [state for state, _ in await dead_letters(sample)].count("failed")
    assert STOP_AFTER_FAILURES <= failed < STOP_AFTER_FAILURES + CONCURRENT_KEYS  # some were being handled
    assert not receiver.bus.everything_committed
    kept = {row["position"] for row in await sample.fetch("SELECT position FROM dead_letters")}
    for (topic, partition), offset in receiver.bus.committed.items():
        assert {f"{topic}/{partition}/{earlier}" for earlier in range(offset)} <= kept


async def bug_at_once(_: UnitOfWork) -> None:
    raise CannotHandle("planted")


async def test_five_hundred_poisoned_events_block_their_own_keys_and_no_others(
    sample: RunningService, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "ATTEMPTS", 1)
    random = Random(21)
    poisoned, well = [uuid4() for _ in range(100)], [uuid4() for _ in range(100)]
    changes: list[dict[str, Any]] = [{"body": b"{"}, {"type": "contact.received.v9"}, {"body": b"[]"}, {}]
    for contact in poisoned:
        receiver.faults[contact] = bug
    sent = []
    for number in range(500):
        sent.append((poisoned[number % 100], random.choice(changes)))
        sent.append((random.choice(well), {}))
    for contact, changed in sent:
        receiver.send(contact, **changed)
    await receiver.handle_everything(within=90)
    of_the_well = [contact for contact, changed in sent if contact in set(well)]
    assert sorted(await handled_contacts(sample)) == sorted(of_the_well)
    rows = await sample.fetch("SELECT key, state FROM dead_letters ORDER BY number")
    assert len(rows) == 500
    assert {row["key"] for row in rows} == {str(contact) for contact in poisoned}
    firsts = {row["key"]: row["state"] for row in reversed(rows)}
    assert set(firsts.values()) == {"failed"}
    assert sum(row["state"] == "failed" for row in rows) == 100
