"""Route table of the case service, one row for each route: what is sent, answered and refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CASE, TASK = "/v1/cases/{case_id}", "/v1/tasks/{task_id}"
RECIPIENT = "/v1/case-recipients/{recipient_id}"
PERSON = CASE + "/persons/{person_id}"
CANARY = "Vexford-Thistlewood-7731"
"""Value that no answer repeats."""
BAD_TEXT = {"text": [CANARY], "name": [CANARY]}


@dataclass(frozen=True)
class Row:
    """One route. `state` is the kind of case it is asked about; `conflicts` the codes of its 409s, by kind of case."""

    method: str
    path: str
    happy: int = 200
    body: Any = None
    bad: Any = None
    role: str = "adviser"
    name: str = "ada"
    state: str = "waiting"
    conflicts: Mapping[str, str] = field(default_factory=dict)
    if_match: bool = False
    retry: str | None = None
    """Table in which a repeated request leaves one row."""
    query: str = ""
    changes_case: bool = False
    """A request raises the version of the case, by exactly one."""


def lead(method: str, path: str, **more: Any) -> Row:
    return Row(method, path, role="safeguarding_lead", name="lin", **more)


MANCHESTER_POLICE, LEEDS_POLICE = "police:E23000005", "police:E23000010"
POLICE = {"recipient_kind": "police", "agency_code": MANCHESTER_POLICE}
CLOSED = {"closed": "case-already-closed"}
CHANGED: dict[str, Any] = {"if_match": True, "changes_case": True}
IN_LEEDS = {"council": "E08000035"}
BAD_COUNCIL = {"council": CANARY}
OF_THE_DANGER = {"facts": [{"kind": "danger", "subject_id": "{danger_id}"}]}
BAD_FACTS = {"facts": [{"kind": CANARY, "subject_id": CANARY}]}
LEFT_OUT = {"choice": "leave_out", "reason": "source_at_risk_if_identified"}
ROWS = (
    Row("GET", "/v1/cases", query="?contact_id={contact_id}"),
    Row("GET", CASE),
    Row("POST", CASE + "/confirmation", body=OF_THE_DANGER, bad=BAD_FACTS, changes_case=True,
        conflicts={**CLOSED, "sent": "nothing-to-confirm"}),
    Row("PUT", CASE + "/place", body=IN_LEEDS, bad=BAD_COUNCIL, **CHANGED),
    Row("POST", CASE + "/merged-cases/{other_case_id}", 201, changes_case=True, conflicts=CLOSED,
        retry="cases WHERE merged_into_id IS NOT NULL"),
    Row("PUT", CASE + "/holder", body={"holder": "noor"}, bad={"holder": CANARY + " "}, conflicts=CLOSED, **CHANGED),
    Row("PUT", CASE + "/assessment", body={"classification": "labour_abuse"}, bad={"classification": CANARY},
        conflicts=CLOSED, **CHANGED),
    Row("PUT", CASE + "/summary", body={"text": "Two doors."}, bad=BAD_TEXT, conflicts=CLOSED, **CHANGED),
    Row("PUT", CASE + "/protection-summary", body={"text": "A child."}, bad=BAD_TEXT, conflicts=CLOSED, **CHANGED),
    Row("PUT", CASE + "/risk-to-approach", body={"text": "Two dogs."}, bad=BAD_TEXT, **CHANGED),
    Row("PUT", CASE + "/accounts/{contact_id}/struck-passages", body={"passages": ["before dawn"]},
        bad={"passages": [[CANARY]]}, **CHANGED),
    Row("POST", CASE + "/dangers", 201, body={}, bad=BAD_COUNCIL, retry="dangers", changes_case=True),
    Row("POST", CASE + "/closure", body={"outcome": "advice_only"}, bad={"outcome": CANARY}, state="done",
        conflicts={**CLOSED, "waiting": "case-cannot-be-closed"}, changes_case=True),
    Row("POST", CASE + "/persons", 201, body={"name": "Jo"}, bad={"name": [CANARY]}, retry="persons",
        changes_case=True),
    Row("PUT", PERSON + "/age", body={"years": 40}, bad={"years": CANARY}, **CHANGED),
    Row("POST", CASE + "/unknown-ages", body={"person_ids": ["{person_id}"]}, bad={"person_ids": [CANARY]},
        changes_case=True),
    Row("POST", PERSON + "/completed-entry", state="half entered", conflicts={"waiting": "entry-complete-already"},
        changes_case=True),
    Row("PUT", PERSON + "/relations", body={"coded_concerns": ["missing"]}, bad={"lives_with": [CANARY]}, **CHANGED),
    Row("PUT", PERSON + "/name", body={"name": "Jo"}, bad=BAD_TEXT,
        conflicts={**CLOSED, "anonymous": "chose-to-be-anonymous"}, **CHANGED),
    Row("PUT", PERSON + "/places", body={"lives_at": IN_LEEDS}, bad={"lives_at": BAD_COUNCIL}, **CHANGED),
    Row("PUT", PERSON + "/source-decision", body=LEFT_OUT, bad={"choice": CANARY, "reason": CANARY},
        conflicts={**CLOSED, "agreed": "not-a-source", "left out": "decision-has-no-effect",
                   "in danger": "source-goes-anyway"}, **CHANGED),
    Row("GET", CASE + "/consents"),
    Row("POST", PERSON + "/consents", 201, body={"situation": True}, bad={"privacy": CANARY},
        retry="consent_entries", conflicts=CLOSED, changes_case=True),
    Row("POST", PERSON + "/withdrawal", 201, body={"wording": "spoken-v1"}, bad={"wording": CANARY + " "},
        retry="consent_entries", changes_case=True),
    Row("POST", CASE + "/consents/{entry_id}/check", 201, body={"own_wish": True}, bad={"own_wish": CANARY},
        state="withdrawn in writing", retry="withdrawal_checks", changes_case=True,
        conflicts={"withdrawn": "nothing-to-check"}),
    Row("GET", CASE + "/explanation", query="?recipient_kind=police"),
    Row("POST", CASE + "/disclosures", 201, body=POLICE, bad={**POLICE, "recipient_kind": CANARY},
        retry="disclosures", changes_case=True,
        conflicts={**CLOSED, "silent": "nothing-may-be-shared", "issued": "nothing-new-to-share"}),
    lead("POST", CASE + "/authorisations", happy=201, retry="authorisations", conflicts=CLOSED, changes_case=True,
         body={**POLICE, "person_ids": ["{person_id}"], "groups": ["S", "P", "R"], "reason": "duress"},
         bad={**POLICE, "person_ids": [CANARY], "groups": ["S", "P", "R"], "reason": CANARY}),
    Row("GET", CASE + "/disclosures"),
    Row("POST", "/v1/disclosures/{disclosure_id}/issue", body={"attempt": 1}, bad={"attempt": CANARY},
        role="service", name="referral", state="agreed", conflicts={"withdrawn": "withheld"}),
    Row("POST", CASE + "/proposals", 201, body={"act": "stand_down", "reason": "no_danger", **OF_THE_DANGER},
        bad={"act": CANARY, "reason": CANARY, **BAD_FACTS}, retry="proposals", conflicts={"sent": "already-sent"}),
    lead("POST", CASE + "/proposals/{proposal_id}/signature", state="proposed", changes_case=True,
         conflicts={"sent after a proposal": "already-sent", "signed": "proposal-already-signed"}),
    Row("GET", RECIPIENT),
    Row("POST", RECIPIENT + "/phone-handover", body={"spoken_to": "Sgt Hale", "reference": "GMP-1"},
        bad={"spoken_to": [CANARY]}, conflicts={"handed over": "duty-not-open", "declined": "duty-declined"}),
    lead("POST", RECIPIENT + "/phone-handover/countersignature", state="called in vain",
         conflicts={"waiting": "duty-not-open"}),
    Row("POST", RECIPIENT + "/redirection", 201, body={"agency_code": LEEDS_POLICE}, bad={"agency_code": [CANARY]},
        state="declined", retry="redirections", conflicts={"waiting": "duty-not-open"}),
    Row("POST", RECIPIENT + "/end-of-declined-duty", 201, body={"reason": "nobody_else_responsible"},
        bad={"reason": CANARY}, state="declined", retry="proposals", conflicts={"waiting": "duty-not-open"}),
    Row("POST", RECIPIENT + "/recall-answer", 201, bad={"answer": CANARY},
        body={"spoken_to": "Data officer", "reference": "DPO 12", "answer": "destroyed"},
        state="recalled call", retry="phone_handovers", conflicts={"waiting": "no-recall-to-answer"}),
    Row("POST", RECIPIENT + "/informed-persons", 201, body={"person_id": "{person_id}", "informed": True},
        bad={"person_id": CANARY, "informed": CANARY}, retry="persons_informed"),
    lead("POST", RECIPIENT + "/countersignature", happy=201, state="sent", body={"finding": "right"},
         bad={"finding": CANARY + " "}, retry="countersignatures", conflicts={"waiting": "nothing-to-countersign"}),
    Row("GET", "/v1/tasks", query="?holder=duty-lead"),
    Row("POST", TASK + "/claim", state="sent"),
    Row("POST", TASK + "/completion", body={"outcome": "authorised"}, bad={"outcome": CANARY + " "},
        state="agreed", conflicts={"sent": "task-ends-by-itself"}),
    lead("PUT", "/v1/on-call", body={"holder": "noor"}, bad={"holder": CANARY + " "}),
)  # fmt: skip
