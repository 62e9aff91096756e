"""Acts that take two people: standing down, corrections and reviews, each for the facts named (fact 8)."""

from typing import Any

import pytest

from tests.case.builders import state_age
from tests.case.conftest import CaseWork
from tests.case.rules.builders import (
    CARDIFF,
    GREATER_MANCHESTER,
    LEEDS,
    MANCHESTER,
    SOUTH_WALES,
    WEST_YORKSHIRE,
    act_on,
    add_person,
    an_adult,
    at,
    call,
    care_of,
    dangers_of,
    deliver,
    forced,
    named,
    only,
    propose,
    recipient,
    record_danger,
    says,
    send_report,
    send_what_is_due,
    sign,
    state_of,
    take_back,
    task_kinds,
)

ROWS = {
    "A13 a danger that was mistaken": (
        "test_standing_down_a_danger_leaves_the_duty_for_the_child_at_the_same_force",
        "test_standing_down_a_child_leaves_the_duty_for_the_danger",
    ),
    "A13 a reason that fits": ("test_a_reason_must_fit_the_act_and_every_fact_that_it_is_about",),
    "A13 the proposal that is named": (
        "test_a_lead_signs_the_proposal_that_is_named_and_no_other",
        "test_only_a_lead_who_is_somebody_else_signs_second",
    ),
    "A13 who decided does not countersign": (
        "test_a_lead_who_authorised_does_not_countersign_it",
        "test_a_lead_who_recorded_or_confirmed_what_was_sent_does_not_countersign_it",
    ),
    "N8 facts stand and fall one by one": (
        "test_of_two_children_one_is_stood_down_and_the_other_stands",
        "test_until_the_second_has_signed_the_clock_runs",
        "test_a_new_fact_opens_what_was_stood_down_again",
        "test_nothing_is_stood_down_after_somebody_was_told_by_message_or_telephone",
        "test_a_correction_after_sending_takes_two_people",
    ),
}
CHILD: dict[str, Any] = {"name": "Mika", "age": {"years": 15}}
BOTH: dict[str, Any] = {"persons": [CHILD], "danger_now": "yes"}
CARE = care_of(MANCHESTER)


async def facts_at(cases: CaseWork, case_id: Any, agency: str) -> set[str]:
    duty = (await recipient(cases, case_id, agency))["duty"]
    return {one["kind"] for one in duty["facts"]}


async def danger_of(cases: CaseWork, case_id: Any) -> tuple[str, str]:
    return "danger", str((await dangers_of(cases, case_id))[0]["id"])


async def child_of(cases: CaseWork, case_id: Any, name: str = "Mika") -> tuple[str, str]:
    return "child", await named(cases, case_id, name)


@pytest.mark.parametrize("reason", ["no_danger", "not_a_report", "no_person_at_risk"])
async def test_standing_down_a_danger_leaves_the_duty_for_the_child_at_the_same_force(
    cases: CaseWork, reason: str
) -> None:
    case_id = await cases.report(**BOTH)
    assert await facts_at(cases, case_id, GREATER_MANCHESTER) == {"danger", "child"}
    await take_back(cases, case_id, "stand_down", reason, await danger_of(cases, case_id))
    assert await facts_at(cases, case_id, GREATER_MANCHESTER) == {"child"}
    assert await forced(cases, case_id) == {GREATER_MANCHESTER, CARE}
    read = await send_what_is_due(cases, case_id, minutes=61)
    assert set(read) == {GREATER_MANCHESTER, CARE}
    assert only(read, GREATER_MANCHESTER)["grounds"] == ["override_child"]


async def test_standing_down_a_child_leaves_the_duty_for_the_danger(cases: CaseWork) -> None:
    case_id = await cases.report(**BOTH)
    await take_back(cases, case_id, "stand_down", "age_mistaken", await child_of(cases, case_id))
    assert await facts_at(cases, case_id, GREATER_MANCHESTER) == {"danger"}
    assert await forced(cases, case_id) == {GREATER_MANCHESTER}
    assert set(await send_what_is_due(cases, case_id, minutes=11)) == {GREATER_MANCHESTER}


@pytest.mark.parametrize(
    ("act", "reason", "kinds"),
    [
        ("stand_down", "age_mistaken", ["danger"]),
        ("stand_down", "no_danger", ["child"]),
        ("stand_down", "witness_only", ["danger"]),
        ("stand_down", "age_mistaken", ["child", "danger"]),
        ("stand_down", "no_danger", ["child", "danger"]),
        ("stand_down", "duplicate_of", ["child"]),
        ("stand_down", "person_not_found", ["child"]),
        ("end_search", "no_danger", ["danger"]),
        ("correct", "no_danger", ["child"]),
        ("end_declined", "nobody_else_responsible", ["child"]),
        ("stand_down", "because", ["child"]),
    ],
)
async def test_a_reason_must_fit_the_act_and_every_fact_that_it_is_about(
    cases: CaseWork, act: str, reason: str, kinds: list[str]
) -> None:
    case_id = await cases.report(**BOTH)
    about = {"danger": await danger_of(cases, case_id), "child": await child_of(cases, case_id)}
    refused = await propose(cases, case_id, act, reason, *(about[kind] for kind in kinds))
    assert refused.status_code == 422
    assert "sign_proposal" not in await task_kinds(cases, case_id)


async def test_a_lead_signs_the_proposal_that_is_named_and_no_other(cases: CaseWork) -> None:
    case_id = await cases.report(**BOTH)
    first = await propose(cases, case_id, "stand_down", "no_danger", await danger_of(cases, case_id))
    second = await propose(cases, case_id, "stand_down", "age_mistaken", await child_of(cases, case_id))
    assert (await sign(cases, case_id, first.json()["id"])).status_code == 200
    assert await facts_at(cases, case_id, CARE) == {"child"}
    assert await facts_at(cases, case_id, GREATER_MANCHESTER) == {"child"}
    by_id = {one["id"]: one for one in (await cases.read(case_id))["proposals"]}
    assert by_id[first.json()["id"]]["second_signed_by"] == "user:lea"
    assert by_id[second.json()["id"]]["second_signed_by"] is None
    again = await sign(cases, case_id, first.json()["id"])
    assert again.status_code == 409
    other = await cases.report(**BOTH)
    assert (await sign(cases, other, second.json()["id"])).status_code == 404


async def test_only_a_lead_who_is_somebody_else_signs_second(cases: CaseWork) -> None:
    case_id = await cases.report(**BOTH)
    fact = await danger_of(cases, case_id)
    proposed = await propose(
        cases, case_id, "stand_down", "no_danger", fact, name="lea", role="adviser,safeguarding_lead"
    )
    assert (await sign(cases, case_id, proposed.json()["id"], role="adviser", name="bea")).status_code == 403
    same = await sign(cases, case_id, proposed.json()["id"], role="adviser,safeguarding_lead")
    assert same.status_code == 409
    assert await facts_at(cases, case_id, GREATER_MANCHESTER) == {"danger", "child"}
    assert (await sign(cases, case_id, proposed.json()["id"], name="lou")).status_code == 200


async def test_a_lead_who_authorised_does_not_countersign_it(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[an_adult()], reporter={"name": "Rowan Ashdown"})
    body: dict[str, Any] = {
        "recipient_kind": "police",
        "agency_code": GREATER_MANCHESTER,
        "reason": "serious_crime",
    }
    body |= {"person_ids": [await named(cases, case_id, "Petra Novak")]}
    path = f"/v1/cases/{case_id}/authorisations"
    decided = await cases.do("POST", path, body, role="safeguarding_lead", name="lea")
    assert decided.status_code == 201, decided.text
    assert (await cases.issue(decided.json()["id"])).status_code == 200
    act = "countersignature"
    same = await act_on(cases, case_id, GREATER_MANCHESTER, act, role="safeguarding_lead", name="lea")
    assert (same.status_code, same.json()["code"]) == (409, "countersigned-by-the-same-person")
    other = await act_on(cases, case_id, GREATER_MANCHESTER, act, role="safeguarding_lead", name="lou")
    assert other.status_code == 201


@pytest.mark.parametrize("act", ["recorded", "confirmed", "added-child"])
async def test_a_lead_who_recorded_or_confirmed_what_was_sent_does_not_countersign_it(
    cases: CaseWork, act: str
) -> None:
    said = BOTH if act == "confirmed" else {"persons": [an_adult()]}
    case_id = await cases.report(**said)
    lead = {"role": "adviser,safeguarding_lead", "name": "lea"}
    path, body = {
        "recorded": ("dangers", {}),
        "confirmed": ("confirmation", None),
        "added-child": ("persons", CHILD),
    }[act]
    assert (await cases.do("POST", f"/v1/cases/{case_id}/{path}", body, **lead)).status_code in (200, 201)
    await send_what_is_due(cases, case_id, seconds=1)
    same = await act_on(cases, case_id, GREATER_MANCHESTER, "countersignature", **lead)
    assert (same.status_code, same.json()["code"]) == (409, "countersigned-by-the-same-person")
    other = {"role": "safeguarding_lead", "name": "lou"}
    signed = await act_on(cases, case_id, GREATER_MANCHESTER, "countersignature", **other)
    assert signed.status_code == 201


async def test_of_two_children_one_is_stood_down_and_the_other_stands(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[CHILD, {**CHILD, "name": "Ana", "found_at": at(CARDIFF)}])
    await take_back(cases, case_id, "stand_down", "age_mistaken", await child_of(cases, case_id, "Ana"))
    assert await forced(cases, case_id) == {GREATER_MANCHESTER, CARE}
    assert await state_of(cases, case_id, care_of(CARDIFF)) == "stood_down"
    assert set(await send_what_is_due(cases, case_id, minutes=61)) == {GREATER_MANCHESTER, CARE}


async def test_until_the_second_has_signed_the_clock_runs(cases: CaseWork) -> None:
    case_id = await cases.report(**BOTH)
    fact = await danger_of(cases, case_id)
    proposed = await propose(cases, case_id, "stand_down", "no_danger", fact)
    assert GREATER_MANCHESTER in await send_what_is_due(cases, case_id, minutes=11)
    late = await sign(cases, case_id, proposed.json()["id"])
    assert (late.status_code, late.json()["code"]) == (409, "already-sent")


async def test_a_new_fact_opens_what_was_stood_down_again(cases: CaseWork) -> None:
    case_id = await cases.report(**BOTH)
    await take_back(cases, case_id, "stand_down", "no_danger", await danger_of(cases, case_id))
    await record_danger(cases, case_id)
    assert await facts_at(cases, case_id, GREATER_MANCHESTER) == {"danger", "child"}
    proposed = await propose(cases, case_id, "stand_down", "age_mistaken", await child_of(cases, case_id))
    await state_age(cases, case_id, {"years": 14})
    new = await sign(cases, case_id, proposed.json()["id"])
    assert new.status_code == 409
    assert CARE in await forced(cases, case_id)


@pytest.mark.parametrize("informed", ["message", "telephone"])
async def test_nothing_is_stood_down_after_somebody_was_told_by_message_or_telephone(
    cases: CaseWork, informed: str
) -> None:
    case_id = await cases.report(persons=[CHILD])
    fact = await child_of(cases, case_id)
    early = await propose(cases, case_id, "correct", "age_mistaken", fact)
    assert (early.status_code, early.json()["code"]) == (409, "nobody-was-informed")
    waiting = await propose(cases, case_id, "stand_down", "age_mistaken", fact)
    if informed == "message":
        await send_what_is_due(cases, case_id, minutes=61)
    else:
        assert (await call(cases, case_id, CARE)).status_code == 200
    late = await propose(cases, case_id, "stand_down", "age_mistaken", fact)
    assert (late.status_code, late.json()["code"]) == (409, "already-sent")
    assert (await sign(cases, case_id, waiting.json()["id"])).status_code == 409
    assert await forced(cases, case_id) == {GREATER_MANCHESTER, CARE}


@pytest.mark.parametrize("kind", ["danger", "child"])
async def test_a_correction_after_sending_takes_two_people(cases: CaseWork, kind: str) -> None:
    said = {"persons": [an_adult()], "danger_now": "yes"} if kind == "danger" else {"persons": [CHILD]}
    case_id, read = await send_report(cases, **said)
    fact = await (danger_of if kind == "danger" else child_of)(cases, case_id)
    reason = "no_danger" if kind == "danger" else "age_mistaken"
    proposed = await propose(cases, case_id, "correct", reason, fact)
    assert proposed.status_code == 201, proposed.text
    assert await send_what_is_due(cases, case_id, seconds=1) == {}
    assert (await sign(cases, case_id, proposed.json()["id"], name="ada")).status_code == 409
    assert (await sign(cases, case_id, proposed.json()["id"])).status_code == 200
    corrected = await deliver(cases, case_id)
    assert set(corrected) == set(read)
    for agency in corrected:
        assert only(corrected, agency)["kind"] == "correction"
        assert not says(only(corrected, agency), "Petra")


async def test_an_adult_age_is_a_proposal_that_who_recorded_it_has_signed_first(cases: CaseWork) -> None:
    case_id, _ = await send_report(cases, persons=[CHILD], place=at(LEEDS))
    await state_age(cases, case_id, {"years": 30})
    proposal = (await cases.read(case_id))["proposals"][0]
    assert (proposal["act"], proposal["first_signed_by"]) == ("correct", "user:ada")
    assert "sign_proposal" in await task_kinds(cases, case_id)
    assert await send_what_is_due(cases, case_id, seconds=1) == {}
    assert (await sign(cases, case_id, proposal["id"], name="ada")).status_code == 409
    assert (await sign(cases, case_id, proposal["id"])).status_code == 200
    assert set(await deliver(cases, case_id)) == {care_of(LEEDS), WEST_YORKSHIRE}
    again = await add_person(cases, case_id, name="Ana", age={"years": 12}, found_at=at(CARDIFF))
    assert again
    assert {SOUTH_WALES, care_of(CARDIFF)} <= await forced(cases, case_id)
