"""Cases of each kind that the route table names, and the requests to its routes."""

from typing import Any
from uuid import uuid4

from tests.case.builders import SPOKEN_TO, state_age
from tests.case.conftest import CaseWork
from tests.case.routes.route_table import CASE, PERSON, POLICE, RECIPIENT, Row
from tests.support.builders import a_reporter

REPORTS: dict[str, dict[str, Any]] = {
    "waiting": {"danger_now": "yes", "privacy": "share", "share_with": ["police"], "reporter": a_reporter()},
    "agreed": {"privacy": "share", "share_with": ["police"], "reporter": a_reporter()},
    "silent": {"privacy": "confidential", "situation_may_be_passed_on": False, "reporter": a_reporter()},
    "anonymous": {"privacy": "anonymous"},
}
REPORT_OF_STATE = {"done": "agreed", "closed": "agreed", "withdrawn": "agreed"}


async def a_case(cases: CaseWork, state: str) -> dict[str, str]:
    """Make a case of this kind; return the ids with which its routes are asked."""
    case_id = await cases.report(**(REPORTS.get(state) or REPORTS[REPORT_OF_STATE.get(state, "waiting")]))
    case_file = await cases.read(case_id)
    ids = {
        "case_id": str(case_id),
        "contact_id": case_file["contact_id"],
        "person_id": case_file["persons"][0]["id"],
    }
    if case_file["recipients"]:
        ids["recipient_id"] = case_file["recipients"][0]["id"]
    await _bring_to(cases, state, ids)
    case_file = await cases.read(case_id)
    tasks = sorted(case_file["tasks"], key=lambda task: task["recipient_id"] is None)
    open_tasks = [task["id"] for task in tasks if not task["completed_at"]]
    return ids | {"etag": f'"{case_file["version"]}"', **({"task_id": open_tasks[0]} if open_tasks else {})}


async def _bring_to(cases: CaseWork, state: str, ids: dict[str, str]) -> None:
    case, recipient = CASE.format(**ids), RECIPIENT.format(**{"recipient_id": "", **ids})
    if state in ("proposed", "sent after a proposal"):
        await cases.do("POST", f"{recipient}/stand-down", {"reason": "not_a_report"}, name="ben")
    if state in ("sent", "sent after a proposal"):
        await cases.do("POST", f"{case}/confirmation")
        await cases.run_scheduler()
        for event in (one for one in await cases.authorised() if str(one.case_id) == ids["case_id"]):
            assert (await cases.issue(event.disclosure_id)).status_code == 200
    if state == "handed over":
        await cases.do("POST", f"{recipient}/phone-handover", SPOKEN_TO)
    if state in ("done", "closed"):
        await state_age(cases, ids["case_id"], {"years": 40}, ids["person_id"])
    if state == "closed":
        assert (await cases.do("POST", f"{case}/closure", {"outcome": "advice_only"})).status_code == 200
    if state in ("agreed", "withdrawn") and "recipient_id" not in ids:
        made = await cases.do("GET", f"{case}/disclosures")
        assert made.json()["items"] == []
    if state == "withdrawn":
        ids["disclosure_id"] = (await cases.do("POST", f"{case}/disclosures", POLICE)).json()["id"]
        await cases.do("POST", PERSON.format(**ids) + "/withdrawal")


async def prepared(cases: CaseWork, row: Row, state: str) -> dict[str, str]:
    """Make a case of this kind, with a disclosure where the route is about one."""
    ids = await a_case(cases, state)
    if "disclosure_id" in row.path and "disclosure_id" not in ids:
        made = await cases.do("POST", f"/v1/cases/{ids['case_id']}/disclosures", POLICE)
        ids["disclosure_id"] = made.json()["id"]
    return ids


async def ask(cases: CaseWork, row: Row, ids: dict[str, str], body: Any = None, **headers: str) -> Any:
    """Send the request of a row; an id that is not known is one that does not exist."""
    known = {**ids}
    for name in ("disclosure_id", "recipient_id", "task_id"):
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
