"""JWKS cache: the provider's keys are fetched seldom, used only when sound, and kept while it is away."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from shared.clients.client_credentials import ClientCredentials
from shared.errors import NotSignedIn, Unavailable
from shared.identity.jwks import KeySet
from tests.shared.identity.sign_in_double import DISCOVERY, Provider, provider_running
from tests.shared.identity.token_builders import EC_KEY, RSA_KEY, STRANGERS_KEY, claims_for, jwk, signed
from tests.support.local_http import Answer


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with provider_running() as provider:
        yield provider


async def test_an_unknown_key_id_costs_one_refresh_in_half_a_minute(provider: Provider) -> None:
    verifier = provider.token_verifier()
    await verifier.verify(signed(claims_for(provider.url)))
    provider.clock.now += 1
    for number in range(50):
        provider.clock.now += 0.5
        with pytest.raises(NotSignedIn):
            await verifier.verify(signed(claims_for(provider.url), kid=f"made-up-{number}"))
    assert provider.http.count("/jwks") == 2
    provider.clock.now += 31
    with pytest.raises(NotSignedIn):
        await verifier.verify(signed(claims_for(provider.url), kid="made-up"))
    assert provider.http.count("/jwks") == 3


async def test_a_rotated_key_is_found_at_once_and_the_old_one_is_gone(provider: Provider) -> None:
    verifier = provider.token_verifier()
    await verifier.verify(signed(claims_for(provider.url)))
    new = rsa.generate_private_key(65537, 2048)
    provider.keys = [jwk(new, "new")]
    provider.clock.now += 1
    await verifier.verify(signed(claims_for(provider.url), new, kid="new"))
    with pytest.raises(NotSignedIn):
        await verifier.verify(signed(claims_for(provider.url)))


async def test_a_hundred_callers_with_a_rotated_key_wait_for_one_refresh(provider: Provider) -> None:
    verifier = provider.token_verifier()
    await verifier.verify(signed(claims_for(provider.url)))
    provider.keys, provider.delay = [jwk(STRANGERS_KEY, "new")], 0.05
    provider.clock.now += 1
    token = signed(claims_for(provider.url), STRANGERS_KEY, kid="new")
    read = await asyncio.gather(*(verifier.verify(token) for _ in range(100)))
    assert len(read) == 100
    assert provider.http.count("/jwks") == 2


async def test_many_callers_at_once_make_one_fetch(provider: Provider) -> None:
    verifier, provider.delay = provider.token_verifier(), 0.05
    token = signed(claims_for(provider.url))
    await asyncio.gather(*(verifier.verify(token) for _ in range(200)))
    assert (provider.http.count(DISCOVERY), provider.http.count("/jwks")) == (1, 1)


async def test_a_caller_that_gives_up_does_not_take_the_keys_from_the_others(provider: Provider) -> None:
    verifier, provider.delay = provider.token_verifier(), 0.05
    token = signed(claims_for(provider.url))
    first, second = (asyncio.create_task(verifier.verify(token)) for _ in range(2))
    await asyncio.sleep(0.01)
    first.cancel()
    assert (await second).subject == "ada"
    assert provider.http.count("/jwks") == 1


async def test_keys_are_asked_for_again_after_five_minutes(provider: Provider) -> None:
    verifier, token = provider.token_verifier(), signed(claims_for(provider.url))
    for later, fetches in ((0, 1), (299, 1), (2, 2)):
        provider.clock.now += later
        await verifier.verify(token)
        assert provider.http.count("/jwks") == fetches


async def test_known_keys_serve_for_a_day_while_the_provider_is_down(provider: Provider) -> None:
    verifier, token = provider.token_verifier(), signed(claims_for(provider.url))
    await verifier.verify(token)
    provider.is_down = True
    provider.clock.now += 23 * 3600
    for _ in range(20):
        await verifier.verify(token)
    assert provider.http.count(DISCOVERY) == 2  # one to start with, one that failed
    provider.clock.now += 3600
    with pytest.raises(Unavailable):
        await verifier.verify(token)
    provider.is_down = False
    provider.clock.now += 31
    await verifier.verify(token)


async def test_without_any_keys_sign_in_is_unavailable_and_not_refused(provider: Provider) -> None:
    provider.is_down = True
    with pytest.raises(Unavailable):
        await provider.token_verifier().verify(signed(claims_for(provider.url)))


@pytest.mark.parametrize(
    "mistake",
    [
        {"discovery": {"issuer": "https://elsewhere.example"}},
        {"discovery": {"jwks_uri": "http://keys.example/jwks"}},
        {"discovery": {"jwks_uri": 7}},
        {"jwks": Answer(b"x" * 300_000)},
        {"jwks": Answer(b"[" * 100_000)},
        {"jwks": Answer(b'{"keys": 7}')},
        {"jwks": Answer(status=302, headers={"location": "/other"})},
        {"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "rsa"}]},
        {"keys": [jwk(RSA_KEY, "rsa", use="enc")]},
        {"keys": [jwk(RSA_KEY, "rsa", alg="RS512")]},
        {"keys": [jwk(RSA_KEY, "rsa", d="AQAB")]},
        {"keys": [jwk(EC_KEY, "rsa", crv="P-521")]},
        {"keys": ["rsa", None, {"kid": "rsa"}]},
    ],
    # names of our own: keys are made anew in each of pytest-xdist's workers
    ids=[
        "issuer",
        "clear",
        "number",
        "huge",
        "deep",
        "no-list",
        "moved",
        "oct",
        "enc",
        "alg",
        "d",
        "crv",
        "odd",
    ],
)
async def test_keys_from_a_faulty_provider_are_not_used(provider: Provider, mistake: dict[str, Any]) -> None:
    for name, value in mistake.items():
        setattr(provider, name, value)
    with pytest.raises(Unavailable):
        await provider.token_verifier().verify(signed(claims_for(provider.url)))


async def test_keys_offered_in_the_clear_are_not_fetched(provider: Provider) -> None:
    # 0.0.0.0 does lead to this server, but says nothing of whose machine it is
    provider.discovery = {"jwks_uri": f"http://0.0.0.0:{provider.http.port}/jwks"}
    with pytest.raises(Unavailable):
        await provider.token_verifier().verify(signed(claims_for(provider.url)))
    assert provider.http.count("/jwks") == 0


async def test_a_key_that_cannot_be_read_signs_nobody_in(provider: Provider) -> None:
    provider.keys = [{"kty": "RSA", "kid": "rsa", "n": "!", "e": 7}]
    with pytest.raises(NotSignedIn):
        await provider.token_verifier().verify(signed(claims_for(provider.url)))


@pytest.mark.parametrize("url", ["http://sign-in.example", "http://10.0.0.8", "ftp://127.0.0.1", "127.0.0.1"])
def test_keys_and_tokens_never_travel_in_the_clear(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        KeySet(url)
    with pytest.raises(ValueError, match="https"):
        ClientCredentials(url, "case", "secret")
