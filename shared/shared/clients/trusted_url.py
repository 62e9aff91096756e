"""Addresses that nobody on the way can change: https, or http on this machine."""

import ipaddress

import httpx2


def trusted_url(url: str) -> str:
    """Return the address if nobody on the way can change what is read, else raise ValueError."""
    parsed = httpx2.URL(url)
    if parsed.scheme == "https" and parsed.host:
        return url
    if parsed.scheme == "http" and _is_this_machine(parsed.host):
        return url
    raise ValueError("sign-in must be reached over https, or over http on this machine")


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
