"""Parts of the benchmarks: what they count, and that a refused report is never taken for a fast one."""

import json
from datetime import date

import pytest
from fastapi import FastAPI, Request, Response

from benchmarks.intake import REPORT, Rounds
from benchmarks.load import percentile, send_for, summary
from intake_service.reports.schemas import Report
from tools.simulation.partners.server import serve


@pytest.mark.parametrize(("share", "value"), [(0.0, 1.0), (0.5, 3.0), (0.99, 5.0), (1.0, 5.0)])
def test_a_percentile_is_one_of_the_values(share: float, value: float) -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0, 5.0], share) == value


def test_the_ratio_is_that_of_neighbouring_rounds() -> None:
    rounds = Rounds(
        [{"rps": 400.0}, {"rps": 100.0}, {"rps": 450.0}], [{"rps": 1000.0}, {"rps": 200.0}, {"rps": 900.0}]
    )
    assert rounds.figures == {"intake_ratio": 0.5, "intake_rps": 400.0, "bare_insert_rps": 900.0}


def test_intake_would_take_the_report_that_is_measured() -> None:
    assert Report.model_validate(REPORT).names_a_concern(date(2026, 11, 22))


async def test_each_request_has_a_key_of_its_own_and_refusals_are_counted() -> None:
    keys: list[str] = []
    connections: set[tuple[str, int]] = set()
    app = FastAPI()

    @app.post("/v1/reports")
    async def refuse_every_second(request: Request) -> Response:
        keys.append(request.headers["idempotency-key"])
        assert request.client is not None
        connections.add((request.client.host, request.client.port))
        return Response(status_code=201 if len(keys) % 2 else 503)

    async with serve(app) as url:
        port = int(url.rsplit(":", 1)[1])
        body = json.dumps(REPORT).encode()
        measured = await send_for(port, "/v1/reports", body, concurrency=2, seconds=0.2)
    assert len(keys) == len(set(keys)) == len(measured.seconds)
    assert len(connections) == 2
    assert measured.refused == len(keys) // 2
    assert summary(measured, 0.2)["refused"] == measured.refused
