"""Local issuer: a sign-in provider for laptops and tests that gives a token to everybody who asks.

It runs only with HELPLINE_MODE=local.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import socket
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, NoReturn
from urllib.parse import parse_qs, unquote
from uuid import UUID

import typer
import uvicorn
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from jose import jwk, jwt

from shared.clock import utc_now
from shared.identity.principals import Role
from shared.ids import new_id
from tools.registry import SERVICES

ALGORITHM = "ES256"
PERSON_LIFETIME = timedelta(hours=8)
"""A token for a person lasts for a working day."""
SERVICE_LIFETIME = timedelta(minutes=5)
FORM_LIMIT = 8 * 1024

cli = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)


class NotInProduction(RuntimeError):
    """The local issuer was asked to work in another mode than `local`."""

    def __init__(self) -> None:
        super().__init__(
            "The local issuer gives anybody a token: it runs only with HELPLINE_MODE=local, never in production."
        )


class LocalIssuer:
    """One signing key, the services' client secrets, and the tokens that the key signs."""

    def __init__(self, home: Path, url: str) -> None:
        _refuse_in_production()
        self.url = url
        self.clients = _clients(home)
        self._key = jwk.construct(_stored(home / "issuer-key.pem", _new_key).decode(), ALGORITHM)

    def public_key(self) -> dict[str, str]:
        """Return the JSON Web Key with which tokens of this issuer are verified."""
        found = self._key.public_key().to_dict()
        key = {name: found[name] for name in ("crv", "kty", "x", "y")}
        # RFC 7638: the id is computed from the key, so that a new key never has an old key's id.
        thumbprint = hashlib.sha256(json.dumps(key, separators=(",", ":"), sort_keys=True).encode()).digest()
        kid = base64.urlsafe_b64encode(thumbprint).rstrip(b"=").decode()
        return {**key, "kid": kid, "use": "sig", "alg": ALGORITHM}

    def person(self, role: Role, name: str, audiences: list[str], agency: UUID | None) -> str:
        """Return a token for a person of this role; an agency's token names the agency, a service's the service."""
        extra = {"agency": str(agency)} if role is Role.AGENCY else {}
        if role is Role.SERVICE:
            extra = {"service": name}
        return self._sign(name, audiences, role, PERSON_LIFETIME, extra)

    def service(self, name: str, audience: str) -> str:
        """Return a token with which one service calls another."""
        return self._sign(name, audience, Role.SERVICE, SERVICE_LIFETIME, {"service": name})

    def _sign(
        self,
        subject: str,
        audience: str | list[str],
        role: Role,
        lifetime: timedelta,
        extra: Mapping[str, str],
    ) -> str:
        _refuse_in_production()
        now = utc_now()
        claims = {
            "iss": self.url,
            "sub": subject,
            "aud": audience,
            "client_id": extra.get("service", "local"),
            "iat": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
            "jti": str(new_id()),
            "roles": [role],
            **extra,
        }
        headers = {"typ": "at+jwt", "kid": self.public_key()["kid"]}
        token: str = jwt.encode(claims, self._key, algorithm=ALGORITHM, headers=headers)
        return token


def create_app(issuer: LocalIssuer) -> FastAPI:
    """Return the issuer's routes: discovery, keys and tokens for services."""
    app = FastAPI(title="Local issuer", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/.well-known/openid-configuration")
    async def discovery() -> dict[str, Any]:
        return {
            "issuer": issuer.url,
            "jwks_uri": f"{issuer.url}/jwks",
            "token_endpoint": f"{issuer.url}/token",
            "grant_types_supported": ["client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "response_types_supported": [],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
        }

    @app.get("/jwks")
    async def jwks() -> dict[str, Any]:
        return {"keys": [issuer.public_key()]}

    @app.post("/token")
    async def token(request: Request) -> JSONResponse:
        return _answer_token_request(issuer, await _form(request), request.headers.get("authorization", ""))

    return app


def _answer_token_request(issuer: LocalIssuer, form: Mapping[str, str], authorization: str) -> JSONResponse:
    client, secret = _client_of(form, authorization)
    known = issuer.clients.get(client)
    if known is None or not hmac.compare_digest(known.encode(), secret.encode()):
        return _oauth_error(401, "invalid_client")
    if form.get("grant_type") != "client_credentials":
        return _oauth_error(400, "unsupported_grant_type")
    audience = form.get("audience")
    if audience not in SERVICES:
        return _oauth_error(400, "invalid_target")
    return JSONResponse(
        {
            "access_token": issuer.service(client, audience),
            "token_type": "Bearer",
            "expires_in": int(SERVICE_LIFETIME.total_seconds()),
        },
        headers={"cache-control": "no-store"},
    )


def _oauth_error(status: int, error: str) -> JSONResponse:
    headers = {"cache-control": "no-store"}
    if status == 401:
        headers["www-authenticate"] = 'Basic realm="helpline"'
    return JSONResponse({"error": error}, status_code=status, headers=headers)


async def _form(request: Request) -> dict[str, str]:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > FORM_LIMIT:
            return {}
    return {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


def _client_of(form: Mapping[str, str], authorization: str) -> tuple[str, str]:
    kind, _, credentials = authorization.partition(" ")
    if kind.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        client, _, secret = base64.b64decode(credentials, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return unquote(client), unquote(secret)


def _refuse_in_production(*, default: str = "local") -> None:
    """Raise NotInProduction in every mode but `local`; `default` is the mode where none is set.

    A program that constructs an issuer itself may leave the mode unset; the commands below may not.
    """
    if os.environ.get("HELPLINE_MODE", default) != "local":
        raise NotInProduction


def _new_key() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _clients(home: Path) -> dict[str, str]:
    """Return each service's client secret; the program that starts the services reads the same file.

    A service that was registered after the file was written gets its secret now.
    """
    path = home / "issuer-clients.json"
    clients = dict(json.loads(_stored(path, lambda: _as_json(_new_secrets(SERVICES)))))
    if missing := [name for name in SERVICES if name not in clients]:
        clients |= _new_secrets(missing)
        _draft(path, _as_json(clients)).replace(path)
    return clients


def _new_secrets(services: Iterable[str]) -> dict[str, str]:
    return {name: secrets.token_urlsafe(32) for name in services}


def _as_json(clients: Mapping[str, str]) -> bytes:
    return json.dumps(clients, indent=2).encode()


def _stored(path: Path, make: Callable[[], bytes]) -> bytes:
    """Return the file's content, made on first use; of two processes that start together one makes it."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = _draft(path, make())
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    path.chmod(0o600)
    return path.read_bytes()


def _draft(path: Path, content: bytes) -> Path:
    """Write a file beside `path` that only its owner may read."""
    draft = path.with_name(f".{path.name}.{new_id()}")
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    return draft


Home = Annotated[Path, typer.Option("--home", help="Folder for the signing key and the services' secrets.")]


@cli.command()
def serve(port: Annotated[int, typer.Option(help="0 takes any free port.")], home: Home) -> None:
    """Answer discovery, key and token requests on 127.0.0.1 until stopped."""
    with socket.create_server(("127.0.0.1", port)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        issuer = _issuer_or_exit(home, url)
        (home / "issuer-url").write_text(url)
        typer.echo(f"Local issuer: {url}")
        config = uvicorn.Config(create_app(issuer), log_level="warning", access_log=False)
        uvicorn.Server(config).run(sockets=[listener])


@cli.command()
def token(
    role: Role,
    home: Home,
    name: Annotated[str, typer.Option(help="Holder of the token; with role service, the service.")] = "",
    agency: Annotated[UUID | None, typer.Option(help="The agency's id, with role agency.")] = None,
    audience: Annotated[
        list[str] | None, typer.Option(help="Services that accept it; all if left out.")
    ] = None,
) -> None:
    """Print a token for eight hours, and nothing else."""
    if role is Role.AGENCY and agency is None:
        _exit_with("Role agency needs --agency with the agency's id.")
    if not (home / "issuer-url").exists():
        _exit_with("The local issuer has never been started with this folder: run `serve` first.")
    issuer = _issuer_or_exit(home, (home / "issuer-url").read_text())
    typer.echo(issuer.person(role, name or role.value, audience or list(SERVICES), agency))


def _issuer_or_exit(home: Path, url: str) -> LocalIssuer:
    try:
        _refuse_in_production(default="production")
        return LocalIssuer(home, url)
    except NotInProduction as refusal:
        _exit_with(str(refusal))


def _exit_with(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    cli()
