"""A sign-in provider for laptops and tests: it vouches for whoever asks, and runs with HELPLINE_MODE=local alone."""

import base64
import hashlib
import hmac
import json
import os
import secrets
import socket
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, NoReturn
from urllib.parse import parse_qs, unquote
from uuid import UUID, uuid4

import typer
import uvicorn
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from shared.clock import utc_now
from shared.identity import Role

SERVICES = ("intake", "case", "referral", "stats")
PERSON_LIFETIME = timedelta(hours=8)  # a working day at the desk
SERVICE_LIFETIME = timedelta(minutes=5)
FORM_LIMIT = 8 * 1024

cli = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)


class NotInProduction(RuntimeError):
    def __init__(self) -> None:
        super().__init__(
            "The local issuer vouches for anybody: it runs only with HELPLINE_MODE=local, never in production."
        )


class LocalIssuer:
    """One signing key in a folder, and the tokens it signs."""

    def __init__(self, home: Path, url: str) -> None:
        _refuse_in_production()
        self.url = url
        self._key = _signing_key(home)
        self.clients = _clients(home)

    def public_key(self) -> dict[str, str]:
        numbers = self._key.public_key().public_numbers()
        jwk = {"crv": "P-256", "kty": "EC", "x": _number(numbers.x), "y": _number(numbers.y)}
        # RFC 7638: the key id follows from the key, so a new key never answers to an old name
        thumbprint = hashlib.sha256(json.dumps(jwk, separators=(",", ":"), sort_keys=True).encode()).digest()
        return {**jwk, "kid": _base64url(thumbprint), "use": "sig", "alg": "ES256"}

    def person(self, role: Role, name: str, audiences: list[str], agency: UUID | None) -> str:
        """A token for somebody at this machine; an agency's token names the agency."""
        extra = {"agency": str(agency)} if role is Role.AGENCY else {}
        if role is Role.SERVICE:
            extra = {"service": name}
        return self._sign(name, audiences, [role], PERSON_LIFETIME, extra)

    def service(self, name: str, audience: str) -> str:
        return self._sign(name, audience, [Role.SERVICE], SERVICE_LIFETIME, {"service": name})

    def _sign(
        self,
        subject: str,
        audience: str | list[str],
        roles: list[Role],
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
            "jti": str(uuid4()),
            "roles": roles,
            **extra,
        }
        header = {"typ": "at+jwt", "alg": "ES256", "kid": self.public_key()["kid"]}
        signed = ".".join(_base64url(json.dumps(part).encode()) for part in (header, claims))
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signed}.{_base64url(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def create_app(issuer: LocalIssuer) -> FastAPI:
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
            "id_token_signing_alg_values_supported": ["ES256"],
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


def _refuse_in_production(*, unsaid: str = "local") -> None:
    """Whoever makes one in a program of their own may leave the mode unsaid; the commands below may not."""
    if os.environ.get("HELPLINE_MODE", unsaid) != "local":
        raise NotInProduction


def _signing_key(home: Path) -> ec.EllipticCurvePrivateKey:
    pem = _kept(home / "issuer-key.pem", _new_key)
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("issuer-key.pem holds another kind of key")
    return key


def _new_key() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _clients(home: Path) -> dict[str, str]:
    """The services and their secrets; whoever starts the services reads the same file."""
    made = _kept(home / "issuer-clients.json", _new_clients)
    return dict(json.loads(made))


def _new_clients() -> bytes:
    return json.dumps({name: secrets.token_urlsafe(32) for name in SERVICES}, indent=2).encode()


def _kept(path: Path, make: Callable[[], bytes]) -> bytes:
    """What the file holds, made on first use; of two that start together one makes it and both read it."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{uuid4()}")
        draft.touch(mode=0o600)
        draft.write_bytes(make())
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    path.chmod(0o600)
    return path.read_bytes()


def _number(value: int) -> str:
    return _base64url(value.to_bytes(32, "big"))


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


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
    name: Annotated[str, typer.Option(help="Who holds the token; with role service, the service.")] = "",
    agency: Annotated[UUID | None, typer.Option(help="The agency's id, with role agency.")] = None,
    audience: Annotated[
        list[str] | None, typer.Option(help="Services that accept it; all if left out.")
    ] = None,
) -> None:
    """Print a token for eight hours, and nothing else."""
    if role is Role.AGENCY and agency is None:
        _stop("Role agency needs --agency with the agency's id.")
    if not (home / "issuer-url").exists():
        _stop("The local issuer has never been started with this folder: run `serve` first.")
    issuer = _issuer_or_exit(home, (home / "issuer-url").read_text())
    typer.echo(issuer.person(role, name or role.value, audience or list(SERVICES), agency))


def _issuer_or_exit(home: Path, url: str) -> LocalIssuer:
    try:
        _refuse_in_production(unsaid="production")
        return LocalIssuer(home, url)
    except NotInProduction as refusal:
        _stop(str(refusal))


def _stop(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    cli()
