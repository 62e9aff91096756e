"""Times at which a duplicate's news goes: after the first message, once, and again where it learns more."""

import json

from tests.case.builders import (
    LEEDS,
    LEEDS_CARE,
    LEEDS_POLICE,
    MANCHESTER_POLICE,
    child_of,
    content_of,
    duty_states,
    issue_waiting,
    person_of,
    propose,
    put,
    recipients_of,
    sign,
    supplements,
)
from tests.case.conftest import CaseWork
from tests.case.duplicates.builders import (
    BOTH,
    KNOWS_MORE,
    PHONE,
    compare,
    compare_anew,
    duplicate_of,
    other_case,
    pass_on_and_acknowledge,
    passed_on,
    stand_down,
)
from tests.support.builders import a_child


async def nothing_goes_before_the_first_message(cases: CaseWork) -> None:
    other = await other_case(cases, sent=False)
    await duplicate_of(cases, other, **KNOWS_MORE)
    assert await passed_on(cases) == [], "before the first message"
    await cases.let_time_pass(hours=1)
    assert await passed_on(cases) == [], "before the first message"
    await issue_waiting(cases, other)
    assert {event.agency_code for event in await passed_on(cases)} == BOTH, "the agencies were not told"
    assert {event.case_id for event in await cases.authorised()} == {other}


async def test_nothing_goes_before_the_first_message(cases: CaseWork) -> None:
    await nothing_goes_before_the_first_message(cases)


async def nothing_is_told_twice_and_news_once_more(cases: CaseWork) -> None:
    other = await other_case(cases)
    case_id = await duplicate_of(cases, other, **KNOWS_MORE)
    for count in (2, 2, 2):
        await compare_anew(cases)
        assert len(await supplements(cases)) == count, "told twice the same"
    await issue_waiting(cases, other)
    for _ in range(2):
        await compare_anew(cases)
        assert len(await supplements(cases)) == 2, "told twice the same"
    assert (await put(cases, case_id, "summary", {"text": "Four sleep there."})).status_code == 200
    news = (await passed_on(cases))[2:]
    assert {event.agency_code for event in news} == BOTH, "the agencies were not told"
    for event in news:
        assert "Four sleep there." in json.dumps(await content_of(cases, event.disclosure_id))
    await compare_anew(cases)
    assert len(await supplements(cases)) == 4, "told twice the same"


async def test_nothing_is_told_twice_and_news_once_more(cases: CaseWork) -> None:
    await nothing_is_told_twice_and_news_once_more(cases)


async def test_what_was_passed_on_and_is_learnt_there_too_is_no_news_of_that_case(cases: CaseWork) -> None:
    other = await other_case(cases)
    case_id = await duplicate_of(cases, other)
    summary = {"text": "Four sleep there."}
    assert (await put(cases, case_id, "summary", summary)).status_code == 200
    await pass_on_and_acknowledge(cases, other, case_id)
    assert (await put(cases, other, "summary", summary)).status_code == 200
    assert len(await passed_on(cases)) == 2
    assert (await put(cases, other, "summary", {"text": "Five sleep there."})).status_code == 200
    assert len(await passed_on(cases)) == 4


async def own_news_waits_for_no_supplement_of_a_duplicate(cases: CaseWork) -> None:
    other = await other_case(cases)
    await duplicate_of(cases, other, **KNOWS_MORE)
    await compare(cases)
    assert (await put(cases, other, "summary", {"text": "Four sleep there."})).status_code == 200
    assert len(await supplements(cases)) == 4, "its own news is lost"
    texts = [json.dumps(await content_of(cases, one.disclosure_id)) for one in await supplements(cases)]
    assert sum("Four sleep there." in text for text in texts) == 2
    assert sum(PHONE in text for text in texts) == 2


async def test_own_news_waits_for_no_supplement_of_a_duplicate(cases: CaseWork) -> None:
    await own_news_waits_for_no_supplement_of_a_duplicate(cases)


async def test_what_the_other_case_has_said_and_corrected_since_is_no_news(cases: CaseWork) -> None:
    other = await other_case(cases, place={"postcode": "M1 1AE", "description": "behind the arch"})
    assert (await put(cases, other, "place", {"postcode": "M1 1AE"})).status_code == 200
    await issue_waiting(cases, other)
    before = len(await supplements(cases))
    await duplicate_of(cases, other, place={"postcode": "M1 1AE", "description": "behind the arch"})
    assert len(await passed_on(cases)) == before


async def agencies_beside_the_proposal_get_nothing(cases: CaseWork) -> None:
    """Both cases tell Leeds of another child: what was stood down never led there."""
    sami = a_child(name="Sami", found_at={"council": LEEDS})
    other = await other_case(cases, persons=[a_child(), sami])
    case_id = await cases.report(persons=[a_child(phone=PHONE), sami])
    assert len(await recipients_of(cases, other)) == len(await recipients_of(cases, case_id)) == 4
    await stand_down(cases, case_id, other, "Mika")
    assert {event.agency_code for event in await passed_on(cases)} == BOTH, "an agency beside the proposal"


async def test_agencies_beside_the_proposal_get_nothing(cases: CaseWork) -> None:
    await agencies_beside_the_proposal_get_nothing(cases)


async def test_the_agencies_are_those_at_the_second_signature(cases: CaseWork) -> None:
    """The place was corrected between the signatures: the agency of the wrong place hears nothing."""
    leeds = a_child(name="Sami", found_at={"council": LEEDS})
    other = await other_case(cases, persons=[a_child(), leeds])
    case_id = await cases.report(**KNOWS_MORE)
    proposed = await propose(
        cases, case_id, await child_of(cases, case_id), reason="duplicate_of", duplicate_of=str(other)
    )
    assert (await put(cases, case_id, "place", {"council": LEEDS})).status_code == 200
    assert (await sign(cases, case_id, proposed.json()["id"])).status_code == 200
    events = await passed_on(cases)
    assert {event.agency_code for event in events} == {LEEDS_CARE, LEEDS_POLICE}


async def facts_that_were_not_stood_down_are_not_passed_on(cases: CaseWork) -> None:
    """A danger became known to the duplicate later: its own duty tells the police of it."""
    other = await other_case(cases)
    case_id = await duplicate_of(cases, other, **KNOWS_MORE)
    assert (await cases.do("POST", f"/v1/cases/{case_id}/dangers", {})).status_code == 201
    for event in await passed_on(cases):
        message = await content_of(cases, event.disclosure_id)
        assert {one["kind"] for one in message["facts"]} == {"child"}, "a fact that was not stood down"
        rows = await cases.service.fetch(
            "SELECT facts FROM issue_records WHERE disclosure_id = $1", event.disclosure_id
        )
        assert "danger" not in rows[0]["facts"], "a fact that was not stood down"
    own = [event for event in await cases.authorised() if event.case_id == case_id]
    await cases.run_scheduler()
    own = [event for event in await cases.authorised() if event.case_id == case_id]
    assert {event.agency_code for event in own} == {MANCHESTER_POLICE}


async def test_facts_that_were_not_stood_down_are_not_passed_on(cases: CaseWork) -> None:
    await facts_that_were_not_stood_down_are_not_passed_on(cases)


async def test_a_place_that_leads_to_an_agency_which_hears_of_nothing_opens_the_duty_again(
    cases: CaseWork,
) -> None:
    other = await other_case(cases)
    case_id = await duplicate_of(cases, other)
    await compare(cases)
    assert set((await duty_states(cases, case_id)).values()) == {"stood_down"}
    person = await person_of(cases, case_id)
    assert (
        await put(cases, case_id, f"persons/{person}/places", {"lives_at": {"council": LEEDS}})
    ).status_code == 200
    await compare(cases)
    await cases.let_time_pass(hours=1)
    assert {event.agency_code for event in await cases.authorised() if event.case_id == case_id} >= {
        LEEDS_CARE,
        LEEDS_POLICE,
    }
