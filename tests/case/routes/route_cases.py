"""Cases of each kind that the route table names, and the requests to its routes."""

from typing import Any
from uuid import uuid4

from shared.events import DisclosureAuthorised, ReferralDeclined, ReferralUndeliverable
from tests.case.builders import SPOKEN_TO, put, state_age
from tests.case.conftest import CaseWork
from tests.case.routes.route_table import CASE, LEFT_OUT, OF_THE_DANGER, PERSON, POLICE, RECIPIENT, Row
from tests.support.builders import a_reporter

SHARING: dict[str, Any] = {"privacy": "share", "share_with": ["police"], "reporter": a_reporter()}
REPORTS: dict[str, dict[str, Any]] = {
    "waiting": {"danger_now": "yes", **SHARING},
    "agreed": SHARING,
    "silent": {"privacy": "confidential", "situation_may_be_passed_on": False, "reporter": a_reporter()},
    "anonymous": {"privacy": "anonymous"},
    "in danger": {"danger_now": "yes", **SHARING, "reporter": a_reporter(is_person_of_concern=True)},
}
OF_AGREED = ("done", "closed", "withdrawn", "issued", "withdrawn in writing", "recalled call")
REPORT_OF_STATE = dict.fromkeys(OF_AGREED, "agreed")


async def a_case(cases: CaseWork, state: str, **said: Any) -> dict[str, str]:
    """Make a case of this kind; return the ids with which its routes are asked. `said`: more of the report."""
    report = REPORTS.get(state) or REPORTS[REPORT_OF_STATE.get(state, "waiting")]
    case_id = await cases.report(**{**report, **said})
    case_file = await cases.read(case_id)
    ids = {
        "case_id": str(case_id),
        "contact_id": case_file["contact_id"],
        "person_id": min(case_file["persons"], key=lambda one: "reporter" not in one["roles"])["id"],
        **_first(case_file, "recipients", "recipient_id"),
        **_first(case_file, "dangers", "danger_id"),
    }
    if state in STEPS:
        await STEPS[state](cases, ids)
    case_file = await cases.read(case_id)
    tasks = sorted(case_file["tasks"], key=lambda task: task["recipient_id"] is None)
    open_tasks = [task["id"] for task in tasks if not task["completed_at"]]
    return ids | {"etag": f'"{case_file["version"]}"', **({"task_id": open_tasks[0]} if open_tasks else {})}


def _first(case_file: Any, field: str, name: str) -> dict[str, str]:
    return {name: case_file[field][0]["id"]} if case_file[field] else {}


# Steps that bring a case to a state

Ids = dict[str, str]


async def _propose(cases: CaseWork, ids: Ids) -> None:
    body = filled({"act": "stand_down", "reason": "not_a_report", **OF_THE_DANGER}, ids)
    answer = await cases.do("POST", CASE.format(**ids) + "/proposals", body, name="ben")
    ids["proposal_id"] = answer.json()["id"]


async def _sign(cases: CaseWork, ids: Ids) -> None:
    await _propose(cases, ids)
    path = "/v1/cases/{case_id}/proposals/{proposal_id}/signature".format(**ids)
    assert (await cases.do("POST", path, role="safeguarding_lead", name="noor")).status_code == 200


async def _authorised(cases: CaseWork, ids: Ids) -> DisclosureAuthorised:
    """Confirm the case and let the scheduler authorise; return what it announces."""
    await cases.do("POST", CASE.format(**ids) + "/confirmation")
    await cases.run_scheduler()
    return next(one for one in await cases.authorised() if str(one.case_id) == ids["case_id"])


async def _send(cases: CaseWork, ids: Ids) -> None:
    event = await _authorised(cases, ids)
    assert (await cases.issue(event.disclosure_id)).status_code == 200
    ids["disclosure_id"] = str(event.disclosure_id)


async def _send_after_a_proposal(cases: CaseWork, ids: Ids) -> None:
    await _propose(cases, ids)
    await _send(cases, ids)


async def _call(cases: CaseWork, ids: Ids, by: str = "ada") -> None:
    answer = await cases.do("POST", RECIPIENT.format(**ids) + "/phone-handover", SPOKEN_TO, name=by)
    assert answer.status_code == 200, answer.text


def _about(event: DisclosureAuthorised, cases: CaseWork) -> dict[str, Any]:
    fields = {"case_id", "disclosure_id", "recipient_id", "recipient_kind", "agency_code"}
    return {
        **event.model_dump(include=fields),
        "referral_id": event.recipient_id,
        "occurred_at": cases.clock(),
    }


async def _decline(cases: CaseWork, ids: Ids) -> None:
    event = await _authorised(cases, ids)
    assert (await cases.issue(event.disclosure_id)).status_code == 200
    await cases.service.given(ReferralDeclined(**_about(event, cases), reason="no_capacity"))


async def _call_in_vain(cases: CaseWork, ids: Ids) -> None:
    """Nothing written can go, and somebody telephoned: only a countersignature ends it."""
    event = await _authorised(cases, ids)
    await cases.service.given(ReferralUndeliverable(**_about(event, cases), reason="no-endpoint"))
    await _call(cases, ids, by="ben")


async def _authorise(cases: CaseWork, ids: Ids) -> None:
    made = (await cases.do("POST", CASE.format(**ids) + "/disclosures", POLICE)).json()
    ids |= {"disclosure_id": made["id"], "recipient_id": made["recipient_id"]}


async def _issue(cases: CaseWork, ids: Ids) -> None:
    await _authorise(cases, ids)
    assert (await cases.issue(ids["disclosure_id"])).status_code == 200


async def _withdraw(cases: CaseWork, ids: Ids, how: str = "phone") -> None:
    answer = await cases.do("POST", PERSON.format(**ids) + "/withdrawal", {"given_how": how})
    ids["entry_id"] = answer.json()["id"]


async def _withdraw_after_authorising(cases: CaseWork, ids: Ids) -> None:
    await _authorise(cases, ids)
    await _withdraw(cases, ids)


async def _withdraw_in_writing(cases: CaseWork, ids: Ids) -> None:
    await _issue(cases, ids)
    await _withdraw(cases, ids, "letter")


async def _recall_a_call(cases: CaseWork, ids: Ids) -> None:
    await _authorise(cases, ids)
    await _call(cases, ids)
    await _withdraw(cases, ids)


async def _enter_half(cases: CaseWork, ids: Ids) -> None:
    body = {"age": {"years": 15}, "complete": False}
    ids["person_id"] = (await cases.do("POST", CASE.format(**ids) + "/persons", body)).json()["id"]


async def _leave_out(cases: CaseWork, ids: Ids) -> None:
    path = "persons/{person_id}/source-decision".format(**ids)
    assert (await put(cases, ids["case_id"], path, LEFT_OUT)).status_code == 200


async def _choose_an_age(cases: CaseWork, ids: Ids) -> None:
    await state_age(cases, ids["case_id"], {"years": 40}, ids["person_id"])


async def _close(cases: CaseWork, ids: Ids) -> None:
    await _choose_an_age(cases, ids)
    path = CASE.format(**ids) + "/closure"
    assert (await cases.do("POST", path, {"outcome": "advice_only"})).status_code == 200


STEPS = {
    "proposed": _propose,
    "signed": _sign,
    "sent": _send,
    "sent after a proposal": _send_after_a_proposal,
    "handed over": _call,
    "declined": _decline,
    "called in vain": _call_in_vain,
    "issued": _issue,
    "withdrawn": _withdraw_after_authorising,
    "withdrawn in writing": _withdraw_in_writing,
    "recalled call": _recall_a_call,
    "half entered": _enter_half,
    "left out": _leave_out,
    "done": _choose_an_age,
    "closed": _close,
}


async def prepared(cases: CaseWork, row: Row, state: str) -> dict[str, str]:
    """Make a case of this kind, with a disclosure where the route is about one."""
    ids = await a_case(cases, state)
    if "disclosure_id" in row.path and "disclosure_id" not in ids:
        await _authorise(cases, ids)
    if "other_case_id" in row.path:
        ids["other_case_id"] = str(await cases.report())
    return ids


OF_NOTHING = (
    "other_case_id",
    "disclosure_id",
    "recipient_id",
    "task_id",
    "entry_id",
    "proposal_id",
    "danger_id",
)


async def ask(cases: CaseWork, row: Row, ids: dict[str, str], body: Any = None, **headers: str) -> Any:
    """Send the request of a row; an id that is not known is one that does not exist."""
    known = {**ids}
    for name in OF_NOTHING:
        known.setdefault(name, str(uuid4()))
    if row.if_match and "if_match" not in headers:
        headers["if_match"] = ids["etag"]
    headers = {name: value for name, value in headers.items() if value}
    path = (row.path + row.query).format(**known)
    return await cases.do(row.method, path, filled(body, known), role=row.role, name=row.name, **headers)


def filled(body: Any, ids: dict[str, str]) -> Any:
    """Return a body of the route table with ids in place of their names."""
    if isinstance(body, dict):
        return {key: filled(value, ids) for key, value in body.items()}
    if isinstance(body, list):
        return [filled(value, ids) for value in body]
    return ids[body[1:-1]] if isinstance(body, str) and body.startswith("{") else body


def named(row: Any) -> str:
    return f"{row.method} {row.path}" if isinstance(row, Row) else str(row)
