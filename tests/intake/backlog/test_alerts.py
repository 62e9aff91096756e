"""Backlog alerts: a contact that no case imports, or that no adviser has read, is counted in health and metrics."""

from uuid import uuid4

import pytest

from intake_service.backlog.alerts import _UNREVIEWED, _WITHOUT_CASE
from shared.events import ReportImported
from tests.support.builders import a_report
from tests.support.services import MovableClock, RunningService, signed_in

GAUGE = 'helpline_alerts{alert="contacts_without_case",service="intake"}'
IMPORTED_CONTACTS = """
INSERT INTO contacts (id, version, received_at, channel, purpose, caller_type, language, opens_case,
                      danger_stated, child_stated, receipt, case_id, imported_at)
SELECT gen_random_uuid(), 1, now() - n * interval '1 minute', 'app', 'advice', 'unknown', 'en', true,
       false, false, sha256(n::text::bytea), gen_random_uuid(), now()
FROM generate_series(1, 5000) AS n
"""


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


async def alerts(intake: RunningService) -> dict[str, int]:
    found: dict[str, int] = (await intake.http.get("/readyz")).json()["alerts"]
    return found


async def gauge(intake: RunningService) -> float:
    lines = (await intake.http.get("/metrics", headers=signed_in("operator"))).text.splitlines()
    return float(next(line for line in lines if line.startswith(GAUGE)).split()[-1])


async def test_a_contact_that_waits_too_long_for_its_case_is_an_alert_until_a_case_imports_it(
    intake: RunningService, clock: MovableClock
) -> None:
    contact_id = (await intake.http.post("/v1/reports", json=a_report())).json()["contact_id"]
    clock.forward(minutes=9)
    assert (await alerts(intake), await gauge(intake)) == ({}, 0)
    clock.forward(minutes=2)
    assert (await alerts(intake), await gauge(intake)) == ({"contacts_without_case": 1}, 1)
    assert (await intake.http.get("/readyz")).status_code == 200
    await intake.given(ReportImported(case_id=uuid4(), contact_id=contact_id))
    assert (await alerts(intake), await gauge(intake)) == ({}, 0)


@pytest.mark.parametrize(("said", "left"), [("no-concern", {}), ("concern", {"contacts_without_case": 1})])
async def test_a_question_that_opens_no_case_is_an_alert_until_an_adviser_has_reviewed_it(
    intake: RunningService, clock: MovableClock, said: str, left: dict[str, int]
) -> None:
    question = await intake.http.post("/v1/reports", json={"purpose": "training_and_information"})
    clock.forward(minutes=9)
    assert await alerts(intake) == {}
    clock.forward(minutes=2)
    assert await alerts(intake) == {"contacts_unreviewed": 1}
    path = f"/v1/contacts/{question.json()['contact_id']}/{said}"
    assert (await intake.http.post(path, headers=signed_in("adviser"))).status_code == 200
    assert await alerts(intake) == left


@pytest.mark.parametrize(
    ("query", "index"), [(_WITHOUT_CASE, "ix_contacts_without_case"), (_UNREVIEWED, "ix_contacts_unreviewed")]
)
async def test_counting_contacts_that_wait_reads_no_others(
    intake: RunningService, query: str, index: str
) -> None:
    await intake.context.database.pool.execute(IMPORTED_CONTACTS)
    await intake.context.database.pool.execute("ANALYZE contacts")
    plan = await intake.fetch(f"EXPLAIN {query}".replace("$1", "now()").replace("$2", "1000"))
    assert index in str(plan)
