"""Reports from the public: taken in whole, once, and kept from everybody who need not see them."""

import asyncio

import pytest

from intake_service.reports import Report
from shared.events import ContactReceived, ReportTakenOver
from tests.builders import a_child, a_report, a_reporter
from tests.running import RunningService, signed_in


async def test_a_report_is_answered_with_seven_words_to_come_back_with(intake: RunningService) -> None:
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


async def test_nothing_that_was_said_is_readable_in_the_database(intake: RunningService) -> None:
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


async def test_sixteen_tries_at_once_with_one_key_are_one_contact(intake: RunningService) -> None:
    header = {"idempotency-key": "sixteen-tries-at-once"}
    answers = await asyncio.gather(
        *(intake.http.post("/v1/reports", json=a_report(), headers=header) for _ in range(16))
    )
    assert {answer.json()["receipt"] for answer in answers} == {answers[0].json()["receipt"]}
    assert len(await intake.fetch("SELECT id FROM outbox")) == 1


async def test_many_reports_at_once_are_each_answered_for_themselves(intake: RunningService) -> None:
    answers = await asyncio.gather(
        *(intake.http.post("/v1/reports", json=a_report(how_many=number)) for number in range(40))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["receipt"] for answer in answers}) == 40
    contacts = {str(row["id"]) for row in await intake.fetch("SELECT id FROM contacts")}
    assert contacts == {answer.json()["contact_id"] for answer in answers}
    for table in ("data_keys", "outbox", "audit_entries"):
        assert len(await intake.fetch(f"SELECT * FROM {table}")) == 40


async def test_where_no_retry_was_announced_no_answer_is_kept(intake: RunningService) -> None:
    await intake.http.post("/v1/reports", json=a_report())
    assert await intake.fetch("SELECT * FROM idempotency_keys") == []


async def test_different_reports_under_one_poor_key_are_all_taken_in(intake: RunningService) -> None:
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
    told = [a_report(), a_report(how_many=3)]
    first = [(await intake.http.post("/v1/reports", json=one, headers=header)).json() for one in told]
    again = [(await intake.http.post("/v1/reports", json=one, headers=header)).json() for one in told]
    assert first == again
    assert first[0]["receipt"] != first[1]["receipt"]


async def test_the_same_words_under_two_keys_are_two_reports(intake: RunningService) -> None:
    for key in ("the-key-of-one-person", "and-that-of-another"):
        await intake.http.post("/v1/reports", json=a_report(), headers={"idempotency-key": key})
    assert len(await intake.fetch("SELECT id FROM contacts")) == 2


@pytest.mark.parametrize("key", ["1", "panic", "fifteen-letters"])
async def test_the_same_alarm_of_two_people_under_a_key_that_tells_nobody_apart_is_two_contacts(
    intake: RunningService, key: str
) -> None:
    alarms = [
        await intake.http.post("/v1/reports", json={"danger_now": "yes"}, headers={"idempotency-key": key})
        for _ in range(2)
    ]
    assert [alarm.status_code for alarm in alarms] == [201, 201]
    assert len({alarm.json()["receipt"] for alarm in alarms}) == 2
    assert [event.danger_stated for event in await intake.announced(ContactReceived)] == [True, True]


async def test_of_an_anonymous_reporters_home_the_council_is_kept_and_no_way_to_reach_them(
    intake: RunningService,
) -> None:
    home = {"address": "3 Mill Lane", "postcode": "M1 1AE", "description": "green door"}
    told = a_report(
        privacy="anonymous",
        reporter={"lives_at": home, "found_at": {**home, "address": "9 Quay Street"}},
        safe_contact={"say_to_others": "Rowan's bank"},
        place={},
    )
    answer = await intake.http.post("/v1/reports", json=told)
    assert answer.json()["not_kept"] == ["reporter.lives_at", "reporter.found_at", "safe_contact"]
    read = await intake.http.get(f"/v1/contacts/{answer.json()['contact_id']}", headers=signed_in("adviser"))
    report = read.json()["report"]
    for place in ("lives_at", "found_at"):
        assert report["reporter"][place]["council"] == "E08000003"
    assert not any(word in read.text for word in ("Mill Lane", "Quay", "M1 1AE", "green door", "Rowan"))


async def test_of_an_anonymous_reporter_who_told_the_council_alone_all_is_kept(
    intake: RunningService,
) -> None:
    reporter = {"lives_at": {"council": "E08000003"}, "found_at": {"council": "E08000035"}}
    answer = await intake.http.post("/v1/reports", json=a_report(privacy="anonymous", reporter=reporter))
    assert answer.json()["not_kept"] == []


async def test_an_anonymous_reporters_details_are_not_kept_even_when_given(intake: RunningService) -> None:
    answer = await intake.http.post("/v1/reports", json=a_report(privacy="anonymous", reporter=a_reporter()))
    assert answer.json()["not_kept"] == ["reporter.name", "reporter.phone", "reporter.email"]
    read = await intake.http.get(f"/v1/contacts/{answer.json()['contact_id']}", headers=signed_in("adviser"))
    assert read.json()["report"]["reporter"]["name"] is None


@pytest.mark.parametrize(
    ("told", "opens_case"),
    [
        ({"purpose": "training_and_information"}, False),
        ({"purpose": "training_and_information", "reporter": {"age": {"years": 15}}}, False),
        ({"purpose": "training_and_information", "persons": [{"age": {"years": 15}}]}, True),
        ({"purpose": "training_and_information", "danger_now": "yes"}, True),
        ({"purpose": "advice"}, True),
        ({}, True),
        (
            {
                "purpose": "training_and_information",
                "what_happened": "men lock my friend in, she is 14",
                "still_happening": "yes",
                "place": {"address": "3 Mill Lane"},
            },
            True,
        ),
    ],
)
async def test_only_a_question_that_names_no_concern_opens_no_case(
    intake: RunningService, told: dict[str, object], opens_case: bool
) -> None:
    await intake.http.post("/v1/reports", json=told)
    (event,) = await intake.announced(ContactReceived)
    assert event.opens_case is opens_case
    assert not (event.child_stated and not event.opens_case)


@pytest.mark.parametrize(
    "told",
    [
        {"still_happening": "yes"},
        {"when_happened": "last night"},
        {"place": {"postcode": "M1 1AE"}},
        {"place": {"council": "E08000003"}},
        {"place": {"address": "3 Mill Lane"}},
        {"place": {"description": "behind the station"}},
        {"sectors": ["car_wash"]},
        {"risk_to_approach": "he watches the door"},
        {"how_many": 3},
        {"exploitation_types": ["labour"]},
        {"persons": [{}]},
        {"reporter": {"in_danger": "yes"}},
        {"reporter": {"is_person_of_concern": True}},
    ],
)
def test_whatever_tells_of_somebody_somewhere_names_a_concern_also_where_information_was_chosen(
    told: dict[str, object],
) -> None:
    assert Report.model_validate({"purpose": "training_and_information", **told}).names_a_concern


@pytest.mark.parametrize(
    "told",
    [
        {"what_happened": "What is modern slavery? It is for school."},
        {"what_happened": "For school.", "reporter": {"name": "Alex", "age": {"years": 15}}},
        {"what_happened": "For school.", "when_happened": "", "place": {"address": ""}, "how_many": 0},
        {"what_happened": "For school.", "still_happening": "no", "danger_now": "unknown"},
    ],
)
def test_words_alone_and_the_age_of_whoever_asks_are_a_question(told: dict[str, object]) -> None:
    assert not Report.model_validate({"purpose": "training_and_information", **told}).names_a_concern


async def test_a_wrong_field_is_named_with_its_rule_and_nothing_that_was_typed(
    intake: RunningService,
) -> None:
    body = {"how_many": "Rowan Ashdown", "Rowan Ashdown": 1, "place": {"council": "nowhere near"}}
    answer = await intake.http.post("/v1/reports", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Rowan" not in answer.text
    assert "nowhere" not in answer.text
    assert {"field": "body.how_many", "rule": "int_parsing"} in answer.json()["fields"]


async def test_half_a_letter_from_a_broken_device_costs_nobody_their_report(intake: RunningService) -> None:
    body = b'{"what_happened": "help \\ud83d me", "reporter": {"name": "\\ud800"}}'
    answer = await intake.http.post("/v1/reports", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 201
    read = await intake.http.get(f"/v1/contacts/{answer.json()['contact_id']}", headers=signed_in("adviser"))
    assert read.json()["report"]["what_happened"] == "help \ufffd me"


@pytest.mark.parametrize("depth", [400, 600, 900, 5000])
async def test_a_body_that_is_nested_too_deeply_is_no_fault_of_ours(
    intake: RunningService, depth: int
) -> None:
    body = b'{"place":' * depth + b"1" + b"}" * depth
    answer = await intake.http.post("/v1/reports", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)


async def test_a_body_that_is_no_json_and_one_that_is_too_long_are_clear_errors(
    intake: RunningService,
) -> None:
    broken = await intake.http.post("/v1/reports", content=b"{", headers={"content-type": "application/json"})
    assert (broken.status_code, broken.json()["fields"][0]["rule"]) == (422, "json_invalid")
    long = await intake.http.post("/v1/reports", json={"what_happened": "x" * 600_000})
    assert long.status_code == 413


async def test_once_a_case_holds_the_report_it_is_unreadable_here(intake: RunningService) -> None:
    contact_id = (await intake.http.post("/v1/reports", json=a_report())).json()["contact_id"]
    handed = await intake.http.get(f"/v1/contacts/{contact_id}/report", headers=signed_in("service", "case"))
    assert handed.json()["report"]["how_many"] is None
    await intake.given(ReportTakenOver(case_id=contact_id, contact_id=contact_id))
    gone = await intake.http.get(f"/v1/contacts/{contact_id}/report", headers=signed_in("service", "case"))
    assert (gone.status_code, gone.json()["code"]) == (410, "report-taken-over")
    (key,) = await intake.fetch("SELECT wrapped FROM data_keys WHERE owner = $1", contact_id)
    assert bytes(key["wrapped"]) == b""


async def test_contacts_are_listed_danger_first_then_children_then_the_longest_waiting(
    intake: RunningService,
) -> None:
    for told in ({}, {"persons": [a_child()]}, {"danger_now": "yes"}, {}):
        await intake.http.post("/v1/reports", json=a_report(**told))
    listed: list[dict[str, object]] = []
    cursor = ""
    while True:
        page = (await intake.http.get(f"/v1/contacts?limit=1{cursor}", headers=signed_in("adviser"))).json()
        listed += page["contacts"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert [(c["danger_stated"], c["child_stated"]) for c in listed] == [
        (True, False), (False, True), (False, False), (False, False),
    ]  # fmt: skip
    assert str(listed[2]["received_at"]) < str(listed[3]["received_at"])


async def test_every_reading_of_a_contact_leaves_a_trace(intake: RunningService) -> None:
    contact_id = (await intake.http.post("/v1/reports", json=a_report())).json()["contact_id"]
    await intake.http.get(f"/v1/contacts/{contact_id}", headers=signed_in("adviser", "ada"))
    rows = await intake.fetch("SELECT actor, action FROM audit_entries ORDER BY number")
    assert [(row["actor"], row["action"]) for row in rows] == [
        ("public", "report.received"),
        ("user:ada", "contact.read"),
    ]


async def test_a_refusal_is_written_down_by_itself(intake: RunningService) -> None:
    answer = await intake.http.get("/v1/contacts", headers=signed_in("analyst", "bo"))
    assert answer.status_code == 403
    (row,) = await intake.fetch("SELECT actor, action, codes FROM audit_entries")
    assert (row["actor"], row["action"], row["codes"]["route"]) == ("user:bo", "refused", "/v1/contacts")
