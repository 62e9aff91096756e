"""Working days: offices keep their nation's bank holidays, and due times wait for working days."""

from datetime import UTC, date, datetime

import pytest

from shared.domain.vocabulary import Nation
from shared.domain.working_days import (
    bank_holidays,
    holidays_by_rule,
    is_office_time,
    is_working_day,
    next_working_day,
)

ENGLAND, WALES, SCOTLAND, ULSTER = Nation.ENGLAND, Nation.WALES, Nation.SCOTLAND, Nation.NORTHERN_IRELAND
PROCLAIMED = {(SCOTLAND, 2026): {date(2026, 6, 15)}}
"""Days that were proclaimed once: here for the World Cup."""


@pytest.mark.parametrize("nation", list(Nation))
@pytest.mark.parametrize("year", range(2024, 2029))
def test_the_published_bank_holidays_are_those_of_the_rule_and_those_proclaimed(
    nation: Nation, year: int
) -> None:
    assert bank_holidays(nation, year) == holidays_by_rule(nation, year) | PROCLAIMED.get(
        (nation, year), set()
    )


@pytest.mark.parametrize("year", range(2024, 2060))
def test_a_nation_has_its_number_of_bank_holidays_and_none_at_a_weekend(year: int) -> None:
    counted = {nation: len(holidays_by_rule(nation, year)) for nation in Nation}
    assert counted == {ENGLAND: 8, WALES: 8, SCOTLAND: 9, ULSTER: 10}
    assert all(day.weekday() < 5 for nation in Nation for day in holidays_by_rule(nation, year))


@pytest.mark.parametrize(
    ("day", "closed"),
    [
        ("2026-12-25", {ENGLAND, WALES, SCOTLAND, ULSTER}),
        ("2026-12-28", {ENGLAND, WALES, SCOTLAND, ULSTER}),  # for Boxing Day, a Saturday
        ("2027-12-27", {ENGLAND, WALES, SCOTLAND, ULSTER}),
        ("2028-01-03", {ENGLAND, WALES, SCOTLAND, ULSTER}),
        ("2028-01-04", {SCOTLAND}),
        ("2026-01-02", {SCOTLAND}),
        ("2026-11-30", {SCOTLAND}),
        ("2026-06-15", {SCOTLAND}),
        ("2026-04-06", {ENGLAND, WALES, ULSTER}),  # Easter Monday
        ("2026-08-03", {SCOTLAND}),
        ("2026-08-31", {ENGLAND, WALES, ULSTER}),
        ("2026-03-17", {ULSTER}),
        ("2026-07-13", {ULSTER}),
        ("2031-04-11", {ENGLAND, WALES, SCOTLAND, ULSTER}),  # a Good Friday beyond the published list
        ("2026-11-26", set()),
    ],
)
def test_offices_are_closed_on_the_bank_holidays_of_their_nation(day: str, closed: set[Nation]) -> None:
    noon = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    assert {nation for nation in Nation if not is_office_time(nation, noon)} == closed


def test_a_body_of_several_nations_keeps_the_days_of_england() -> None:
    assert not is_working_day(None, date(2026, 8, 31))
    assert is_working_day(None, date(2026, 11, 30))


@pytest.mark.parametrize(
    ("nation", "at", "expected"),
    [
        (ENGLAND, "2026-12-24T15:00", "2026-12-29T15:00"),
        (SCOTLAND, "2026-12-31T10:00", "2027-01-05T10:00"),
        (ENGLAND, "2026-12-31T10:00", "2027-01-04T10:00"),
        (ULSTER, "2026-07-10T10:00", "2026-07-14T10:00"),
        (ENGLAND, "2026-11-26T10:00", "2026-11-27T10:00"),
        (ENGLAND, "2026-03-27T10:00", "2026-03-30T09:00"),  # into summer time: ten o'clock there
    ],
)
def test_the_next_working_day_skips_weekends_and_bank_holidays_by_the_clock_on_the_wall(
    nation: Nation, at: str, expected: str
) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert next_working_day(nation, moment) == datetime.fromisoformat(expected).replace(tzinfo=UTC)
