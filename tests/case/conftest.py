"""The case service on a database of its own, with intake played by hand."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import UUID, uuid4

import pytest

from case_service.app import CASE
from shared.events import DisclosureAuthorised
from shared.outbound import Refused
from tests.builders import a_contact_received, a_report
from tests.conftest import TestPostgres
from tests.running import MovableClock, RunningService, running, signed_in


@dataclass
class IntakeByHand:
    """Answers what intake would: the report of a contact, while it has it."""

    reports: dict[str, dict[str, Any]] = field(default_factory=dict)
    fault: Exception | None = None

    def __call__(self, audience: str) -> Self:
        assert audience == "intake"
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    async def get(self, path: str, params: object = None) -> Any:
        if self.fault is not None:
            raise self.fault
        contact_id = path.split("/")[3]
        if contact_id not in self.reports:
            raise Refused(410, "report-taken-over")
        return self.reports[contact_id]


@dataclass
class CaseWork:
    """The case service and the hands that drive it."""

    service: RunningService
    intake: IntakeByHand
    clock: MovableClock

    async def report(self, **told: Any) -> UUID:
        """A report comes in and its case takes it over; answers the case's id."""
        case_id = await self.contact(**told)
        await self.service.run_loop("take_over_reports")
        return case_id

    async def contact(self, *, opens_case: bool = True, **told: Any) -> UUID:
        """A report comes in; its case is opened, and has not fetched it yet."""
        contact_id = uuid4()
        now = self.clock()
        self.intake.reports[str(contact_id)] = {
            "contact_id": str(contact_id),
            "received_at": now.isoformat(),
            "report": a_report(**told),
        }
        event = a_contact_received(contact_id, received_at=now, opens_case=opens_case)
        await self.service.given(event)
        rows = await self.service.fetch("SELECT id FROM cases WHERE contact_id = $1", contact_id)
        return UUID(str(rows[0]["id"])) if rows else contact_id

    async def set_aside(self, key: UUID, kind: str) -> None:
        """An event about this matter that could not be handled, as the consumer keeps it."""
        topic = "intake" if kind.startswith("contact.") else kind.split(".")[0]
        await self.service.fetch(
            "INSERT INTO failed_events (event_id, topic, place, type, source, key, time, body, state, reason, attempts,"
            " failed_at) VALUES (gen_random_uuid(), $1, $2, $3, $1, $4, $5, '', 'failed', 'KeyError', 3, $5)",
            topic,
            f"{topic}/0/{uuid4()}",
            kind,
            str(key),
            self.clock(),
        )

    async def read(self, case_id: UUID) -> Any:
        answer = await self.service.http.get(f"/v1/cases/{case_id}", headers=signed_in("adviser"))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def do(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        role: str = "adviser",
        name: str = "ada",
        **headers: str,
    ) -> Any:
        """Somebody signed in does something; answers the response."""
        more = {key.replace("_", "-"): value for key, value in headers.items()}
        return await self.service.http.request(method, path, json=body, headers=signed_in(role, name) | more)

    async def close(self, case_id: UUID, outcome: str = "advice_only") -> Any:
        """Chooses the age of everybody who was not asked, as an adviser does, and closes the case."""
        page = await self.read(case_id)
        for person in (one for one in page["persons"] if one["age_status"] is None):
            version = (await self.read(case_id))["version"]
            path = f"/v1/cases/{case_id}/persons/{person['id']}/age"
            chosen = {"chosen": "unknown_no_indication"}
            assert (await self.do("PUT", path, chosen, if_match=f'"{version}"')).status_code == 200
        return await self.do("POST", f"/v1/cases/{case_id}/closing", {"outcome": outcome})

    async def let_time_pass(self, **by: float) -> None:
        """The clock moves on, and whatever is due is done."""
        self.clock.forward(**by)
        await self.service.run_loop("mind_clocks")

    async def authorised(self) -> list[DisclosureAuthorised]:
        return await self.service.announced(DisclosureAuthorised)

    async def release(self, disclosure_id: UUID) -> Any:
        """What the referral service does at the moment of sending."""
        return await self.do(
            "POST",
            f"/v1/disclosures/{disclosure_id}/release",
            {"attempt": 1},
            role="service",
            name="referral",
        )


@contextlib.asynccontextmanager
async def case_work(server: TestPostgres, home: Path) -> AsyncIterator[CaseWork]:
    """The case service on a new database, at a moment that moves only when a test says so."""
    intake, clock = IntakeByHand(), MovableClock(datetime(2026, 6, 10, 10, 0, tzinfo=UTC))
    async with running(CASE, server, home=home, clock=clock, client=intake) as service:
        yield CaseWork(service, intake, clock)


@pytest.fixture
async def cases(postgres_server: TestPostgres, tmp_path: Path) -> AsyncIterator[CaseWork]:
    async with case_work(postgres_server, tmp_path) as work:
        yield work
