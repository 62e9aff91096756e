"""Retries: the same report sent again is one contact with its key, and two that are marked without one."""

import asyncio
import json
import re
from typing import Any

import pytest

from intake_service.reports.same_words import delete_old_words
from intake_service.reports.submit_report import _COLUMNS, _INSERT
from shared.events import ContactReceived
from tests.support.builders import a_report
from tests.support.services import MovableClock, RunningService, signed_in

KEY = {"idempotency-key": "a-bad-network-1-of-9"}


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


async def send(intake: RunningService, body: Any, **headers: str) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = await intake.http.post("/v1/reports", content=content, headers=headers)
    assert answer.status_code == 201
    return answer


WRITTEN_ANEW = (
    b'{"danger_now": "yes", "how_many": 3, "place": {"postcode": "M1 1AE"}, "persons": [{"age": {"years": 15}}]}',
    b'{"persons":[{"age":{"years":15}}],"place":{"postcode":"M1 1AE"},"how_many":3,"danger_now":"yes"}',
    b'\n{ "how_many": 3.0, "danger_now": true, "when_happened": null,\r\n'
    b' "place": {"postcode": "M1 1AE"}, "persons": [{"age": {"years": "15"}}] }',
    b'{"danger_now": "yes", "how_many": 3, "place": {"postcode": "\\u004d1 1AE"}, "persons": [{"age": {"years": 15}}]}',
)


async def test_a_retry_whose_json_was_written_anew_is_the_same_contact(intake: RunningService) -> None:
    answers = [await send(intake, body, **KEY) for body in WRITTEN_ANEW]
    assert len({answer.json()["contact_id"] for answer in answers}) == 1
    assert len(await intake.announced(ContactReceived)) == 1


@pytest.mark.parametrize("days", [25 / 24, 29])
async def test_a_retry_after_days_opens_no_second_case_and_raises_no_second_alarm(
    intake: RunningService, clock: MovableClock, days: float
) -> None:
    first = await send(intake, a_report(danger_now="yes"), **KEY)
    clock.forward(days=days)
    await intake.run_loop("delete_expired_responses")
    again = await send(intake, a_report(danger_now="yes"), **KEY)
    assert first.json() == again.json()
    assert len(await intake.announced(ContactReceived)) == 1


async def test_a_retry_of_a_salvaged_report_is_the_same_contact(intake: RunningService) -> None:
    first, again = [await send(intake, {"app": 1, "danger_now": "help"}, **KEY) for _ in range(2)]
    other = await send(intake, {"app": 2, "danger_now": "help"}, **KEY)
    assert first.json() == again.json() != other.json()


async def test_two_presses_without_a_key_are_two_contacts_of_which_the_second_names_the_first(
    intake: RunningService, clock: MovableClock
) -> None:
    first = await send(intake, a_report(danger_now="yes"))
    clock.forward(seconds=20)
    second = await send(intake, a_report(danger_now="yes"))
    events = await intake.announced(ContactReceived)
    assert [str(event.same_words_as) for event in events] == ["None", first.json()["contact_id"]]
    path = f"/v1/contacts/{second.json()['contact_id']}"
    seen = (await intake.http.get(path, headers=signed_in("adviser"))).json()
    handed = (await intake.http.get(f"{path}/report", headers=signed_in("service", "case"))).json()
    assert seen["same_words_as"] == handed["same_words_as"] == first.json()["contact_id"]
    listed = (await intake.http.get("/v1/contacts", headers=signed_in("adviser"))).json()["items"]
    assert [one["same_words_as"] for one in listed] == [None, first.json()["contact_id"]]


async def test_nobody_learns_from_the_answer_that_the_same_was_sent_before(intake: RunningService) -> None:
    first, second = [await send(intake, a_report()) for _ in range(2)]
    assert first.json().keys() == second.json().keys()
    assert first.headers.keys() == second.headers.keys()
    of_each = {"x-request-id", "content-length"}
    assert all(first.headers[name] == second.headers[name] for name in first.headers if name not in of_each)
    others = {key: value for key, value in second.json().items() if key not in ("receipt", "received_at")}
    assert first.json()["contact_id"] not in json.dumps(others)


async def test_presses_at_the_same_moment_all_name_one_of_them(intake: RunningService) -> None:
    await asyncio.gather(*(send(intake, {"danger_now": "yes"}) for _ in range(24)))
    rows = await intake.fetch("SELECT id, same_words_as FROM contacts")
    firsts = [row["id"] for row in rows if row["same_words_as"] is None]
    assert len(firsts) == 1
    assert {row["same_words_as"] for row in rows} == {None, firsts[0]}


@pytest.mark.parametrize("other", [{"how_many": 4}, {"danger_now": "yes"}, {"app_version": "2"}])
async def test_other_words_are_not_the_same_words(intake: RunningService, other: dict[str, Any]) -> None:
    for body in (a_report(), a_report(**other)):
        await send(intake, body)
    assert [event.same_words_as for event in await intake.announced(ContactReceived)] == [None, None]


async def test_the_same_words_some_minutes_later_are_another_report(
    intake: RunningService, clock: MovableClock
) -> None:
    await send(intake, a_report())
    clock.forward(minutes=5)
    await send(intake, a_report())
    assert [event.same_words_as for event in await intake.announced(ContactReceived)] == [None, None]


async def test_digests_of_words_are_deleted_after_a_minute(
    intake: RunningService, clock: MovableClock
) -> None:
    await send(intake, a_report())
    (row,) = await intake.fetch("SELECT words FROM recent_words")
    assert len(row["words"]) == 32
    clock.forward(minutes=2)
    await delete_old_words(intake.context)
    assert await intake.fetch("SELECT words FROM recent_words") == []


async def test_looking_for_the_same_words_and_for_a_first_response_reads_no_table_whole(
    intake: RunningService,
) -> None:
    """The plan is made while the tables are empty, and kept while they grow."""
    await send(intake, a_report(), **KEY)
    nulls = ", ".join(f"NULL::{kind}[]" for kind in _COLUMNS.values())
    query = re.sub(r"unnest\(.*?\)\n", f"unnest({nulls})\n", _INSERT, count=1)
    last = len(_COLUMNS)
    for number in (last + 2, last + 1):
        query = query.replace(f"${number}::interval", "'1 minute'::interval")
    plan = "\n".join(row[0] for row in await intake.fetch(f"EXPLAIN {query}"))
    assert "pk_recent_words" in plan
    assert "pk_stored_responses" in plan
    assert "Seq Scan" not in plan
