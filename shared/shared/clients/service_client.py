"""Client for calls to another service of the helpline, with this service's own token."""

import asyncio
import json
import re
import ssl
from collections.abc import Mapping
from functools import cache
from types import TracebackType
from typing import Any, Protocol, Self

import httpx2

from shared.clients.bounded_read import ResponseTooLarge, read_bounded
from shared.errors import Unavailable

TIME_LIMIT = 5.0
BODY_LIMIT = 8 * 1024 * 1024

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+-]{0,63}\Z")


@cache
def tls_context() -> ssl.SSLContext:
    """Return the trusted authorities, read once: reading them takes 20 ms."""
    return httpx2.create_ssl_context(trust_env=False)


class ServiceUnreachable(Unavailable):
    """Another service of ours did not answer in time."""

    code = "service-unreachable"


class ServiceRefused(Exception):
    """The other service answered with a problem; only its status and code are kept."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code


class TokenSource(Protocol):
    """Port through which a client gets its tokens."""

    async def for_audience(self, audience: str) -> str: ...

    def discard(self, audience: str, token: str) -> None: ...


class ServiceClient:
    """Calls one other service of the helpline with this service's own token."""

    def __init__(
        self,
        base_url: str,
        audience: str,
        tokens: TokenSource,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._audience = audience
        self._tokens = tokens
        self._client = httpx2.AsyncClient(
            base_url=base_url,
            transport=transport,
            verify=tls_context(),
            trust_env=False,
            follow_redirects=False,
            timeout=TIME_LIMIT,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._client.aclose()

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """Return the parsed answer; raises ServiceRefused, ServiceUnreachable or, without a token, Unavailable."""
        return await self._call("GET", path, params=params)

    async def post(self, path: str, json: Any, *, idempotency_key: str | None = None) -> Any:
        """Return the parsed answer, None where it is empty; raises like `get`."""
        headers = {"idempotency-key": idempotency_key} if idempotency_key else {}
        return await self._call("POST", path, json=json, headers=headers)

    async def _call(self, method: str, path: str, **parts: Any) -> Any:
        if not path.startswith("/") or path.startswith("//"):
            raise ValueError("a path on the other service starts with one slash")
        request = self._client.build_request(method, path, **parts)
        token = await self._tokens.for_audience(self._audience)
        status, body = await self._send(request, token)
        if status == httpx2.codes.UNAUTHORIZED:
            # The other side may know newer keys than our token; one fresh token settles it.
            self._tokens.discard(self._audience, token)
            status, body = await self._send(request, await self._tokens.for_audience(self._audience))
        return _parsed(status, body)

    async def _send(self, request: httpx2.Request, token: str) -> tuple[int, bytes]:
        request.headers["authorization"] = f"Bearer {token}"
        try:
            async with asyncio.timeout(TIME_LIMIT):
                response = await self._client.send(request, stream=True)
                try:
                    return response.status_code, await read_bounded(response, BODY_LIMIT)
                finally:
                    await response.aclose()
        except (httpx2.HTTPError, ResponseTooLarge, TimeoutError):
            # Without the cause: the request it carries holds the token.
            raise ServiceUnreachable from None


def _parsed(status: int, body: bytes) -> Any:
    try:
        content = json.loads(body) if body else None
    except (ValueError, RecursionError):
        raise ServiceRefused(status, "unreadable") from None
    if httpx2.codes.is_success(status):
        return content
    code = content.get("code") if isinstance(content, dict) else None
    raise ServiceRefused(status, code if isinstance(code, str) and _CODE.match(code) else "unknown")
