"""Sign-in provider whose keys, mistakes and absences a test decides."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from shared.clients.client_credentials import ClientCredentials
from shared.identity.jwks import KeySet
from shared.identity.tokens import JwksTokenVerifier
from tests.shared.identity.token_builders import EC_KEY, RSA_KEY, jwk
from tests.support.local_http import Answer, Asked, LocalHttp, serving

DISCOVERY = "/.well-known/openid-configuration"


class TestClock:
    __test__ = False

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Provider:
    """Provider with the answers that it gives now; every field may be changed while it runs."""

    keys: list[Any] = field(default_factory=lambda: [jwk(RSA_KEY, "rsa"), jwk(EC_KEY, "ec")])
    is_down: bool = False
    delay: float = 0.0
    discovery: dict[str, Any] = field(default_factory=dict)
    jwks: Answer | None = None
    token_answers: list[Answer] = field(default_factory=list)
    http: LocalHttp = field(init=False)
    clock: TestClock = field(default_factory=TestClock)

    @property
    def url(self) -> str:
        return self.http.url

    async def answer(self, request: Asked) -> Answer:
        await asyncio.sleep(self.delay)
        if self.is_down:
            return Answer(status=503)
        if request.path == DISCOVERY:
            return _json({"issuer": self.url, "jwks_uri": f"{self.url}/jwks", **self.discovery})
        if request.path == "/token":
            return self.token_answers.pop(0) if self.token_answers else self._token()
        return self.jwks or _json({"keys": self.keys})

    def _token(self) -> Answer:
        number = self.http.count("/token")
        return _json({"access_token": f"token-{number}", "token_type": "Bearer", "expires_in": 300})

    def keyset(self) -> KeySet:
        return KeySet(self.url, clock=self.clock)

    def token_verifier(self, kind: type[JwksTokenVerifier] = JwksTokenVerifier) -> JwksTokenVerifier:
        return kind(self.url, "case", self.keyset())

    def tokens(self) -> ClientCredentials:
        return ClientCredentials(f"{self.url}/token", "case", "s3cret-of-case", clock=self.clock)


def _json(content: Any) -> Answer:
    return Answer(json.dumps(content).encode(), headers={"content-type": "application/json"})


@contextlib.asynccontextmanager
async def provider_running() -> AsyncIterator[Provider]:
    provider = Provider()
    async with serving(provider.answer) as http:
        provider.http = http
        yield provider
