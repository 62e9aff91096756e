"""Client of a running system for canary flows: requests of every role, and waiting for what follows from them."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.privacy.canaries.canaries import Canaries, Json
from tools.local.system import LocalSystem

IMPORTED_WITHIN = 60.0


@dataclass
class CanaryClient:
    """The services over HTTP, with a token for the role that asks. `statuses` counts the answers."""

    system: LocalSystem
    http: httpx2.AsyncClient
    canaries: Canaries
    statuses: Counter[int] = field(default_factory=Counter)

    async def request(
        self, service: str, method: str, path: str, role: str = "", *, token: str = "", **parts: Any
    ) -> httpx2.Response:
        """Return the answer, whatever it is; its status is 0 where the service does not answer just now."""
        headers = {**parts.pop("headers", {})}
        if role:
            headers["authorization"] = f"Bearer {token or self.system.token(role)}"
        try:
            answer = await self.http.request(
                method, self.system.urls[service] + path, headers=headers, **parts
            )
        except httpx2.TransportError:
            answer = httpx2.Response(0)
        self.statuses[answer.status_code] += 1
        return answer

    async def accepted(self, service: str, method: str, path: str, role: str = "", **parts: Any) -> Any:
        """Return the JSON of an answer that must be a success, so that what was sent is stored and handled."""
        answer = await self.request(service, method, path, role, **parts)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    async def until(self, holds: Callable[[], Awaitable[Any]], *, within: float = IMPORTED_WITHIN) -> Any:
        """Return what `holds` returns, once that is something."""
        async with asyncio.timeout(within):
            while not (found := await holds()):  # noqa: ASYNC110  other programs have no event to wait for
                await asyncio.sleep(0.3)
        return found

    async def imported_case(self, contact_id: str) -> Json:
        """Return the case file of a contact, once its report is imported."""

        async def imported() -> Any:
            with contextlib.suppress(KeyError, ValueError):
                listed = await self.request("case", "GET", f"/v1/cases?contact_id={contact_id}", "adviser")
                return [one for one in listed.json()["items"] if one["report_imported_at"]]
            return None

        case_id = (await self.until(imported))[0]["id"]
        case_file: Json = await self.accepted("case", "GET", f"/v1/cases/{case_id}", "adviser")
        return case_file

    async def change(self, case: str, path: str, body: Json) -> None:
        """Change a case whose newest version was just read; the change must be accepted."""
        version = (await self.accepted("case", "GET", case, "adviser"))["version"]
        etag = {"if-match": f'"{version}"'}
        await self.accepted("case", "PUT", f"{case}/{path}", "adviser", json=body, headers=etag)
