"""Client of the platform's APIs, as the people of a simulation use them. Over HTTP, each with a token of their own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from typing import Any, Self
from uuid import UUID

import httpx2

from tools.local.system import LocalSystem
from tools.registry import SERVICES

ADVISERS = ("ada", "bilal", "carys")
LEADS = ("duty-lead", "dilys")
MAX_TRIES = 4
PAGE_SIZE = 100

Json = dict[str, Any]


class RequestRefused(Exception):
    """A service refused a request: the status and the problem that it answered."""

    def __init__(self, status: int, problem: Json) -> None:
        super().__init__(f"{status} {problem.get('code')}")
        self.status = status
        self.problem = problem

    @property
    def code(self) -> str:
        return str(self.problem.get("code"))


class ApiClient:
    """One connection for each service. `user` names who asks: an adviser, a lead, or a role by its name."""

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

    def token(self, user: str) -> str:
        if user not in self._tokens:
            self._tokens[user] = self._system.token(_role_of(user), name=user)
        return self._tokens[user]

    def agency_token(self, agency_id: UUID) -> str:
        name = f"agency-{agency_id}"
        if name not in self._tokens:
            self._tokens[name] = self._system.token("agency", name=name, agency=agency_id)
        return self._tokens[name]

    async def request(
        self,
        service: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        user: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Return the answer to a JSON body, or raise RequestRefused. A busy or restarting service is asked again."""
        sent = dict(headers or {})
        if user:
            sent["authorization"] = f"Bearer {self.token(user)}"
        return await self._ask(service, method, path, json=body, headers=sent)

    async def send(self, service: str, path: str, content: bytes, *, headers: Mapping[str, str]) -> Any:
        """POST these bytes as they are, as the public sends them."""
        return await self._ask(service, "POST", path, content=content, headers=dict(headers))

    async def _ask(self, service: str, method: str, path: str, **sent: Any) -> Any:
        for attempt in range(1, MAX_TRIES):
            with contextlib.suppress(httpx2.TransportError):
                response = await self._clients[service].request(method, path, **sent)
                if response.status_code < 500:
                    return _answer(response)
            await asyncio.sleep(0.2 * attempt)
        return _answer(await self._clients[service].request(method, path, **sent))

    async def items(self, service: str, path: str, *, user: str) -> AsyncIterator[Json]:
        """Yield every item of a list, over all its pages."""
        cursor = ""
        joined = "&" if "?" in path else "?"
        while True:
            page = await self.request(service, "GET", f"{path}{joined}limit={PAGE_SIZE}{cursor}", user=user)
            for item in page["items"]:
                yield item
            if page["next"] is None:
                return
            cursor = f"&cursor={page['next']}"

    async def case(self, case_id: str, *, user: str) -> Json:
        answer: Json = await self.request("case", "GET", f"/v1/cases/{case_id}", user=user)
        return answer

    async def change_case(self, case: Json, path: str, body: Json, *, user: str) -> Json:
        """PUT a part of a case as it was read; after a colleague's change, read it and put once more."""
        for _ in range(MAX_TRIES):
            headers = {"if-match": f'"{case["version"]}"'}
            try:
                url = f"/v1/cases/{case['id']}/{path}"
                answer: Json = await self.request("case", "PUT", url, body, user=user, headers=headers)
            except RequestRefused as refused:
                if refused.status != 412:
                    raise
                case = await self.case(case["id"], user=user)
            else:
                return answer
        raise RequestRefused(412, {"code": "changed-at-every-try"})


def _role_of(user: str) -> str:
    if user in ADVISERS:
        return "adviser"
    return "safeguarding_lead" if user in LEADS else user


def _answer(response: httpx2.Response) -> Any:
    body = response.json() if response.content else {}
    if response.status_code >= 400:
        raise RequestRefused(response.status_code, body)
    return body
