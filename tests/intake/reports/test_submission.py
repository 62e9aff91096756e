"""Submission of reports: each is stored whole and once, and answered with a receipt."""

import asyncio

import pytest

from shared.events import ContactReceived
from tests.support.builders import a_child, a_report, a_reporter
from tests.support.services import RunningService


async def test_a_report_is_answered_with_a_receipt_of_seven_words(intake: RunningService) -> None:
    answer = await intake.http.post("/v1/reports", json=a_report())
    assert answer.status_code == 201
    assert len(answer.json()["receipt"].split()) == 7


async def test_an_empty_report_is_a_report(intake: RunningService) -> None:
    assert (await intake.http.post("/v1/reports", json={})).status_code == 201


async def test_the_other_services_learn_codes_and_no_words(intake: RunningService) -> None:
    await intake.http.post("/v1/reports", json=a_report(reporter=a_reporter(), persons=[a_child()]))
    (event,) = await intake.announced(ContactReceived)
    assert event.child_stated
    assert not event.danger_stated
    body = event.model_dump_json()
    assert not any(word in body for word in ("Rowan", "Mika", "dawn", "M1 1AE", "7700"))


async def test_nothing_of_a_report_is_readable_in_the_database(intake: RunningService) -> None:
    await intake.http.post("/v1/reports", json=a_report(reporter=a_reporter()))
    (row,) = await intake.fetch("SELECT * FROM contacts")
    everything = " ".join(str(value) for value in row.values())
    assert not any(word in everything for word in ("Rowan", "dawn", "M1 1AE", "7700"))


async def test_the_same_report_sent_again_with_its_key_is_one_contact_with_one_receipt(
    intake: RunningService,
) -> None:
    header = {"idempotency-key": "a-bad-network-1-of-9"}
    first, second = [await intake.http.post("/v1/reports", json=a_report(), headers=header) for _ in range(2)]
    assert first.json() == second.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert len(await intake.fetch("SELECT id FROM contacts")) == 1


async def test_sixteen_attempts_at_once_with_one_key_are_one_contact(intake: RunningService) -> None:
    header = {"idempotency-key": "sixteen-attempts-at-once"}
    answers = await asyncio.gather(
        *(intake.http.post("/v1/reports", json=a_report(), headers=header) for _ in range(16))
    )
    assert {answer.json()["receipt"] for answer in answers} == {answers[0].json()["receipt"]}
    assert len(await intake.fetch("SELECT id FROM outbox")) == 1


async def test_many_reports_at_once_are_each_stored_and_answered(intake: RunningService) -> None:
    answers = await asyncio.gather(
        *(intake.http.post("/v1/reports", json=a_report(how_many=number)) for number in range(40))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["receipt"] for answer in answers}) == 40
    contacts = {str(row["id"]) for row in await intake.fetch("SELECT id FROM contacts")}
    assert contacts == {answer.json()["contact_id"] for answer in answers}
    for table in ("data_keys", "outbox", "audit_entries"):
        assert len(await intake.fetch(f"SELECT * FROM {table}")) == 40


async def test_without_an_idempotency_key_no_response_is_stored(intake: RunningService) -> None:
    await intake.http.post("/v1/reports", json=a_report())
    assert await intake.fetch("SELECT * FROM stored_responses") == []


async def test_different_reports_under_one_poor_key_are_all_accepted(intake: RunningService) -> None:
    header = {"idempotency-key": "0000000000000001"}
    answers = await asyncio.gather(
        *(intake.http.post("/v1/reports", json=a_report(how_many=n), headers=header) for n in range(12))
    )
    assert [answer.status_code for answer in answers] == [201] * 12
    assert len({answer.json()["receipt"] for answer in answers}) == 12
    assert len(await intake.fetch("SELECT id FROM contacts")) == 12


async def test_each_of_two_reports_under_one_key_is_answered_again_with_its_own_receipt(
    intake: RunningService,
) -> None:
    header = {"idempotency-key": "1111111111111111"}
    reports = [a_report(), a_report(how_many=3)]
    first = [(await intake.http.post("/v1/reports", json=one, headers=header)).json() for one in reports]
    again = [(await intake.http.post("/v1/reports", json=one, headers=header)).json() for one in reports]
    assert first == again
    assert first[0]["receipt"] != first[1]["receipt"]


async def test_the_same_words_under_two_keys_are_two_reports(intake: RunningService) -> None:
    for key in ("the-key-of-one-person", "and-that-of-another"):
        await intake.http.post("/v1/reports", json=a_report(), headers={"idempotency-key": key})
    assert len(await intake.fetch("SELECT id FROM contacts")) == 2


@pytest.mark.parametrize("key", ["1", "panic", "fifteen-letters"])
async def test_the_same_alarm_of_two_people_under_a_key_that_is_too_short_is_two_contacts(
    intake: RunningService, key: str
) -> None:
    alarms = [
        await intake.http.post("/v1/reports", json={"danger_now": "yes"}, headers={"idempotency-key": key})
        for _ in range(2)
    ]
    assert [alarm.status_code for alarm in alarms] == [201, 201]
    assert len({alarm.json()["receipt"] for alarm in alarms}) == 2
    assert [event.danger_stated for event in await intake.announced(ContactReceived)] == [True, True]
