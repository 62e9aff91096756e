"""JWKS cache: the sign-in provider's signing keys, kept for a day in case it is away."""

import asyncio
import json
import ssl
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import httpx2

from shared.clients.bounded_read import ResponseTooLarge, read_bounded
from shared.clients.single_flight import SingleFlight
from shared.clients.trusted_url import trusted_url
from shared.errors import Unavailable

Jwk = Mapping[str, Any]

FRESH_FOR = 5 * 60.0
# A provider that is away for a day must not lock advisers out.
USABLE_FOR = 24 * 3600.0
# Anybody can make up key ids: unknown ones cause one fetch in this many seconds.
ASK_AGAIN_AFTER = 30.0
RETRY_AFTER = 30.0
RETRY_AFTER_WITHOUT_KEYS = 2.0
TIME_LIMIT = 5.0
SIZE_LIMIT = 256 * 1024

# The one algorithm that each kind of key may sign with. What the token says about itself never widens this.
ALGORITHM_OF = MappingProxyType({"RSA": "RS256", "EC": "ES256"})


class KeysUnreadable(Exception):
    """The provider did not answer, or not with a discovery document and key set we can use."""


class KeySet:
    """Signing keys by key id, read through OpenID Connect discovery."""

    def __init__(
        self,
        issuer: str,
        *,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.issuer = issuer
        self._discovery = trusted_url(issuer.rstrip("/") + "/.well-known/openid-configuration")
        self._tls = tls or httpx2.create_ssl_context()  # heeds SSL_CERT_FILE, for a provider of one's own
        self._clock = clock
        self._keys: Mapping[str, Jwk] = {}
        self._fetched_at: float | None = None
        self._retry_at: float | None = None
        self._asked_again_at: float | None = None
        self._fetching: SingleFlight[None] = SingleFlight()

    async def key(self, kid: str) -> Jwk | None:
        """Return the key with this id, None if the provider has none; raise Unavailable while no keys are known."""
        started = self._clock()
        if not self._younger_than(FRESH_FOR) and self._may_retry():
            await self._refresh()
        if not self._younger_than(USABLE_FOR):
            raise Unavailable("The sign-in service does not answer.")
        if kid not in self._keys and self._may_ask_again(started):
            await self._refresh()
        return self._keys.get(kid)

    def _younger_than(self, seconds: float) -> bool:
        return self._fetched_at is not None and self._clock() - self._fetched_at < seconds

    def _may_retry(self) -> bool:
        return self._retry_at is None or self._clock() >= self._retry_at or self._is_fetching()

    def _may_ask_again(self, started: float) -> bool:
        if self._is_fetching():
            return True
        if self._fetched_at is not None and self._fetched_at >= started:
            return False  # this very call has just fetched
        if self._asked_again_at is not None and self._clock() - self._asked_again_at < ASK_AGAIN_AFTER:
            return False
        self._asked_again_at = self._clock()
        return True

    def _is_fetching(self) -> bool:
        return self._fetching.is_running("keys")

    async def _refresh(self) -> None:
        await self._fetching.join("keys", self._fetch)

    async def _fetch(self) -> None:
        try:
            async with asyncio.timeout(TIME_LIMIT):
                self._keys = await self._read()
        except (KeysUnreadable, TimeoutError):
            pause = RETRY_AFTER if self._younger_than(USABLE_FOR) else RETRY_AFTER_WITHOUT_KEYS
            self._retry_at = self._clock() + pause
        else:
            self._fetched_at = self._clock()
            self._retry_at = None

    async def _read(self) -> Mapping[str, Jwk]:
        async with httpx2.AsyncClient(
            verify=self._tls, trust_env=False, follow_redirects=False, timeout=TIME_LIMIT
        ) as client:
            discovery = await _read_object(client, self._discovery)
            # RFC 8414: a document that names another issuer may be anybody's.
            if discovery.get("issuer") != self.issuer:
                raise KeysUnreadable
            return _signing_keys(await _read_object(client, _jwks_uri(discovery)))


async def _read_object(client: httpx2.AsyncClient, url: str) -> Mapping[str, Any]:
    try:
        async with client.stream("GET", url, headers={"accept": "application/json"}) as response:
            if response.status_code != httpx2.codes.OK:
                raise KeysUnreadable
            content = json.loads(await read_bounded(response, SIZE_LIMIT))
    except (httpx2.HTTPError, httpx2.InvalidURL, ResponseTooLarge, ValueError, RecursionError) as failure:
        raise KeysUnreadable from failure
    if not isinstance(content, dict):
        raise KeysUnreadable
    return content


def _jwks_uri(discovery: Mapping[str, Any]) -> str:
    try:
        return trusted_url(discovery["jwks_uri"])
    except (KeyError, TypeError, ValueError, httpx2.InvalidURL) as failure:
        raise KeysUnreadable from failure


def _signing_keys(key_set: Mapping[str, Any]) -> Mapping[str, Jwk]:
    listed = key_set.get("keys")
    if not isinstance(listed, list):
        raise KeysUnreadable
    usable = {key["kid"]: key for key in listed if isinstance(key, dict) and _may_verify(key)}
    if not usable:
        raise KeysUnreadable
    return usable


def _may_verify(key: Jwk) -> bool:
    """Return whether this is a public RSA or P-256 key for signatures; symmetric and private keys are ignored."""
    return (
        isinstance(key.get("kid"), str)
        and key.get("kty") in ALGORITHM_OF
        and key.get("alg", ALGORITHM_OF[key["kty"]]) == ALGORITHM_OF[key["kty"]]
        and key.get("use", "sig") == "sig"
        and (key["kty"] != "EC" or key.get("crv") == "P-256")
        and "d" not in key
    )
