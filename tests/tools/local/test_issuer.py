"""Local issuer: gives tokens to people and services on one machine, and refuses production."""

import asyncio
import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import httpx2
import psutil
import pytest
from typer.testing import CliRunner

from shared.clients.client_credentials import ClientCredentials
from shared.errors import NotSignedIn
from shared.identity.jwks import KeySet
from shared.identity.principals import Role
from shared.identity.tokens import JwksTokenVerifier
from tools.local.issuer import LocalIssuer, NotInProduction, cli, create_app

AGENCY = UUID("7c6f3a52-4f0a-4f0e-9d0c-0b8f6a1f2b11")
SERVICES = ("intake", "case", "referral", "stats")
LOCAL = {"HELPLINE_MODE": "local"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("issuer")


@pytest.fixture(scope="module")
def url(home: Path) -> Iterator[str]:
    """Start the issuer as a person does, on a free port."""
    command = [sys.executable, "-m", "tools.local.issuer", "serve", "--port", "0", "--home", str(home)]
    environment = os.environ | LOCAL
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[-1]
            listening = psutil.Process(process.pid).net_connections(kind="inet")
            assert {connection.laddr.ip for connection in listening} == {"127.0.0.1"}
        finally:
            process.terminate()


def printed_token(home: Path, *arguments: str) -> str:
    result = CliRunner(env=LOCAL).invoke(cli, ["token", *arguments, "--home", str(home)])
    assert result.exit_code == 0, result.output
    assert result.stdout.count("\n") == 1
    return result.stdout.strip()


async def test_a_printed_token_opens_all_four_services(url: str, home: Path) -> None:
    token, keys = printed_token(home, "adviser", "--name", "ada"), KeySet(url)
    for audience in SERVICES:
        principal = await JwksTokenVerifier(url, audience, keys).verify(token)
        assert (principal.subject, principal.roles) == ("ada", frozenset({Role.ADVISER}))
    lifetime = principal.expires_at.timestamp() - time.time()
    assert 8 * 3600 - 60 < lifetime <= 8 * 3600


async def test_a_printed_token_can_be_for_fewer_services(url: str, home: Path) -> None:
    token = printed_token(home, "analyst", "--audience", "stats")
    await JwksTokenVerifier(url, "stats", KeySet(url)).verify(token)
    with pytest.raises(NotSignedIn):
        await JwksTokenVerifier(url, "case", KeySet(url)).verify(token)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.AGENCY, Role.SERVICE)])
async def test_every_role_can_be_tried_out(url: str, home: Path, role: Role) -> None:
    principal = await JwksTokenVerifier(url, "case", KeySet(url)).verify(printed_token(home, role))
    assert (principal.subject, principal.roles) == (role.value, frozenset({role}))


async def test_an_agency_and_a_service_are_named(url: str, home: Path) -> None:
    token_verifier = JwksTokenVerifier(url, "referral", KeySet(url))
    agency = await token_verifier.verify(printed_token(home, "agency", "--agency", str(AGENCY)))
    service = await token_verifier.verify(printed_token(home, "service", "--name", "case"))
    assert (agency.agency, service.service) == (AGENCY, "case")


async def test_a_service_gets_a_token_for_one_audience(url: str, home: Path) -> None:
    secrets = LocalIssuer(home, url).clients
    assert set(secrets) == set(SERVICES)
    token = await ClientCredentials(f"{url}/token", "intake", secrets["intake"]).for_audience("case")
    principal = await JwksTokenVerifier(url, "case", KeySet(url)).verify(token)
    assert (principal.service, principal.roles) == ("intake", frozenset({Role.SERVICE}))
    with pytest.raises(NotSignedIn):
        await JwksTokenVerifier(url, "referral", KeySet(url)).verify(token)


GRANT = {"grant_type": "client_credentials", "audience": "case"}


@pytest.mark.parametrize(
    ("form", "signed_in", "status", "error"),
    [
        (GRANT, False, 401, "invalid_client"),
        ({**GRANT, "client_id": "case", "client_secret": ""}, False, 401, "invalid_client"),
        ({**GRANT, "client_id": "nobody", "client_secret": "x"}, False, 401, "invalid_client"),
        ({**GRANT, "grant_type": "password"}, True, 400, "unsupported_grant_type"),
        ({**GRANT, "audience": "bank"}, True, 400, "invalid_target"),
        ({"grant_type": "client_credentials"}, True, 400, "invalid_target"),
        ({**GRANT, "padding": "x" * 10_000}, True, 400, "unsupported_grant_type"),
    ],
)
async def test_a_wrong_request_gets_no_token(
    tmp_path: Path, form: dict[str, str], signed_in: bool, status: int, error: str
) -> None:
    issuer = LocalIssuer(tmp_path, "http://127.0.0.1:1")
    auth = httpx2.BasicAuth("case", issuer.clients["case"] if signed_in else "guess")
    transport = httpx2.ASGITransport(create_app(issuer))
    async with httpx2.AsyncClient(transport=transport, base_url=issuer.url) as client:
        answer = await client.post("/token", data=form, auth=auth)
    assert (answer.status_code, answer.json()) == (status, {"error": error})


@pytest.mark.parametrize("authorization", ["Basic !", "Basic /w==", "Basic", "Bearer x", ""])
async def test_unreadable_credentials_belong_to_no_client(tmp_path: Path, authorization: str) -> None:
    issuer = LocalIssuer(tmp_path, "http://127.0.0.1:1")
    transport = httpx2.ASGITransport(create_app(issuer))
    async with httpx2.AsyncClient(transport=transport, base_url=issuer.url) as client:
        answer = await client.post("/token", data=GRANT, headers={"authorization": authorization})
    assert answer.status_code == 401


def test_the_key_and_the_secrets_stay_and_only_their_owner_can_read_them(tmp_path: Path) -> None:
    first, second = (LocalIssuer(tmp_path / "new", "http://127.0.0.1:1") for _ in range(2))
    assert (first.public_key(), first.clients) == (second.public_key(), second.clients)
    assert {path.name for path in (tmp_path / "new").iterdir()} == {"issuer-key.pem", "issuer-clients.json"}
    for path in (tmp_path / "new").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "d" not in first.public_key()


async def test_issuers_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    issuers = await asyncio.gather(
        *(asyncio.to_thread(LocalIssuer, tmp_path, "http://127.0.0.1:1") for _ in range(8))
    )
    assert len({issuer.public_key()["kid"] for issuer in issuers}) == 1


@pytest.mark.parametrize("mode", ["production", "staging", "", None])
@pytest.mark.parametrize("arguments", [["serve", "--port", "0"], ["token", "adviser"]])
def test_the_issuer_refuses_every_mode_but_local_in_one_sentence(
    tmp_path: Path, arguments: list[str], mode: str | None
) -> None:
    (tmp_path / "issuer-url").write_text("http://127.0.0.1:1")
    result = CliRunner(env={"HELPLINE_MODE": mode}).invoke(cli, [*arguments, "--home", str(tmp_path)])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count(".\n") == 1
    assert "only with HELPLINE_MODE=local" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["issuer-url"]


@pytest.mark.parametrize("mode", ["production", "staging", ""])
def test_an_issuer_that_finds_itself_in_another_mode_signs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    issuer = LocalIssuer(tmp_path, "http://127.0.0.1:1")
    monkeypatch.setenv("HELPLINE_MODE", mode)
    with pytest.raises(NotInProduction):
        LocalIssuer(tmp_path, "http://127.0.0.1:1")
    with pytest.raises(NotInProduction):
        issuer.person(Role.ADVISER, "ada", ["case"], None)
    with pytest.raises(NotInProduction):
        issuer.service("intake", "case")


@pytest.mark.parametrize(
    ("arguments", "says"), [(["agency"], "--agency"), (["adviser"], "serve"), (["wizard"], "wizard")]
)
def test_a_token_that_cannot_be_printed_is_refused_with_its_reason(
    tmp_path: Path, arguments: list[str], says: str
) -> None:
    result = CliRunner(env=LOCAL).invoke(cli, ["token", *arguments, "--home", str(tmp_path)])
    assert (result.exit_code != 0, result.stdout) == (True, "")
    assert says in result.stderr
