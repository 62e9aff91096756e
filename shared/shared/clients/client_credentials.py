"""Client credentials: the tokens with which this service calls others, one for each audience."""

import asyncio
import json
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote

import httpx2
import stamina

from shared.clients.bounded_read import ResponseTooLarge, read_bounded
from shared.clients.single_flight import SingleFlight
from shared.clients.trusted_url import trusted_url
from shared.errors import Unavailable

RENEW_BEFORE = 30.0
TIME_LIMIT = 5.0
ATTEMPTS = 3
SIZE_LIMIT = 64 * 1024


class ProviderSilent(Exception):
    """The provider did not answer, or said it cannot just now: worth another try."""


@dataclass(frozen=True)
class _Token:
    text: str = field(repr=False)
    renew_at: float


class ClientCredentials:
    """OAuth client credentials with an audience; a token is kept until shortly before it ends."""

    def __init__(
        self,
        token_url: str,
        client_id: str,
        client_secret: str,
        *,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._token_url = trusted_url(token_url)
        # RFC 6749 section 2.3.1: both halves are form-encoded before they become a Basic header.
        self._credentials = httpx2.BasicAuth(quote(client_id, safe=""), quote(client_secret, safe=""))
        self._tls = tls or httpx2.create_ssl_context()  # heeds SSL_CERT_FILE, for a provider of one's own
        self._clock = clock
        self._tokens: dict[str, _Token] = {}
        self._fetching: SingleFlight[_Token] = SingleFlight()

    async def for_audience(self, audience: str) -> str:
        """Return a token for this audience; raise Unavailable when there is none."""
        token = self._tokens.get(audience)
        if token is None or self._clock() >= token.renew_at:
            token = await self._fetching.join(audience, lambda: self._fetch(audience))
        return token.text

    def discard(self, audience: str, token: str) -> None:
        """Forget a token that the audience did not accept, so that the next one is new."""
        kept = self._tokens.get(audience)
        if kept is not None and kept.text == token:
            del self._tokens[audience]

    async def _fetch(self, audience: str) -> _Token:
        asked_at = self._clock()
        try:
            async for attempt in stamina.retry_context(
                on=ProviderSilent, attempts=ATTEMPTS, wait_initial=0.1, wait_max=1.0, wait_jitter=0.1
            ):
                with attempt:
                    body = await self._ask(audience)
            token = _read_token(body, asked_at)
        except (ProviderSilent, ValueError, KeyError, TypeError, RecursionError):
            # Without the cause: the answer may hold a token, the request holds the secret.
            raise Unavailable("The sign-in service gives no token.") from None
        self._tokens[audience] = token
        return token

    async def _ask(self, audience: str) -> bytes:
        try:
            async with asyncio.timeout(TIME_LIMIT), self._client() as client:
                form = {"grant_type": "client_credentials", "audience": audience}
                async with client.stream(
                    "POST", self._token_url, data=form, auth=self._credentials
                ) as answer:
                    if answer.status_code >= httpx2.codes.INTERNAL_SERVER_ERROR:
                        raise ProviderSilent
                    if answer.status_code != httpx2.codes.OK:
                        raise ValueError("refused")
                    return await read_bounded(answer, SIZE_LIMIT)
        except (httpx2.HTTPError, TimeoutError):
            raise ProviderSilent from None
        except ResponseTooLarge:
            raise ValueError("too large") from None

    def _client(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            verify=self._tls, trust_env=False, follow_redirects=False, timeout=TIME_LIMIT
        )


def _read_token(body: bytes, asked_at: float) -> _Token:
    answer = json.loads(body)
    text, lifetime = answer["access_token"], answer.get("expires_in", 60)
    if not isinstance(text, str) or not text.isascii() or not isinstance(lifetime, int):
        raise ValueError("not a token")
    return _Token(text, asked_at + lifetime - RENEW_BEFORE)
