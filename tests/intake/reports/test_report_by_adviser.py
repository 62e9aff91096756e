"""Report that an adviser enters for a caller: it counts as recorded by an adviser (rules §4, fact 7)."""

from typing import Any

import pytest

from shared.events import ContactReceived
from tests.support.services import RunningService, signed_in

SAID = {"channel": "phone", "danger_now": "yes", "what_happened": "She is locked in."}


async def _send(intake: RunningService, headers: dict[str, str]) -> ContactReceived:
    answer = await intake.http.post("/v1/reports", json=SAID, headers=headers)
    assert answer.status_code == 201, answer.text
    announced: list[ContactReceived] = await intake.announced(ContactReceived)
    (event,) = announced
    return event


@pytest.mark.parametrize("role", ["adviser", "safeguarding_lead"])
async def test_what_an_adviser_enters_counts_as_recorded_by_an_adviser(
    intake: RunningService, role: str
) -> None:
    event = await _send(intake, signed_in(role, "ada"))
    assert event.recorded_by_adviser
    actors = await intake.fetch("SELECT actor FROM audit_entries WHERE action = 'report.received'")
    assert [row["actor"] for row in actors] == ["user:ada"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer not-a-token"},
        {"authorization": "Basic YTpi"},
        signed_in("operator", "op"),
    ],
    ids=["nobody", "bad-token", "other-scheme", "operator"],
)
async def test_nobody_else_vouches_for_a_report_and_no_token_costs_one(
    intake: RunningService, headers: dict[str, Any]
) -> None:
    event = await _send(intake, headers)
    assert not event.recorded_by_adviser
    actors = await intake.fetch("SELECT actor FROM audit_entries WHERE action = 'report.received'")
    assert [row["actor"] for row in actors] == ["public"]
