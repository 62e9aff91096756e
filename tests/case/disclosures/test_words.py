"""Words: what an adviser strikes out of a reporter's words, and the risk of approaching a place."""

from typing import Any
from uuid import UUID

import pytest

from tests.case.builders import (
    acknowledge,
    authorise,
    confirm,
    content_of,
    put,
    sent_child,
    supplements,
    text_of,
)
from tests.case.conftest import CaseWork
from tests.support.builders import a_child

SAID: dict[str, Any] = {
    "what_happened": "My neighbour Jane Doe at number 6 saw it too. She is undocumented. A boy cries at night.",
    "when_happened": "since Jane Doe moved away",
    "risk_to_approach": "the dog of Jane Doe bites",
    "persons": [a_child(description="the boy Jane Doe knows", relation_to_child="nephew of Jane Doe")],
}


async def strike(cases: CaseWork, case_id: UUID, *passages: str) -> Any:
    contact_id = (await cases.read(case_id))["contact_id"]
    return await put(cases, case_id, f"accounts/{contact_id}/struck-passages", {"passages": list(passages)})


async def texts(cases: CaseWork) -> list[str]:
    return [await text_of(cases, event.disclosure_id) for event in await cases.authorised()]


async def test_struck_passages_go_to_no_agency_from_whichever_field_and_the_original_is_kept(
    cases: CaseWork,
) -> None:
    case_id = await cases.report(**SAID)
    assert (await strike(cases, case_id, "Jane Doe", "She is undocumented.")).status_code == 200
    await confirm(cases, case_id)
    for text in await texts(cases):
        assert "A boy cries at night." in text
        assert not any(words in text for words in ("Jane", "undocumented"))
        assert text.count("[…]") == 6, text
    (account,) = (await cases.read(case_id))["accounts"]
    assert account["what_happened"] == SAID["what_happened"]
    assert account["struck_passages"] == ["Jane Doe", "She is undocumented."]


async def test_nothing_waits_for_a_strike_and_a_strike_after_sending_is_no_news(cases: CaseWork) -> None:
    case_id = await sent_child(cases, **SAID)
    for event in await cases.authorised():
        assert "Jane Doe" in await text_of(cases, event.disclosure_id)
        await acknowledge(cases, event)
    assert (await strike(cases, case_id, "Jane Doe")).status_code == 200
    assert await supplements(cases) == []
    await put(cases, case_id, "summary", {"text": "A child of about ten."})
    news = await supplements(cases)
    assert len(news) == 2
    for event in news:
        text = await text_of(cases, event.disclosure_id)
        assert ("A child of about ten." in text, "Jane Doe" in text) == (True, False)


async def test_a_strike_that_is_taken_back_lets_the_words_go_again(cases: CaseWork) -> None:
    case_id = await cases.report(**SAID)
    await strike(cases, case_id, "Jane Doe")
    assert (await strike(cases, case_id)).status_code == 200
    await confirm(cases, case_id)
    assert all("Jane Doe" in text for text in await texts(cases))


@pytest.mark.parametrize("passage", ["jane doe", "John", ""])
async def test_a_passage_that_does_not_stand_in_the_words_is_refused(cases: CaseWork, passage: str) -> None:
    case_id = await cases.report(**SAID)
    refused = await strike(cases, case_id, passage)
    assert refused.status_code == 422
    assert (await cases.read(case_id))["accounts"][0]["struck_passages"] == []


async def test_the_words_of_another_case_are_not_found(cases: CaseWork) -> None:
    case_id, other = await cases.report(**SAID), await cases.report(**SAID)
    contact_id = (await cases.read(other))["contact_id"]
    path = f"accounts/{contact_id}/struck-passages"
    assert (await put(cases, case_id, path, {"passages": ["Jane Doe"]})).status_code == 404


# The risk of approaching a place


async def test_an_advisers_words_about_the_risk_go_with_every_override_also_where_the_account_stays(
    cases: CaseWork,
) -> None:
    adult = {"name": "Jo", "age": {"years": 40}}
    case_id = await cases.report(risk_to_approach="Noor's brother is armed", persons=[a_child(), adult])
    wrote = await put(cases, case_id, "risk-to-approach", {"text": "Two dogs at the gate."})
    assert wrote.status_code == 200
    await confirm(cases, case_id)
    for event in await cases.authorised():
        content = await content_of(cases, event.disclosure_id)
        assert "account" not in content
        assert content["risk_to_approach"] == ["Two dogs at the gate."]


async def test_the_reporters_words_about_the_risk_stay_where_their_account_stays(cases: CaseWork) -> None:
    adult = {"name": "Jo", "age": {"years": 40}}
    await sent_child(cases, risk_to_approach="Noor's brother is armed", persons=[a_child(), adult])
    for text in await texts(cases):
        assert "brother" not in text


async def test_the_reporters_words_about_the_risk_go_where_their_account_goes(cases: CaseWork) -> None:
    await sent_child(cases, risk_to_approach="Noor's brother is armed")
    for event in await cases.authorised():
        content = await content_of(cases, event.disclosure_id)
        assert content["risk_to_approach"] == ["Noor's brother is armed"]


async def test_the_risk_of_a_place_is_news_to_those_who_were_told_and_does_not_go_by_consent(
    cases: CaseWork,
) -> None:
    case_id = await sent_child(cases)
    for event in await cases.authorised():
        await acknowledge(cases, event)
    await put(cases, case_id, "risk-to-approach", {"text": "Two dogs at the gate."})
    assert len(await supplements(cases)) == 2
    await put(cases, case_id, "risk-to-approach", {"text": None})
    assert len(await supplements(cases)) == 2
    quiet = await cases.report()
    await put(cases, quiet, "risk-to-approach", {"text": "Two dogs at the gate."})
    made = await authorise(cases, quiet)
    assert "Two dogs" not in await text_of(cases, made.json()["id"])
