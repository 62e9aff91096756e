"""SSRF policy: calls to agencies reach the public internet or nothing, however an address is written."""

import ipaddress
from collections.abc import Iterable

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral_service.agency_transport.ssrf_policy import Address, AddressRefused, is_refused, target_of
from referral_service.agency_transport.transport import AgencyUnreachable
from tests.referral.agency_transport.agency_doubles import ConnectSpy, Names, call, transport
from tests.referral.agency_transport.hostile_hosts import KINDS, NOT_PUBLIC, PUBLIC, hostile_urls


@pytest.mark.parametrize("address", [a for a in NOT_PUBLIC if "%" not in a])
def test_every_kind_of_special_address_is_on_the_list(address: str) -> None:
    assert is_refused(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_ordinary_public_addresses_are_not_on_the_list(address: str) -> None:
    assert not is_refused(ipaddress.ip_address(address))


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_every_address_that_python_calls_special_is_on_the_list(address: Address) -> None:
    special = not address.is_global or address.is_multicast or address.is_reserved or address.is_link_local
    # one anycast block inside protocol assignments is global to newer Pythons; refusing more is fine
    assert is_refused(address) or not special


async def _refused(spy: ConnectSpy, names: Names, urls: Iterable[str]) -> int:
    """Return how many calls our own check refused; the others are no URLs to the client. None is answered."""
    asking, refused = transport(spy, names), 0
    async with httpx2.AsyncClient(transport=asking, trust_env=False) as client:
        for url in urls:
            with pytest.raises((AddressRefused, httpx2.InvalidURL, httpx2.UnsupportedProtocol)) as refusal:
                await client.post(url, content=b"{}")
            refused += refusal.type is AddressRefused
    return refused


@pytest.mark.parametrize("found", ["127.0.0.1", "8.8.8.8"])
async def test_five_thousand_hostile_forms_reach_nothing(found: str) -> None:
    """Refusal is by the form alone, even if a resolver took it for a name with a public address."""
    spy = ConnectSpy()
    assert await _refused(spy, Names([found]), set(hostile_urls())) >= 5000
    assert spy.asked == []


@pytest.mark.parametrize("address", NOT_PUBLIC)
async def test_a_name_with_an_inside_address_reaches_nothing(address: str) -> None:
    """A bad address spoils the name, alone as well as before or behind a public one."""
    spy = ConnectSpy()
    for found in ([address], ["8.8.8.8", address], [address, "8.8.8.8"]):
        assert await _refused(spy, Names(found), ["https://agency.example/hook"]) == 1
    assert spy.asked == []


async def test_the_spy_sees_a_call_to_a_public_address() -> None:
    """Check of the tests above: a call that is allowed does arrive at the spy."""
    spy = ConnectSpy()
    with pytest.raises(AgencyUnreachable, match="no-connection"):
        await call(transport(spy, Names(["8.8.8.8", "2606:4700::1"])), "https://agency.example/hook")
    assert spy.asked == [("8.8.8.8", 443), ("2606:4700::1", 443)]


def test_a_guard_by_pythons_own_judgement_would_let_calls_through() -> None:
    """Planted mistake: `is_global` alone takes some of these addresses for public ones."""
    taken_for_public = {a for a in NOT_PUBLIC if ipaddress.ip_address(a).is_global}
    assert {"ff0e::1", "64:ff9b::7f00:1", "168.63.129.16"} <= taken_for_public


async def test_only_the_first_answer_of_a_rebinding_name_is_used() -> None:
    spy, names = ConnectSpy(), Names(["8.8.8.8"], ["127.0.0.1"])
    with pytest.raises(AgencyUnreachable):
        await call(transport(spy, names), "https://agency.example/hook")
    assert (names.asked, spy.asked) == (["agency.example"], [("8.8.8.8", 443)])
    with pytest.raises(AddressRefused):
        await call(transport(spy, names), "https://agency.example/hook")
    assert len(spy.asked) == 1


async def test_a_name_without_addresses_is_tried_again() -> None:
    spy = ConnectSpy()
    with pytest.raises(AgencyUnreachable, match="unknown-host"):
        await call(transport(spy, Names([])), "https://agency.example/hook")
    with pytest.raises(AddressRefused):
        await call(transport(spy, Names(["not an address"])), "https://agency.example/hook")
    assert spy.asked == []


def test_an_international_name_is_a_name() -> None:
    target = target_of(httpx2.URL("https://hjälp.example/hook"), allow_loopback=False)
    assert (target.host, target.port, target.only_loopback) == ("xn--hjlp-moa.example", 443, False)


async def test_the_refusal_repeats_no_address() -> None:
    with pytest.raises(AddressRefused) as refusal:
        await call(transport(ConnectSpy(), Names(["10.1.2.3"])), "https://secret-refuge.example/hook")
    assert refusal.value.code == "address"
    assert "secret-refuge" not in repr(refusal.value) + str(refusal.value)
    assert refusal.value.__context__ is None


@pytest.mark.parametrize("address", [a for a in (*NOT_PUBLIC, *PUBLIC) if a not in KINDS["loopback"]])
async def test_allowing_loopback_allows_nothing_else_in_the_clear_or_nearby(address: str) -> None:
    spy = ConnectSpy()
    urls = ["http://agency.example/hook", "https://agency.example:8443/hook"]
    for url in [*urls, "https://agency.example/hook"] if address in NOT_PUBLIC else urls:
        with pytest.raises(AddressRefused):
            await call(transport(spy, Names([address]), allow_loopback=True), url)
    assert spy.asked == []
