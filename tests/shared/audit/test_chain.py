"""Audit chain: every manipulation of the audit trail is found against a remembered head (Q14)."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from shared.audit import chain
from shared.audit.chain import FIRST_LINK, AuditVerification, next_link, verify
from shared.events import AuditHeadAnnounced
from tests.support.services import RunningService

LENGTH = 24
MANIPULATIONS = 2_100
SAVE = """
CREATE TABLE saved_entries AS TABLE audit_entries; CREATE TABLE saved_chain AS TABLE audit_chain;
"""
RESTORE = """
TRUNCATE audit_entries, audit_chain, audit_pending;
INSERT INTO audit_entries (id, number, at, actor, action, subject, codes) OVERRIDING SYSTEM VALUE
SELECT id, number, at, actor, action, subject, codes FROM saved_entries;
INSERT INTO audit_chain TABLE saved_chain;
"""
CHAIN = (
    "SELECT c.position, e.* FROM audit_chain c JOIN audit_entries e ON e.id = c.entry_id ORDER BY c.position"
)


class Trail:
    """Audit trail as the owner of the database server can change it, with every trigger switched off."""

    def __init__(self, sample: RunningService, owner: asyncpg.Connection, random: Random) -> None:
        self.pool = sample.context.database.pool
        self.owner = owner
        self.random = random
        self.heads: list[tuple[int, str]] = []

    async def verified(self, *, with_heads: bool = True) -> AuditVerification:
        return await verify(self.pool, self.heads if with_heads else [])

    async def positions(self, number: int) -> list[int]:
        return sorted(self.random.sample(range(1, LENGTH + 1), number))

    async def link_anew(self, entries: list[Any]) -> None:
        """Link the whole chain as if these entries had been written in this order: consistent in itself."""
        await self.owner.execute("TRUNCATE audit_chain")
        link, rows = FIRST_LINK, []
        for position, entry in enumerate(entries, start=1):
            link = next_link(link, entry)
            rows.append((position, entry["id"], link))
        await self.owner.copy_records_to_table("audit_chain", records=rows)

    async def entries(self) -> list[Any]:
        return list(await self.pool.fetch(CHAIN))


Manipulation = Callable[[Trail], Awaitable[None]]


async def change_a_row(trail: Trail) -> None:
    (position,) = await trail.positions(1)
    change = trail.random.choice(
        (
            "actor = actor || 'x'",
            "action = 'case.closed'",
            "at = at + interval '1 microsecond'",
            "subject = gen_random_uuid()",
            "codes = '{\"case_id\": null}'",
            "codes = codes || '{\"n\": 1.5}'",
        )
    )
    which = "id = (SELECT entry_id FROM audit_chain WHERE position = $1)"
    await trail.owner.execute(f"UPDATE audit_entries SET {change} WHERE {which}", position)


async def delete_a_row(trail: Trail) -> None:
    (position,) = await trail.positions(1)
    which = "id = (SELECT entry_id FROM audit_chain WHERE position = $1)"
    await trail.owner.execute(f"DELETE FROM audit_entries WHERE {which}", position)


async def delete_a_link(trail: Trail) -> None:
    (position,) = await trail.positions(1)
    await trail.owner.execute("DELETE FROM audit_chain WHERE position = $1", position)


async def insert_a_row(trail: Trail) -> None:
    await trail.owner.execute(
        "INSERT INTO audit_entries (id, at, actor, action, subject, codes) "
        "VALUES (gen_random_uuid(), now(), 'user:ada', 'case.read', gen_random_uuid(), '{}')"
    )


async def swap_two_rows(trail: Trail) -> None:
    pair = await trail.positions(2)
    taken = "DELETE FROM audit_chain WHERE position = ANY($1) RETURNING position, entry_id, link"
    one, other = await trail.owner.fetch(taken, pair)
    swapped = [
        (one["position"], other["entry_id"], one["link"]),
        (other["position"], one["entry_id"], other["link"]),
    ]
    await trail.owner.copy_records_to_table("audit_chain", records=swapped)


async def cut_the_end_off(trail: Trail) -> None:
    keep = trail.random.randrange(LENGTH)
    await trail.owner.execute(
        "DELETE FROM audit_entries WHERE id IN (SELECT entry_id FROM audit_chain WHERE position > $1)", keep
    )
    await trail.owner.execute("DELETE FROM audit_chain WHERE position > $1", keep)


async def rewrite_from_the_middle(trail: Trail) -> None:
    await change_a_row(trail)
    await trail.link_anew(await trail.entries())


async def leave_one_out_and_rewrite(trail: Trail) -> None:
    entries = await trail.entries()
    gone = entries.pop(trail.random.randrange(LENGTH))
    await trail.owner.execute("DELETE FROM audit_entries WHERE id = $1", gone["id"])
    await trail.link_anew(entries)


async def turn_round_and_rewrite(trail: Trail) -> None:
    entries = await trail.entries()
    first, second = await trail.positions(2)
    entries[first - 1], entries[second - 1] = entries[second - 1], entries[first - 1]
    await trail.link_anew(entries)


async def slip_one_in_and_rewrite(trail: Trail) -> None:
    entries = await trail.entries()
    await insert_a_row(trail)
    strange = await trail.pool.fetchrow(
        "SELECT 0 AS position, * FROM audit_entries ORDER BY number DESC LIMIT 1"
    )
    entries.insert(trail.random.randrange(LENGTH), strange)
    await trail.link_anew(entries)


FOUND_IN_THE_CHAIN: tuple[Manipulation, ...] = (
    change_a_row,
    delete_a_row,
    insert_a_row,
    swap_two_rows,
)
FOUND_BY_A_REMEMBERED_HEAD: tuple[Manipulation, ...] = (
    cut_the_end_off,
    rewrite_from_the_middle,
    leave_one_out_and_rewrite,
    turn_round_and_rewrite,
    slip_one_in_and_rewrite,
)
BOTH: tuple[Manipulation, ...] = (*FOUND_IN_THE_CHAIN, *FOUND_BY_A_REMEMBERED_HEAD, delete_a_link)


async def write_entries(sample: RunningService, number: int) -> None:
    for nth in range(number):
        async with sample.unit_of_work() as uow:
            uow.record("case.read", uuid4(), case_id=uuid4(), nth=nth, urgent=nth % 2 == 0, reason=None)


@pytest.fixture
async def trail(sample: RunningService, superuser: asyncpg.Connection) -> Trail:
    await write_entries(sample, LENGTH)
    database = sample.context.database
    assert await chain.link_pending(database) == LENGTH
    await chain.announce_head(database, 0)
    (event,) = await sample.announced(AuditHeadAnnounced)
    await superuser.execute("SET session_replication_role = replica")
    await superuser.execute("SET synchronous_commit = off")
    await superuser.execute(SAVE)
    made = Trail(sample, superuser, Random(14))
    made.heads = [(event.length, event.head)]
    return made


@pytest.mark.timeout(180)
async def test_every_manipulation_is_found_and_none_is_imagined(trail: Trail) -> None:
    missed, alarms = [], 0
    for number in range(MANIPULATIONS):
        manipulate = BOTH[number % len(BOTH)]
        await manipulate(trail)
        if not (await trail.verified()).faults:
            missed.append(manipulate.__name__)
        await trail.owner.execute(RESTORE)
        if number % 20 == 0:
            alarms += bool((await trail.verified()).faults)
    assert (missed, alarms) == ([], 0)


@pytest.mark.parametrize("manipulate", FOUND_BY_A_REMEMBERED_HEAD)
async def test_a_chain_that_is_consistent_in_itself_is_found_by_a_remembered_head_alone(
    trail: Trail, manipulate: Manipulation
) -> None:
    await manipulate(trail)
    assert not (await trail.verified(with_heads=False)).faults
    assert (await trail.verified()).faults


async def test_an_entry_that_was_deleted_before_it_was_linked_is_missed(
    trail: Trail, sample: RunningService
) -> None:
    await write_entries(sample, 1)
    last = "(SELECT id FROM audit_entries ORDER BY number DESC LIMIT 1)"
    await trail.owner.execute(f"DELETE FROM audit_entries WHERE id = {last}")
    (fault,) = (await trail.verified()).faults
    assert fault.startswith("deleted-before-linked:")


async def test_nobody_changes_the_trail_by_accident(sample: RunningService) -> None:
    await write_entries(sample, 2)
    for statement in ("UPDATE audit_entries SET actor = 'user:eve'", "DELETE FROM audit_entries"):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="written once"):
            await sample.context.database.pool.execute(statement)


async def test_writers_and_linkers_at_once_make_one_whole_chain(sample: RunningService) -> None:
    database = sample.context.database

    async def link() -> None:
        for _ in range(40):
            await chain.link_pending(database)
            await asyncio.sleep(0.005)

    await asyncio.gather(link(), link(), *(write_entries(sample, 25) for _ in range(4)))
    await chain.link_pending(database)
    result = await verify(database.pool, [])
    assert (result.length, result.pending, result.faults) == (100, 0, ())


async def test_a_head_is_remembered_once_by_a_service_that_receives_it(sample: RunningService) -> None:
    event = AuditHeadAnnounced.model_validate(
        {
            "chain_id": chain.chain_id("case"),
            "service": "case",
            "length": 5_000_000,
            "head": "ab" * 32,
            "announced_at": "2026-03-01T10:00:00Z",
        }
    )
    for _ in range(2):
        async with sample.unit_of_work() as uow:
            await chain.remember_head(event, uow)
    remembered = await chain.remembered_heads_of(sample.context.database.pool, "case", at_most=10)
    assert [(one.length, one.head) for one in remembered] == [(5_000_000, "ab" * 32)]
