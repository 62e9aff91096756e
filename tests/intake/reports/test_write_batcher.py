"""Write batcher: rows that arrive during a write share the next commit, and no row's fault becomes another's."""

import asyncio
from collections.abc import Sequence

import pytest

from intake_service.reports.write_batcher import CONCURRENT_BATCHES, MAX_BATCH, WriteBatcher

POISON = -1


class BadRow(Exception):
    """The row itself cannot be written."""


class Away(Exception):
    """Nothing can be written."""


class Slow:
    """Store that is slow, refuses batches with a poisonous row, and keeps the batches that it was given."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.kept: list[int] = []
        self.away = False

    async def write(self, rows: Sequence[int]) -> list[int]:
        self.batches.append(list(rows))
        await asyncio.sleep(0.005)
        if self.away:
            raise Away
        if POISON in rows:
            raise BadRow
        self.kept += rows
        return [row * 10 for row in rows]


@pytest.fixture
def store() -> Slow:
    return Slow()


@pytest.fixture
def batcher(store: Slow) -> WriteBatcher[int, int]:
    return WriteBatcher(store.write, fails_whole_batch=lambda error: isinstance(error, Away))


async def test_every_caller_gets_the_answer_to_its_own_row(
    batcher: WriteBatcher[int, int], store: Slow
) -> None:
    answers = await asyncio.gather(*(batcher.add(number) for number in range(500)))
    assert answers == [number * 10 for number in range(500)]
    assert sorted(store.kept) == list(range(500))


async def test_a_single_row_waits_for_no_other(batcher: WriteBatcher[int, int], store: Slow) -> None:
    await batcher.add(1)
    await batcher.add(2)
    assert store.batches == [[1], [2]]


async def test_rows_that_arrive_during_a_write_are_written_in_few_batches(
    batcher: WriteBatcher[int, int], store: Slow
) -> None:
    first = [asyncio.create_task(batcher.add(number)) for number in range(CONCURRENT_BATCHES)]
    await asyncio.sleep(0.001)
    await asyncio.gather(*first, *(batcher.add(number) for number in range(MAX_BATCH * 2)))
    assert len(store.batches) <= CONCURRENT_BATCHES + 2
    assert max(map(len, store.batches)) == MAX_BATCH


async def test_a_row_that_cannot_be_written_fails_alone(batcher: WriteBatcher[int, int], store: Slow) -> None:
    rows = [1, 2, POISON, 3, 4, POISON, 5, 6]
    answers = await asyncio.gather(*(batcher.add(row) for row in rows), return_exceptions=True)
    assert [type(one) for one in answers if not isinstance(one, int)] == [BadRow, BadRow]
    assert sorted(store.kept) == [1, 2, 3, 4, 5, 6]


async def test_when_nothing_can_be_written_every_caller_gets_the_error_at_once(
    batcher: WriteBatcher[int, int], store: Slow
) -> None:
    store.away = True
    answers = await asyncio.gather(*(batcher.add(row) for row in range(10)), return_exceptions=True)
    assert {type(one) for one in answers} == {Away}
    assert sum(map(len, store.batches)) == 10
    store.away = False
    assert await batcher.add(7) == 70


async def test_a_caller_that_goes_away_takes_nothing_from_the_others(
    batcher: WriteBatcher[int, int], store: Slow
) -> None:
    tasks = [asyncio.create_task(batcher.add(number)) for number in range(6)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    tasks[4].cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert [one for one in answers if isinstance(one, int)] == [0, 20, 30, 50]
    assert sorted(store.kept) == list(range(6))
