"""Content of merged cases: persons, words, choices and sources stay what they were (fact 13, sections 1 and 3)."""

import json
from typing import Any

from shared.events import CaseMerged
from tests.case.builders import (
    CONSENTING,
    LEEDS,
    LEEDS_CARE,
    LEEDS_POLICE,
    MANCHESTER_POLICE,
    acknowledge,
    authorise,
    confirm,
    content_of,
    decline,
    disclosures_of,
    duty_states,
    issue_waiting,
    person_of,
    put,
    recipient_at,
    record_consent,
    reporter_of,
    sent_child,
    withdraw,
)
from tests.case.conftest import CaseWork
from tests.case.merging.merging_steps import BEN, merged, names_in, two_children
from tests.support.builders import a_child, a_reporter


async def test_the_case_has_everything_of_both_and_the_other_says_where_it_went(cases: CaseWork) -> None:
    case_id, other = await two_children(cases)
    case_file = await merged(cases, case_id, other)
    assert {one["name"] for one in case_file["persons"]} >= {"Ben Sample", "Second Sample"}
    assert len(case_file["accounts"]) == 2
    part = case_file["merged_cases"][0]
    assert (part["id"], part["merged_by"]) == (str(other), "user:ada")
    rest = await cases.read(other)
    assert (rest["state"], rest["merged_into"], rest["persons"]) == ("closed", str(case_id), [])
    assert await cases.service.announced(CaseMerged) == [
        CaseMerged(case_id=other, merged_into_case_id=case_id, merged_at=cases.clock())
    ]
    listed = (await cases.do("GET", f"/v1/cases?contact_id={rest['contact_id']}")).json()["items"]
    assert [one["merged_into"] for one in listed] == [str(case_id)]


async def test_every_source_stays_the_source_of_its_own_facts(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()], **CONSENTING)
    second = {"reporter": {"name": "Second Sample"}, "privacy": "confidential"}
    other = await cases.report(persons=[BEN], what_happened="Words of the second.", **second)
    await merged(cases, case_id, other)
    await confirm(cases, case_id)
    sent = await cases.authorised()
    police = next(one for one in sent if one.agency_code == MANCHESTER_POLICE)
    content = await content_of(cases, police.disclosure_id)
    assert [one["name"] for one in content["reporter"]] == [a_reporter()["name"]]
    assert "Second Sample" not in json.dumps(content)


async def test_the_situation_goes_by_consent_only_where_both_reporters_let_it(cases: CaseWork) -> None:
    adult: dict[str, Any] = {"persons": [{"name": "Ana Sample", "age": {"years": 30}}]}
    case_id = await cases.report(**adult, privacy="confidential", situation_may_be_passed_on=True)
    other = await cases.report(**adult, privacy="confidential", situation_may_be_passed_on=False)
    assert (await authorise(cases, case_id)).status_code == 201
    await merged(cases, case_id, other)
    refused = await authorise(cases, case_id)
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing-may-be-shared")


async def test_consent_moves_with_its_person_and_can_be_withdrawn(cases: CaseWork) -> None:
    adult = {"name": "Ana Sample", "age": {"years": 30}}
    case_id = await cases.report(persons=[adult])
    other = await cases.report(persons=[{**adult, "name": "Ben Sample"}])
    ben = await person_of(cases, other)
    await record_consent(cases, other, ben, {"recipient_kind": "police", "agrees": True})
    sent = await authorise(cases, other)
    assert (await cases.issue(sent.json()["id"])).status_code == 200
    await merged(cases, case_id, other)
    assert [one["state"] for one in await disclosures_of(cases, case_id)] == ["issued"]
    assert (await withdraw(cases, case_id, ben)).status_code == 201
    ledger = (await cases.do("GET", f"/v1/cases/{case_id}/consents")).json()["items"]
    assert [one["withdraws"] for one in ledger if one["person_id"] == ben] == [False, True]


async def test_who_is_not_named_in_one_case_is_not_of_the_household_of_the_other(cases: CaseWork) -> None:
    carer = {"name": "Kay Carer", "age": {"years": 40}, "role": "household_member", "cares_for_child": True}
    case_id = await cases.report(persons=[a_child(), carer])
    far = a_child(name="Ben Sample", lives_at={"council": LEEDS}, found_at={"council": LEEDS})
    other = await cases.report(place={}, persons=[far])
    await merged(cases, case_id, other)
    await confirm(cases, case_id)
    leeds = next(one for one in await cases.authorised() if one.agency_code == LEEDS_CARE)
    assert names_in(await content_of(cases, leeds.disclosure_id)) == {"Ben Sample"}


async def test_people_known_by_number_only_stay_so(cases: CaseWork) -> None:
    agreeing = {**CONSENTING, "situation_may_be_passed_on": True}
    grown = [{"name": name, "age": {"years": 30}} for name in ("Ana Sample", "Bea Sample")]
    case_id = await cases.report(persons=[grown[0]], how_many=2, **agreeing)
    other = await cases.report(persons=[grown[1]], how_many=1, **agreeing)
    await merged(cases, case_id, other)
    for one in (await cases.read(case_id))["persons"]:
        if one["roles"] == ["person_of_concern"]:
            await record_consent(cases, case_id, one["id"], {"recipient_kind": "police", "agrees": True})
    content = await content_of(cases, (await authorise(cases, case_id)).json()["id"])
    assert "account" not in content


async def test_each_says_what_the_other_does_not_know_of_the_place(cases: CaseWork) -> None:
    case_id = await cases.report(place={"council": "E08000003", "address": "4 Larch Row"})
    other = await cases.report(place={"postcode": "M1 1AE", "address": "Flat 2, 4 Larch row"})
    place = (await merged(cases, case_id, other))["situation"]["place"]
    assert (place["postcode"], place["address"]) == ("M1 1AE", "Flat 2, 4 Larch row")


async def test_the_reporter_of_a_merged_case_may_withdraw_the_own_consent_alone(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[], **CONSENTING)
    other = await cases.report(persons=[], **{**CONSENTING, "reporter": {"name": "Second Sample"}})
    second = await reporter_of(cases, other)
    await merged(cases, case_id, other)
    await withdraw(cases, case_id, second)
    content = await content_of(cases, (await authorise(cases, case_id)).json()["id"])
    assert "Second Sample" not in json.dumps(content)


async def test_what_was_decided_about_a_source_stays_decided(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()], **CONSENTING)
    other = await cases.report(persons=[BEN], **{**CONSENTING, "reporter": {"name": "Second Sample"}})
    second = await reporter_of(cases, other)
    left_out = {"choice": "leave_out", "reason": "source_at_risk_if_identified"}
    assert (await put(cases, other, f"persons/{second}/source-decision", left_out)).status_code == 200
    case_file = await merged(cases, case_id, other)
    decided = [(one["reporter_id"], one["decided_by"]) for one in case_file["source_decisions"]]
    assert decided == [(second, "user:ada")]
    await confirm(cases, case_id)
    police = next(one for one in await cases.authorised() if one.agency_code == MANCHESTER_POLICE)
    content = await content_of(cases, police.disclosure_id)
    assert [one["name"] for one in content["reporter"]] == [a_reporter()["name"]]


async def test_the_agency_that_was_chosen_after_a_decline_stays_chosen(cases: CaseWork) -> None:
    case_id = await cases.report(place={"council": LEEDS}, persons=[a_child()])
    other = await sent_child(cases, place={"council": LEEDS}, persons=[BEN])
    police = next(event for event in await cases.authorised() if event.agency_code == LEEDS_POLICE)
    await decline(cases, police)
    recipient = await recipient_at(cases, other, LEEDS_POLICE)
    path = f"/v1/case-recipients/{recipient['id']}/redirection"
    chosen = await cases.do("POST", path, {"agency_code": MANCHESTER_POLICE})
    assert chosen.status_code == 201, chosen.text
    await cases.run_scheduler()
    await issue_waiting(cases, other)
    to = next(event for event in await cases.authorised() if event.agency_code == MANCHESTER_POLICE)
    await acknowledge(cases, to)
    await merged(cases, case_id, other)
    led = (await recipient_at(cases, case_id, LEEDS_POLICE))["redirections"]
    assert [(one["to_agency"], one["chosen_by"]) for one in led] == [(MANCHESTER_POLICE, "user:ada")]
    assert (await duty_states(cases, case_id))[MANCHESTER_POLICE] == "acknowledged"


async def test_a_leads_decision_to_share_stays_hers(cases: CaseWork) -> None:
    adult = {"name": "Ana Sample", "age": {"years": 30}}
    case_id, other = await cases.report(persons=[adult]), await cases.report(persons=[adult])
    decision = {
        **{"recipient_kind": "police", "agency_code": MANCHESTER_POLICE, "reason": "duress"},
        **{"person_ids": [await person_of(cases, other)], "groups": ["P"]},
    }
    path = f"/v1/cases/{other}/authorisations"
    decided = await cases.do("POST", path, decision, role="safeguarding_lead", name="lin")
    assert decided.status_code == 201, decided.text
    kept = (await merged(cases, case_id, other))["authorisations"]
    assert [(one["decided_by"], one["person_ids"]) for one in kept] == [("user:lin", decision["person_ids"])]
