"""Builders of case histories and of received messages, for tests of what the simulation finds."""

import json
from typing import Any
from uuid import uuid4

from shared.domain.geography import police_force_of, social_care_of
from tools.simulation.partners.partner_agencies import PartnerAgency, ReceivedMessage
from tools.simulation.partners.partner_behaviour import Behaviour
from tools.simulation.reports.planned_report import AdviserPlan, Canary, PlannedPerson, PlannedReport
from tools.simulation.results.case_history import CaseHistory

MANCHESTER, LEEDS = "E08000003", "E08000035"
POLICE, CARE = police_force_of(MANCHESTER), social_care_of(MANCHESTER)
CASE, REFERRAL = "a-case", "a-referral"


def a_history(
    *people: PlannedPerson, danger: bool = False, place: str | None = MANCHESTER, **body: Any
) -> CaseHistory:
    """The history of a report about these people, in which every field has a word of its own."""
    canaries = (
        Canary("CANARY-0001-reporter-name", "name:reporter"),
        Canary("CANARY-0001-account", "account"),
        Canary("CANARY-0001-summary", "summary"),
        Canary("CANARY-0001-protection-summary", "protection-summary"),
        Canary("CANARY-0001-risk", "risk"),
        Canary("CANARY-0001-second-reporter-name", "name:second-reporter"),
        *(Canary(f"CANARY-0001-{p.label}-name", f"name:{p.label}") for p in people if not p.made_report),
        *(Canary(f"CANARY-0001-{p.label}-looks", f"description:{p.label}") for p in people if not p.reporter),
    )
    reporter = () if any(p.made_report for p in people) else (PlannedPerson("reporter", reporter=True),)
    return CaseHistory(
        PlannedReport(
            number=1,
            hour=0.0,
            classification="modern_slavery",
            body=body,
            people=(*reporter, *people),
            canaries=canaries,
            place=place,
            danger_somewhere=danger,
            opens_case=True,
            plan=AdviserPlan(),
        )
    )


def a_received_message(
    *tokens: str, agency_code: str = POLICE, webhook_id: str = "m1", **changed: Any
) -> ReceivedMessage:
    agency = PartnerAgency(agency_code, uuid4(), Behaviour.WELL)
    content = {
        "type": "referral.v1",
        "referral_id": REFERRAL,
        "disclosure_id": "d1",
        "kind": "initial",
        **changed,
    }
    content["content"] = {"account": list(tokens), "disclosure_id": content["disclosure_id"]}
    text = json.dumps(content)
    return ReceivedMessage(agency, webhook_id, 10.0, text.encode(), text, content, in_effect=True)
