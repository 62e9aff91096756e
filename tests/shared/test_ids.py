"""Ids: they sort by time, except those that agencies read, which tell nothing of it."""

from datetime import UTC, datetime
from uuid import RFC_4122

from shared.ids import new_id, new_id_without_time

MANY = 20_000


def test_ids_sort_in_the_order_of_their_making() -> None:
    made = [new_id() for _ in range(MANY)]
    assert made == sorted(made)
    assert len(set(made)) == MANY
    assert {(one.version, one.variant) for one in made} == {(7, RFC_4122)}


def test_an_id_begins_with_the_millisecond_of_its_making() -> None:
    before = datetime.now(UTC).timestamp()
    milliseconds = new_id().int >> 80
    after = datetime.now(UTC).timestamp()
    assert int(before * 1000) <= milliseconds <= int(after * 1000)


def test_an_id_without_time_is_random_and_in_no_order() -> None:
    made = [new_id_without_time() for _ in range(100)]
    assert {one.version for one in made} == {4}
    assert made != sorted(made)
