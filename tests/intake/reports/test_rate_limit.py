"""Rate limit of reports: a sender of very many must wait, but never one that states danger or a child."""

import contextlib
from typing import Any

import httpx2
import pytest

from intake_service.app import SERVICE as INTAKE
from intake_service.settings import settings_of
from shared.http.app import create_app
from tests.support.builders import a_child, a_report
from tests.support.services import RunningService

SENDER = "81.2.69.142"


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"reports_per_address": 2}


async def send(intake: RunningService, *reports: dict[str, Any], address: str = SENDER) -> list[Any]:
    """Send reports one after another from one address and return the answers."""
    app = create_app(INTAKE, lambda: contextlib.nullcontext(intake.context))
    app.state.context = intake.context
    transport = httpx2.ASGITransport(app=app, client=(address, 40_000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://service") as client:
        return [await client.post("/v1/reports", json=a_report(**one)) for one in reports]


async def test_beyond_its_share_an_address_is_asked_to_wait_and_for_how_long(intake: RunningService) -> None:
    *accepted, refused = await send(intake, {}, {}, {})
    assert [answer.status_code for answer in accepted] == [201, 201]
    assert (refused.status_code, refused.json()["code"]) == (429, "too-many")
    assert refused.headers["content-type"] == "application/problem+json"
    assert int(refused.headers["retry-after"]) == refused.json()["retry_after"] > 0
    assert [answer.status_code for answer in await send(intake, {}, address="81.2.69.143")] == [201]


@pytest.mark.parametrize(
    "report",
    [
        {"danger_now": "yes"},
        {"persons": [{"in_danger": "yes"}]},
        {"persons": [a_child()]},
        {"reporter": {"age": {"may_be_under_18": True}}},
        {"danger_now": "please"},
        {"persons": [{"age": "fourteen and a half"}]},
        {"emergency": True},
    ],
)
async def test_a_report_of_danger_or_of_a_child_is_accepted_however_many_share_the_address(
    intake: RunningService, report: dict[str, Any]
) -> None:
    answers = await send(intake, {}, {}, {}, *[report] * 5)
    assert [answer.status_code for answer in answers] == [201, 201, 429] + [201] * 5


@pytest.mark.parametrize("address", ["127.0.0.1", "172.18.0.1"])
async def test_this_machine_and_a_proxy_in_a_private_network_are_not_counted(
    intake: RunningService, address: str
) -> None:
    answers = await send(intake, *[{}] * 5, address=address)
    assert {answer.status_code for answer in answers} == {201}


async def test_with_the_setting_at_zero_nobody_is_counted(intake: RunningService) -> None:
    settings_of(intake.context).reports_per_address = 0
    assert {answer.status_code for answer in await send(intake, *[{}] * 5)} == {201}


async def test_no_address_reaches_the_database(intake: RunningService) -> None:
    await send(intake, {}, {}, {})
    for table in ("contacts", "audit_entries", "outbox", "stored_responses"):
        rows = await intake.fetch(f"SELECT * FROM {table}")
        assert SENDER not in " ".join(str(value) for row in rows for value in row.values())
