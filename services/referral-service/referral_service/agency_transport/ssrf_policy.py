"""SSRF policy: requests to agencies go to named hosts on the public internet, never to this network or machine."""

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
        "168.63.129.16/32",  # a public address behind which a cloud provider keeps a service of its host
        "169.254.0.0/16",  # link-local; cloud providers serve credentials there
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
        "2002::/16",  # 6to4: may contain any IPv4 address
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
        "4000::/2",  # unallocated, segment routing
        "8000::/1",  # unallocated, unique-local, link-local, site-local, multicast
    )
)

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
DEFAULT_PORTS = {"https": 443, "http": 80}

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# The last label starts with a letter, because a number may be read as an address in octal, hex or short form.
_NAMED_HOST = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])\Z")
_LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class AddressRefused(Exception):
    """The policy forbids this address. `code` names the rule; the address itself is never repeated."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Target:
    """Host that may be looked up. With `only_loopback`, every address it has must be on this machine."""

    host: str
    port: int
    only_loopback: bool


def target_of(url: httpx2.URL, *, allow_loopback: bool) -> Target:
    """Return the host and port of an agency's URL; AddressRefused where the form of the URL breaks a rule."""
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
    """Return the addresses found for a host; AddressRefused if a single one of them is forbidden."""
    for text in found:
        address = _address(text)
        if allow_loopback and any(address in network for network in LOOPBACK):
            continue
        if target.only_loopback or is_refused(address):
            raise AddressRefused("address")
    return tuple(dict.fromkeys(found))


def is_refused(address: Address) -> bool:
    """Return whether an address is anything other than an ordinary one on the public internet."""
    refused = REFUSED_IPV4 if isinstance(address, ipaddress.IPv4Address) else REFUSED_IPV6
    return any(address in network for network in refused)


def _address(text: str) -> Address:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        raise AddressRefused("address") from None
