"""HTTP transport to agencies: resolves, checks and pins the address of every request. Time limits are in seconds."""

import asyncio
import os
import ssl
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Sequence
from functools import cache

import httpcore2
import httpx2

from referral_service.agency_transport.dns import LOOKUP_TIME_LIMIT, DnsResolver, TooManyLookups
from referral_service.agency_transport.ssrf_policy import Target, checked_addresses, target_of
from shared.clients.service_client import tls_context

TIME_LIMIT = 15.0
CONNECT_LIMIT = 5.0
BODY_LIMIT = 64 * 1024
"""Bytes that are read of an agency's answer."""

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]


@cache
def _dns() -> DnsResolver:
    """Return the resolver of this process, so that a host is looked up once for all who call it."""
    return DnsResolver()


class AgencyUnreachable(Exception):
    """The agency's endpoint gave no answer; `code` says why. The error never repeats what was sent."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def agency_client(*, allow_loopback: bool = False) -> httpx2.AsyncClient:
    """Return a client for agencies' endpoints. Loopback is for laptops and tests, never for production."""
    if allow_loopback and os.environ.get("HELPLINE_MODE") == "production":
        raise ValueError("in production no agency lives on this machine: switch allow_loopback off")
    return httpx2.AsyncClient(
        transport=AgencyTransport(allow_loopback=allow_loopback),
        trust_env=False,
        follow_redirects=False,
        timeout=httpx2.Timeout(TIME_LIMIT, connect=CONNECT_LIMIT),
    )


class AgencyTransport(httpx2.AsyncBaseTransport):
    """Transport that looks the host up, checks every address found, and connects to exactly those.

    Each request has a connection of its own: a kept one would go to an address that is no longer checked.
    """

    def __init__(
        self,
        *,
        allow_loopback: bool,
        resolver: Resolver | None = None,
        backend: httpcore2.AsyncNetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
        time_limit: float = TIME_LIMIT,
        look_up_limit: float = LOOKUP_TIME_LIMIT,
    ) -> None:
        self._allow_loopback = allow_loopback
        self._resolve = resolver or _dns()
        self._backend = backend or httpcore2.AnyIOBackend()
        self._tls = tls or tls_context()
        self._time_limit = time_limit
        self._look_up_limit = look_up_limit

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        target = target_of(request.url, allow_loopback=self._allow_loopback)
        try:
            async with asyncio.timeout(self._time_limit):
                found = await self._look_up(target)
                addresses = checked_addresses(found, target, allow_loopback=self._allow_loopback)
                return await self._send(request, target, addresses)
        # The causes are left out: they carry host names, addresses and certificate text.
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
        except (TimeoutError, TooManyLookups):
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
            host=request.url.raw_host,  # the name that TLS checks; the connection goes to the checked address
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
            body = await _read_at_most(BODY_LIMIT, answer.aiter_stream())
            return httpx2.Response(answer.status, headers=_headers_in(answer.headers), content=body)


class PinnedBackend(httpcore2.AsyncNetworkBackend):
    """Network backend that connects to the checked addresses and ignores the host."""

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
    # Unpacking a compressed answer can take any amount of memory, so none is asked for.
    ours = {b"accept-encoding": b"identity", b"connection": b"close"}
    kept = [(name, value) for name, value in request.headers.raw if name.lower() not in ours]
    return [*kept, *ours.items()]


def _headers_in(headers: Sequence[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the headers without cookies, and without those that describe the body before it was cut."""
    dropped = {b"set-cookie", b"set-cookie2", b"content-encoding", b"transfer-encoding", b"content-length"}
    return [(name, value) for name, value in headers if name.lower() not in dropped]


async def _read_at_most(limit: int, pieces: AsyncIterable[bytes]) -> bytes:
    """Return the first `limit` bytes. The agency's decision is its status, so a long body is no failure."""
    body = bytearray()
    async for piece in pieces:
        body += piece
        if len(body) >= limit:
            break
    return bytes(body[:limit])
