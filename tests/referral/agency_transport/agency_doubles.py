"""Doubles around an agency: its names, its network, and a spy on connections."""

import ssl
from collections.abc import Iterable, Sequence
from typing import Any

import httpcore2
import httpx2

from referral_service.agency_transport.transport import AgencyTransport


class ConnectSpy(httpcore2.AsyncNetworkBackend):
    """Network that keeps where connections were asked for, and makes them only where a real network is given."""

    def __init__(self, network: httpcore2.AsyncNetworkBackend | None = None) -> None:
        self.asked: list[tuple[str, int]] = []
        self._network = network

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        self.asked.append((host, port))
        if self._network is None:
            raise httpcore2.ConnectError
        return await self._network.connect_tcp(host, port, timeout, local_address, socket_options)


class Names:
    """Resolver that answers each look-up with the next of its answers, and the last one again and again."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class LocalNetwork(httpcore2.AnyIOBackend):
    """Network in which every address leads to one server on this machine."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def connect_tcp(
        self, host: str, port: int, *rest: Any, **more: Any
    ) -> httpcore2.AsyncNetworkStream:
        return await super().connect_tcp("127.0.0.1", self._port, *rest, **more)


TLS = ssl.create_default_context()


def transport(spy: ConnectSpy, names: Names, *, allow_loopback: bool = False, **more: Any) -> AgencyTransport:
    return AgencyTransport(
        allow_loopback=allow_loopback, resolver=names, backend=spy, **{"tls": TLS, "time_limit": 5.0, **more}
    )


async def call(transport: httpx2.AsyncBaseTransport, url: str, **parts: Any) -> httpx2.Response:
    async with httpx2.AsyncClient(transport=transport, trust_env=False, timeout=5) as client:
        return await client.post(url, **{"content": b"{}", **parts})
