"""Forged and foreign tokens, by the fault of each; every one must be refused."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from tests.shared.identity.token_builders import (
    EC_KEY,
    STRANGERS_KEY,
    base64url,
    claims_for,
    hmac_signed,
    jwk,
    public_forms,
    signed,
    unsigned,
)

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
    "not yet valid": _changed(nbf=NOW + 86_400),
    "issued in the future": _changed(iat=NOW + 86_400),
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
