"""Route of statistics: who is given which figures, what may be asked, and what the audit trail keeps of it."""

from typing import Any

import pytest

from tests.stats.event_builders import a_contact
from tests.stats.statistics_client import ask, exact, public
from tests.support.services import RunningService, signed_in


@pytest.mark.parametrize("role", ["analyst", "safeguarding_lead"])
async def test_analysts_and_leads_see_exact_figures_of_the_running_month(
    stats: RunningService, role: str
) -> None:
    await stats.given(a_contact())
    answer = await ask(stats, "contacts", role=role)
    assert answer.json()["figures"] == [
        {"period": "2026-01", "by": {}, "count": 1, "at_least": 1, "at_most": 1, "protected": False}
    ]
    assert answer.json()["protected"] is False


@pytest.mark.parametrize("role", ["", "adviser", "data_protection_officer", "operator", "agency", "service"])
async def test_everybody_else_is_answered_as_the_public_is(stats: RunningService, role: str) -> None:
    for _ in range(3):
        await stats.given(a_contact())
    await stats.run_loop("publish_settled_months")
    answer = await ask(stats, "contacts", role=role)
    assert answer.json()["figures"] == [
        {"period": "2026-01", "by": {}, "count": None, "at_least": None, "at_most": None, "protected": True}
    ]


async def test_an_invalid_token_is_refused_and_not_answered_as_the_public(stats: RunningService) -> None:
    assert (await ask(stats, "contacts", role="minister")).status_code == 401


async def test_each_exact_answer_is_recorded_with_who_asked_for_what(stats: RunningService) -> None:
    await exact(stats, "contacts", "nation", "channel", period="quarter")
    await public(stats, "contacts")
    (row,) = await stats.fetch("SELECT actor, action, codes FROM audit_entries")
    assert (row["actor"], row["action"]) == ("user:ada", "statistics.exact_read")
    assert row["codes"] == {
        "measure": "contacts",
        "period": "quarter",
        "first": "2026-01",
        "last": "2026-03",
        "by": "nation+channel",
    }


@pytest.mark.parametrize(
    ("parameters", "field", "rule"),
    [
        ({"measure": "unicorns"}, "query.measure", "enum"),
        ({"period": "week"}, "query.period", "enum"),
        ({"from": "2026-13"}, "query.from", "string_pattern_mismatch"),
        ({"from": "2026-1"}, "query.from", "string_pattern_mismatch"),
        ({"to": "٢٠٢٦-٠١"}, "query.to", "string_pattern_mismatch"),
        ({"from": "2026-02"}, "query.to", "before_from"),
        ({"from": "2020-01"}, "query.to", "range_too_long"),
        ({"by": "shoe_size"}, "query.by.0", "enum"),
        ({"by": ["nation", "nation"]}, "query.by", "named_twice"),
        ({"by": "ground"}, "query.by", "unknown_dimension"),
        ({"by": "nation,channel"}, "query.by.0", "enum"),
        ({"by": "language"}, "query.by", "for_analysts_only"),
        ({"by": ["nation", "channel", "exploitation_type", "language"]}, "query.by", "too_long"),
    ],
)
async def test_a_wrong_query_is_refused_with_the_parameter_and_its_rule(
    stats: RunningService, parameters: dict[str, Any], field: str, rule: str
) -> None:
    query = {"measure": "contacts", "from": "2026-01", "to": "2026-01", **parameters}
    answer = await stats.http.get("/v1/statistics", params=query)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json()["invalid"] == [{"field": field, "rule": rule}]
    assert "shoe" not in answer.text


async def test_a_query_without_measure_or_range_is_refused_with_what_is_missing(
    stats: RunningService,
) -> None:
    answer = await stats.http.get("/v1/statistics", headers=signed_in("analyst"))
    assert [one["field"] for one in answer.json()["invalid"]] == ["query.measure", "query.from", "query.to"]


@pytest.mark.parametrize(
    "measure",
    [
        "contacts", "cases", "potential_victims", "children", "overrides", "phone_handovers", "withheld", "referrals",
        "referrals_acknowledged", "referrals_accepted", "referrals_declined",
    ],
)  # fmt: skip
async def test_every_measure_is_answered_by_type_and_nation(stats: RunningService, measure: str) -> None:
    await stats.given(a_contact())
    await stats.run_loop("publish_settled_months")
    assert set((await public(stats, measure, "exploitation_type", "nation")).values()) == {None}
    await exact(stats, measure, "exploitation_type", "nation")
