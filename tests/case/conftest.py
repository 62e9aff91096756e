"""Case service on a database of its own, with a double of intake and a clock that tests move."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import UUID, uuid4

import pytest

from case_service.app import SERVICE as CASE
from shared.clients.service_client import ServiceRefused
from shared.events import DisclosureAuthorised
from shared.observability.metrics import REGISTRY
from tests.conftest import TestPostgres
from tests.support.builders import a_contact_received, a_report
from tests.support.services import MovableClock, RunningService, running, signed_in

START = datetime(2026, 6, 10, 10, 0, tzinfo=UTC)
"""Time at which the clock of a test begins: a working day."""


class ServerFault(Exception):
    """Failure of the service itself: never what a test waits for."""


@dataclass
class FakeIntake:
    """Double of intake: hands out the report of a contact while it has it."""

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
            raise ServiceRefused(410, "report-imported")
        return self.reports[contact_id]


@dataclass
class CaseWork:
    """Running case service, and what advisers, agencies and the clock do to it."""

    service: RunningService
    intake: FakeIntake
    clock: MovableClock

    async def report(self, **said: Any) -> UUID:
        """Submit a report and let its case import it; return the case's id."""
        case_id = await self.contact(**said)
        await self.run_loop("import_reports")
        return case_id

    async def contact(self, *, opens_case: bool = True, **said: Any) -> UUID:
        """Submit a report whose case has not imported it yet; return the case's id, or the contact's without a case."""
        contact_id = uuid4()
        now = self.clock()
        self.intake.reports[str(contact_id)] = {
            "contact_id": str(contact_id),
            "received_at": now.isoformat(),
            "report": a_report(**said),
        }
        event = a_contact_received(contact_id, received_at=now, opens_case=opens_case)
        await self.service.given(event)
        rows = await self.service.fetch("SELECT id FROM cases WHERE contact_id = $1", contact_id)
        return UUID(str(rows[0]["id"])) if rows else contact_id

    async def add_dead_letter(self, key: UUID, kind: str) -> None:
        """Keep an event that could not be handled, as the consumer does."""
        topic = "intake" if kind.startswith("contact.") else kind.split(".")[0]
        await self.service.fetch(
            "INSERT INTO dead_letters"
            " (event_id, topic, position, type, source, key, time, body, state, reason, attempts, failed_at)"
            " VALUES (gen_random_uuid(), $1, $2, $3, $1, $4, $5, '', 'failed', 'KeyError', 3, $5)",
            topic,
            f"{topic}/0/{uuid4()}",
            kind,
            str(key),
            self.clock(),
        )

    async def read(self, case_id: UUID | str) -> Any:
        """Return the case file as an adviser reads it."""
        answer = await self.do("GET", f"/v1/cases/{case_id}")
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
        """Send a request as somebody who is signed in; return the response. ServerFault where the service fails.

        `body` is sent as JSON, and bytes as they are.
        """
        more = {key.replace("_", "-"): value for key, value in headers.items()}
        signed = signed_in(role, name) | more
        sent = {"content": body} if isinstance(body, bytes) else {"json": body}
        if isinstance(body, bytes):
            signed |= {"content-type": "application/json"}
        response = await self.service.http.request(method, path, headers=signed, **sent)
        if response.status_code >= 500:
            raise ServerFault(f"{method} {path}: {response.text}")
        return response

    async def close(self, case_id: UUID, outcome: str = "advice_only") -> Any:
        """Choose the age of everybody who was not asked, as an adviser does, and close the case."""
        case_file = await self.read(case_id)
        for person in (one for one in case_file["persons"] if one["age_status"] is None):
            version = (await self.read(case_id))["version"]
            path = f"/v1/cases/{case_id}/persons/{person['id']}/age"
            chosen = {"chosen": "unknown_no_indication"}
            assert (await self.do("PUT", path, chosen, if_match=f'"{version}"')).status_code == 200
        return await self.do("POST", f"/v1/cases/{case_id}/closure", {"outcome": outcome})

    async def run_loop(self, name: str) -> None:
        """Run a background loop until nothing is left to do. ServerFault where it swallowed an error."""
        before = self._loop_faults(name)
        await self.service.run_loop(name)
        if self._loop_faults(name) != before:
            raise ServerFault(f"{name} failed and went on")

    def _loop_faults(self, name: str) -> float:
        labels = {"service": "case", "loop": name}
        return REGISTRY.get_sample_value("helpline_loop_faults_total", labels) or 0.0

    async def run_scheduler(self) -> None:
        """Do whatever is due now."""
        await self.run_loop("run_scheduler")

    async def let_time_pass(self, **by: float) -> None:
        """Move the clock on, and do whatever is due."""
        self.clock.forward(**by)
        await self.run_scheduler()

    async def authorised(self) -> list[DisclosureAuthorised]:
        """Return every disclosure that was announced as authorised, in order."""
        return await self.service.announced(DisclosureAuthorised)

    async def issue(self, disclosure_id: UUID | str) -> Any:
        """Ask for the content as the referral service does at the moment of sending."""
        return await self.do(
            "POST",
            f"/v1/disclosures/{disclosure_id}/issue",
            {"attempt": 1},
            role="service",
            name="referral",
        )


@contextlib.asynccontextmanager
async def case_work(server: TestPostgres, home: Path) -> AsyncIterator[CaseWork]:
    """Run the case service on a new database, at a moment that moves only when a test says so."""
    intake, clock = FakeIntake(), MovableClock(START)
    async with running(CASE, server, home=home, clock=clock, client=intake) as service:
        yield CaseWork(service, intake, clock)


@pytest.fixture
async def cases(postgres_server: TestPostgres, tmp_path: Path) -> AsyncIterator[CaseWork]:
    async with case_work(postgres_server, tmp_path) as work:
        yield work
