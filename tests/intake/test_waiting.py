"""A contact that no case takes over, or that nobody has looked at, is not forgotten: health and measurements tell."""

from uuid import uuid4

import pytest

from intake_service.waiting import _TO_LOOK_AT, _WAITING
from shared.events import ReportTakenOver
from tests.builders import a_report
from tests.running import MovableClock, RunningService, signed_in

GAUGE = 'helpline_concerns{concern="contacts_without_case",service="intake"}'


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


async def concerns(intake: RunningService) -> dict[str, int]:
    told: dict[str, int] = (await intake.http.get("/readyz")).json()["concerns"]
    return told


async def gauge(intake: RunningService) -> float:
    lines = (await intake.http.get("/metrics", headers=signed_in("operator"))).text.splitlines()
    return float(next(line for line in lines if line.startswith(GAUGE)).split()[-1])


async def test_a_contact_that_waits_too_long_for_its_case_is_told_until_a_case_takes_it_over(
    intake: RunningService, clock: MovableClock
) -> None:
    contact_id = (await intake.http.post("/v1/reports", json=a_report())).json()["contact_id"]
    clock.forward(minutes=9)
    assert (await concerns(intake), await gauge(intake)) == ({}, 0)
    clock.forward(minutes=2)
    assert (await concerns(intake), await gauge(intake)) == ({"contacts_without_case": 1}, 1)
    assert (await intake.http.get("/readyz")).status_code == 200
    await intake.given(ReportTakenOver(case_id=uuid4(), contact_id=contact_id))
    assert (await concerns(intake), await gauge(intake)) == ({}, 0)


@pytest.mark.parametrize(("said", "left"), [("no-concern", {}), ("concern", {"contacts_without_case": 1})])
async def test_a_question_that_opens_no_case_is_told_until_somebody_has_looked_at_it(
    intake: RunningService, clock: MovableClock, said: str, left: dict[str, int]
) -> None:
    asked = await intake.http.post("/v1/reports", json={"purpose": "training_and_information"})
    clock.forward(minutes=9)
    assert await concerns(intake) == {}
    clock.forward(minutes=2)
    assert await concerns(intake) == {"contacts_to_look_at": 1}
    path = f"/v1/contacts/{asked.json()['contact_id']}/{said}"
    assert (await intake.http.post(path, headers=signed_in("adviser"))).status_code == 200
    assert await concerns(intake) == left


@pytest.mark.parametrize(
    ("query", "index"), [(_WAITING, "ix_contacts_without_case"), (_TO_LOOK_AT, "ix_contacts_to_look_at")]
)
async def test_looking_for_contacts_that_wait_reads_no_others(
    intake: RunningService, query: str, index: str
) -> None:
    await intake.platform.database.pool.execute(
        "INSERT INTO contacts (id, received_at, channel, purpose, caller_type, language, opens_case, danger_stated, "
        "child_stated, receipt, case_id, taken_over_at) SELECT gen_random_uuid(), now() - n * interval '1 minute', "
        "'app', 'advice', 'unknown', 'en', true, false, false, sha256(n::text::bytea), gen_random_uuid(), now() "
        "FROM generate_series(1, 5000) AS n"
    )
    await intake.platform.database.pool.execute("ANALYZE contacts")
    plan = await intake.fetch(f"EXPLAIN {query}".replace("$1", "now()").replace("$2", "1000"))
    assert index in str(plan)
