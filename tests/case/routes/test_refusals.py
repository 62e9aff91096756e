"""A request that is refused changes no row of the database."""

from typing import Any

import pytest

from tests.case.conftest import CaseWork
from tests.case.routes.route_cases import ask, named, prepared
from tests.case.routes.route_table import CASE, OF_THE_DANGER, PERSON, POLICE, RECIPIENT, ROWS, Row

RECORDED_REFUSAL = "withheld"
"""The one refusal that is recorded: that nothing of a disclosure was issued, and why."""
BAD = [row for row in ROWS if row.bad is not None]
MATCHED = [row for row in ROWS if row.if_match]
CONFLICTS = [(row, s) for row in ROWS for s, code in row.conflicts.items() if code != RECORDED_REFUSAL]


SIGNATURE = CASE + "/proposals/{proposal_id}/signature"
FURTHER = (
    (409, Row("PUT", CASE + "/holder", body={"holder": None}, if_match=True)),
    (409, Row("POST", SIGNATURE, role="safeguarding_lead", name="ben", state="proposed")),
    (404, Row("POST", SIGNATURE, role="safeguarding_lead", name="lin")),
    (422, Row("POST", PERSON + "/consents", body={"recipient_kind": "health", "agrees": True}, state="silent")),
    (422, Row("POST", CASE + "/disclosures", body={**POLICE, "agency_code": "police:fake"})),
    (422, Row("POST", CASE + "/disclosures", body={**POLICE, "agency_code": "social_care:E08000003"})),
    (422, Row("POST", CASE + "/disclosures", body={**POLICE, "agency_code": "police:immigration-enforcement"})),
    (422, Row("POST", RECIPIENT + "/redirection", body={"agency_code": "police:fake"}, state="declined")),
    (409, Row("POST", RECIPIENT + "/redirection", body={"agency_code": POLICE["agency_code"]}, state="declined")),
    (409, Row("POST", RECIPIENT + "/phone-handover/countersignature", role="safeguarding_lead", name="ben",
              state="called in vain")),
    (409, Row("POST", CASE + "/proposals", body={"act": "correct", "reason": "no_danger", **OF_THE_DANGER})),
    (409, Row("POST", CASE + "/proposals", body={"act": "end_search", "reason": "person_not_found",
                                                 **OF_THE_DANGER})),
    (422, Row("POST", CASE + "/proposals", body={"act": "stand_down", "reason": "age_mistaken", **OF_THE_DANGER})),
    (422, Row("PUT", CASE + "/accounts/{contact_id}/struck-passages", body={"passages": ["never said"]},
              if_match=True)),
    (404, Row("POST", CASE + "/authorisations", role="safeguarding_lead",
              body={**POLICE, "person_ids": ["{contact_id}"], "groups": ["S", "P", "R"], "reason": "duress"})),
    (404, Row("POST", CASE + "/dangers", body={"person_id": "{contact_id}"})),
    (404, Row("POST", CASE + "/persons", body={"source_reporter_id": "{contact_id}"})),
)  # fmt: skip
"""Refusals after the case was read: status and request."""


async def all_rows(cases: CaseWork) -> dict[str, list[str]]:
    """Return every row of every table of the service, as text."""
    tables = await cases.service.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {name: await _rows(cases, name) for name in sorted(row["tablename"] for row in tables)}


async def _rows(cases: CaseWork, table: str) -> list[str]:
    rows = await cases.service.fetch(f'SELECT "{table}"::text AS whole FROM "{table}"')
    return sorted(row["whole"] for row in rows)


async def refused_without_a_trace(
    cases: CaseWork, row: Row, ids: dict[str, str], body: Any, status: int, **headers: str
) -> None:
    before = await all_rows(cases)
    answer = await ask(cases, row, ids, body, **headers)
    assert answer.status_code == status, answer.text
    after = await all_rows(cases)
    changed = [table for table in before if before[table] != after[table]]
    assert changed == [], f"a refused request changed {changed}"


@pytest.mark.parametrize(("row", "state"), CONFLICTS, ids=named)
async def test_a_conflict_changes_no_row(row: Row, state: str, cases: CaseWork) -> None:
    ids = await prepared(cases, row, state)
    await refused_without_a_trace(cases, row, ids, row.body, 409)


@pytest.mark.parametrize("row", BAD, ids=named)
async def test_a_bad_body_changes_no_row(row: Row, cases: CaseWork) -> None:
    ids = await prepared(cases, row, row.state)
    await refused_without_a_trace(cases, row, ids, row.bad, 422)


@pytest.mark.parametrize("row", MATCHED, ids=named)
async def test_an_old_version_changes_no_row(row: Row, cases: CaseWork) -> None:
    ids = await prepared(cases, row, row.state)
    await refused_without_a_trace(cases, row, ids, row.body, 412, if_match='"4711"')
    await refused_without_a_trace(cases, row, ids, row.body, 428, if_match="")


@pytest.mark.parametrize(("status", "row"), FURTHER, ids=named)
async def test_a_refusal_after_the_case_was_read_changes_no_row(
    status: int, row: Row, cases: CaseWork
) -> None:
    ids = await prepared(cases, row, row.state)
    await refused_without_a_trace(cases, row, ids, row.body, status)


async def test_a_change_is_seen_in_the_rows(cases: CaseWork) -> None:
    row = next(row for row in ROWS if row.path == CASE + "/dangers")
    ids = await prepared(cases, row, row.state)
    with pytest.raises(AssertionError):
        await refused_without_a_trace(cases, row, ids, row.body, 201)
