"""Every route of the case service, one row each: what it is asked, what it answers, and when it refuses."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from tests.builders import a_reporter
from tests.case.conftest import CaseWork

CASE, LEG, TASK = "/v1/cases/{case_id}", "/v1/legs/{leg_id}", "/v1/tasks/{task_id}"
PERSON = CASE + "/persons/{person_id}"
CANARY = "Vexford-Thistlewood-7731"
"""A value that no answer repeats."""
NAMED = {"text": [CANARY], "name": [CANARY]}


@dataclass(frozen=True)
class Row:
    """One route. `state` is the kind of case it is asked about; `conflicts` the kinds about which it answers 409."""

    method: str
    path: str
    happy: int = 200
    body: Any = None
    bad: Any = None
    role: str = "adviser"
    name: str = "ada"
    state: str = "waiting"
    conflicts: tuple[str, ...] = ()
    if_match: bool = False
    retry: str | None = None
    """The table in which a repeated request leaves one row."""
    query: str = ""


def lead(method: str, path: str, **more: Any) -> Row:
    return Row(method, path, role="safeguarding_lead", name="lin", **more)


AGENCY = {"recipient": "police"}
ROWS = (
    Row("GET", "/v1/cases", query="?contact_id={contact_id}"),
    Row("GET", CASE),
    Row("POST", CASE + "/confirmation", conflicts=("closed",)),
    Row("PUT", CASE + "/place", body={"council": "E08000035"}, bad={"council": CANARY}, if_match=True),
    Row("PUT", CASE + "/assessment", body={"classification": "labour_abuse"}, bad={"classification": CANARY},
        if_match=True, conflicts=("closed",)),
    Row("PUT", CASE + "/summary", body={"text": "Two doors."}, bad=NAMED, if_match=True, conflicts=("closed",)),
    Row("PUT", CASE + "/protection-summary", body={"text": "A child."}, bad=NAMED, if_match=True,
        conflicts=("closed",)),
    Row("PUT", CASE + "/source", body={"left_out_reason": None}, bad={"left_out_reason": CANARY}, if_match=True,
        conflicts=("closed",)),
    Row("POST", CASE + "/dangers", 201, body={}, bad={"council": CANARY}, retry="dangers"),
    Row("POST", CASE + "/closing", body={"outcome": "advice_only"}, bad={"outcome": CANARY}, state="done",
        conflicts=("closed", "waiting")),
    Row("POST", CASE + "/persons", 201, body={"name": "Jo"}, bad={"name": [CANARY]}, retry="persons"),
    Row("PUT", PERSON + "/age", body={"years": 40}, bad={"years": CANARY}, if_match=True),
    Row("PUT", PERSON + "/name", body={"name": "Jo"}, bad=NAMED, if_match=True,
        conflicts=("closed", "anonymous")),
    Row("PUT", PERSON + "/places", body={"lives_at": {"council": "E08000035"}},
        bad={"lives_at": {"council": CANARY}}, if_match=True),
    Row("GET", CASE + "/consents"),
    Row("POST", PERSON + "/consents", 201, body={"situation": True}, bad={"privacy": CANARY}, retry="consents",
        conflicts=("closed",)),
    Row("POST", PERSON + "/withdrawal", 201, bad={"wording": CANARY + " "}),
    Row("GET", CASE + "/explanation", query="?recipient=police"),
    Row("POST", CASE + "/disclosures", 201, body=AGENCY, bad={"recipient": CANARY}, retry="disclosures",
        conflicts=("closed", "silent")),
    lead("POST", CASE + "/authorisations", happy=201, retry="authorisations", conflicts=("closed",),
         body={**AGENCY, "persons": ["{person_id}"], "reason": "duress"},
         bad={**AGENCY, "persons": [CANARY], "reason": CANARY}),
    Row("GET", CASE + "/disclosures"),
    Row("POST", "/v1/disclosures/{disclosure_id}/release", body={"attempt": 1}, bad={"attempt": CANARY},
        role="service", name="referral", state="agreed", conflicts=("withdrawn",)),
    Row("POST", LEG + "/stand-down", 201, body={"reason": "not_a_report"}, bad={"reason": CANARY},
        conflicts=("sent",)),
    lead("POST", LEG + "/stand-down/signature", state="proposed", conflicts=("sent after a proposal",)),
    Row("POST", LEG + "/hand-over", body={"spoken_to": "Sgt Hale", "reference": "GMP-1"},
        bad={"spoken_to": [CANARY]}, conflicts=("handed over",)),
    Row("POST", LEG + "/told", 201, body={"person_id": "{person_id}", "told": True},
        bad={"person_id": CANARY, "told": CANARY}),
    lead("POST", LEG + "/countersignature", happy=201, state="sent", bad={"finding": CANARY + " "}),
    Row("GET", "/v1/tasks", query="?holder=duty-lead"),
    Row("POST", TASK + "/take", state="sent"),
    Row("POST", TASK + "/done", body={"outcome": "authorised"}, bad={"outcome": CANARY + " "}, state="agreed",
        conflicts=("sent",)),
    lead("PUT", "/v1/duty", body={"holder": "noor"}, bad={"holder": CANARY + " "}),
)  # fmt: skip

TOLD: dict[str, dict[str, Any]] = {
    "waiting": {"danger_now": "yes", "privacy": "share", "share_with": ["police"], "reporter": a_reporter()},
    "agreed": {"privacy": "share", "share_with": ["police"], "reporter": a_reporter()},
    "silent": {"privacy": "confidential", "situation_may_be_passed_on": False, "reporter": a_reporter()},
    "anonymous": {"privacy": "anonymous"},
}
OF_STATE = {"done": "agreed", "closed": "agreed", "withdrawn": "agreed"}


async def a_case(cases: CaseWork, state: str) -> dict[str, str]:
    """A case of this kind, and the ids with which its routes are asked."""
    case_id = await cases.report(**TOLD.get(state) or TOLD[OF_STATE.get(state, "waiting")])
    page = await cases.read(case_id)
    ids = {"case_id": str(case_id), "contact_id": page["contact_id"], "person_id": page["persons"][0]["id"]}
    if page["legs"]:
        ids["leg_id"] = page["legs"][0]["id"]
    await _brought_to(cases, state, ids)
    page = await cases.read(case_id)
    tasks = sorted(page["tasks"], key=lambda task: task["leg_id"] is None)
    open_tasks = [task["id"] for task in tasks if not task["done_at"]]
    return ids | {"etag": f'"{page["version"]}"', **({"task_id": open_tasks[0]} if open_tasks else {})}


async def _brought_to(cases: CaseWork, state: str, ids: dict[str, str]) -> None:
    case, leg = CASE.format(**ids), LEG.format(**{"leg_id": "", **ids})
    if state in ("proposed", "sent after a proposal"):
        await cases.do("POST", f"{leg}/stand-down", {"reason": "not_a_report"}, name="ben")
    if state in ("sent", "sent after a proposal"):
        await cases.do("POST", f"{case}/confirmation")
        await cases.service.run_loop("mind_clocks")
        for event in (one for one in await cases.authorised() if str(one.case_id) == ids["case_id"]):
            assert (await cases.release(event.disclosure_id)).status_code == 200
    if state == "handed over":
        await cases.do("POST", f"{leg}/hand-over", {"spoken_to": "Sgt Hale", "reference": "GMP-1"})
    if state in ("done", "closed"):
        path = PERSON.format(**ids) + "/age"
        version = (await cases.read(UUID(ids["case_id"])))["version"]
        await cases.do("PUT", path, {"years": 40}, if_match=f'"{version}"')
    if state == "closed":
        assert (await cases.do("POST", f"{case}/closing", {"outcome": "advice_only"})).status_code == 200
    if state in ("agreed", "withdrawn") and "leg_id" not in ids:
        made = await cases.do("GET", f"{case}/disclosures")
        assert made.json()["disclosures"] == []
    if state == "withdrawn":
        ids["disclosure_id"] = (await cases.do("POST", f"{case}/disclosures", AGENCY)).json()["id"]
        await cases.do("POST", PERSON.format(**ids) + "/withdrawal")


async def ask(cases: CaseWork, row: Row, ids: dict[str, str], body: Any = None, **headers: str) -> Any:
    filled = {**ids}
    for name in ("disclosure_id", "leg_id", "task_id"):
        filled.setdefault(name, str(uuid4()))
    if row.if_match and "if_match" not in headers:
        headers["if_match"] = ids["etag"]
    headers = {name: value for name, value in headers.items() if value}
    path = (row.path + row.query).format(**filled)
    return await cases.do(row.method, path, _filled(body, filled), role=row.role, name=row.name, **headers)


def _filled(body: Any, ids: dict[str, str]) -> Any:
    if isinstance(body, dict):
        return {key: _filled(value, ids) for key, value in body.items()}
    if isinstance(body, list):
        return [_filled(value, ids) for value in body]
    return ids[body[1:-1]] if isinstance(body, str) and body.startswith("{") else body
