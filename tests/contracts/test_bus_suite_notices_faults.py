"""The contract suite notices a bus that would lose, double or hide something."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.contracts import bus_checks, faulty
from tests.contracts.bus_world import World, world

NOTICED_BY = {
    faulty.CommitsOnTake: bus_checks.what_a_killed_member_held_goes_to_another,
    faulty.NeverSeeksBack: bus_checks.what_was_not_committed_is_given_again,
    faulty.SkipsWhatWasThereBeforeItJoined: bus_checks.members_may_come_and_go_and_die,
    faulty.SwallowsWhatItCannotRead: bus_checks.a_record_that_is_no_event_is_shown_and_passed,
    faulty.SeesNoLag: bus_checks.the_lag_is_what_is_still_to_be_done,
    faulty.TurnsBatchesRound: bus_checks.one_key_stays_in_order,
    faulty.LosesTheEndOfLargeBatches: bus_checks.a_large_batch_arrives_whole,
    faulty.AnswersBeforeItIsWritten: bus_checks.what_was_published_outlives_its_publisher,
    faulty.KnowsOneGroupOnly: bus_checks.each_group_sees_everything,
}


# A dead member's lease runs out before its partitions move; nothing else needs that long.
PATIENCE: dict[Callable[[World], Awaitable[None]], float] = {
    bus_checks.what_a_killed_member_held_goes_to_another: 12,
    bus_checks.members_may_come_and_go_and_die: 12,
}


def patience(check: Callable[[World], Awaitable[None]]) -> float:
    return PATIENCE.get(check, 3)


@pytest.mark.parametrize(("fault", "check"), NOTICED_BY.items(), ids=lambda each: each.__name__)
async def test_a_planted_fault_is_noticed(
    fault: type[faulty.Passing],
    check: Callable[[World], Awaitable[None]],
    postgres_bus_url: str,
    tmp_path: Path,
) -> None:
    async with world(postgres_bus_url, tmp_path, fault=fault.__name__, patience=patience(check)) as here:
        with pytest.raises((AssertionError, ValueError)):  # ValueError: too few to unpack
            await check(here)


@pytest.mark.parametrize("check", NOTICED_BY.values(), ids=lambda check: check.__name__)
async def test_without_a_fault_the_same_check_passes_in_the_same_time(
    check: Callable[[World], Awaitable[None]], postgres_bus_url: str, tmp_path: Path
) -> None:
    async with world(postgres_bus_url, tmp_path, fault="Passing", patience=patience(check)) as here:
        await check(here)


def test_every_planted_fault_has_a_check() -> None:
    assert set(NOTICED_BY) == set(faulty.FAULTS)
