"""Rows that arrive while others are written share the next commit, and no row's fault becomes another's."""

import asyncio
from collections.abc import Sequence

import pytest

from shared.together import AT_MOST, UNDER_WAY, Together

POISON = -1


class BadRow(Exception):
    """The row itself cannot be written."""


class Away(Exception):
    """Nothing can be written."""


class Slow:
    """A store that takes its time, refuses groups with a poisonous row, and remembers what it was given."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.kept: list[int] = []
        self.away = False

    async def write(self, rows: Sequence[int]) -> list[int]:
        self.groups.append(list(rows))
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
def together(store: Slow) -> Together[int, int]:
    return Together(store.write, hopeless=lambda error: isinstance(error, Away))


async def test_everybody_gets_the_answer_to_their_own_row(together: Together[int, int], store: Slow) -> None:
    answers = await asyncio.gather(*(together.add(number) for number in range(500)))
    assert answers == [number * 10 for number in range(500)]
    assert sorted(store.kept) == list(range(500))


async def test_one_alone_waits_for_nobody(together: Together[int, int], store: Slow) -> None:
    await together.add(1)
    await together.add(2)
    assert store.groups == [[1], [2]]


async def test_what_comes_meanwhile_is_written_in_few_groups(
    together: Together[int, int], store: Slow
) -> None:
    first = [asyncio.create_task(together.add(number)) for number in range(UNDER_WAY)]
    await asyncio.sleep(0.001)
    await asyncio.gather(*first, *(together.add(number) for number in range(AT_MOST * 2)))
    assert len(store.groups) <= UNDER_WAY + 2
    assert max(map(len, store.groups)) == AT_MOST


async def test_a_row_that_cannot_be_written_fails_alone(together: Together[int, int], store: Slow) -> None:
    rows = [1, 2, POISON, 3, 4, POISON, 5, 6]
    answers = await asyncio.gather(*(together.add(row) for row in rows), return_exceptions=True)
    assert [type(one) for one in answers if not isinstance(one, int)] == [BadRow, BadRow]
    assert sorted(store.kept) == [1, 2, 3, 4, 5, 6]


async def test_when_nothing_can_be_written_everybody_is_told_at_once(
    together: Together[int, int], store: Slow
) -> None:
    store.away = True
    answers = await asyncio.gather(*(together.add(row) for row in range(10)), return_exceptions=True)
    assert {type(one) for one in answers} == {Away}
    assert sum(map(len, store.groups)) == 10
    store.away = False
    assert await together.add(7) == 70


async def test_somebody_who_goes_away_takes_nothing_from_the_others(
    together: Together[int, int], store: Slow
) -> None:
    tasks = [asyncio.create_task(together.add(number)) for number in range(6)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    tasks[4].cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert [one for one in answers if isinstance(one, int)] == [0, 20, 30, 50]
    assert sorted(store.kept) == list(range(6))
