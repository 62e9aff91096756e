"""Records of what a duplicate passes on: both cases show it, and nothing else holds it."""

from tests.case.builders import (
    MANCHESTER_CARE,
    disclosures_of,
    issue_waiting,
    person_of,
    recipient_at,
)
from tests.case.conftest import CaseWork
from tests.case.duplicates.builders import (
    BOTH,
    KNOWS_MORE,
    PHONE,
    compare,
    duplicate_of,
    other_case,
    pass_on_and_acknowledge,
    passed_on,
)


async def test_both_cases_show_what_was_passed_on(cases: CaseWork) -> None:
    other = await other_case(cases)
    case_id = await duplicate_of(cases, other, **KNOWS_MORE)
    await compare(cases)
    await issue_waiting(cases, other)
    listed = [one for one in await disclosures_of(cases, other) if one["kind"] == "supplement"]
    assert {one["duplicate_case_id"] for one in listed} == {str(case_id)}
    mika = await person_of(cases, case_id)
    for one in listed:
        (record,) = one["records"]
        assert record["grounds"] == ["override_child"]
        assert [fact["subject_id"] for fact in record["facts"]] == [mika]
        assert mika in record["person_ids"]
        assert record["recipient_reason"] == "premises:E08000003"
        assert record["verified"] is False
    shown = (await cases.read(case_id))["passed_on"]
    assert {one["disclosure_id"] for one in shown} == {one["id"] for one in listed}
    assert {(one["case_id"], one["kind"], one["state"]) for one in shown} == {
        (str(other), "supplement", "issued")
    }
    assert {one["agency_code"] for one in shown} == BOTH
    detail = await recipient_at(cases, other, MANCHESTER_CARE)
    assert detail["duty"]["state"] == "sent"
    assert (await cases.read(other))["passed_on"] == []


async def test_no_event_or_record_holds_what_was_said(cases: CaseWork) -> None:
    other = await other_case(cases)
    case_id = await duplicate_of(cases, other, **KNOWS_MORE)
    await pass_on_and_acknowledge(cases, other, case_id)
    said = str([event.model_dump_json() for event in await cases.service.announced()])
    for table in ("audit_entries", "issue_records", "disclosures", "proposals"):
        said += str(await cases.service.fetch(f"SELECT * FROM {table}"))
    for word in (PHONE, "Mika", "red coat"):
        assert word not in said


async def test_content_is_refused_to_another_agency(cases: CaseWork) -> None:
    other = await other_case(cases)
    await duplicate_of(cases, other, **KNOWS_MORE)
    event = (await passed_on(cases))[0]
    (wrong,) = BOTH - {event.agency_code}
    path = f"/v1/disclosures/{event.disclosure_id}/issue"
    body = {"attempt": 1, "agency_code": wrong}
    refused = await cases.do("POST", path, body, role="service", name="referral")
    assert (refused.status_code, refused.json()["code"]) == (409, "for-another-agency")
