"""Health: everybody learns whether the service answers, only operators how far behind it is."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.errors import Unavailable
from shared.http import health
from shared.identity.principals import Principal
from shared.service.context import ServiceContext
from tests.conftest import TestPostgres
from tests.support.sample_service import SAMPLE
from tests.support.services import RunningService, running, signed_in

OPEN = {"ready", "database", "bus"}


@pytest.fixture
async def public(postgres_server: TestPostgres, tmp_path: Path) -> AsyncIterator[RunningService]:
    """Yield the sample service with the settings of production."""
    async with running(
        SAMPLE,
        postgres_server,
        home=tmp_path,
        mode="production",
    ) as service:
        yield service


@pytest.mark.parametrize(
    "headers", [{}, signed_in("adviser"), signed_in("nobody"), {"authorization": "Basic YTpi"}], ids=str
)
async def test_in_production_health_shows_no_more_than_whether_the_service_answers(
    public: RunningService, headers: dict[str, str]
) -> None:
    answer = await public.http.get("/readyz", headers=headers)
    assert answer.status_code == 200
    assert set(answer.json()) == OPEN


async def test_an_operator_sees_how_far_behind_the_service_is(public: RunningService) -> None:
    answer = await public.http.get("/readyz", headers=signed_in("operator"))
    assert set(answer.json()) == set(health.HealthOut.model_fields) > OPEN


async def test_on_a_laptop_everybody_sees_everything(sample: RunningService) -> None:
    assert set((await sample.http.get("/readyz")).json()) == set(health.HealthOut.model_fields)


class UnavailableTokens:
    async def verify(self, token: str) -> Principal:
        raise Unavailable


async def test_health_does_not_depend_on_the_sign_in_provider(public: RunningService) -> None:
    public.context.token_verifier = UnavailableTokens()
    answer = await public.http.get("/readyz", headers=signed_in("operator"))
    assert (answer.status_code, set(answer.json())) == (200, OPEN)


async def test_many_health_checks_at_once_cost_the_database_one(
    public: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[ServiceContext] = []
    counted = health._counted

    async def slowly(context: ServiceContext) -> dict[str, Any]:
        asked.append(context)
        await asyncio.sleep(0.2)
        return await counted(context)

    monkeypatch.setattr(health, "_counted", slowly)
    answers = await asyncio.gather(*(public.http.get("/readyz") for _ in range(40)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(asked) == 1


async def test_a_service_is_ready_without_its_counts_and_says_that_they_are_late(
    sample: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """High load must not look like a fault: a proxy would take the process away, and the others had more."""

    async def too_slow(context: ServiceContext) -> dict[str, Any]:
        await asyncio.sleep(60)
        return {}

    monkeypatch.setattr(health, "_counted", too_slow)
    monkeypatch.setattr(health, "COUNTS_LIMIT", 0.1)
    answer = await sample.http.get("/readyz")
    shown = answer.json()
    assert (answer.status_code, shown["ready"], shown["database"]) == (200, True, True)
    assert shown["alerts"] == {"health_counts_late": 1}
    measured = (await sample.http.get("/metrics", headers=signed_in("operator"))).text
    assert 'helpline_alerts{alert="health_counts_late",service="sample"} 1.0' in measured


async def test_a_database_that_does_not_answer_in_time_makes_the_service_unready(
    sample: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "ANSWER_LIMIT", 0.2)
    pool = sample.context.database.pool
    taken = [await pool.acquire() for _ in range(4)]
    answer = await sample.http.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, False)
    for connection in taken:
        await pool.release(connection)
    assert (await sample.http.get("/readyz")).status_code == 200
