"""Verification of access tokens that the sign-in provider issued."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from jose import jwt
from jose.exceptions import JOSEError
from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, ValidationError

from shared.clock import utc_now
from shared.errors import NotSignedIn
from shared.identity.jwks import ALGORITHM_OF, Jwk, KeySet
from shared.identity.principals import Principal, Role

TOKEN_LIMIT = 8 * 1024
LEEWAY = timedelta(seconds=30)
TOKEN_TYPES = frozenset({"at+jwt", "application/at+jwt"})  # RFC 9068; an ID token gives no access


class JwksTokenVerifier:
    """Verifies access tokens of one issuer that are meant for one audience."""

    def __init__(self, issuer: str, audience: str, keyset: KeySet) -> None:
        self.issuer = issuer
        self.audience = audience
        self._keyset = keyset

    async def verify(self, token: str) -> Principal:
        """Return the caller; raises NotSignedIn for any other token, without saying what was in it."""
        if len(token) > TOKEN_LIMIT or not token.isascii():
            raise NotSignedIn
        key = await self._keyset.key(self._key_id(token))
        if key is None:
            raise NotSignedIn
        return _principal(self._claims(token, key), self.audience, utc_now())

    def _key_id(self, token: str) -> str:
        try:
            header = jwt.get_unverified_header(token)
        except JOSEError:
            raise NotSignedIn from None
        kid, kind = header.get("kid"), header.get("typ")
        # `crit` lists extensions that must be understood; we understand none.
        if not isinstance(kid, str) or not isinstance(kind, str) or "crit" in header:
            raise NotSignedIn
        if kind.lower() not in TOKEN_TYPES:
            raise NotSignedIn
        return kid

    def _claims(self, token: str, key: Jwk) -> Mapping[str, Any]:
        required = {f"require_{claim}": True for claim in ("iss", "aud", "exp", "iat", "sub")}
        try:
            claims: Mapping[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM_OF[key["kty"]]],
                audience=self.audience,
                issuer=self.issuer,
                options={**required, "leeway": LEEWAY, "verify_at_hash": False},
            )
        # jose passes errors of int() and of the key parser on for claims and keys of a wrong type
        except (JOSEError, ValueError, TypeError, KeyError, OverflowError, RecursionError):
            raise NotSignedIn from None
        return claims


class _Claims(BaseModel):
    """Claims by their types, which jose leaves open: it takes "12" and true for times."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    sub: Annotated[StrictStr, Field(min_length=1, max_length=255)]
    exp: Annotated[StrictInt, Field(ge=0, lt=2**33)]
    iat: Annotated[StrictInt, Field(ge=0, lt=2**33)]
    nbf: StrictInt = 0
    roles: list[StrictStr] = Field(default_factory=list)
    scope: StrictStr = ""


class _AgencyClaims(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    agency: UUID


class _ServiceClaims(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    service: Annotated[StrictStr, Field(pattern="^[a-z][a-z0-9-]{0,62}$")]


def _principal(claims: Mapping[str, Any], audience: str, now: datetime) -> Principal:
    try:
        said = _Claims.model_validate(claims)
        roles = frozenset(role for role in Role if role in said.roles)
        # An agency or service that does not say which one it is could be any.
        agency = _AgencyClaims.model_validate(claims).agency if Role.AGENCY in roles else None
        service = _ServiceClaims.model_validate(claims).service if Role.SERVICE in roles else None
    except (ValidationError, RecursionError):
        raise NotSignedIn from None
    if datetime.fromtimestamp(said.iat, UTC) > now + LEEWAY:
        raise NotSignedIn
    return Principal(
        subject=said.sub,
        roles=roles,
        audience=audience,
        agency=agency,
        service=service,
        expires_at=datetime.fromtimestamp(said.exp, UTC),
        scopes=frozenset(said.scope.split()),
    )
