"""Reports that no program can read: each is taken, and only what is too large is not."""

import gzip

import pytest

from tests.support.services import RunningService, signed_in

JSON = {"content-type": "application/json"}


async def read(intake: RunningService, contact_id: str) -> dict[str, object]:
    answer = await intake.http.get(f"/v1/contacts/{contact_id}", headers=signed_in("adviser"))
    found: dict[str, object] = answer.json()
    return found


async def test_a_wrong_field_is_named_and_its_value_is_for_the_adviser_alone(intake: RunningService) -> None:
    body = {"how_many": "Rowan Ashdown", "Rowan Ashdown": 1, "place": {"council": "nowhere near"}}
    answer = await intake.http.post("/v1/reports", json=body)
    assert answer.status_code == 201
    assert "Rowan" not in answer.text
    assert "nowhere" not in answer.text
    assert answer.json()["not_understood"] == [
        "(a name that no field can have)",
        "place.council",
        "how_many",
    ]
    assert (await read(intake, answer.json()["contact_id"]))["not_understood"] == [
        {"field": "(a name that no field can have)", "said": "Rowan Ashdown: 1"},
        {"field": "place.council", "said": "nowhere near"},
        {"field": "how_many", "said": "Rowan Ashdown"},
    ]


async def test_half_a_character_from_a_broken_device_costs_nobody_their_report(
    intake: RunningService,
) -> None:
    body = b'{"what_happened": "help \\ud83d me", "reporter": {"name": "\\ud800"}}'
    answer = await intake.http.post("/v1/reports", content=body, headers=JSON)
    assert answer.status_code == 201
    report = (await read(intake, answer.json()["contact_id"]))["report"]
    assert isinstance(report, dict)
    assert report["what_happened"] == "help \ufffd me"


@pytest.mark.parametrize("depth", [400, 600, 900, 5000])
async def test_a_body_that_is_nested_too_deeply_is_a_report(intake: RunningService, depth: int) -> None:
    body = b'{"place":' * depth + b"1" + b"}" * depth
    answer = await intake.http.post("/v1/reports", content=body, headers=JSON)
    assert answer.status_code == 201


async def test_only_a_body_that_is_too_large_is_refused_and_told_how_large_it_may_be(
    intake: RunningService,
) -> None:
    for headers, body in (
        (JSON, b'{"what_happened": "' + b"x" * 600_000 + b'"}'),
        ({"content-encoding": "gzip"}, gzip.compress(b"x" * 10_000_000, mtime=0)),
    ):
        answer = await intake.http.post("/v1/reports", content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (413, "content-too-large")
        assert answer.json()["max_bytes"] == 262_144
    broken = await intake.http.post("/v1/reports", content=b"{", headers=JSON)
    assert broken.status_code == 201
