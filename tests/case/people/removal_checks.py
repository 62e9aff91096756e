"""Checks of identities that wait for their removal: kept while a duty is open, and gone by themselves afterwards."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from tests.case.builders import (
    LEEDS_POLICE,
    MANCHESTER_POLICE,
    acknowledge,
    authorise,
    confirm,
    danger_of,
    decline,
    hand_over_all,
    issue_waiting,
    person_of,
    put,
    recipients_of,
    record_consent,
    sign,
    take_back,
    text_of,
)
from tests.case.conftest import CaseWork
from tests.support.builders import a_child, a_reporter

Check = Callable[[CaseWork], Awaitable[None]]
NAME = "Rowan Ashdown"
HOME = {"address": "4 Larch Row", "council": "E08000003"}
SAFE = {"safe_contact": {"never": "my brother", "code_word": "plum"}}
IN_DANGER: dict[str, Any] = {
    "reporter": a_reporter(is_person_of_concern=True, in_danger="yes", lives_at=HOME),
    "privacy": "share",
    "share_with": ["adult_social_care"],
    **SAFE,
}
"""Report of an adult who tells of danger to themselves, and shares with adult social care."""


async def in_danger(cases: CaseWork) -> tuple[UUID, str]:
    """Return a case whose maker is in danger and chose to be anonymous since, and the maker."""
    case_id = await cases.report(**IN_DANGER)
    person = await person_of(cases, case_id, "reporter")
    await confirm(cases, case_id)
    await become_anonymous(cases, case_id, person)
    return case_id, person


async def become_anonymous(cases: CaseWork, case_id: UUID, person: str) -> None:
    await record_consent(cases, case_id, person, {"privacy": "anonymous"})


async def answer_all(cases: CaseWork, case_id: UUID) -> None:
    """Issue what waits at a case, and have each agency acknowledge everything."""
    await issue_waiting(cases, case_id)
    for event in await cases.authorised():
        if event.case_id == case_id:
            await acknowledge(cases, event)


async def removal_count(cases: CaseWork, person: str) -> int:
    """Return how often the audit trail tells that the identity of a person was removed."""
    found = (
        "SELECT count(*) FROM audit_entries WHERE action = 'identity.removed' AND codes->>'person_id' = $1"
    )
    return int((await cases.service.fetch(found, person))[0]["count"])


async def assert_held(cases: CaseWork, case_id: UUID, person: str, *, waits: bool = True) -> None:
    """Pass where everything is still held of a reporter, and the case file says whether its removal waits."""
    case_file = await cases.read(case_id)
    one = next(one for one in case_file["persons"] if one["id"] == person)
    assert one["name"] == NAME, "the name is gone"
    assert (one["phone"], one["email"]) == (a_reporter()["phone"], a_reporter()["email"]), "the ways are gone"
    assert case_file["accounts"][0]["safe_contact"]["code_word"] == "plum", "the safe contact is gone"
    assert one["identity_waits_for_removal"] is waits, "the case file does not tell what waits"
    assert await removal_count(cases, person) == 0, "a removal is recorded"


async def assert_gone(cases: CaseWork, case_id: UUID, person: str) -> None:
    """Pass where nothing names or reaches a reporter any more, which is recorded once."""
    case_file = await cases.read(case_id)
    one = next(one for one in case_file["persons"] if one["id"] == person)
    assert (one["name"], one["phone"], one["email"]) == (None, None, None), "the name is still held"
    assert case_file["accounts"][0]["safe_contact"] is None, "the safe contact is still held"
    assert one["identity_waits_for_removal"] is False, "it still waits"
    assert await removal_count(cases, person) == 1, "the removal is not recorded once"
    refused = await put(cases, case_id, f"persons/{person}/name", {"name": NAME})
    assert (refused.status_code, refused.json().get("code")) == (409, "chose-to-be-anonymous")


async def while_a_duty_is_open_the_override_sends_what_consent_does_not(cases: CaseWork) -> None:
    case_id = await cases.report(**IN_DANGER)
    person = await person_of(cases, case_id, "reporter")
    permitted = await authorise(cases, case_id, "adult_social_care")
    assert permitted.status_code == 201, permitted.text
    await confirm(cases, case_id)
    await become_anonymous(cases, case_id, person)
    await assert_held(cases, case_id, person)
    consent = (await cases.read(case_id))["persons"][0]["consent"]
    assert (consent["privacy"], consent["recipient_kinds"]) == ("anonymous", [])
    stopped = await cases.issue(permitted.json()["id"])
    assert (stopped.status_code, stopped.json().get("code")) == (409, "withheld"), "consented sharing goes on"
    refused = await put(cases, case_id, f"persons/{person}/name", {"name": "Ada"})
    assert (refused.status_code, refused.json().get("code")) == (409, "chose-to-be-anonymous")
    forced = next(one for one in await cases.authorised() if one.agency_code == MANCHESTER_POLICE)
    assert NAME in await text_of(cases, forced.disclosure_id), "the override does not send the name"
    await cases.run_loop("remove_identities")
    await assert_held(cases, case_id, person)


async def after_the_acknowledgement_the_identity_goes_by_itself(cases: CaseWork) -> None:
    case_id, person = await in_danger(cases)
    before = (await cases.read(case_id))["version"]
    await answer_all(cases, case_id)
    await cases.run_loop("remove_identities")
    await assert_gone(cases, case_id, person)
    after = await cases.read(case_id)
    assert after["version"] == before + 1, "who read the case before may still change it"
    assert after["persons"][0]["lives_at"]["address"] == "4 Larch Row", "nobody finds who is in danger"
    again = len(await cases.authorised())
    await cases.run_loop("remove_identities")
    await assert_gone(cases, case_id, person)
    assert len(await cases.authorised()) == again, "an agency is told of the removal"


async def a_call_and_the_message_end_it_at_once(cases: CaseWork) -> None:
    case_id, person = await in_danger(cases)
    await hand_over_all(cases, case_id)
    await assert_gone(cases, case_id, person)


async def a_call_alone_ends_nothing(cases: CaseWork) -> None:
    case_id, person = await in_danger(cases)
    (recipient,) = await recipients_of(cases, case_id)
    body = {"spoken_to": "Sgt Hale", "reference": "GMP-1"}
    await cases.do("POST", f"/v1/case-recipients/{recipient['id']}/phone-handover", body)
    await cases.run_loop("remove_identities")
    await assert_held(cases, case_id, person)


async def two_signatures_end_it_at_once(cases: CaseWork) -> None:
    case_id = await cases.report(**IN_DANGER)
    person = await person_of(cases, case_id, "reporter")
    await become_anonymous(cases, case_id, person)
    await assert_held(cases, case_id, person)
    await take_back(cases, case_id, await danger_of(cases, case_id))
    await assert_gone(cases, case_id, person)
    home = (await cases.read(case_id))["persons"][0]["lives_at"]
    assert (home["address"], home["council"]) == (None, "E08000003"), "the home of nobody in danger is held"


async def a_decline_keeps_it_until_another_agency_has_acknowledged(cases: CaseWork) -> None:
    case_id, person = await declined(cases)
    (recipient,) = await recipients_of(cases, case_id)
    path = f"/v1/case-recipients/{recipient['id']}/redirection"
    assert (await cases.do("POST", path, {"agency_code": LEEDS_POLICE})).status_code == 201
    await cases.run_scheduler()
    await cases.run_loop("remove_identities")
    await assert_held(cases, case_id, person)
    event = next(one for one in await cases.authorised() if one.agency_code == LEEDS_POLICE)
    assert NAME in await text_of(cases, event.disclosure_id), "the other agency is not told the name"
    await acknowledge(cases, event)
    await cases.run_loop("remove_identities")
    await assert_gone(cases, case_id, person)


async def two_people_who_end_a_declined_duty_end_it_at_once(cases: CaseWork) -> None:
    case_id, person = await declined(cases)
    (recipient,) = await recipients_of(cases, case_id)
    path = f"/v1/case-recipients/{recipient['id']}/end-of-declined-duty"
    proposed = await cases.do("POST", path, {"reason": "nobody_else_responsible"})
    await assert_held(cases, case_id, person)
    assert (await sign(cases, case_id, proposed.json()["id"])).status_code == 200
    await assert_gone(cases, case_id, person)


async def declined(cases: CaseWork) -> tuple[UUID, str]:
    """Return a case whose agency has declined the danger of its maker, who is anonymous, and the maker."""
    case_id, person = await in_danger(cases)
    await issue_waiting(cases, case_id)
    (event,) = await cases.authorised()
    await decline(cases, event)
    await cases.run_loop("remove_identities")
    await assert_held(cases, case_id, person)
    return case_id, person


async def one_of_two_duties_keeps_it(cases: CaseWork) -> None:
    case_id = await cases.report(reporter=a_reporter(), persons=[a_child()], privacy="confidential", **SAFE)
    person = await person_of(cases, case_id, "reporter")
    await confirm(cases, case_id)
    await become_anonymous(cases, case_id, person)
    await issue_waiting(cases, case_id)
    first, second = await cases.authorised()
    await acknowledge(cases, first)
    await cases.run_loop("remove_identities")
    await assert_held(cases, case_id, person)
    await acknowledge(cases, second)
    await cases.run_loop("remove_identities")
    await assert_gone(cases, case_id, person)


async def a_second_danger_keeps_it(cases: CaseWork) -> None:
    case_id, person = await in_danger(cases)
    await answer_all(cases, case_id)
    another = await cases.do("POST", f"/v1/cases/{case_id}/dangers", {"person_id": person})
    assert another.status_code == 201, another.text
    await cases.run_loop("remove_identities")
    await assert_held(cases, case_id, person)
    await cases.run_scheduler()
    await answer_all(cases, case_id)
    await cases.run_loop("remove_identities")
    await assert_gone(cases, case_id, person)


async def who_shares_again_keeps_their_name(cases: CaseWork, privacy: str = "share") -> None:
    case_id, person = await in_danger(cases)
    await record_consent(cases, case_id, person, {"privacy": privacy})
    await assert_held(cases, case_id, person, waits=False)
    await answer_all(cases, case_id)
    await cases.run_loop("remove_identities")
    await assert_held(cases, case_id, person, waits=False)
    assert (await put(cases, case_id, f"persons/{person}/name", {"name": NAME})).status_code == 200


async def a_withdrawal_or_a_yes_that_was_overheard_changes_nothing(cases: CaseWork) -> None:
    case_id, person = await in_danger(cases)
    await record_consent(cases, case_id, person, {"privacy": "share", "overheard": True})
    path = f"/v1/cases/{case_id}/persons/{person}/withdrawal"
    assert (await cases.do("POST", path)).status_code == 201
    await assert_held(cases, case_id, person)
    await answer_all(cases, case_id)
    await cases.run_loop("remove_identities")
    await assert_gone(cases, case_id, person)


CHECKS: tuple[Check, ...] = (
    while_a_duty_is_open_the_override_sends_what_consent_does_not,
    after_the_acknowledgement_the_identity_goes_by_itself,
    a_call_and_the_message_end_it_at_once,
    a_call_alone_ends_nothing,
    two_signatures_end_it_at_once,
    a_decline_keeps_it_until_another_agency_has_acknowledged,
    two_people_who_end_a_declined_duty_end_it_at_once,
    one_of_two_duties_keeps_it,
    a_second_danger_keeps_it,
    who_shares_again_keeps_their_name,
    a_withdrawal_or_a_yes_that_was_overheard_changes_nothing,
)
