"""Checks of what follows a first message: news once, corrections to everybody who was told, and no source named."""

from tests.case.builders import (
    MANCHESTER_CARE,
    MANCHESTER_POLICE,
    acknowledge,
    confirm,
    content_of,
    corrections,
    duty_states,
    issue_all,
    person_of,
    put,
    recipients_of,
    record_handover,
    sent_child,
    sign_all,
    state_age,
    supplements,
    text_of,
)
from tests.case.conftest import CaseWork
from tests.support.builders import a_child, a_reporter


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
    assert await corrections(cases) == [], "one person's word corrected what was sent"
    await sign_all(cases, case_id)
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
    await sign_all(cases, case_id)
    assert len(await corrections(cases)) == 2, "an agency that was told is not corrected"
    assert await supplements(cases) == []
    await state_age(cases, case_id, {"years": 15})
    assert len(await supplements(cases)) == 2, "a child again is told to nobody"


async def a_correction_reaches_those_who_were_telephoned(cases: CaseWork) -> None:
    """Told by telephone, and the message is still on its way: they hear that the child was none."""
    case_id = await cases.report(persons=[a_child()])
    for one in await recipients_of(cases, case_id):
        assert (await record_handover(cases, one["id"])).status_code == 200
    await state_age(cases, case_id, {"years": 30})
    await sign_all(cases, case_id)
    corrected = {event.agency_code for event in await corrections(cases)}
    assert corrected == {MANCHESTER_CARE, MANCHESTER_POLICE}, "an agency that was telephoned is not corrected"


async def what_only_takes_away_is_not_announced(cases: CaseWork) -> None:
    """Another adult of concern, who has not agreed: what goes less is never announced."""
    case_id = await sent_child(cases)
    await put(cases, case_id, "summary", {"text": "Two doors, both locked."})
    assert len(await supplements(cases)) == 2
    await issue_all(cases)
    await cases.do("POST", f"/v1/cases/{case_id}/persons", {"name": "Jo", "age": {"years": 40}})
    await put(cases, case_id, "summary", {"text": None})
    assert len(await supplements(cases)) == 2, "a withholding adult was announced"


async def a_source_stays_unnamed_with_everything_of_theirs(cases: CaseWork) -> None:
    """A danger to somebody else: who told of it stays unnamed, and nothing of how to reach them goes."""
    case_id = await cases.report(
        danger_now="yes", reporter=a_reporter(), persons=[{"name": "Ana"}], safe_contact={"code_word": "plum"}
    )
    await confirm(cases, case_id)
    (event,) = await cases.authorised()
    text = await text_of(cases, event.disclosure_id)
    assert "Ana" in text
    assert "plum" not in text, "how to reach the source went along"
    assert "Rowan" not in text, "the source went along"
