"""Tokens and keys for tests, signed without the library that reads them."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

RSA_KEY = rsa.generate_private_key(65537, 2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
STRANGERS_KEY = rsa.generate_private_key(65537, 2048)

HASHES: Mapping[str, type[hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
    "256": hashes.SHA256,
    "384": hashes.SHA384,
    "512": hashes.SHA512,
}


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def claims_for(issuer: str, **changes: Any) -> dict[str, Any]:
    """Return an adviser's claims for the case service; a change to None leaves the claim out."""
    now = int(time.time())
    claims = {
        "iss": issuer,
        "sub": "ada",
        "aud": "case",
        "iat": now,
        "exp": now + 300,
        "roles": ["adviser"],
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


def signed(claims: Any, key: PrivateKey = RSA_KEY, **header: Any) -> str:
    """Return a token signed as its header says; a header field set to None is left out."""
    alg = "ES256" if isinstance(key, ec.EllipticCurvePrivateKey) else "RS256"
    full = {"alg": alg, "typ": "at+jwt", "kid": "rsa" if alg == "RS256" else "ec", **header}
    head = {name: value for name, value in full.items() if value is not None}
    text = f"{base64url(json.dumps(head).encode())}.{base64url(json.dumps(claims).encode())}"
    return f"{text}.{base64url(_signature(text.encode(), key, str(full['alg'])))}"


def hmac_signed(claims: Any, secret: bytes, alg: str = "HS256", **header: Any) -> str:
    head = {"alg": alg, "typ": "at+jwt", "kid": "rsa", **header}
    text = f"{base64url(json.dumps(head).encode())}.{base64url(json.dumps(claims).encode())}"
    digest = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}[alg]
    return f"{text}.{base64url(hmac.digest(secret, text.encode(), digest))}"


def unsigned(claims: Any, alg: str = "none", **header: Any) -> str:
    head = {"alg": alg, "typ": "at+jwt", "kid": "rsa", **header}
    return f"{base64url(json.dumps(head).encode())}.{base64url(json.dumps(claims).encode())}."


def jwk(key: PrivateKey, kid: str, **changes: Any) -> dict[str, Any]:
    if isinstance(key, rsa.RSAPrivateKey):
        numbers = key.public_key().public_numbers()
        parts = {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)}
    else:
        point = key.public_key().public_numbers()
        parts = {"kty": "EC", "crv": "P-256", "x": _number(point.x, 32), "y": _number(point.y, 32)}
    return {**parts, "kid": kid, "use": "sig", **changes}


def public_forms(key: PrivateKey = RSA_KEY) -> dict[str, bytes]:
    """Return the public key in every form that somebody might use as a shared secret."""
    public = key.public_key()
    pem, der = serialization.Encoding.PEM, serialization.Encoding.DER
    spki = public.public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    return {
        "pem": spki,
        "pem-without-newline": spki.strip(),
        "pkcs1": public.public_bytes(pem, serialization.PublicFormat.PKCS1),
        "der": public.public_bytes(der, serialization.PublicFormat.SubjectPublicKeyInfo),
        "jwk": json.dumps(jwk(key, "rsa")).encode(),
        "modulus": jwk(key, "rsa")["n"].encode(),
        "empty": b"",
    }


def _signature(text: bytes, key: PrivateKey, alg: str) -> bytes:
    algorithm = HASHES[alg[2:]]()
    if isinstance(key, ec.EllipticCurvePrivateKey):
        r, s = decode_dss_signature(key.sign(text, ec.ECDSA(algorithm)))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    if alg.startswith("PS"):
        salted = padding.PSS(mgf=padding.MGF1(algorithm), salt_length=algorithm.digest_size)
        return key.sign(text, salted, algorithm)
    return key.sign(text, padding.PKCS1v15(), algorithm)


def _number(value: int, length: int | None = None) -> str:
    return base64url(value.to_bytes(length or (value.bit_length() + 7) // 8, "big"))
