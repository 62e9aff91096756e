"""Checks of what follows a first message: news once, corrections to everybody who was told, and no source named."""

from tests.case.builders import (
    LEEDS,
    MANCHESTER_CARE,
    MANCHESTER_POLICE,
    acknowledge,
    confirm,
    content_of,
    corrections,
    duty_states,
    hand_over_all,
    person_of,
    put,
    sent_child,
    state_age,
    supplements,
    text_of,
)
from tests.case.conftest import CaseWork
from tests.support.builders import a_child, a_reporter

SOURCE_AT_RISK = {"left_out_reason": "source_at_risk_if_identified"}


async def one_supplement_for_news_and_none_for_anything_else(cases: CaseWork) -> None:
    case_id = await sent_child(cases, reporter=a_reporter(is_person_of_concern=True))
    await put(cases, case_id, "protection-summary", {"text": "The child sleeps in the van."})
    first = await supplements(cases)
    assert len(first) == 2, "not one supplement for each agency"
    for event in first:
        await cases.issue(event.disclosure_id)
    await put(cases, case_id, "protection-summary", {"text": "The child sleeps in the van."})
    await cases.do("POST", f"/v1/cases/{case_id}/persons", {"name": "Jo", "age": {"years": 40}})
    await put(cases, case_id, "summary", {"text": "Only those who may read everything read this."})
    assert await supplements(cases) == first, "an agency was told that there is more than it may know"


async def a_new_fact_is_announced_once_to_each_agency(cases: CaseWork) -> None:
    """It joins the duty, and the supplement about it is the news about the case too."""
    case_id = await sent_child(cases)
    await cases.do("POST", f"/v1/cases/{case_id}/dangers", {})
    agencies = [event.agency_code for event in await supplements(cases)]
    assert sorted(agencies) == [MANCHESTER_POLICE, MANCHESTER_CARE], "the same news was sent twice"


async def an_age_corrected_before_sending_sends_nothing_early(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[a_child()])
    await state_age(cases, case_id, {"years": 30})
    await cases.run_scheduler()
    assert await cases.authorised() == [], "a corrected age was sent as a new fact"
    assert set((await duty_states(cases, case_id)).values()) == {"waiting"}


async def a_correction_reaches_those_who_were_told(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    person = await person_of(cases, case_id)
    await state_age(cases, case_id, {"years": 30})
    corrected = await corrections(cases)
    assert len(corrected) == 2, "an agency that was told is not corrected"
    for event in corrected:
        content = await content_of(cases, event.disclosure_id)
        assert content["corrects"] == [{"person": person, "turned_out_to_be": "adult"}]
        assert "persons" not in content
        await acknowledge(cases, event)
    await put(cases, case_id, "summary", {"text": "An adult after all."})
    assert await supplements(cases) == []
    assert set((await duty_states(cases, case_id)).values()) == {"acknowledged"}


async def a_child_again_is_a_new_fact(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    await state_age(cases, case_id, {"years": 30})
    assert len(await corrections(cases)) == 2, "an agency that was told is not corrected"
    assert await supplements(cases) == []
    await state_age(cases, case_id, {"years": 15})
    assert len(await supplements(cases)) == 2, "a child again is told to nobody"


async def a_correction_reaches_those_who_were_telephoned(cases: CaseWork) -> None:
    """Told by telephone, then the place was corrected and the child was no child: they hear that.

    Where they are not responsible any more, they hear it too.
    """
    case_id = await cases.report(persons=[a_child()])
    await hand_over_all(cases, case_id)
    await put(cases, case_id, "place", {"council": LEEDS})
    await state_age(cases, case_id, {"years": 30})
    corrected = {event.agency_code: event for event in await corrections(cases)}
    informed = {MANCHESTER_CARE, MANCHESTER_POLICE}
    assert informed <= corrected.keys(), "an agency that was telephoned is not corrected"
    for event in corrected.values():
        assert (await cases.issue(event.disclosure_id)).status_code == 200


async def handling_of_a_source_stays_where_the_source_stays(cases: CaseWork) -> None:
    """A danger to somebody else: the source was left out, and nothing of how to reach them goes."""
    case_id = await cases.report(
        danger_now="yes", reporter=a_reporter(), persons=[{"name": "Ana"}], safe_contact={"code_word": "plum"}
    )
    await put(cases, case_id, "source", SOURCE_AT_RISK)
    await confirm(cases, case_id)
    (event,) = await cases.authorised()
    text = await text_of(cases, event.disclosure_id)
    assert "Ana" in text
    assert "plum" not in text, "how to reach the source went along"
    assert "Rowan" not in text, "the source went along"
