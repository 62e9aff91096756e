"""Declines: the duty is open until another agency has acknowledged, or two people end it."""

from typing import Any
from uuid import UUID

import pytest

from shared.events import DisclosureAuthorised
from tests.case.builders import (
    CONSENTING,
    LEEDS_CARE,
    LEEDS_POLICE,
    MANCHESTER_CARE,
    MANCHESTER_POLICE,
    acknowledge,
    authorise_and_issue,
    confirm,
    content_of,
    decline,
    duty_states,
    issue_all,
    open_tasks,
    recipient_at,
    record_handover,
    sent_child,
    sign,
)
from tests.case.conftest import CaseWork


async def declined(cases: CaseWork) -> tuple[UUID, str]:
    """Return a case in danger whose police force handed it back, and the case recipient of that force."""
    case_id = await cases.report(danger_now="yes")
    await confirm(cases, case_id)
    await issue_all(cases)
    (event,) = await cases.authorised()
    await acknowledge(cases, event)
    await decline(cases, event)
    return case_id, str(event.recipient_id)


async def redirect(cases: CaseWork, recipient_id: str, agency_code: str) -> Any:
    path = f"/v1/case-recipients/{recipient_id}/redirection"
    return await cases.do("POST", path, {"agency_code": agency_code})


async def propose_end(cases: CaseWork, recipient_id: str) -> Any:
    path = f"/v1/case-recipients/{recipient_id}/end-of-declined-duty"
    return await cases.do("POST", path, {"reason": "nobody_else_responsible"})


async def newest(cases: CaseWork, agency_code: str) -> DisclosureAuthorised:
    return [event for event in await cases.authorised() if event.agency_code == agency_code][-1]


async def declined_tasks(cases: CaseWork, case_id: UUID) -> list[str]:
    return [task["id"] for task in await open_tasks(cases, case_id) if task["kind"] == "declined_by_agency"]


async def test_a_decline_opens_the_duty_again_and_a_task_that_nobody_completes_by_hand(
    cases: CaseWork,
) -> None:
    case_id, _ = await declined(cases)
    assert await duty_states(cases, case_id) == {MANCHESTER_POLICE: "declined"}
    (task,) = await declined_tasks(cases, case_id)
    done = await cases.do("POST", f"/v1/tasks/{task}/completion", {"outcome": "done"})
    assert (done.status_code, done.json()["code"]) == (409, "task-ends-by-itself")
    closed = await cases.close(case_id)
    assert (closed.status_code, closed.json()["open_duties"]) == (409, 1)


async def test_neither_a_call_to_who_declined_nor_their_later_acknowledgement_ends_anything(
    cases: CaseWork,
) -> None:
    case_id, recipient_id = await declined(cases)
    refused = await record_handover(cases, recipient_id)
    assert (refused.status_code, refused.json()["code"]) == (409, "duty-declined")
    await acknowledge(cases, await newest(cases, MANCHESTER_POLICE))
    assert await duty_states(cases, case_id) == {MANCHESTER_POLICE: "declined"}
    assert len(await declined_tasks(cases, case_id)) == 1


async def test_a_declined_duty_ends_when_the_agency_that_was_chosen_has_acknowledged(cases: CaseWork) -> None:
    case_id, recipient_id = await declined(cases)
    made = await redirect(cases, recipient_id, LEEDS_POLICE)
    assert made.status_code == 201, made.text
    await cases.run_scheduler()
    assert await duty_states(cases, case_id) == {MANCHESTER_POLICE: "declined", LEEDS_POLICE: "authorised"}
    event = await newest(cases, LEEDS_POLICE)
    assert (event.urgent, event.grounds) == (True, ("override_danger",))
    assert (await content_of(cases, event.disclosure_id))["led_by"] == "redirected"
    assert (await duty_states(cases, case_id))[MANCHESTER_POLICE] == "declined"
    await acknowledge(cases, event)
    assert await duty_states(cases, case_id) == {
        MANCHESTER_POLICE: "elsewhere",
        LEEDS_POLICE: "acknowledged",
    }
    assert await declined_tasks(cases, case_id) == []
    for agency in (MANCHESTER_POLICE, LEEDS_POLICE):
        (redirection,) = (await recipient_at(cases, case_id, agency))["redirections"]
        assert (redirection["from_agency"], redirection["to_agency"]) == (MANCHESTER_POLICE, LEEDS_POLICE)
        assert redirection["chosen_by"] == "user:ada"


async def test_a_chosen_agency_that_declines_too_leaves_both_open(cases: CaseWork) -> None:
    case_id, recipient_id = await declined(cases)
    await redirect(cases, recipient_id, LEEDS_POLICE)
    await cases.run_scheduler()
    event = await newest(cases, LEEDS_POLICE)
    await content_of(cases, event.disclosure_id)
    await decline(cases, event)
    assert await duty_states(cases, case_id) == {MANCHESTER_POLICE: "declined", LEEDS_POLICE: "declined"}


@pytest.mark.parametrize(
    ("agency", "status", "code"),
    [
        (MANCHESTER_POLICE, 409, "agency-already-informed"),
        (LEEDS_CARE, 422, "agency-of-another-kind"),
        ("police:fake", 422, "agency-unknown"),
    ],
)
async def test_a_declined_duty_goes_only_to_another_known_agency_of_the_kind(
    cases: CaseWork, agency: str, status: int, code: str
) -> None:
    case_id, recipient_id = await declined(cases)
    refused = await redirect(cases, recipient_id, agency)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert await duty_states(cases, case_id) == {MANCHESTER_POLICE: "declined"}


async def test_what_nobody_declined_is_neither_redirected_nor_ended(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    recipient_id = (await recipient_at(cases, case_id, MANCHESTER_CARE))["id"]
    for refused in (await redirect(cases, recipient_id, LEEDS_CARE), await propose_end(cases, recipient_id)):
        assert (refused.status_code, refused.json()["code"]) == (409, "duty-not-open")


async def test_two_people_end_a_declined_duty_and_one_does_not(cases: CaseWork) -> None:
    case_id, recipient_id = await declined(cases)
    proposed = await propose_end(cases, recipient_id)
    assert proposed.status_code == 201, proposed.text
    assert await duty_states(cases, case_id) == {MANCHESTER_POLICE: "declined"}
    assert "sign_proposal" in {task["kind"] for task in await open_tasks(cases, case_id)}
    proposal_id = proposed.json()["id"]
    same = await sign(cases, case_id, proposal_id, "ada", "adviser,safeguarding_lead")
    assert (same.status_code, same.json()["code"]) == (409, "second-signature-by-the-same-person")
    signed = await sign(cases, case_id, proposal_id)
    assert (signed.status_code, signed.json()["act"]) == (200, "end_declined")
    assert await duty_states(cases, case_id) == {MANCHESTER_POLICE: "ended"}
    kinds = {task["kind"] for task in await open_tasks(cases, case_id)}
    assert not {"declined_by_agency", "sign_proposal", "telephone_agency"} & kinds


async def test_an_end_that_was_overtaken_by_another_agencys_answer_is_not_signed_and_is_no_task(
    cases: CaseWork,
) -> None:
    case_id, recipient_id = await declined(cases)
    proposed = await propose_end(cases, recipient_id)
    await redirect(cases, recipient_id, LEEDS_POLICE)
    await cases.run_scheduler()
    event = await newest(cases, LEEDS_POLICE)
    await content_of(cases, event.disclosure_id)
    await acknowledge(cases, event)
    refused = await sign(cases, case_id, proposed.json()["id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "duty-not-open")
    assert (await duty_states(cases, case_id))[MANCHESTER_POLICE] == "elsewhere"
    assert (await cases.close(case_id)).json()["unsigned_reviews"] == 2, "the two countersignatures"


async def test_a_new_fact_is_told_to_who_declined_before(cases: CaseWork) -> None:
    case_id, _ = await declined(cases)
    cases.clock.forward(seconds=1)
    added = {"name": "Sami", "age": {"years": 12}}
    assert (await cases.do("POST", f"/v1/cases/{case_id}/persons", added)).status_code == 201
    await cases.run_scheduler()
    event = await newest(cases, MANCHESTER_POLICE)
    assert set(event.grounds) == {"override_child", "override_danger"}
    assert "Sami" in str(await content_of(cases, event.disclosure_id))
    assert (await duty_states(cases, case_id))[MANCHESTER_POLICE] == "sent"
    assert len(await declined_tasks(cases, case_id)) == 1, "nobody else acts on the danger yet"


async def test_a_decline_of_what_was_only_permitted_is_a_task_and_opens_no_duty(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING)
    await authorise_and_issue(cases, case_id)
    (event,) = await cases.authorised()
    await decline(cases, event)
    (task,) = await declined_tasks(cases, case_id)
    assert await duty_states(cases, case_id) == {}
    done = await cases.do("POST", f"/v1/tasks/{task}/completion", {"outcome": "chose-nobody-else"})
    assert done.status_code == 200
