"""Health tells everybody whether we are there, and only operators how far behind we are."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared import health
from shared.errors import Unavailable
from shared.identity import Principal
from shared.platform import Platform
from tests.conftest import TestPostgres
from tests.running import RunningService, running, signed_in
from tests.shared.sample import SAMPLE

OPEN = {"ready", "database", "bus"}


@pytest.fixture
async def public(postgres_server: TestPostgres, tmp_path: Path) -> AsyncIterator[RunningService]:
    """The sample service as it is set in production."""
    async with running(
        SAMPLE,
        postgres_server,
        home=tmp_path,
        mode="production",
        allow_loopback_agencies=False,
    ) as service:
        yield service


@pytest.mark.parametrize(
    "headers", [{}, signed_in("adviser"), signed_in("nobody"), {"authorization": "Basic YTpi"}], ids=str
)
async def test_in_production_health_tells_no_more_than_whether_we_are_there(
    public: RunningService, headers: dict[str, str]
) -> None:
    answer = await public.http.get("/readyz", headers=headers)
    assert answer.status_code == 200
    assert set(answer.json()) == OPEN


async def test_an_operator_is_told_how_far_behind_we_are(public: RunningService) -> None:
    answer = await public.http.get("/readyz", headers=signed_in("operator"))
    assert set(answer.json()) == set(health.HealthOut.model_fields) > OPEN


async def test_on_a_laptop_everybody_is_told(sample: RunningService) -> None:
    assert set((await sample.http.get("/readyz")).json()) == set(health.HealthOut.model_fields)


class SignInAway:
    async def read(self, token: str) -> Principal:
        raise Unavailable


async def test_health_does_not_hang_on_who_issues_tokens(public: RunningService) -> None:
    public.platform.reader = SignInAway()
    answer = await public.http.get("/readyz", headers=signed_in("operator"))
    assert (answer.status_code, set(answer.json())) == (200, OPEN)


async def test_many_who_ask_at_once_cost_the_database_one_question(
    public: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Platform] = []
    counted = health._counted

    async def slowly(platform: Platform) -> dict[str, Any]:
        asked.append(platform)
        await asyncio.sleep(0.2)
        return await counted(platform)

    monkeypatch.setattr(health, "_counted", slowly)
    answers = await asyncio.gather(*(public.http.get("/readyz") for _ in range(40)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(asked) == 1
