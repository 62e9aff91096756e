"""Prepared service: a running service, with a fresh record for a request to any of its routes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.case.conftest import CaseWork
from tests.contracts.prepared.callers import CALLERS
from tests.support.services import RunningService

Route = tuple[str, str]
Ids = dict[str, str]


@dataclass
class PreparedService:
    """One service. `prepare` makes a record for a route; `arguments` are the body or query that the route needs."""

    http: httpx2.AsyncClient
    prepare: Callable[[Route], Awaitable[Ids]]
    service: RunningService | None = None
    work: CaseWork | None = None
    arguments: dict[Route, dict[str, Any]] = field(default_factory=dict)

    async def send(self, route: Route, caller: str, ids: Ids, **changed: Any) -> httpx2.Response:
        """Send a caller's request to a route about the prepared record; `changed` replaces its arguments."""
        method, path = route
        arguments = {**self.arguments.get(route, {}), **changed}
        if "json" in arguments:
            arguments["json"] = filled(arguments["json"], ids)
        return await self.http.request(
            method, path.format(**ids), headers=headers_of(caller, ids), **arguments
        )

    async def send_raw(self, route: Route, caller: str, ids: Ids, body: bytes) -> httpx2.Response:
        """Send a body as it stands, as JSON."""
        headers = headers_of(caller, ids) | {"content-type": "application/json"}
        return await self.http.request(route[0], route[1].format(**ids), headers=headers, content=body)


def headers_of(caller: str, ids: Ids) -> dict[str, str]:
    return CALLERS[caller] | ({"if-match": ids["etag"]} if "etag" in ids else {})


def filled(body: Any, ids: Ids) -> Any:
    """Return the body with `{names}` replaced; anything else stays."""
    if isinstance(body, dict):
        return {key: filled(value, ids) for key, value in body.items()}
    if isinstance(body, list):
        return [filled(value, ids) for value in body]
    return ids.get(body[1:-1], body) if isinstance(body, str) else body


def ids_of_every_route(**ids: str) -> Ids:
    """Return what the routes that every service has need, with more ids."""
    return {"name": "swagger-ui.css", "code": "not-found", "service": "case", **ids}
