"""Nobody is let in on a token that the provider did not sign, for us, now."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
import traceback
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jose import jwt
from jose.exceptions import JOSEError

from shared.errors import NotSignedIn, Unavailable
from shared.identity import KeySet, Role, ServiceTokens, TokenReader
from shared.identity_keys import ALGORITHM_OF, Jwk
from tests.shared.local_http import Answer, Asked, LocalHttp, serving
from tests.shared.token_builders import (
    EC_KEY,
    RSA_KEY,
    STRANGERS_KEY,
    base64url,
    claims_for,
    hmac_signed,
    jwk,
    public_forms,
    signed,
    unsigned,
)

DISCOVERY = "/.well-known/openid-configuration"
AGENCY = UUID("7c6f3a52-4f0a-4f0e-9d0c-0b8f6a1f2b11")


class TestClock:
    __test__ = False

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Provider:
    """A sign-in provider whose keys, mistakes and absences a test decides."""

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

    def reader(self, kind: type[TokenReader] = TokenReader) -> TokenReader:
        return kind(self.url, "case", self.keyset())

    def tokens(self) -> ServiceTokens:
        return ServiceTokens(f"{self.url}/token", "case", "s3cret-of-case", clock=self.clock)


def _json(content: Any) -> Answer:
    return Answer(json.dumps(content).encode(), headers={"content-type": "application/json"})


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    provider = Provider()
    async with serving(provider.answer) as http:
        provider.http = http
        yield provider


# --- tokens that are ours


@pytest.mark.parametrize("key", [RSA_KEY, EC_KEY], ids=["RS256", "ES256"])
async def test_a_token_of_the_provider_says_who_is_calling(provider: Provider, key: Any) -> None:
    claims = claims_for(provider.url, scope="cases.read cases.write", aud=["intake", "case"])
    principal = await provider.reader().read(signed(claims, key))
    assert (principal.subject, principal.audience) == ("ada", "case")
    assert principal.roles == {Role.ADVISER}
    assert principal.scopes == {"cases.read", "cases.write"}
    assert (principal.agency, principal.service) == (None, None)
    assert principal.expires_at.timestamp() == claims["exp"]
    assert principal.expires_at.tzinfo is not None


async def test_roles_we_do_not_know_are_ignored(provider: Provider) -> None:
    token = signed(claims_for(provider.url, roles=["analyst", "wizard", "ADVISER", ""]))
    assert (await provider.reader().read(token)).roles == {Role.ANALYST}


async def test_a_token_without_roles_is_somebody_who_may_do_nothing(provider: Provider) -> None:
    assert (await provider.reader().read(signed(claims_for(provider.url, roles=None)))).roles == frozenset()


async def test_an_agency_and_a_service_are_named_only_with_their_role(provider: Provider) -> None:
    reader = provider.reader()
    named = {"agency": str(AGENCY), "service": "intake"}
    agency = await reader.read(signed(claims_for(provider.url, roles=["agency"], **named)))
    service = await reader.read(signed(claims_for(provider.url, roles=["service"], **named)))
    adviser = await reader.read(signed(claims_for(provider.url, **named)))
    assert (agency.agency, agency.service) == (AGENCY, None)
    assert (service.agency, service.service) == (None, "intake")
    assert (adviser.agency, adviser.service) == (None, None)


async def test_clocks_may_differ_by_half_a_minute(provider: Provider) -> None:
    now = int(time.time())
    for skewed in ({"exp": now - 20}, {"nbf": now + 20}, {"iat": now + 20}):
        await provider.reader().read(signed(claims_for(provider.url, **skewed)))


# --- tokens that are not

Forged = Callable[[str], str]


def _changed(**changes: Any) -> Forged:
    return lambda issuer: signed(claims_for(issuer, **changes))


def _headed(**header: Any) -> Forged:
    return lambda issuer: signed(claims_for(issuer), **header)


def _tampered(issuer: str) -> str:
    head, _, signature = signed(claims_for(issuer)).split(".")
    return f"{head}.{base64url(json.dumps(claims_for(issuer, sub='eve')).encode())}.{signature}"


def _confused(secret: bytes, alg: str = "HS256") -> Forged:
    return lambda issuer: hmac_signed(claims_for(issuer), secret, alg)


def _padded(issuer: str) -> str:
    return signed(claims_for(issuer, padding="x" * 9000))


NOW = int(time.time())
FORGED: Mapping[str, Forged] = {
    "none": lambda issuer: unsigned(claims_for(issuer)),
    "None": lambda issuer: unsigned(claims_for(issuer), "None"),
    "nOnE": lambda issuer: unsigned(claims_for(issuer), "nOnE"),
    "empty algorithm": lambda issuer: unsigned(claims_for(issuer), ""),
    "RS256 without signature": lambda issuer: unsigned(claims_for(issuer), "RS256"),
    **{f"HS256 with public key as {form}": _confused(key) for form, key in public_forms().items()},
    "HS512 with public key": _confused(public_forms()["pem"], "HS512"),
    "RS512": _headed(alg="RS512"),
    "PS256": _headed(alg="PS256"),
    "RS256 said to be ES256": lambda issuer: signed(claims_for(issuer), kid="ec"),
    "ES256 said to be RS256": lambda issuer: signed(claims_for(issuer), EC_KEY, kid="rsa"),
    "a stranger's key": lambda issuer: signed(claims_for(issuer), STRANGERS_KEY),
    "own key in header": lambda issuer: signed(
        claims_for(issuer), STRANGERS_KEY, jwk=jwk(STRANGERS_KEY, "rsa")
    ),
    "tampered": _tampered,
    "no kid": _headed(kid=None),
    "unknown kid": _headed(kid="other"),
    "kid of another type": _headed(kid=["rsa"]),
    "critical extension": _headed(crit=["b64"], b64=False),
    "typ JWT": _headed(typ="JWT"),
    "no typ": _headed(typ=None),
    "one dot short": lambda issuer: unsigned(claims_for(issuer), "RS256").replace(".", "", 1),
    **{f"no {claim}": _changed(**{claim: None}) for claim in ("iss", "aud", "exp", "iat", "sub")},
    "another issuer": _changed(iss="https://elsewhere.example"),
    "issuer with slash": lambda issuer: signed(claims_for(issuer, iss=issuer + "/")),
    "issuer list": lambda issuer: signed(claims_for(issuer, iss=[issuer])),
    "another audience": _changed(aud="stats"),
    "other audiences": _changed(aud=["stats", "intake"]),
    "audience as object": _changed(aud={"case": True}),
    "part of audience": _changed(aud="cases"),
    "expired": _changed(exp=NOW - 40),
    "expiry as text": _changed(exp=str(NOW + 300)),
    "expiry true": _changed(exp=True),
    "expiry infinite": _changed(exp=float("inf")),
    "expiry object": _changed(exp={}),
    "expiry beyond calendars": _changed(exp=10**30),
    "not yet valid": _changed(nbf=NOW + 600),
    "issued in the future": _changed(iat=NOW + 600),
    "subject number": _changed(sub=7),
    "subject empty": _changed(sub=""),
    "roles as text": _changed(roles="adviser"),
    "agency that names none": _changed(roles=["agency"]),
    "agency that is no id": _changed(roles=["agency"], agency="all"),
    "service that names none": _changed(roles=["service"]),
    "claims as list": lambda issuer: signed(["case"]),
    "too long": _padded,
    "not ASCII": lambda issuer: signed(claims_for(issuer)) + "é",
    "surrogate": lambda issuer: signed(claims_for(issuer)) + "\ud800",
    "empty": lambda issuer: "",
    "dots": lambda issuer: "...",
    "deep nesting": lambda issuer: base64url(b"[" * 5000) + ".e30.e30",
    "five parts": lambda issuer: signed(claims_for(issuer)) + ".a.b",
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
async def test_a_forged_or_foreign_token_is_not_signed_in(provider: Provider, forged: Forged) -> None:
    with pytest.raises(NotSignedIn):
        await provider.reader().read(forged(provider.url))


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
async def test_the_refusal_says_nothing_of_the_token(provider: Provider, forged: Forged) -> None:
    token = forged(provider.url)
    with pytest.raises(NotSignedIn) as refusal:
        await provider.reader().read(token)
    assert (refusal.value.detail, dict(refusal.value.extra)) == ("", {})
    told = "".join(traceback.format_exception(refusal.value, chain=True)) + repr(refusal.value)
    assert not any(part in told for part in token.split(".") if len(part) > 4)


async def test_any_flipped_bit_breaks_a_token(provider: Provider) -> None:
    reader = provider.reader()
    parts = [base64.urlsafe_b64decode(part + "==") for part in signed(claims_for(provider.url)).split(".")]
    refused = 0
    flips = [(part, place) for part in range(3) for place in range(0, len(parts[part]) * 8, 7)]
    for part, place in flips:
        flipped = bytearray(parts[part])
        flipped[place // 8] ^= 1 << place % 8
        token = ".".join(base64url(bytes(flipped if part == i else parts[i])) for i in range(3))
        with pytest.raises(NotSignedIn):
            await reader.read(token)
        refused += 1
    assert refused == len(flips) > 400


# --- readers with one mistake each: the table above must notice every one of them


class _Lenient(TokenReader):
    """Our reader, with what jose is asked for changed in one place."""

    changes: Mapping[str, Any]

    def _claims(self, token: str, key: Jwk) -> Mapping[str, Any]:
        required = {f"require_{claim}": True for claim in ("iss", "aud", "exp", "iat", "sub")}
        options = {**required, "leeway": 30, **self.changes.get("options", {})}
        asked = {
            "algorithms": [ALGORITHM_OF[key["kty"]]],
            "audience": self.audience,
            "issuer": self.issuer,
            **self.changes,
            "options": options,
        }
        try:
            claims: dict[str, Any] = jwt.decode(token, key, **asked)
        except Exception:
            raise NotSignedIn from None
        return {"sub": "nobody", "exp": NOW + 300, "iat": NOW, **claims}


def _asking(name: str, **changes: Any) -> type[TokenReader]:
    return type(name, (_Lenient,), {"changes": changes})


WithoutAlgorithms = _asking("WithoutAlgorithms", algorithms=None)
WithoutIssuer = _asking("WithoutIssuer", issuer=None)
WithoutAudience = _asking("WithoutAudience", options={"verify_aud": False, "require_aud": False})
WithoutExpiry = _asking("WithoutExpiry", options={"verify_exp": False, "require_exp": False})
WithoutStart = _asking("WithoutStart", options={"verify_nbf": False})
WithoutRequiredClaims = _asking(
    "WithoutRequiredClaims",
    options={f"require_{claim}": False for claim in ("iss", "aud", "exp", "iat", "sub")},
)


class BelievesTheHeader(TokenReader):
    """Takes the algorithm from the token, and whatever key it has as the secret."""

    def _claims(self, token: str, key: Jwk) -> Mapping[str, Any]:
        text, _, signature = token.rpartition(".")
        alg = jwt.get_unverified_header(token)["alg"]
        mac = base64url(hmac.digest(public_forms()["pem"], text.encode(), hashlib.sha256))
        if alg.lower() == "none" or (alg == "HS256" and mac == signature):
            return dict(jwt.get_unverified_claims(token))
        return super()._claims(token, key)


class WithoutType(TokenReader):
    def _key_id(self, token: str) -> str:
        try:
            return str(jwt.get_unverified_header(token).get("kid"))
        except JOSEError:
            raise NotSignedIn from None


NOTICED_BY: Mapping[type[TokenReader], set[str]] = {
    WithoutAlgorithms: {"RS512"},
    WithoutIssuer: {"another issuer", "issuer with slash"},
    WithoutAudience: {"no aud", "another audience", "part of audience"},
    WithoutExpiry: {"expired", "no exp"},
    WithoutStart: {"not yet valid"},
    WithoutRequiredClaims: {"no aud", "no exp", "no iat", "no sub"},
    BelievesTheHeader: {"none", "nOnE", "HS256 with public key as pem"},
    WithoutType: {"typ JWT", "no typ", "critical extension"},
}


@pytest.mark.parametrize("weak", NOTICED_BY, ids=lambda kind: kind.__name__)
async def test_a_weak_reader_is_noticed(provider: Provider, weak: type[TokenReader]) -> None:
    reader, let_in = provider.reader(weak), set()
    for name, forged in FORGED.items():
        try:
            await reader.read(forged(provider.url))
            let_in.add(name)
        except NotSignedIn:
            pass
    assert let_in >= NOTICED_BY[weak]


# --- the provider's keys


async def test_an_unknown_key_id_costs_one_refresh_in_half_a_minute(provider: Provider) -> None:
    reader = provider.reader()
    await reader.read(signed(claims_for(provider.url)))
    provider.clock.now += 1
    for number in range(50):
        with pytest.raises(NotSignedIn):
            await reader.read(signed(claims_for(provider.url), kid=f"made-up-{number}"))
    assert provider.http.count("/jwks") == 2
    provider.clock.now += 31
    with pytest.raises(NotSignedIn):
        await reader.read(signed(claims_for(provider.url), kid="made-up"))
    assert provider.http.count("/jwks") == 3


async def test_a_rotated_key_is_found_at_once_and_the_old_one_is_gone(provider: Provider) -> None:
    reader = provider.reader()
    await reader.read(signed(claims_for(provider.url)))
    new = rsa.generate_private_key(65537, 2048)
    provider.keys = [jwk(new, "new")]
    provider.clock.now += 1
    await reader.read(signed(claims_for(provider.url), new, kid="new"))
    with pytest.raises(NotSignedIn):
        await reader.read(signed(claims_for(provider.url)))


async def test_a_crowd_with_a_rotated_key_waits_for_one_refresh(provider: Provider) -> None:
    reader = provider.reader()
    await reader.read(signed(claims_for(provider.url)))
    provider.keys, provider.delay = [jwk(STRANGERS_KEY, "new")], 0.05
    provider.clock.now += 1
    token = signed(claims_for(provider.url), STRANGERS_KEY, kid="new")
    read = await asyncio.gather(*(reader.read(token) for _ in range(100)))
    assert len(read) == 100
    assert provider.http.count("/jwks") == 2


async def test_a_thundering_herd_makes_one_fetch(provider: Provider) -> None:
    reader, provider.delay = provider.reader(), 0.05
    token = signed(claims_for(provider.url))
    await asyncio.gather(*(reader.read(token) for _ in range(200)))
    assert (provider.http.count(DISCOVERY), provider.http.count("/jwks")) == (1, 1)


async def test_one_caller_giving_up_does_not_take_the_keys_from_the_others(provider: Provider) -> None:
    reader, provider.delay = provider.reader(), 0.05
    token = signed(claims_for(provider.url))
    first, second = (asyncio.create_task(reader.read(token)) for _ in range(2))
    await asyncio.sleep(0.01)
    first.cancel()
    assert (await second).subject == "ada"
    assert provider.http.count("/jwks") == 1


async def test_keys_are_asked_for_again_after_five_minutes(provider: Provider) -> None:
    reader, token = provider.reader(), signed(claims_for(provider.url))
    for later, fetches in ((0, 1), (299, 1), (2, 2)):
        provider.clock.now += later
        await reader.read(token)
        assert provider.http.count("/jwks") == fetches


async def test_known_keys_serve_for_a_day_while_the_provider_is_down(provider: Provider) -> None:
    reader, token = provider.reader(), signed(claims_for(provider.url))
    await reader.read(token)
    provider.is_down = True
    provider.clock.now += 23 * 3600
    for _ in range(20):
        await reader.read(token)
    assert provider.http.count(DISCOVERY) == 2  # one to start with, one that failed
    provider.clock.now += 3600
    with pytest.raises(Unavailable):
        await reader.read(token)
    provider.is_down = False
    provider.clock.now += 31
    await reader.read(token)


async def test_without_any_keys_sign_in_is_unavailable_and_not_refused(provider: Provider) -> None:
    provider.is_down = True
    with pytest.raises(Unavailable):
        await provider.reader().read(signed(claims_for(provider.url)))


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
    ids=str,
)
async def test_keys_from_a_muddled_provider_are_not_believed(
    provider: Provider, mistake: dict[str, Any]
) -> None:
    for name, value in mistake.items():
        setattr(provider, name, value)
    with pytest.raises(Unavailable):
        await provider.reader().read(signed(claims_for(provider.url)))


async def test_a_key_that_cannot_be_read_signs_nobody_in(provider: Provider) -> None:
    provider.keys = [{"kty": "RSA", "kid": "rsa", "n": "!", "e": 7}]
    with pytest.raises(NotSignedIn):
        await provider.reader().read(signed(claims_for(provider.url)))


@pytest.mark.parametrize("url", ["http://sign-in.example", "http://10.0.0.8", "ftp://127.0.0.1", "127.0.0.1"])
def test_keys_and_tokens_never_travel_in_the_clear(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        KeySet(url)
    with pytest.raises(ValueError, match="https"):
        ServiceTokens(url, "case", "secret")


# --- a service's own tokens


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


async def test_a_crowd_shares_one_service_token(provider: Provider) -> None:
    tokens, provider.delay = provider.tokens(), 0.05
    assert set(await asyncio.gather(*(tokens.for_audience("intake") for _ in range(100)))) == {"token-1"}


async def test_a_refused_token_is_replaced_once(provider: Provider) -> None:
    tokens = provider.tokens()
    token = await tokens.for_audience("intake")
    tokens.was_refused("intake", token)
    assert await tokens.for_audience("intake") == "token-2"
    tokens.was_refused("intake", token)  # somebody else had the old one too
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
async def test_no_token_means_unavailable_and_tells_no_secret(
    provider: Provider, answers: list[Answer], asked: int
) -> None:
    provider.token_answers = list(answers)
    with pytest.raises(Unavailable) as failure:
        await provider.tokens().for_audience("intake")
    assert provider.http.count("/token") == asked
    assert "s3cret-of-case" not in "".join(traceback.format_exception(failure.value))
