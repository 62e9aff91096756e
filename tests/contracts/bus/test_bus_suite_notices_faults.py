"""Contract suite of the bus: it notices a bus that would lose, double or hide something."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.contracts.bus import bus_checks, faulty_buses
from tests.contracts.bus.bus_environment import BusEnvironment, bus_environment

NOTICED_BY = {
    faulty_buses.CommitsOnTake: bus_checks.records_of_a_killed_member_go_to_another,
    faulty_buses.SkipsWhatWasThereBeforeItJoined: bus_checks.members_may_come_and_go_and_die,
    faulty_buses.SwallowsWhatItCannotRead: bus_checks.a_record_that_is_no_event_is_given_with_its_fault,
    faulty_buses.SeesNoLag: bus_checks.the_lag_counts_what_is_still_to_be_committed,
    faulty_buses.TurnsBatchesRound: bus_checks.one_key_stays_in_order,
    faulty_buses.LosesTheEndOfLargeBatches: bus_checks.a_large_batch_arrives_whole,
    faulty_buses.AnswersBeforeItIsWritten: bus_checks.published_events_outlive_their_publisher,
    faulty_buses.KnowsOneGroupOnly: bus_checks.each_group_sees_everything,
}


# A dead member's lease runs out before its partitions move; nothing else needs that long.
PATIENCE: dict[Callable[[BusEnvironment], Awaitable[None]], float] = {
    bus_checks.records_of_a_killed_member_go_to_another: 12,
    bus_checks.members_may_come_and_go_and_die: 12,
}


def patience(check: Callable[[BusEnvironment], Awaitable[None]]) -> float:
    return PATIENCE.get(check, 3)


@pytest.mark.parametrize(("fault", "check"), NOTICED_BY.items(), ids=lambda each: each.__name__)
async def test_a_planted_fault_is_noticed(
    fault: type[faulty_buses.Passing],
    check: Callable[[BusEnvironment], Awaitable[None]],
    postgres_bus_url: str,
    tmp_path: Path,
) -> None:
    async with bus_environment(
        postgres_bus_url, tmp_path, fault=fault.__name__, patience=patience(check)
    ) as environment:
        with pytest.raises((AssertionError, ValueError)):  # ValueError: too few to unpack
            await check(environment)


@pytest.mark.parametrize("check", NOTICED_BY.values(), ids=lambda check: check.__name__)
async def test_without_a_fault_the_same_check_passes_in_the_same_time(
    check: Callable[[BusEnvironment], Awaitable[None]], postgres_bus_url: str, tmp_path: Path
) -> None:
    async with bus_environment(
        postgres_bus_url, tmp_path, fault="Passing", patience=patience(check)
    ) as environment:
        await check(environment)


def test_every_planted_fault_has_a_check() -> None:
    assert set(NOTICED_BY) == set(faulty_buses.FAULTS)
