"""Agencies for what is only permitted: registered ones of the kind, whom an adviser chose (section 3)."""

from typing import Any

import pytest

from tests.case.builders import (
    CONSENTING,
    MANCHESTER_CARE,
    MANCHESTER_POLICE,
    authorise,
    authorise_and_issue,
    reporter_of,
)
from tests.case.conftest import CaseWork
from tests.case.rules.builders import (
    NO_PLACE,
    an_agency,
    task_kinds,
)

ROWS = {
    "A22 a repeated authorisation": ("test_what_was_shared_already_is_not_authorised_again",),
    "A23 what is only permitted never goes to a fallback": (
        "test_with_an_unknown_place_nothing_leaves_by_consent_until_an_adviser_chooses_an_agency",
        "test_nothing_is_authorised_for_an_agency_that_does_not_exist_or_is_of_another_kind",
        "test_a_police_force_or_council_that_an_operator_registered_is_no_agency",
        "test_a_registered_agency_of_the_kind_can_be_chosen",
    ),
}


async def test_what_was_shared_already_is_not_authorised_again(cases: CaseWork) -> None:
    case_id = await cases.report(**CONSENTING)
    await authorise_and_issue(cases, case_id)
    again = await authorise(cases, case_id)
    assert (again.status_code, again.json()["code"]) == (409, "nothing-new-to-share")
    decided: dict[str, Any] = {
        "recipient_kind": "police",
        "agency_code": MANCHESTER_POLICE,
        "reason": "serious_crime",
    }
    decided |= {"person_ids": [await reporter_of(cases, case_id)]}
    path, lead = f"/v1/cases/{case_id}/authorisations", {"role": "safeguarding_lead", "name": "lea"}
    first = await cases.do("POST", path, decided, **lead)
    assert first.status_code == 201, first.text
    assert (await cases.issue(first.json()["id"])).status_code == 200
    second = await cases.do("POST", path, decided, **lead)
    assert (second.status_code, second.json()["code"]) == (409, "nothing-new-to-share")


@pytest.mark.parametrize("kind", ["police", "children_social_care", "adult_social_care", "service_provider"])
async def test_with_an_unknown_place_nothing_leaves_by_consent_until_an_adviser_chooses_an_agency(
    cases: CaseWork, kind: str
) -> None:
    case_id = await cases.report(**{**CONSENTING, "share_with": [kind]}, **NO_PLACE)
    await cases.let_time_pass(days=3)
    assert await cases.authorised() == []
    assert "authorise_disclosure" in await task_kinds(cases, case_id)
    unnamed = await cases.do("POST", f"/v1/cases/{case_id}/disclosures", {"recipient_kind": kind})
    assert unnamed.status_code == 422
    assert await cases.authorised() == []


@pytest.mark.parametrize(
    ("kind", "agency", "code"),
    [
        ("police", "police:nowhere", "agency-unknown"),
        ("service_provider", "sample:gone", "agency-unknown"),
        ("children_social_care", "desk:social_care", "agency-unknown"),
        ("police", MANCHESTER_CARE, "agency-of-another-kind"),
        ("adult_social_care", MANCHESTER_POLICE, "agency-of-another-kind"),
        ("health", "sample:shelter", "agency-of-another-kind"),
    ],
)
async def test_nothing_is_authorised_for_an_agency_that_does_not_exist_or_is_of_another_kind(
    cases: CaseWork, kind: str, agency: str, code: str
) -> None:
    await cases.service.given(an_agency("sample:shelter", "service_provider"))
    case_id = await cases.report(**{**CONSENTING, "share_with": [kind]})
    answer = await authorise(cases, case_id, kind, agency_code=agency)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    case_file = await cases.read(case_id)
    assert case_file["recipients"] == []
    assert {one["kind"] for one in case_file["tasks"]} == {"authorise_disclosure"}


@pytest.mark.parametrize(
    ("agency", "kind"),
    [("police:fake", "police"), ("social_care:fake", "children_social_care"), ("police:E23999999", "police")],
)
async def test_a_police_force_or_council_that_an_operator_registered_is_no_agency(
    cases: CaseWork, agency: str, kind: str
) -> None:
    await cases.service.given(an_agency(agency, kind))
    case_id = await cases.report(**{**CONSENTING, "share_with": [kind]})
    answer = await authorise(cases, case_id, kind, agency_code=agency)
    assert (answer.status_code, answer.json()["code"]) == (422, "agency-unknown")


async def test_a_registered_agency_of_the_kind_can_be_chosen(cases: CaseWork) -> None:
    await cases.service.given(an_agency("sample:shelter", "service_provider", "health"))
    case_id = await cases.report(**{**CONSENTING, "share_with": ["service_provider", "health"]})
    for kind in ("service_provider", "health"):
        answer = await authorise(cases, case_id, kind, agency_code="sample:shelter")
        assert answer.status_code == 201, answer.text
