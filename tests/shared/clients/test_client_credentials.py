"""Client credentials: a service asks for its own tokens seldom, and never shows its secret."""

import asyncio
import base64
import traceback
from collections.abc import AsyncIterator

import pytest

from shared.errors import Unavailable
from tests.shared.identity.sign_in_double import Provider, provider_running
from tests.support.local_http import Answer


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with provider_running() as provider:
        yield provider


async def test_a_service_token_is_kept_until_shortly_before_it_ends(provider: Provider) -> None:
    tokens = provider.tokens()
    assert [await tokens.for_audience("intake") for _ in range(3)] == ["token-1"] * 3
    provider.clock.now += 269
    assert await tokens.for_audience("intake") == "token-1"
    provider.clock.now += 2
    assert await tokens.for_audience("intake") == "token-2"


async def test_each_audience_has_its_own_token_asked_for_with_the_secret(provider: Provider) -> None:
    tokens = provider.tokens()
    assert await tokens.for_audience("intake") != await tokens.for_audience("referral")
    first = provider.http.asked[0]
    assert first.body == b"grant_type=client_credentials&audience=intake"
    assert base64.b64decode(first.headers["authorization"][6:]) == b"case:s3cret-of-case"


async def test_a_hundred_callers_at_once_share_one_service_token(provider: Provider) -> None:
    tokens, provider.delay = provider.tokens(), 0.05
    assert set(await asyncio.gather(*(tokens.for_audience("intake") for _ in range(100)))) == {"token-1"}


async def test_a_refused_token_is_replaced_once(provider: Provider) -> None:
    tokens = provider.tokens()
    token = await tokens.for_audience("intake")
    tokens.discard("intake", token)
    assert await tokens.for_audience("intake") == "token-2"
    tokens.discard("intake", token)  # somebody else had the old one too
    assert await tokens.for_audience("intake") == "token-2"


async def test_a_provider_that_stumbles_is_asked_again(provider: Provider) -> None:
    provider.token_answers = [Answer(status=503), Answer(status=500)]
    assert await provider.tokens().for_audience("intake") == "token-3"


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ([Answer(status=503)] * 3, 3),
        ([Answer(b'{"error": "invalid_client"}', status=401)], 1),
        ([Answer(status=307, headers={"location": "http://127.0.0.1:9/"})], 1),
        ([Answer(b"{}")], 1),
        ([Answer(b"[]")], 1),
        ([Answer(b"not json, s3cret-of-case")], 1),
        ([Answer(b'{"access_token": "a", "expires_in": "soon"}')], 1),
        ([Answer(b" " * 70_000)], 1),
    ],
)
async def test_no_token_means_unavailable_and_shows_no_secret(
    provider: Provider, answers: list[Answer], asked: int
) -> None:
    provider.token_answers = list(answers)
    with pytest.raises(Unavailable) as failure:
        await provider.tokens().for_audience("intake")
    assert provider.http.count("/token") == asked
    assert "s3cret-of-case" not in "".join(traceback.format_exception(failure.value))
