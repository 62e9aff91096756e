"""Told by telephone: recorded like anything that left, not sent as well, and told the news later."""

import json
from typing import Any
from uuid import UUID

from shared.events import DisclosureLeft, OverrideHandedOver
from tests.builders import a_child, a_reporter
from tests.case.checks import person_of, put, sent_child, supplements
from tests.case.conftest import CaseWork

SPOKEN = {"spoken_to": "Sgt Hale", "reference": "GMP-1"}
CONSENTING = {"reporter": a_reporter(), "privacy": "share", "share_with": ["police"]}


async def hand_over(cases: CaseWork, leg_id: str) -> Any:
    return await cases.do("POST", f"/v1/legs/{leg_id}/hand-over", SPOKEN)


async def hand_over_all(cases: CaseWork, case_id: UUID) -> None:
    for leg in (await cases.read(case_id))["legs"]:
        assert (await hand_over(cases, leg["id"])).json()["state"] == "handed_over"


async def disclosures(cases: CaseWork, case_id: UUID) -> Any:
    return (await cases.do("GET", f"/v1/cases/{case_id}/disclosures")).json()["disclosures"]


async def permitted(cases: CaseWork, case_id: UUID) -> Any:
    return (await cases.do("POST", f"/v1/cases/{case_id}/disclosures", {"recipient": "police"})).json()


async def test_what_was_told_by_telephone_before_anything_was_sent_is_recorded_and_not_sent(
    cases: CaseWork,
) -> None:
    case_id = await cases.report(persons=[a_child()])
    await hand_over_all(cases, case_id)
    await cases.let_time_pass(hours=2)
    child = await person_of(cases, case_id)
    told = await disclosures(cases, case_id)
    assert {one["body"] for one in told} == {"social_care:E08000003", "police:E23000005"}
    for one in told:
        (record,) = one["records"]
        assert (one["state"], record["digest"].partition(":")[0]) == ("acknowledged", "by-telephone")
        assert (record["grounds"], child in record["persons"]) == (["override_child"], True)
        assert {"S::full", f"P:{child}:full"} <= set(record["items"])
        assert record["rule_version"]
        assert record["facts"]
        refused = await cases.release(UUID(one["id"]))
        assert (refused.status_code, refused.json()["reason"]) == (409, "by-telephone")
    assert len(await cases.service.announced(DisclosureLeft)) == 2


async def test_a_written_message_that_has_not_arrived_does_not_follow_the_telephone(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    await hand_over_all(cases, case_id)
    for event in await cases.authorised():
        assert (await cases.release(event.disclosure_id)).status_code == 409
    assert [len(one["records"]) for one in await disclosures(cases, case_id)] == [2, 2]


async def test_who_was_told_by_telephone_is_told_the_news_and_only_news(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()])
    await hand_over_all(cases, case_id)
    await put(cases, case_id, "assessment", {"classification": "modern_slavery"})
    before = {event.disclosure_id for event in await supplements(cases)}
    await put(cases, case_id, f"persons/{await person_of(cases, case_id)}/name", {"name": "Michaela"})
    told = [event for event in await supplements(cases) if event.disclosure_id not in before]
    assert {event.body for event in await supplements(cases)} == {"social_care:E08000003", "police:E23000005"}
    for event in told or await supplements(cases):
        assert "Michaela" in (await cases.release(event.disclosure_id)).json()["text"]
    assert {leg["state"] for leg in (await cases.read(case_id))["legs"]} == {"sent"}


async def test_the_same_told_again_is_no_news_to_who_was_telephoned(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()])
    await hand_over_all(cases, case_id)
    await put(cases, case_id, f"persons/{await person_of(cases, case_id)}/name", {"name": "Mika"})
    assert await supplements(cases) == []


async def test_a_correction_that_waits_goes_in_writing_all_the_same(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    await put(cases, case_id, f"persons/{await person_of(cases, case_id)}/age", {"years": 30})
    await hand_over_all(cases, case_id)
    for event in await supplements(cases, "correction"):
        assert (await cases.release(event.disclosure_id)).status_code == 200


async def test_what_was_permitted_can_be_told_by_telephone_and_is_not_sent_then(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING)
    made = await permitted(cases, case_id)
    assert (await hand_over(cases, made["leg_id"])).json()["state"] == "acknowledged"
    assert (await cases.release(made["id"])).status_code == 409
    (one,) = await disclosures(cases, case_id)
    assert one["state"] == "acknowledged"
    assert "A::full" in one["records"][0]["items"]
    assert await cases.service.announced(OverrideHandedOver) == []
    assert not [task for task in (await cases.read(case_id))["tasks"] if not task["done_at"]]
    assert (await hand_over(cases, made["leg_id"])).status_code == 409


async def test_what_was_permitted_and_taken_back_is_not_told_by_telephone_either(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING)
    made = await permitted(cases, case_id)
    person = await person_of(cases, case_id, "reporter")
    await cases.do("POST", f"/v1/cases/{case_id}/persons/{person}/withdrawal")
    refused = await hand_over(cases, made["leg_id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing-may-leave")


async def test_what_was_told_by_telephone_is_called_back_by_telephone(cases: CaseWork) -> None:
    """No message holds it that a recall could name: a person rings again."""
    case_id = await cases.report(**CONSENTING)
    made = await permitted(cases, case_id)
    await hand_over(cases, made["leg_id"])
    person = await person_of(cases, case_id, "reporter")
    withdrawn = await cases.do("POST", f"/v1/cases/{case_id}/persons/{person}/withdrawal")
    assert withdrawn.json()["recalled"] == [made["id"]]
    tasks = [task for task in (await cases.read(case_id))["tasks"] if not task["done_at"]]
    assert [(task["kind"], task["leg_id"]) for task in tasks] == [("telephone_agency", made["leg_id"])]


async def test_a_permission_beside_a_duty_is_handed_over_after_the_duty(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()], **CONSENTING)
    made = await permitted(cases, case_id)
    await hand_over(cases, made["leg_id"])
    assert (await cases.release(made["id"])).status_code == 200, "the duty was told, the permission was not"
    assert (await hand_over(cases, made["leg_id"])).status_code == 200
    assert (await cases.release(made["id"])).status_code == 409
    content = json.dumps(await disclosures(cases, case_id))
    assert content.count("by-telephone:") == 2
