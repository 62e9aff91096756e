"""Agencies of what is only permitted: an adviser chooses a known one of the kind."""

from typing import Any

import pytest

from tests.case.builders import LEEDS_POLICE, MANCHESTER_CARE, authorise, person_of, recipients_of, register
from tests.case.conftest import CaseWork
from tests.support.builders import a_reporter

SHARING: dict[str, Any] = {
    "reporter": a_reporter(),
    "privacy": "share",
    "share_with": ["health", "police", "service_provider"],
    "place": {},
}
REFUSED: list[tuple[str, str, str]] = [
    ("health", "trust-one", "agency-unknown"),
    ("police", "police:fake", "agency-unknown"),
    ("police", "desk:social_care", "agency-unknown"),
    ("service_provider", "immigration-enforcement", "agency-refused"),
    ("health", LEEDS_POLICE, "agency-of-another-kind"),
    ("police", MANCHESTER_CARE, "agency-of-another-kind"),
]

RULES = {"agency-refused": "immigration_enforcement"}


@pytest.mark.parametrize(("kind", "agency", "code"), REFUSED)
async def test_an_agency_that_nobody_knows_or_of_another_kind_is_refused(
    cases: CaseWork, kind: str, agency: str, code: str
) -> None:
    case_id = await cases.report(**SHARING)
    body = {"person_ids": [await person_of(cases, case_id, "reporter")], "reason": "duress"}
    refused = await authorise(cases, case_id, kind, agency_code=agency)
    lead = await cases.do(
        "POST",
        f"/v1/cases/{case_id}/authorisations",
        {"recipient_kind": kind, "agency_code": agency, **body},
        role="safeguarding_lead",
    )
    for answer in (refused, lead):
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert answer.json()["invalid"] == [
            {"field": "agency_code", "rule": RULES.get(code, code.replace("-", "_"))}
        ]
    assert await recipients_of(cases, case_id) == []


async def test_no_agency_stands_in_for_one_that_nobody_chose(cases: CaseWork) -> None:
    case_id = await cases.report(**SHARING)
    path = f"/v1/cases/{case_id}/disclosures"
    refused = await cases.do("POST", path, {"recipient_kind": "police"})
    assert refused.status_code == 422
    assert refused.json()["invalid"] == [{"field": "agency_code", "rule": "missing"}]
    await cases.let_time_pass(days=2)
    assert await cases.authorised() == []


async def test_an_agency_that_was_registered_is_chosen_for_the_kinds_it_serves(cases: CaseWork) -> None:
    case_id = await cases.report(**SHARING)
    await register(cases, "trust-one", "health")
    assert (await authorise(cases, case_id, "health", agency_code="trust-one")).status_code == 201
    other = await authorise(cases, case_id, "service_provider", agency_code="trust-one")
    assert (other.status_code, other.json()["code"]) == (422, "agency-of-another-kind")
    cases.clock.forward(seconds=1)
    await register(cases, "trust-one", "health", "service_provider")
    assert (await authorise(cases, case_id, "service_provider", agency_code="trust-one")).status_code == 201
