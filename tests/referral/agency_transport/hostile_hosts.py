"""Hostile hosts: addresses of every kind that is not the public internet, in every form of writing."""

import ipaddress
import random
from collections.abc import Iterator

PUBLIC = ("8.8.8.8", "1.1.1.1", "51.140.0.1", "2001:4860:4860::8888", "2a00:1450:4009::1", "2606:4700::1")

# One address or more of every kind that is not the public internet, each with the name of its kind.
KINDS = {
    "this network": ("0.0.0.0", "0.255.1.2"),
    "private": ("10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.254", "192.168.0.1", "192.168.255.9"),
    "carrier-grade NAT": ("100.64.0.1", "100.100.100.200", "100.127.255.255"),
    "loopback": ("127.0.0.1", "127.255.255.254", "::1"),
    "link-local": ("169.254.169.254", "169.254.0.1", "fe80::1", "fe80::1%eth0", "febf::1"),
    "cloud host": ("168.63.129.16", "192.0.0.192", "fd00:ec2::254"),
    "protocol assignments": ("192.0.0.1", "192.0.0.170", "2001::", "2001:1::1", "2001:20::1"),
    "documentation": ("192.0.2.1", "198.51.100.7", "203.0.113.255", "2001:db8::1", "3fff::1", "3fff:fff::1"),
    "AS112 and tunnels": ("192.31.196.1", "192.175.48.1", "192.52.193.1", "192.88.99.1", "2620:4f:8000::1"),
    "benchmark": ("198.18.0.1", "198.19.255.255", "2001:2::1"),
    "multicast": ("224.0.0.1", "239.255.255.250", "ff02::1", "ff0e::1"),
    "reserved": ("240.0.0.1", "255.255.255.255", "4000::1", "8000::1", "5f00::1", "c000::1", "::2", "100::1"),
    "IPv4-mapped": ("::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:a9fe:a9fe"),
    "IPv4-compatible": ("::127.0.0.1", "::8.8.8.8"),
    "NAT64": ("64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::a00:1", "64:ff9b:1:ffff::1"),
    "6to4": ("2002::1", "2002:7f00:1::1", "2002:808:808::1"),
    "Teredo": ("2001:0:4136:e378:8000:63bf:3fff:fdd2",),
    "site-local": ("fec0::1", "feff::1"),
    "unique-local": ("fc00::1", "fdff::1"),
    "unspecified": ("::",),
}
NOT_PUBLIC = tuple(address for addresses in KINDS.values() for address in addresses)
ODD_HOSTS = (
    *("localhost", "LOCALHOST", "localhost.", "intranet", "agency.example.", "a_b.example", "-a.example"),
    *("agency.0x7f", "agency.1", "0x7f.1", "127.1", "0", "00", "1", "agency..example", "", ".", "*"),
    *("a" * 64 + ".example", "a." * 130 + "example", "agency.example\\@127.0.0.1", "127.0.0.1#.example"),
)
INSIDE = ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")


def _inside_addresses() -> Iterator[str]:
    chance = random.Random(15)
    for network in map(ipaddress.IPv4Network, INSIDE):
        for _ in range(4):
            yield str(network[chance.randrange(network.num_addresses)])


def forms_of_ipv4(text: str) -> Iterator[str]:
    """Return the ways in which one IPv4 address has been written to get past a check."""
    number = int(ipaddress.IPv4Address(text))
    a, b, c, d = text.split(".")
    high, low = divmod(number, 65536)
    yield from (text, f"{number}", f"0x{number:x}", f"0X{number:08X}", f"0{number:o}", f"{number + 2**32}")
    yield from (f"{a}.{number & 0xFFFFFF}", f"{a}.{b}.{low}", f"{a}.{b}.{c}.{d}.", f"{high}.{low}")
    yield ".".join(f"0{int(part):o}" for part in (a, b, c, d))
    yield ".".join(f"0x{int(part):02x}" for part in (a, b, c, d))
    yield ".".join(f"{int(part):03d}" for part in (a, b, c, d))
    yield from (f"{a}。{b}。{c}。{d}", f"{a}．{b}．{c}．{d}", f"%3{a}.{b}.{c}.{d}", f"{text}%00.example.org")
    yield from ("".join(chr(0x2460 + int(n) - 1) if n in "123456789" else n for n in text), f"{text}..")
    yield from (text.translate({ord("0") + n: chr(0xFF10 + n) for n in range(10)}), f" {text}", f"{text}\t")
    high_hex, low_hex = f"{high:x}", f"{low:x}"
    yield from (f"[::ffff:{text}]", f"[::ffff:{high_hex}:{low_hex}]", f"[::{text}]", f"[64:ff9b::{text}]")
    yield from (f"[64:ff9b:1::{text}]", f"[2002:{high_hex}:{low_hex}::1]", f"[fe80::5efe:{text}]")
    yield from (
        f"[2001:0:{high_hex}:{low_hex}::1]",
        f"[0:0:0:0:0:ffff:{text}]",
        f"[{text}]",
        f"[::1%25{text}]",
    )


def _urls_of(host: str) -> Iterator[str]:
    yield f"https://{host}/hook"
    yield f"http://{host}/hook"
    yield f"https://{host}:8443/hook"
    yield f"https://agency.example:x@{host}/hook"


def hostile_urls() -> Iterator[str]:
    for address in [*(a for a in NOT_PUBLIC if ":" not in a), *_inside_addresses()]:
        for host in forms_of_ipv4(address):
            yield from _urls_of(host)
    for address in NOT_PUBLIC:
        if ":" in address:
            yield from _urls_of(f"[{address}]")
            yield from _urls_of(f"[{ipaddress.ip_address(address.partition('%')[0]).exploded}]")
    for host in ODD_HOSTS:
        yield from _urls_of(host)
    for scheme in ("file", "ftp", "gopher", "ws", "wss", "HTTP", "", "javascript", "data", "unix"):
        yield f"{scheme}://agency.example/hook"
    for userinfo in ("agency", "agency:secret", ":secret", "127.0.0.1", "%00"):
        yield f"https://{userinfo}@agency.example/hook"
    for port in (0, 1, 22, 25, 80, 444, 5432, 6379, 8080, 9092, 65535, 65536, 99999, -443):
        yield f"https://agency.example:{port}/hook"
