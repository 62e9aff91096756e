"""Phone handover: recorded like anything that was issued, not sent as well, and told the news later."""

from typing import Any
from uuid import UUID

from shared.events import DisclosureIssued, PhoneHandoverRecorded
from tests.case.builders import (
    CONSENTING,
    MANCHESTER_CARE,
    MANCHESTER_POLICE,
    authorise,
    corrections,
    disclosures_of,
    duty_states,
    hand_over_all,
    open_tasks,
    person_of,
    put,
    record_handover,
    sent_child,
    state_age,
    supplements,
    text_of,
    withdraw,
)
from tests.case.conftest import CaseWork
from tests.support.builders import a_child


async def permitted(cases: CaseWork, case_id: UUID) -> Any:
    return (await authorise(cases, case_id)).json()


def included(record: Any) -> set[tuple[str, str | None, str]]:
    return {(one["group"], one["person_id"], one["extent"]) for one in record["included"]}


async def test_what_was_told_by_telephone_before_anything_was_sent_is_recorded_and_not_sent(
    cases: CaseWork,
) -> None:
    case_id = await cases.report(persons=[a_child()])
    await hand_over_all(cases, case_id)
    await cases.let_time_pass(hours=2)
    child = await person_of(cases, case_id)
    disclosures = await disclosures_of(cases, case_id)
    assert {one["agency_code"] for one in disclosures} == {MANCHESTER_CARE, MANCHESTER_POLICE}
    for one in disclosures:
        (record,) = one["records"]
        assert (one["state"], one["told_by_phone"]) == ("acknowledged", True)
        assert (record["outcome"], len(record["digest"])) == ("told_by_phone", 64)
        assert (record["grounds"], child in record["person_ids"]) == (["override_child"], True)
        assert {("S", None, "full"), ("P", child, "full")} <= included(record)
        assert record["rule_version"]
        assert record["facts"]
        refused = await cases.issue(one["id"])
        assert (refused.status_code, refused.json()["reason"]) == (409, "told_by_phone")
    assert len(await cases.service.announced(DisclosureIssued)) == 2


async def test_a_written_message_that_has_not_arrived_does_not_follow_the_telephone(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    await hand_over_all(cases, case_id)
    for event in await cases.authorised():
        assert (await cases.issue(event.disclosure_id)).status_code == 409
    assert [len(one["records"]) for one in await disclosures_of(cases, case_id)] == [2, 2]


async def test_an_agency_that_was_told_by_telephone_is_sent_the_news_and_only_news(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()])
    await hand_over_all(cases, case_id)
    await put(cases, case_id, "assessment", {"classification": "modern_slavery"})
    assert await supplements(cases) == []
    await put(cases, case_id, f"persons/{await person_of(cases, case_id)}/name", {"name": "Michaela"})
    news = await supplements(cases)
    assert {event.agency_code for event in news} == {MANCHESTER_CARE, MANCHESTER_POLICE}
    for event in news:
        assert "Michaela" in await text_of(cases, event.disclosure_id)
    assert set((await duty_states(cases, case_id)).values()) == {"sent"}


async def test_the_same_name_again_is_no_news_to_an_agency_that_was_telephoned(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()])
    await hand_over_all(cases, case_id)
    await put(cases, case_id, f"persons/{await person_of(cases, case_id)}/name", {"name": "Mika"})
    assert await supplements(cases) == []


async def test_a_correction_that_waits_goes_in_writing_all_the_same(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    await state_age(cases, case_id, {"years": 30})
    await hand_over_all(cases, case_id)
    assert len(await corrections(cases)) == 2
    for event in await corrections(cases):
        assert (await cases.issue(event.disclosure_id)).status_code == 200


async def test_what_was_permitted_can_be_told_by_telephone_and_is_not_sent_then(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING)
    made = await permitted(cases, case_id)
    answer = await record_handover(cases, made["recipient_id"])
    assert answer.json()["permission"]["state"] == "acknowledged"
    assert (await cases.issue(made["id"])).status_code == 409
    (one,) = await disclosures_of(cases, case_id)
    assert one["state"] == "acknowledged"
    assert ("A", None, "full") in included(one["records"][0])
    assert await cases.service.announced(PhoneHandoverRecorded) == []
    assert await open_tasks(cases, case_id) == []
    assert (await record_handover(cases, made["recipient_id"])).status_code == 409


async def test_what_was_permitted_and_taken_back_is_not_told_by_telephone_either(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING)
    made = await permitted(cases, case_id)
    await withdraw(cases, case_id)
    refused = await record_handover(cases, made["recipient_id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing-may-be-shared")


async def test_what_was_told_by_telephone_is_recalled_by_telephone(cases: CaseWork) -> None:
    """No message holds it that a recall could name: a person telephones again."""
    case_id = await cases.report(**CONSENTING)
    made = await permitted(cases, case_id)
    await record_handover(cases, made["recipient_id"])
    assert (await withdraw(cases, case_id)).json()["recalled"] == [made["id"]]
    tasks = [(task["kind"], task["recipient_id"]) for task in await open_tasks(cases, case_id)]
    assert tasks == [("telephone_agency", made["recipient_id"])]


async def test_a_permission_beside_a_duty_is_handed_over_after_the_duty(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()], **CONSENTING)
    made = await permitted(cases, case_id)
    await record_handover(cases, made["recipient_id"])
    assert (await cases.issue(made["id"])).status_code == 200, "the duty was told, the permission was not"
    assert (await record_handover(cases, made["recipient_id"])).status_code == 200
    assert (await cases.issue(made["id"])).status_code == 409
    records = [record for one in await disclosures_of(cases, case_id) for record in one["records"]]
    assert [record["outcome"] for record in records].count("told_by_phone") == 2
