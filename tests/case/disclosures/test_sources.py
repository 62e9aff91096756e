"""Sources: which reporter is named to whom, and what an adviser decides about it, with a coded reason."""

from typing import Any
from uuid import UUID

import pytest

from tests.case.builders import (
    CONSENTING,
    acknowledge,
    confirm,
    content_of,
    put,
    record_consent,
    reporter_of,
    sent_child,
    supplements,
    text_of,
)
from tests.case.conftest import CaseWork
from tests.support.builders import a_child, a_reporter

NAME = {"choice": "name", "reason": "needed_to_find_the_person"}
LEAVE_OUT = {"choice": "leave_out", "reason": "source_at_risk_if_identified"}
WITHOUT_WORDS = {"choice": "leave_out_with_words", "reason": "words_would_identify_the_source"}
SILENT: dict[str, Any] = {"reporter": a_reporter(), "privacy": "confidential"}


async def decide(cases: CaseWork, case_id: UUID, choice: dict[str, str], person: str | None = None) -> Any:
    person = person or await reporter_of(cases, case_id)
    return await put(cases, case_id, f"persons/{person}/source-decision", choice)


async def texts(cases: CaseWork) -> list[str]:
    return [await text_of(cases, event.disclosure_id) for event in await cases.authorised()]


async def second_caller(cases: CaseWork, case_id: UUID) -> str:
    cases.clock.forward(seconds=1)
    second = {"roles": ["reporter"], "name": "Second Caller", "phone": "07700 900999"}
    return str((await cases.do("POST", f"/v1/cases/{case_id}/persons", second)).json()["id"])


async def test_silence_leaves_a_source_unnamed_and_a_yes_names_them(cases: CaseWork) -> None:
    await sent_child(cases, **SILENT)
    await sent_child(cases, **CONSENTING)
    for event in await cases.authorised():
        content = await content_of(cases, event.disclosure_id)
        shares = event.case_id == (await cases.authorised())[-1].case_id and event.recipient_kind == "police"
        assert ("reporter" in content) is shares
        assert ("Rowan" in str(content)) is shares
        assert content["protect_source"] is True, "the words alone could show who told"
        assert "before dawn" in content["account"][0]
        assert content["source"]["helpline_can_reach"] is False


async def test_an_adviser_names_a_source_and_those_who_were_told_without_it_read_it(cases: CaseWork) -> None:
    case_id = await sent_child(cases, **SILENT)
    for event in await cases.authorised():
        await acknowledge(cases, event)
    decided = await decide(cases, case_id, NAME)
    assert decided.status_code == 200, decided.text
    news = await supplements(cases)
    assert len(news) == 2
    for event in news:
        assert "Rowan" in await text_of(cases, event.disclosure_id)
    (decision,) = (await cases.read(case_id))["source_decisions"]
    assert (decision["choice"], decision["reason"], decision["decided_by"]) == (*NAME.values(), "user:ada")


async def test_an_added_source_stands_until_an_adviser_takes_it_back(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()], **SILENT)
    await decide(cases, case_id, NAME)
    await confirm(cases, case_id)
    assert all("Rowan" in text for text in await texts(cases))
    assert (await decide(cases, case_id, LEAVE_OUT)).status_code == 200
    assert not any("Rowan" in text for text in await texts(cases))
    assert await supplements(cases) == [], "what goes less is never announced"


async def test_a_source_who_shares_may_be_left_out_and_put_back(cases: CaseWork) -> None:
    both = {**CONSENTING, "share_with": ["police", "children_social_care"]}
    case_id = await cases.report(persons=[a_child()], **both)
    await decide(cases, case_id, LEAVE_OUT)
    await confirm(cases, case_id)
    for event in await cases.authorised():
        text = await text_of(cases, event.disclosure_id)
        assert ("Rowan" in text, "before dawn" in text) == (False, True)
        await acknowledge(cases, event)
    await decide(cases, case_id, NAME)
    assert len(await supplements(cases)) == 2
    for event in await supplements(cases):
        assert "Rowan" in await text_of(cases, event.disclosure_id)


async def test_the_words_of_a_source_stay_where_an_adviser_says_so(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()], **SILENT)
    await decide(cases, case_id, WITHOUT_WORDS)
    await confirm(cases, case_id)
    for event in await cases.authorised():
        content = await content_of(cases, event.disclosure_id)
        assert not {"account", "reporter"} & content.keys()
        assert content["protect_source"] is False


async def test_a_decision_that_changes_nothing_says_so(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()], **SILENT)
    assert (await decide(cases, case_id, NAME)).status_code == 200
    again = await decide(cases, case_id, NAME)
    assert (again.status_code, again.json()["code"]) == (409, "decision-has-no-effect")
    quiet = await cases.report(**SILENT)
    nothing = await decide(cases, quiet, NAME)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "not-a-source")
    second = await second_caller(cases, case_id)
    other = await decide(cases, case_id, NAME, second)
    assert (other.status_code, other.json()["code"]) == (409, "not-a-source")
    child = next(one["id"] for one in (await cases.read(case_id))["persons"] if one["name"] == "Mika")
    assert (await decide(cases, case_id, NAME, child)).status_code == 404
    assert len((await cases.read(case_id))["source_decisions"]) == 1


@pytest.mark.parametrize(
    "said",
    [
        {"danger_now": "yes", "reporter": a_reporter(is_person_of_concern=True)},
        {"reporter": a_reporter(in_danger="yes")},
        {"danger_now": "yes", "place": {}, "reporter": a_reporter()},
        {"reporter": a_reporter(age={"years": 15}, lives_at={"council": "E08000003"})},
        {"reporter": a_reporter(cares_for_child=True), "persons": [a_child()]},
    ],
    ids=["of-concern-in-danger", "in-danger", "place-unknown", "child", "cares-for-the-child"],
)
async def test_a_source_at_risk_or_needed_to_find_the_place_is_named_and_nobody_leaves_them_out(
    cases: CaseWork, said: dict[str, Any]
) -> None:
    case_id = await cases.report(privacy="confidential", **said)
    for choice in (LEAVE_OUT, WITHOUT_WORDS):
        refused = await decide(cases, case_id, choice)
        assert (refused.status_code, refused.json()["code"]) == (409, "source-goes-anyway")
    await cases.let_time_pass(hours=1)
    assert all("Rowan" in text for text in await texts(cases))


@pytest.mark.parametrize(
    "body",
    [
        {"choice": "name", "reason": "source_at_risk_if_identified"},
        {"choice": "leave_out", "reason": "needed_to_find_the_person"},
        {"choice": "leave_out", "reason": "words_would_identify_the_source"},
        {"choice": "name"},
        {"choice": "hide", "reason": "needed_to_find_the_person"},
    ],
    ids=str,
)
async def test_a_choice_without_a_reason_that_fits_is_refused(cases: CaseWork, body: dict[str, str]) -> None:
    case_id = await cases.report(persons=[a_child()], **SILENT)
    assert (await decide(cases, case_id, body)).status_code == 422


async def test_only_the_maker_of_a_report_is_its_source_whatever_role_it_gives_others(
    cases: CaseWork,
) -> None:
    others = [{"role": "reporter", "name": "Ada Twofold"}, {"role": "reporter", "name": "Ben Threefold"}]
    await cases.report(danger_now="yes", **CONSENTING, persons=others)
    await cases.let_time_pass(hours=1)
    (text,) = await texts(cases)
    assert "Rowan" in text
    assert not any(name in text for name in ("Twofold", "Threefold"))


async def test_the_source_of_a_danger_goes_along_and_no_other_reporter(cases: CaseWork) -> None:
    case_id = await cases.report(danger_now="yes", **CONSENTING)
    await cases.let_time_pass(hours=1)
    second = await second_caller(cases, case_id)
    (first,) = await cases.authorised()
    for _ in range(2):
        text = await text_of(cases, first.disclosure_id)
        assert ("Rowan" in text, "Second Caller" in text) == (True, False)
    for choice in ({"privacy": "share"}, {"recipient_kind": "police", "agrees": True}):
        await record_consent(cases, case_id, second, choice)
    assert await supplements(cases) == [], "told of nothing that is shared here"
    recorded = await cases.do("POST", f"/v1/cases/{case_id}/dangers", {"source_reporter_id": second})
    assert recorded.status_code == 201
    newest = (await cases.authorised())[-1]
    assert "Second Caller" in await text_of(cases, newest.disclosure_id)
    refused = await cases.do("POST", f"/v1/cases/{case_id}/dangers", {"source_reporter_id": str(case_id)})
    assert refused.status_code == 404


async def test_of_several_reporters_nobody_is_guessed_as_the_source(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING)
    await second_caller(cases, case_id)
    assert (await cases.do("POST", f"/v1/cases/{case_id}/dangers", {})).status_code == 201
    (danger,) = (await cases.read(case_id))["dangers"]
    assert danger["source_reporter_id"] is None
    await cases.run_scheduler()
    (text,) = await texts(cases)
    assert not any(name in text for name in ("Rowan", "Second Caller"))
