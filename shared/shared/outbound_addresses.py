"""Where the helpline may call out to on a partner's behalf: named hosts on the public internet, and nothing nearer."""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass

import httpx2

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Written out, because `ipaddress.is_global` differs between versions and calls multicast, 6to4 and NAT64 global.
# Sources: IANA special-purpose address registries for IPv4 and IPv6, IANA IPv6 address space.
REFUSED_IPV4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # a public number behind which a cloud keeps its host's own service
        "169.254.0.0/16",  # link-local, where clouds keep credentials
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # automatic multicast tunnels
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
REFUSED_IPV6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "::/3",  # unspecified, loopback, IPv4-mapped, IPv4-compatible, NAT64 (64:ff9b:), discard (100::)
        "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: any IPv4 address in disguise
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
        "4000::/2",  # never given out, segment routing
        "8000::/1",  # never given out, unique-local, link-local, site-local, multicast
    )
)

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
DEFAULT_PORTS = {"https": 443, "http": 80}

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# The last label starts with a letter: what looks like a number may be read as an address in octal, hex or short form.
_NAMED_HOST = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])\Z")
_LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class AddressRefused(Exception):
    """We do not call there. `code` says which rule; the address itself is never repeated."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Target:
    """A host that may be looked up, and whether only this very machine is acceptable as its address."""

    host: str
    port: int
    only_loopback: bool


def target_of(url: httpx2.URL, *, allow_loopback: bool) -> Target:
    """The host and port of a partner's URL; raises AddressRefused where its form alone is reason enough."""
    if url.userinfo:
        raise AddressRefused("userinfo")
    if url.scheme not in DEFAULT_PORTS:
        raise AddressRefused("scheme")
    host = url.raw_host.decode("ascii")
    port = url.port if url.port is not None else DEFAULT_PORTS[url.scheme]
    if allow_loopback and host in _LOOPBACK_HOSTS:
        return Target(host, port, only_loopback=True)
    if not _NAMED_HOST.match(host):
        raise AddressRefused("host")
    plain, odd_port = url.scheme == "http", port != DEFAULT_PORTS["https"]
    if (plain or odd_port) and not allow_loopback:
        raise AddressRefused("scheme" if plain else "port")
    return Target(host, port, only_loopback=plain or odd_port)


def checked_addresses(found: Sequence[str], target: Target, *, allow_loopback: bool) -> tuple[str, ...]:
    """What the name led to, if every one of its addresses may be called; one bad address spoils the name."""
    for text in found:
        address = _address(text)
        if allow_loopback and any(address in network for network in LOOPBACK):
            continue
        if target.only_loopback or is_refused(address):
            raise AddressRefused("address")
    return tuple(dict.fromkeys(found))


def is_refused(address: Address) -> bool:
    """Whether an address is anything but an ordinary one on the public internet."""
    refused = REFUSED_IPV4 if isinstance(address, ipaddress.IPv4Address) else REFUSED_IPV6
    return any(address in network for network in refused)


def _address(text: str) -> Address:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        raise AddressRefused("address") from None
