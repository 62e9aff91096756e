"""How often one sender came lately: an address is known here by a keyed hash alone, in memory, and soon forgotten."""

import hashlib
import secrets
import time
from collections import Counter
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address

WINDOW = 600.0
MOST = 100_000
"""Senders remembered at a time; whoever comes in addition is let in uncounted."""
HERE = frozenset({"127.0.0.1", "::1", ""})


class Senders:
    """Counts over a sliding window: this one, and the share of the one before that is not yet `WINDOW` ago.

    Only addresses of the internet are counted. Behind a proxy that is not named as one, everybody has the proxy's
    address; where that is this machine's or a private network's, which is usual, nobody is counted at all.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._began = clock()
        self._now: Counter[bytes] = Counter()
        self._before: Counter[bytes] = Counter()

    def must_wait(self, address: str, at_most: int) -> int:
        """Seconds until this sender may come again; 0 where it may come in now, which is then counted."""
        sender = self._known_as(address)
        if sender is None:
            return 0
        gone = self._into_window()
        now, before = self._now[sender], self._before[sender]
        if before * (1 - gone / WINDOW) + now < at_most:
            if now or len(self._now) < MOST:
                self._now[sender] += 1
            return 0
        free_at = WINDOW if now >= at_most else WINDOW * (1 - (at_most - now) / before)
        return int(free_at - gone) + 1

    def _known_as(self, address: str) -> bytes | None:
        network = network_of(address)
        return hashlib.blake2b(network, key=self._key, digest_size=16).digest() if network else None

    def _into_window(self) -> float:
        gone = self._clock() - self._began
        if gone >= WINDOW:
            self._before = self._now if gone < 2 * WINDOW else Counter()
            self._now = Counter()
            self._began += gone - gone % WINDOW
            gone %= WINDOW
        return gone


def network_of(address: str) -> bytes | None:
    """What one sender has of the internet: an IPv4 address or an IPv6 /64. None for what is not of the internet."""
    if address in HERE:
        return None
    try:
        found: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found
    if not found.is_global:
        return None
    return found.packed[:8]
