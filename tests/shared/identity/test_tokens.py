"""Access tokens: only one that the provider signed, for this service and now, is accepted."""

import base64
import hashlib
import hmac
import time
import traceback
from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

import pytest
from jose import jwt
from jose.exceptions import JOSEError

from shared.errors import NotSignedIn
from shared.identity.jwks import ALGORITHM_OF, Jwk
from shared.identity.principals import Role
from shared.identity.tokens import JwksTokenVerifier
from tests.shared.identity.forged_tokens import FORGED, NOW, Forged
from tests.shared.identity.sign_in_double import Provider, provider_running
from tests.shared.identity.token_builders import EC_KEY, RSA_KEY, base64url, claims_for, public_forms, signed

AGENCY = UUID("7c6f3a52-4f0a-4f0e-9d0c-0b8f6a1f2b11")


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with provider_running() as provider:
        yield provider


@pytest.mark.parametrize("key", [RSA_KEY, EC_KEY], ids=["RS256", "ES256"])
async def test_a_token_of_the_provider_names_the_caller(provider: Provider, key: Any) -> None:
    claims = claims_for(provider.url, scope="cases.read cases.write", aud=["intake", "case"])
    principal = await provider.token_verifier().verify(signed(claims, key))
    assert (principal.subject, principal.audience) == ("ada", "case")
    assert principal.roles == {Role.ADVISER}
    assert principal.scopes == {"cases.read", "cases.write"}
    assert (principal.agency, principal.service) == (None, None)
    assert principal.expires_at.timestamp() == claims["exp"]
    assert principal.expires_at.tzinfo is not None


async def test_roles_we_do_not_know_are_ignored(provider: Provider) -> None:
    token = signed(claims_for(provider.url, roles=["analyst", "wizard", "ADVISER", ""]))
    assert (await provider.token_verifier().verify(token)).roles == {Role.ANALYST}


async def test_a_caller_without_roles_may_do_nothing(provider: Provider) -> None:
    assert (
        await provider.token_verifier().verify(signed(claims_for(provider.url, roles=None)))
    ).roles == frozenset()


async def test_an_agency_and_a_service_are_named_only_with_their_role(provider: Provider) -> None:
    verifier = provider.token_verifier()
    named = {"agency": str(AGENCY), "service": "intake"}
    agency = await verifier.verify(signed(claims_for(provider.url, roles=["agency"], **named)))
    service = await verifier.verify(signed(claims_for(provider.url, roles=["service"], **named)))
    adviser = await verifier.verify(signed(claims_for(provider.url, **named)))
    assert (agency.agency, agency.service) == (AGENCY, None)
    assert (service.agency, service.service) == (None, "intake")
    assert (adviser.agency, adviser.service) == (None, None)


async def test_clocks_may_differ_by_half_a_minute(provider: Provider) -> None:
    now = int(time.time())
    for skewed in ({"exp": now - 20}, {"nbf": now + 20}, {"iat": now + 20}):
        await provider.token_verifier().verify(signed(claims_for(provider.url, **skewed)))


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
async def test_a_forged_or_foreign_token_is_not_signed_in(provider: Provider, forged: Forged) -> None:
    with pytest.raises(NotSignedIn):
        await provider.token_verifier().verify(forged(provider.url))


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
async def test_the_refusal_says_nothing_of_the_token(provider: Provider, forged: Forged) -> None:
    token = forged(provider.url)
    with pytest.raises(NotSignedIn) as refusal:
        await provider.token_verifier().verify(token)
    assert (refusal.value.detail, dict(refusal.value.extra)) == ("", {})
    shown = "".join(traceback.format_exception(refusal.value, chain=True)) + repr(refusal.value)
    assert not any(part in shown for part in token.split(".") if len(part) > 4)


async def test_any_flipped_bit_breaks_a_token(provider: Provider) -> None:
    verifier = provider.token_verifier()
    parts = [base64.urlsafe_b64decode(part + "==") for part in signed(claims_for(provider.url)).split(".")]
    refused = 0
    flips = [(part, bit) for part in range(3) for bit in range(0, len(parts[part]) * 8, 7)]
    for part, bit in flips:
        flipped = bytearray(parts[part])
        flipped[bit // 8] ^= 1 << bit % 8
        token = ".".join(base64url(bytes(flipped if part == i else parts[i])) for i in range(3))
        with pytest.raises(NotSignedIn):
            await verifier.verify(token)
        refused += 1
    assert refused == len(flips) > 400


# --- verifiers with one mistake each: the table above must notice every one of them


class _Lenient(JwksTokenVerifier):
    """Our verifier, with the options for jose changed in one place."""

    changes: Mapping[str, Any]

    def _claims(self, token: str, key: Jwk) -> Mapping[str, Any]:
        required = {f"require_{claim}": True for claim in ("iss", "aud", "exp", "iat", "sub")}
        options = {**required, "leeway": 30, **self.changes.get("options", {})}
        options_for_jose = {
            "algorithms": [ALGORITHM_OF[key["kty"]]],
            "audience": self.audience,
            "issuer": self.issuer,
            **self.changes,
            "options": options,
        }
        try:
            claims: dict[str, Any] = jwt.decode(token, key, **options_for_jose)
        except Exception:
            raise NotSignedIn from None
        return {"sub": "nobody", "exp": NOW + 300, "iat": NOW, **claims}


def _with(name: str, **changes: Any) -> type[JwksTokenVerifier]:
    return type(name, (_Lenient,), {"changes": changes})


WithoutAlgorithms = _with("WithoutAlgorithms", algorithms=None)
WithoutIssuer = _with("WithoutIssuer", issuer=None)
WithoutAudience = _with("WithoutAudience", options={"verify_aud": False, "require_aud": False})
WithoutExpiry = _with("WithoutExpiry", options={"verify_exp": False, "require_exp": False})
WithoutStart = _with("WithoutStart", options={"verify_nbf": False})
WithoutRequiredClaims = _with(
    "WithoutRequiredClaims",
    options={f"require_{claim}": False for claim in ("iss", "aud", "exp", "iat", "sub")},
)


class BelievesTheHeader(JwksTokenVerifier):
    """Verifier that takes the algorithm from the token, and its public key as the secret."""

    def _claims(self, token: str, key: Jwk) -> Mapping[str, Any]:
        text, _, signature = token.rpartition(".")
        alg = jwt.get_unverified_header(token)["alg"]
        mac = base64url(hmac.digest(public_forms()["pem"], text.encode(), hashlib.sha256))
        if alg.lower() == "none" or (alg == "HS256" and mac == signature):
            return dict(jwt.get_unverified_claims(token))
        return super()._claims(token, key)


class WithoutType(JwksTokenVerifier):
    def _key_id(self, token: str) -> str:
        try:
            return str(jwt.get_unverified_header(token).get("kid"))
        except JOSEError:
            raise NotSignedIn from None


NOTICED_BY: Mapping[type[JwksTokenVerifier], set[str]] = {
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
async def test_a_weak_verifier_is_noticed(provider: Provider, weak: type[JwksTokenVerifier]) -> None:
    verifier, let_in = provider.token_verifier(weak), set()
    for name, forged in FORGED.items():
        try:
            await verifier.verify(forged(provider.url))
            let_in.add(name)
        except NotSignedIn:
            pass
    assert let_in >= NOTICED_BY[weak]
