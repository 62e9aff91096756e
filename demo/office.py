"""The helpline's doors, as the people of the demonstration use them: with a token of their own, over HTTP."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from typing import Any, Self
from uuid import UUID

import httpx2

from deploy.system import LocalSystem
from deploy.wiring import SERVICES

ADVISERS = ("ada", "bilal", "carys")
LEADS = ("duty-lead", "dilys")
TRIES = 4
PAGE = 100

Json = dict[str, Any]


class Refused(Exception):
    """A service said no: the status and the code of the problem, with its further members."""

    def __init__(self, status: int, problem: Json) -> None:
        super().__init__(f"{status} {problem.get('code')}")
        self.status = status
        self.problem = problem

    @property
    def code(self) -> str:
        return str(self.problem.get("code"))


class Office:
    """One client per service. Who asks is named at each call, and signs in as an adviser, a lead, or who they are."""

    def __init__(self, system: LocalSystem) -> None:
        self._system = system
        self._clients: dict[str, httpx2.AsyncClient] = {}
        self._stack = AsyncExitStack()
        self._tokens: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        for name in SERVICES:
            client = httpx2.AsyncClient(base_url=self._system.urls[name], trust_env=False, timeout=20.0)
            self._clients[name] = await self._stack.enter_async_context(client)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def token(self, who: str) -> str:
        if who not in self._tokens:
            self._tokens[who] = self._system.token(_role_of(who), name=who)
        return self._tokens[who]

    def agency_token(self, agency: UUID) -> str:
        name = f"agency-{agency}"
        if name not in self._tokens:
            self._tokens[name] = self._system.token("agency", name=name, agency=agency)
        return self._tokens[name]

    async def ask(
        self,
        service: str,
        method: str,
        path: str,
        content: Any = None,
        *,
        who: str = "",
        token: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """The answer. A busy or restarting service is asked again, as any client would; a refusal is raised."""
        sent = dict(headers or {})
        if bearer := token or (self.token(who) if who else ""):
            sent["authorization"] = f"Bearer {bearer}"
        for attempt in range(1, TRIES):
            with contextlib.suppress(httpx2.TransportError):
                response = await self._clients[service].request(method, path, json=content, headers=sent)
                if response.status_code < 500:
                    return _answer(response)
            await asyncio.sleep(0.2 * attempt)
        return _answer(await self._clients[service].request(method, path, json=content, headers=sent))

    async def pages(self, service: str, path: str, name: str, *, who: str) -> AsyncIterator[Json]:
        """Every row of a collection, over all its pages."""
        cursor = ""
        joined = "&" if "?" in path else "?"
        while True:
            page = await self.ask(service, "GET", f"{path}{joined}limit={PAGE}{cursor}", who=who)
            for row in page[name]:
                yield row
            if page["next"] is None:
                return
            cursor = f"&cursor={page['next']}"

    async def case(self, case_id: str, *, who: str) -> Json:
        answer: Json = await self.ask("case", "GET", f"/v1/cases/{case_id}", who=who)
        return answer

    async def change(self, case: Json, path: str, content: Json, *, who: str) -> Json:
        """A PUT on a case that was read; where somebody else was faster, it is read again and put once more."""
        for _ in range(TRIES):
            headers = {"if-match": f'"{case["version"]}"'}
            try:
                url = f"/v1/cases/{case['id']}/{path}"
                answer: Json = await self.ask("case", "PUT", url, content, who=who, headers=headers)
            except Refused as refused:
                if refused.status != 412:
                    raise
                case = await self.case(case["id"], who=who)
            else:
                return answer
        raise Refused(412, {"code": "always-changed-meanwhile"})


def _role_of(who: str) -> str:
    if who in ADVISERS:
        return "adviser"
    return "safeguarding_lead" if who in LEADS else who


def _answer(response: httpx2.Response) -> Any:
    content = response.json() if response.content else {}
    if response.status_code >= 400:
        raise Refused(response.status_code, content)
    return content
