"""Steps that many tests of the case service take, and the bodies that they send."""

import json
from typing import Any
from uuid import UUID, uuid4

from shared.events import (
    AgencyRegistered,
    DisclosureAuthorised,
    RecallAnswered,
    ReferralAcknowledged,
    ReferralDeclined,
    ReferralUndeliverable,
)
from tests.case.conftest import CaseWork
from tests.support.builders import a_child, a_reporter

CONSENTING: dict[str, Any] = {"reporter": a_reporter(), "privacy": "share", "share_with": ["police"]}
"""Report whose maker consents to the police."""
SPOKEN_TO = {"spoken_to": "Sgt Hale", "reference": "GMP-1"}
MANCHESTER_CARE, MANCHESTER_POLICE = "social_care:E08000003", "police:E23000005"
CHOSEN = {
    "police": MANCHESTER_POLICE,
    "children_social_care": MANCHESTER_CARE,
    "adult_social_care": MANCHESTER_CARE,
}
"""Agency that an adviser chooses in a test, by recipient kind."""
LEEDS, LEEDS_CARE, LEEDS_POLICE = "E08000035", "social_care:E08000035", "police:E23000010"


async def acknowledge(cases: CaseWork, event: DisclosureAuthorised) -> None:
    """Hand the service an agency's acknowledgement of a disclosure."""
    forced = any(ground.startswith("override") for ground in event.grounds)
    answer = ReferralAcknowledged(**_about(cases, event), forced=forced, acknowledged_by="api")
    await cases.service.given(answer)


async def decline(cases: CaseWork, event: DisclosureAuthorised) -> None:
    """Hand the service an agency's refusal to act on a disclosure."""
    await cases.service.given(ReferralDeclined(**_about(cases, event), reason="not_our_area"))


async def find_undeliverable(cases: CaseWork, event: DisclosureAuthorised) -> None:
    """Tell the service that nothing written can go to an agency."""
    await cases.service.given(ReferralUndeliverable(**_about(cases, event), reason="no-endpoint"))


async def answer_recall(cases: CaseWork, event: DisclosureAuthorised) -> None:
    """Hand the service an agency's answer that it destroyed a copy."""
    await cases.service.given(RecallAnswered(**_about(cases, event), answer="destroyed"))


def _about(cases: CaseWork, event: DisclosureAuthorised) -> dict[str, Any]:
    names = {"case_id", "disclosure_id", "recipient_id", "recipient_kind", "agency_code"}
    about = event.model_dump(include=names)
    return {**about, "referral_id": event.recipient_id, "occurred_at": cases.clock()}


async def register(cases: CaseWork, agency_code: str, *kinds: str) -> None:
    """Announce an agency that an operator registered, which no place decides."""
    about = {"agency_id": uuid4(), "agency_code": agency_code, "recipient_kinds": kinds}
    await cases.service.given(AgencyRegistered.model_validate({**about, "registered_at": cases.clock()}))


async def confirm(cases: CaseWork, case_id: UUID | str) -> None:
    """Confirm the report, and send what waits."""
    assert (await cases.do("POST", f"/v1/cases/{case_id}/confirmation")).status_code == 200
    await cases.run_scheduler()


async def issue_all(cases: CaseWork) -> None:
    """Issue every disclosure that was authorised."""
    for event in await cases.authorised():
        assert (await cases.issue(event.disclosure_id)).status_code == 200


async def sent_child(cases: CaseWork, **said: Any) -> UUID:
    """Confirm a report of a child, and issue everything that it forces; return the case's id."""
    case_id = await cases.report(**{"persons": [a_child()], **said})
    await confirm(cases, case_id)
    await issue_all(cases)
    return case_id


async def put(cases: CaseWork, case_id: UUID | str, path: str, body: Any) -> Any:
    """Change something about a case a second later, with the version that was read."""
    cases.clock.forward(seconds=1)
    version = (await cases.read(case_id))["version"]
    return await cases.do("PUT", f"/v1/cases/{case_id}/{path}", body, if_match=f'"{version}"')


async def state_age(cases: CaseWork, case_id: UUID | str, said: Any, person: str | None = None) -> None:
    path = f"persons/{person or await person_of(cases, case_id)}/age"
    assert (await put(cases, case_id, path, said)).status_code == 200


async def person_of(cases: CaseWork, case_id: UUID | str, role: str = "person_of_concern") -> str:
    """Return the id of the first person with a role."""
    persons = (await cases.read(case_id))["persons"]
    return str(next(one["id"] for one in persons if role in one["roles"]))


async def reporter_of(cases: CaseWork, case_id: UUID | str) -> str:
    return await person_of(cases, case_id, "reporter")


async def record_consent(cases: CaseWork, case_id: UUID | str, person: str, choice: dict[str, Any]) -> Any:
    """Record a choice a second later; return the answer."""
    cases.clock.forward(seconds=1)
    answer = await cases.do("POST", f"/v1/cases/{case_id}/persons/{person}/consents", choice)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def withdraw(cases: CaseWork, case_id: UUID | str, person: str | None = None) -> Any:
    person = person or await reporter_of(cases, case_id)
    return await cases.do("POST", f"/v1/cases/{case_id}/persons/{person}/withdrawal")


async def authorise(cases: CaseWork, case_id: UUID | str, kind: str = "police", **more: Any) -> Any:
    """Ask that what consent permits may go to a recipient kind; return the response."""
    body = {"recipient_kind": kind, "agency_code": CHOSEN.get(kind, "sample:shelter"), **more}
    return await cases.do("POST", f"/v1/cases/{case_id}/disclosures", body)


async def authorise_and_issue(cases: CaseWork, case_id: UUID | str) -> str:
    """Authorise what consent permits and issue it; return the id of the disclosure."""
    answer = await authorise(cases, case_id)
    assert answer.status_code == 201, answer.text
    assert (await cases.issue(answer.json()["id"])).status_code == 200
    return str(answer.json()["id"])


async def text_of(cases: CaseWork, disclosure_id: UUID | str) -> str:
    """Issue a disclosure; return its exact text."""
    answer = await cases.issue(disclosure_id)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["text"])


async def content_of(cases: CaseWork, disclosure_id: UUID | str) -> Any:
    """Issue a disclosure; return its content as JSON."""
    return json.loads(await text_of(cases, disclosure_id))


async def authorised_of(cases: CaseWork, kind: str) -> list[DisclosureAuthorised]:
    """Return the authorised disclosures of a kind: initial, supplement or correction."""
    return [event for event in await cases.authorised() if event.kind == kind]


async def supplements(cases: CaseWork) -> list[DisclosureAuthorised]:
    return await authorised_of(cases, "supplement")


async def corrections(cases: CaseWork) -> list[DisclosureAuthorised]:
    return await authorised_of(cases, "correction")


async def recipients_of(cases: CaseWork, case_id: UUID | str) -> Any:
    return (await cases.read(case_id))["recipients"]


async def duty_states(cases: CaseWork, case_id: UUID | str) -> dict[str, str]:
    """Return the state of each duty, by agency code."""
    recipients = await recipients_of(cases, case_id)
    return {one["agency_code"]: one["duty"]["state"] for one in recipients if one["duty"]}


async def record_handover(cases: CaseWork, recipient_id: str) -> Any:
    """Record that somebody told this agency by telephone; return the response."""
    return await cases.do("POST", f"/v1/case-recipients/{recipient_id}/phone-handover", SPOKEN_TO)


async def hand_over_all(cases: CaseWork, case_id: UUID | str) -> None:
    """Tell every agency by telephone, and issue the message that confirms the call: the two end a duty (fact 9)."""
    for one in await recipients_of(cases, case_id):
        answer = await record_handover(cases, one["id"])
        assert answer.status_code == 200, answer.text
    await issue_waiting(cases, case_id)
    assert set((await duty_states(cases, case_id)).values()) == {"handed_over"}


async def issue_waiting(cases: CaseWork, case_id: UUID | str) -> None:
    """Issue what is authorised at this case and was not issued yet."""
    for one in await disclosures_of(cases, case_id):
        if one["state"] == "authorised":
            assert (await cases.issue(one["id"])).status_code == 200


async def recipient_at(cases: CaseWork, case_id: UUID | str, agency_code: str) -> Any:
    """Return everything about one agency on a case: what is owed to it, and what people did."""
    found = [one for one in await recipients_of(cases, case_id) if one["agency_code"] == agency_code]
    answer = await cases.do("GET", f"/v1/case-recipients/{found[0]['id']}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def countersign_all(cases: CaseWork, case_id: UUID | str) -> None:
    """Let a lead review whatever was sent under an override or on a lead's decision."""
    for task in await open_tasks(cases, case_id):
        if task["kind"] == "countersign":
            path = f"/v1/case-recipients/{task['recipient_id']}/countersignature"
            answer = await cases.do("POST", path, role="safeguarding_lead", name="lin")
            assert answer.status_code == 201, answer.text


# Two signatures


def child(person_id: str) -> dict[str, str]:
    return {"kind": "child", "subject_id": person_id}


def danger(danger_id: str) -> dict[str, str]:
    return {"kind": "danger", "subject_id": danger_id}


async def danger_of(cases: CaseWork, case_id: UUID | str) -> dict[str, str]:
    """Return the newest danger of a case, as a proposal names it."""
    return danger((await cases.read(case_id))["dangers"][-1]["id"])


async def child_of(cases: CaseWork, case_id: UUID | str) -> dict[str, str]:
    """Return the first person of concern, as a proposal names them for their age."""
    return child(await person_of(cases, case_id))


async def propose(
    cases: CaseWork,
    case_id: UUID | str,
    *facts: dict[str, str],
    act: str = "stand_down",
    reason: str = "not_a_report",
    name: str = "ada",
    **more: Any,
) -> Any:
    """Sign first that these facts are stood down, corrected or not searched for any more; return the response."""
    body = {"act": act, "reason": reason, "facts": list(facts), **more}
    return await cases.do("POST", f"/v1/cases/{case_id}/proposals", body, name=name)


async def sign(
    cases: CaseWork, case_id: UUID | str, proposal_id: str, name: str = "lin", role: str = "safeguarding_lead"
) -> Any:
    """Sign a proposal as the second person; return the response."""
    path = f"/v1/cases/{case_id}/proposals/{proposal_id}/signature"
    return await cases.do("POST", path, role=role, name=name)


async def take_back(cases: CaseWork, case_id: UUID | str, *facts: dict[str, str], **how: Any) -> None:
    """Let two people stand facts down, or correct them."""
    proposed = await propose(cases, case_id, *facts, **how)
    assert proposed.status_code == 201, proposed.text
    signed = await sign(cases, case_id, proposed.json()["id"])
    assert signed.status_code == 200, signed.text


async def proposals_of(cases: CaseWork, case_id: UUID | str) -> Any:
    """Return the proposals of a case that wait for a second signature."""
    proposals = (await cases.read(case_id))["proposals"]
    return [one for one in proposals if one["second_signed_at"] is None]


async def sign_all(cases: CaseWork, case_id: UUID | str) -> None:
    """Let a lead sign whatever waits for a second signature."""
    for one in await proposals_of(cases, case_id):
        signed = await sign(cases, case_id, one["id"])
        assert signed.status_code == 200, signed.text


async def disclosures_of(cases: CaseWork, case_id: UUID | str) -> Any:
    return (await cases.do("GET", f"/v1/cases/{case_id}/disclosures")).json()["items"]


async def open_tasks(cases: CaseWork, case_id: UUID | str) -> Any:
    """Return the tasks of a case that are not completed."""
    tasks = (await cases.read(case_id))["tasks"]
    return [task for task in tasks if not task["completed_at"]]


async def task_list(cases: CaseWork) -> Any:
    """Return the list of open tasks of all cases."""
    return (await cases.do("GET", "/v1/tasks")).json()["items"]


async def states_of(cases: CaseWork, case_id: UUID) -> set[str]:
    return set((await duty_states(cases, case_id)).values())
