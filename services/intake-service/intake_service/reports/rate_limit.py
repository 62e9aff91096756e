"""Rate limit by sender: addresses are kept as keyed hashes, in memory, for the length of the window."""

import hashlib
import secrets
import time
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address

from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from shared.service.context import ServiceContext

WINDOW_SECONDS = 600
MAX_SENDERS = 100_000
"""Senders counted at a time; any more are let in uncounted, so that memory stays bounded."""
THIS_MACHINE = frozenset({"127.0.0.1", "::1", ""})


class RateLimit:
    """Sliding window over the requests of each sender.

    Only addresses of the public internet are counted. Behind a proxy that the settings do not name, everybody has the
    proxy's address; where that is this machine's or a private network's, nobody is counted.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._hash_key = secrets.token_bytes(32)
        self._storage = MemoryStorage()
        self._window = SlidingWindowCounterRateLimiter(self._storage)

    async def seconds_to_wait(self, address: str, at_most: int) -> int:
        """Return 0 and count the request where the sender made fewer than `at_most`; else the seconds to wait."""
        network = public_network(address)
        if network is None:
            return 0
        sender = hashlib.blake2b(network, key=self._hash_key, digest_size=16).hexdigest()
        limit = RateLimitItemPerSecond(at_most, WINDOW_SECONDS)
        stats = await self._window.get_window_stats(limit, sender)
        is_counted = stats.remaining < at_most
        if not is_counted and len(self._storage.storage) >= MAX_SENDERS:
            return 0
        if await self._window.hit(limit, sender):
            return 0
        stats = await self._window.get_window_stats(limit, sender)
        return max(1, int(stats.reset_time - self._clock()) + 1)


def rate_limit_of_process(context: ServiceContext) -> RateLimit:
    """Return the counts of one process, which begin with it."""
    return RateLimit()


def public_network(address: str) -> bytes | None:
    """Return the network that one sender has: an IPv4 address or an IPv6 /64; None for anything else."""
    if address in THIS_MACHINE:
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
