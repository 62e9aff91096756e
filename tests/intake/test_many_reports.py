"""Somebody who sends very many reports is asked to wait, and nobody who tells of danger or of a child ever is."""

import contextlib
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from intake_service.app import INTAKE
from shared.web import create_app
from tests.builders import a_child, a_report
from tests.running import RunningService

SOMEBODY = "81.2.69.142"
Send = Callable[..., Any]


@pytest.fixture
def changed() -> dict[str, Any]:
    return {"reports_per_address": 2}


async def sent(intake: RunningService, *told: dict[str, Any], address: str = SOMEBODY) -> list[Any]:
    """The answers to these reports, sent one after another from one address."""
    app = create_app(INTAKE, lambda: contextlib.nullcontext(intake.platform))
    app.state.platform = intake.platform
    transport = httpx2.ASGITransport(app=app, client=(address, 40_000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://service") as client:
        return [await client.post("/v1/reports", json=a_report(**one)) for one in told]


async def test_beyond_its_share_an_address_is_told_when_to_come_again(intake: RunningService) -> None:
    *taken, refused = await sent(intake, {}, {}, {})
    assert [answer.status_code for answer in taken] == [201, 201]
    assert (refused.status_code, refused.json()["code"]) == (429, "too-many")
    assert refused.headers["content-type"] == "application/problem+json"
    assert int(refused.headers["retry-after"]) == refused.json()["retry_after"] > 0
    assert [answer.status_code for answer in await sent(intake, {}, address="81.2.69.143")] == [201]


@pytest.mark.parametrize(
    "told",
    [
        {"danger_now": "yes"},
        {"persons": [{"in_danger": "yes"}]},
        {"persons": [a_child()]},
        {"reporter": {"age": {"may_be_under_18": True}}},
    ],
)
async def test_a_report_of_danger_or_of_a_child_is_taken_in_however_many_share_the_address(
    intake: RunningService, told: dict[str, Any]
) -> None:
    answers = await sent(intake, {}, {}, {}, *[told] * 5)
    assert [answer.status_code for answer in answers] == [201, 201, 429] + [201] * 5


@pytest.mark.parametrize("address", ["127.0.0.1", "172.18.0.1"])
async def test_this_machine_and_a_proxy_beside_us_are_not_counted(
    intake: RunningService, address: str
) -> None:
    answers = await sent(intake, *[{}] * 5, address=address)
    assert {answer.status_code for answer in answers} == {201}


async def test_with_the_setting_at_nothing_nobody_is_counted(intake: RunningService) -> None:
    intake.platform.settings.reports_per_address = 0
    assert {answer.status_code for answer in await sent(intake, *[{}] * 5)} == {201}


async def test_no_address_reaches_the_database(intake: RunningService) -> None:
    await sent(intake, {}, {}, {})
    for table in ("contacts", "audit_entries", "outbox", "idempotency_keys"):
        rows = await intake.fetch(f"SELECT * FROM {table}")
        assert SOMEBODY not in " ".join(str(value) for row in rows for value in row.values())
