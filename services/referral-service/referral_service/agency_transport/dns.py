"""DNS resolver for agencies' hosts: a name server that does not answer delays no other agency."""

import socket
import threading
from asyncio import wrap_future
from collections.abc import Callable, Sequence
from concurrent.futures import Future

LOOKUP_TIME_LIMIT = 3.0
"""Seconds. A resolver may try for half a minute; a delivery in danger has six seconds in all."""
MAX_CONCURRENT_HOSTS = 64

Lookup = Callable[[str], Sequence[str]]
"""Blocking look-up of a host's addresses; empty where the host has none."""


class TooManyLookups(Exception):
    """The limit of hosts that are looked up at a time is reached."""


def ask_resolver(host: str) -> Sequence[str]:
    """Return the addresses of a host from this machine's resolver; empty where it knows none."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        return ()
    return [str(address[0]) for *_, address in found]


class DnsResolver:
    """Resolver with one thread for each host; callers who ask for the same host share its look-up.

    A look-up cannot be cancelled, so look-ups that get no answer would fill a pool of threads that hosts share. The
    threads are daemons, so that a silent name server does not keep the service from stopping.
    """

    def __init__(self, ask: Lookup = ask_resolver, *, hosts_at_once: int = MAX_CONCURRENT_HOSTS) -> None:
        self._ask = ask
        self._hosts_at_once = hosts_at_once
        self._running: dict[str, Future[Sequence[str]]] = {}
        self._lock = threading.Lock()

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Return the host's addresses. A caller may stop waiting; the look-up goes on for the others."""
        return await wrap_future(self._lookup_of(host))

    def _lookup_of(self, host: str) -> Future[Sequence[str]]:
        with self._lock:
            known = self._running.get(host)
            if known is not None:
                return known
            if len(self._running) >= self._hosts_at_once:
                raise TooManyLookups
            answer: Future[Sequence[str]] = Future()
            answer.set_running_or_notify_cancel()  # a caller who gives up cannot cancel it for the others any more
            threading.Thread(target=self._find, args=(host, answer), name="look-up", daemon=True).start()
            self._running[host] = answer
            return answer

    def _find(self, host: str, answer: Future[Sequence[str]]) -> None:
        try:
            found = self._ask(host)
        except Exception as error:  # raised again for every caller who waits
            self._forget(host)
            answer.set_exception(error)
        else:
            self._forget(host)
            answer.set_result(found)

    def _forget(self, host: str) -> None:
        with self._lock:
            self._running.pop(host, None)
