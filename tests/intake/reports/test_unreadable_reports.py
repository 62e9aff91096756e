"""Reports that cannot be read: fields and rules are named, and never a value that was sent."""

import pytest

from tests.support.services import RunningService, signed_in


async def test_a_wrong_field_is_named_with_its_rule_and_never_with_its_value(
    intake: RunningService,
) -> None:
    body = {"how_many": "Rowan Ashdown", "Rowan Ashdown": 1, "place": {"council": "nowhere near"}}
    answer = await intake.http.post("/v1/reports", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Rowan" not in answer.text
    assert "nowhere" not in answer.text
    assert {"field": "how_many", "rule": "int_parsing"} in answer.json()["invalid"]


async def test_half_a_character_from_a_broken_device_costs_nobody_their_report(
    intake: RunningService,
) -> None:
    body = b'{"what_happened": "help \\ud83d me", "reporter": {"name": "\\ud800"}}'
    answer = await intake.http.post("/v1/reports", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 201
    read = await intake.http.get(f"/v1/contacts/{answer.json()['contact_id']}", headers=signed_in("adviser"))
    assert read.json()["report"]["what_happened"] == "help \ufffd me"


@pytest.mark.parametrize("depth", [400, 600, 900, 5000])
async def test_a_body_that_is_nested_too_deeply_is_refused_and_no_failure(
    intake: RunningService, depth: int
) -> None:
    body = b'{"place":' * depth + b"1" + b"}" * depth
    answer = await intake.http.post("/v1/reports", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)


async def test_a_body_that_is_no_json_and_one_that_is_too_long_are_clear_errors(
    intake: RunningService,
) -> None:
    broken = await intake.http.post("/v1/reports", content=b"{", headers={"content-type": "application/json"})
    assert (broken.status_code, broken.json()["invalid"][0]["rule"]) == (422, "json_invalid")
    long = await intake.http.post("/v1/reports", json={"what_happened": "x" * 600_000})
    assert long.status_code == 413
