"""The benchmark's own parts: what it counts, and that a refused report is never taken for a fast one."""

import json

import pytest

from benchmarks.intake import REPORT, Rounds
from benchmarks.load import percentile, send_for, summary
from demo.loopback import Call, LoopbackServer, Reply
from intake_service.reports import Report


@pytest.mark.parametrize(("share", "value"), [(0.0, 1.0), (0.5, 3.0), (0.99, 5.0), (1.0, 5.0)])
def test_a_percentile_is_one_of_the_values(share: float, value: float) -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0, 5.0], share) == value


def test_the_ratio_is_that_of_neighbouring_rounds() -> None:
    rounds = Rounds(
        [{"rps": 400.0}, {"rps": 100.0}, {"rps": 450.0}], [{"rps": 1000.0}, {"rps": 200.0}, {"rps": 900.0}]
    )
    assert rounds.figures == {"intake_ratio": 0.5, "intake_rps": 400.0, "floor_rps": 900.0}


def test_intake_would_take_the_report_that_is_measured() -> None:
    assert Report.model_validate(REPORT).names_a_concern


async def test_each_request_has_a_key_of_its_own_and_refusals_are_counted() -> None:
    keys: list[str] = []

    async def answer(call: Call) -> Reply:
        keys.append(call.headers["idempotency-key"])
        return Reply(201 if len(keys) % 2 else 503)

    async with LoopbackServer(answer, keeps=True) as server:
        port = int(server.url.rsplit(":", 1)[1])
        body = json.dumps(REPORT).encode()
        measured = await send_for(port, "/v1/reports", body, concurrency=2, seconds=0.2)
    assert len(keys) == len(set(keys)) == len(measured.seconds)
    assert measured.refused == len(keys) // 2
    assert summary(measured, 0.2)["refused"] == measured.refused
