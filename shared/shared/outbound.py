"""Calls that leave a service: to another service of the helpline, and to a partner agency's webhook."""

import asyncio
import json
import os
import re
import ssl
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Mapping, Sequence
from functools import cache
from types import TracebackType
from typing import Any, Protocol, Self

import httpcore2
import httpx2

from shared.answers import AnswerTooLarge, read_at_most
from shared.errors import Unavailable
from shared.outbound_addresses import AddressRefused, Target, checked_addresses, target_of
from shared.outbound_names import LOOK_UP_LIMIT, LookUps, TooManyLookUps

__all__ = [
    "AddressRefused",
    "AgencyTransport",
    "AgencyUnreachable",
    "Refused",
    "ServiceClient",
    "Unreachable",
]

AGENCY_TIME_LIMIT = 15.0
AGENCY_CONNECT_LIMIT = 5.0
AGENCY_BODY_LIMIT = 64 * 1024
SERVICE_TIME_LIMIT = 5.0
SERVICE_BODY_LIMIT = 8 * 1024 * 1024

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+-]{0,63}\Z")


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities we trust, read once: reading them takes 20 ms, which every new client would wait for."""
    return httpx2.create_ssl_context(trust_env=False)


@cache
def _look_ups() -> LookUps:
    """One for the process, so that a host that is silent is being looked up once, whoever calls it."""
    return LookUps()


class AgencyUnreachable(Exception):
    """The agency's endpoint did not answer in time; `code` says how, and nothing says what was sent."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Unreachable(Unavailable):
    """Another service of ours did not answer in time."""

    code = "service-unreachable"


class Refused(Exception):
    """Another service of ours answered with a problem: its status and code, and nothing else of it."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code


class Tokens(Protocol):
    """Where a service gets its tokens: `shared.identity.ServiceTokens`, or a test's own."""

    async def for_audience(self, audience: str) -> str: ...

    def was_refused(self, audience: str, token: str) -> None: ...


class ServiceClient:
    """Calls one other service of the helpline with this service's own token."""

    def __init__(
        self,
        base_url: str,
        audience: str,
        tokens: Tokens,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._audience = audience
        self._tokens = tokens
        self._client = httpx2.AsyncClient(
            base_url=base_url,
            transport=transport,
            verify=_trusted(),
            trust_env=False,
            follow_redirects=False,
            timeout=SERVICE_TIME_LIMIT,
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
        """The parsed answer; raises Refused, Unreachable or, without a token, Unavailable."""
        return await self._call("GET", path, params=params)

    async def post(self, path: str, json: Any, *, idempotency_key: str | None = None) -> Any:
        """The parsed answer, None where there is none; raises like `get`."""
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
            self._tokens.was_refused(self._audience, token)
            status, body = await self._send(request, await self._tokens.for_audience(self._audience))
        return _parsed(status, body)

    async def _send(self, request: httpx2.Request, token: str) -> tuple[int, bytes]:
        request.headers["authorization"] = f"Bearer {token}"
        try:
            async with asyncio.timeout(SERVICE_TIME_LIMIT):
                response = await self._client.send(request, stream=True)
                try:
                    return response.status_code, await read_at_most(response, SERVICE_BODY_LIMIT)
                finally:
                    await response.aclose()
        except (httpx2.HTTPError, AnswerTooLarge, TimeoutError):
            # Without the cause: the request it carries holds the token.
            raise Unreachable from None


def _parsed(status: int, body: bytes) -> Any:
    try:
        content = json.loads(body) if body else None
    except (ValueError, RecursionError):
        raise Refused(status, "unreadable") from None
    if httpx2.codes.is_success(status):
        return content
    code = content.get("code") if isinstance(content, dict) else None
    raise Refused(status, code if isinstance(code, str) and _CODE.match(code) else "unknown")


def agency_client(*, allow_loopback: bool = False) -> httpx2.AsyncClient:
    """A client for partners' webhooks; loopback is for laptops and tests, never for production."""
    if allow_loopback and os.environ.get("HELPLINE_MODE") == "production":
        raise ValueError("in production no agency lives on this machine: switch allow_loopback off")
    return httpx2.AsyncClient(
        transport=AgencyTransport(allow_loopback=allow_loopback),
        trust_env=False,
        follow_redirects=False,
        timeout=httpx2.Timeout(AGENCY_TIME_LIMIT, connect=AGENCY_CONNECT_LIMIT),
    )


class AgencyTransport(httpx2.AsyncBaseTransport):
    """Looks the host up itself, checks what it found, and connects to exactly that.

    One connection per request: a kept one would be a decision about an address that is no longer looked at.
    """

    def __init__(
        self,
        *,
        allow_loopback: bool,
        resolver: Resolver | None = None,
        backend: httpcore2.AsyncNetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
        time_limit: float = AGENCY_TIME_LIMIT,
        look_up_limit: float = LOOK_UP_LIMIT,
    ) -> None:
        self._allow_loopback = allow_loopback
        self._resolve = resolver or _look_ups()
        self._backend = backend or httpcore2.AnyIOBackend()
        self._tls = tls or _trusted()
        self._time_limit = time_limit
        self._look_up_limit = look_up_limit

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        target = target_of(request.url, allow_loopback=self._allow_loopback)
        try:
            async with asyncio.timeout(self._time_limit):
                found = await self._look_up(target)
                addresses = checked_addresses(found, target, allow_loopback=self._allow_loopback)
                return await self._send(request, target, addresses)
        # Without the causes: they carry host names, addresses and certificate text.
        except (TimeoutError, httpcore2.TimeoutException):
            raise AgencyUnreachable("timed-out") from None
        except (httpcore2.NetworkError, OSError):
            raise AgencyUnreachable("no-connection") from None
        except (httpcore2.ProtocolError, httpcore2.UnsupportedProtocol):
            raise AgencyUnreachable("no-http") from None

    async def _look_up(self, target: Target) -> Sequence[str]:
        try:
            async with asyncio.timeout(self._look_up_limit):
                found = await self._resolve(target.host, target.port)
        except (TimeoutError, TooManyLookUps):
            raise AgencyUnreachable("name-timed-out") from None
        if not found:
            raise AgencyUnreachable("unknown-host")
        return found

    async def _send(
        self, request: httpx2.Request, target: Target, addresses: Sequence[str]
    ) -> httpx2.Response:
        pinned = PinnedBackend(self._backend, addresses)
        url = httpcore2.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,  # what TLS asks for and checks, while the connection goes to the address
            port=target.port,
            target=request.url.raw_path,
        )
        async with (
            httpcore2.AsyncConnectionPool(ssl_context=self._tls, network_backend=pinned) as pool,
            pool.stream(
                request.method,
                url,
                headers=_headers_out(request),
                content=await request.aread(),
                extensions={"timeout": request.extensions.get("timeout", {})},
            ) as answer,
        ):
            body = await _up_to(AGENCY_BODY_LIMIT, answer.aiter_stream())
            return httpx2.Response(answer.status, headers=_headers_in(answer.headers), content=body)


class PinnedBackend(httpcore2.AsyncNetworkBackend):
    """Connects to the addresses that were checked, whatever host is asked for."""

    def __init__(self, network: httpcore2.AsyncNetworkBackend, addresses: Sequence[str]) -> None:
        self._network = network
        self._addresses = addresses

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        for address in self._addresses[:-1]:
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return await self._network.connect_tcp(
            self._addresses[-1], port, timeout, local_address, socket_options
        )

    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)


def _headers_out(request: httpx2.Request) -> list[tuple[bytes, bytes]]:
    # Unpacking a stranger's compressed answer can cost any amount of memory, so we ask for none.
    ours = {b"accept-encoding": b"identity", b"connection": b"close"}
    kept = [(name, value) for name, value in request.headers.raw if name.lower() not in ours]
    return [*kept, *ours.items()]


def _headers_in(headers: Sequence[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Without cookies, and without what described the body before it was cut."""
    dropped = {b"set-cookie", b"set-cookie2", b"content-encoding", b"transfer-encoding", b"content-length"}
    return [(name, value) for name, value in headers if name.lower() not in dropped]


async def _up_to(limit: int, pieces: AsyncIterable[bytes]) -> bytes:
    """The first `limit` bytes: what the agency decided is in its status, so a long page after it is no failure."""
    body = bytearray()
    async for piece in pieces:
        body += piece
        if len(body) >= limit:
            break
    return bytes(body[:limit])
