"""Finding the addresses of agencies' hosts, so that one whose name server is silent holds up no other agency."""

import socket
import threading
from asyncio import wrap_future
from collections.abc import Callable, Sequence
from concurrent.futures import Future

LOOK_UP_LIMIT = 3.0
"""Seconds. A resolver may try for half a minute; a delivery in danger has six seconds for everything."""
HOSTS_AT_ONCE = 64

Ask = Callable[[str], Sequence[str]]
"""Blocks until the resolver answered: the addresses of a host, none where there are none."""


class TooManyLookUps(Exception):
    """So many hosts are being looked up that one more is not begun."""


def ask_resolver(host: str) -> Sequence[str]:
    """The addresses of a host as this machine's resolver gives them."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        return ()
    return [str(address[0]) for *_, address in found]


class LookUps:
    """Look-ups by threads of their own, one for each host: whoever asks for a host that is being looked up waits for
    that answer. A look-up cannot be ended from outside, so a pool that hosts share would fill with silent ones.

    The threads are daemons: a silent name server does not keep the service from stopping.
    """

    def __init__(self, ask: Ask = ask_resolver, *, hosts_at_once: int = HOSTS_AT_ONCE) -> None:
        self._ask = ask
        self._hosts_at_once = hosts_at_once
        self._under_way: dict[str, Future[Sequence[str]]] = {}
        self._lock = threading.Lock()

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """The caller sets the time limit; giving up leaves the look-up to the others who wait for it."""
        return await wrap_future(self._answer_for(host))

    def _answer_for(self, host: str) -> Future[Sequence[str]]:
        with self._lock:
            known = self._under_way.get(host)
            if known is not None:
                return known
            if len(self._under_way) >= self._hosts_at_once:
                raise TooManyLookUps
            answer: Future[Sequence[str]] = Future()
            answer.set_running_or_notify_cancel()  # from here on nobody who gives up can cancel it for the others
            threading.Thread(target=self._find, args=(host, answer), name="look-up", daemon=True).start()
            self._under_way[host] = answer
            return answer

    def _find(self, host: str, answer: Future[Sequence[str]]) -> None:
        try:
            found = self._ask(host)
        except Exception as error:  # whoever waits for it hears of it
            self._forget(host)
            answer.set_exception(error)
        else:
            self._forget(host)
            answer.set_result(found)

    def _forget(self, host: str) -> None:
        with self._lock:
            self._under_way.pop(host, None)
