"""Fuzzed reports over HTTP: hundreds of damaged bodies, each answered 201 and stored with its danger and its child."""

from random import Random
from typing import Any

import pytest

from tests.support.services import MovableClock, RunningService, signed_in
from tools.fuzz_reports.bodies import Body, body_of, bytes_alone
from tools.fuzz_reports.damage import Damaged, damage
from tools.fuzz_reports.laws import report_of
from tools.fuzz_reports.runner import TODAY
from tools.fuzz_reports.whole_reports import whole_report

MANY = 300


@pytest.fixture
def clock() -> MovableClock:
    clock = MovableClock()
    clock.offset = TODAY - clock().date()
    return clock


def bodies() -> list[Body]:
    found = []
    for number in range(MANY):
        random = Random(f"http/{number}")
        report = Damaged.of(whole_report(random, number))
        for _ in range(random.choice((0, 1, 3, 6))):
            damage(random, report)
        found.append(bytes_alone(random) if number % 10 == 0 else body_of(random, report))
    return found


async def test_every_damaged_body_is_answered_with_a_receipt_and_keeps_its_danger_and_its_child(
    intake: RunningService,
) -> None:
    wrong: list[Any] = []
    for number, body in enumerate(bodies()):
        headers = {"content-type": body.sent.content_type, "content-encoding": body.sent.content_encoding}
        given = {name: value for name, value in headers.items() if value}
        answer = await intake.http.post("/v1/reports", content=body.sent.body, headers=given)
        if answer.status_code != 201:
            wrong.append((number, answer.status_code, answer.text))
            continue
        path = f"/v1/contacts/{answer.json()['contact_id']}"
        contact = (await intake.http.get(path, headers=signed_in("adviser"))).json()
        handed = await intake.http.get(f"{path}/report", headers=signed_in("service", "case"))
        if handed.status_code != 200:
            wrong.append((number, handed.status_code, handed.text))
        if body.meaning is None:
            continue
        meant = report_of(body.meaning)
        child = meant.states_child(TODAY) and meant.names_a_concern(TODAY)
        if contact["danger_stated"] < meant.states_danger or contact["child_stated"] < child:
            wrong.append((number, contact, body.sent.body))
    assert wrong == []
