"""Transport to agencies: one short connection to a checked address, which keeps nothing of the answer."""

import asyncio
import datetime as dt
import ssl
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpcore2
import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from referral_service.agency_transport.ssrf_policy import AddressRefused
from referral_service.agency_transport.transport import AgencyTransport, AgencyUnreachable, agency_client
from tests.referral.agency_transport.agency_doubles import (
    TLS,
    ConnectSpy,
    LocalNetwork,
    Names,
    call,
    transport,
)
from tests.support.local_http import Answer, Asked, LocalHttp, serving


@pytest.fixture
async def agency() -> AsyncIterator[LocalHttp]:
    async def answer(request: Asked) -> Answer:
        if request.path == "/slow":
            await asyncio.sleep(1)
        return ANSWERS.get(request.path, Answer(b"thanks"))

    async with serving(answer) as http:
        ANSWERS["/redirect"] = Answer(status=307, headers={"location": f"{http.url}/inside"})
        yield http


ANSWERS: dict[str, Answer] = {
    "/huge": Answer(b"x" * 5_000_000),
    "/cookie": Answer(b"", headers={"set-cookie": "seen=yes"}),
    "/zipped": Answer(b"\x1f\x8b not really", headers={"content-encoding": "gzip"}),
    "/gone": Answer(status=410),
}


async def test_a_local_agency_is_reached_only_where_loopback_is_allowed(agency: LocalHttp) -> None:
    async with agency_client(allow_loopback=True) as client:
        answer = await client.post(f"{agency.url}/hook", content=b"{}")
        named = await client.post(f"http://localhost:{agency.port}/hook", content=b"{}")
    assert (answer.status_code, answer.content, named.status_code) == (200, b"thanks", 200)
    async with agency_client() as client:
        for host in ("127.0.0.1", "localhost"):
            with pytest.raises(AddressRefused):
                await client.post(f"http://{host}:{agency.port}/hook", content=b"{}")
    assert len(agency.asked) == 2


def test_production_allows_no_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPLINE_MODE", "production")
    with pytest.raises(ValueError, match="production"):
        agency_client(allow_loopback=True)


async def test_a_redirect_is_an_answer_and_is_not_followed(agency: LocalHttp) -> None:
    async with agency_client(allow_loopback=True) as client:
        answer = await client.post(f"{agency.url}/redirect", content=b"{}")
    assert answer.status_code == 307
    assert [request.path for request in agency.asked] == ["/redirect"]


async def test_a_redirect_to_this_machine_is_refused_even_to_a_client_that_follows_it(
    agency: LocalHttp,
) -> None:
    spy = ConnectSpy(LocalNetwork(agency.port))
    public_then_local = transport(spy, Names(["8.8.8.8"]), tls=TLS)
    redirecting = httpx2.MockTransport(
        lambda _: httpx2.Response(307, headers={"location": f"{agency.url}/inside"})
    )
    async with httpx2.AsyncClient(
        mounts={"https://": redirecting, "http://": public_then_local}, trust_env=False, follow_redirects=True
    ) as client:
        with pytest.raises(AddressRefused):
            await client.post("https://agency.example/hook", content=b"{}")
    assert (spy.asked, agency.asked) == ([], [])


async def test_no_more_than_64_kb_of_an_answer_is_read(agency: LocalHttp) -> None:
    async with agency_client(allow_loopback=True) as client:
        answer = await client.post(f"{agency.url}/huge", content=b"{}")
    assert (answer.status_code, len(answer.content)) == (200, 64 * 1024)


async def test_cookies_and_compression_of_strangers_are_not_kept(agency: LocalHttp) -> None:
    async with agency_client(allow_loopback=True) as client:
        await client.post(f"{agency.url}/cookie", content=b"{}")
        zipped = await client.post(f"{agency.url}/zipped", content=b"{}")
        assert not client.cookies
    assert zipped.content == b"\x1f\x8b not really"
    assert "cookie" not in agency.asked[1].headers
    assert agency.asked[0].headers["accept-encoding"] == "identity"


async def test_the_environment_cannot_put_a_proxy_between(
    agency: LocalHttp, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with agency_client(allow_loopback=True) as client:
        assert (await client.post(f"{agency.url}/gone", content=b"{}")).status_code == 410


async def test_a_slow_agency_is_given_up_in_time(agency: LocalHttp) -> None:
    hasty = transport(
        ConnectSpy(httpcore2.AnyIOBackend()), Names(["127.0.0.1"]), allow_loopback=True, time_limit=0.2
    )
    with pytest.raises(AgencyUnreachable, match="timed-out"):
        await call(hasty, f"{agency.url}/slow")


async def test_a_resolver_that_hangs_is_given_up_in_time() -> None:
    async def hang(host: str, port: int) -> Sequence[str]:
        await asyncio.sleep(60)
        return ["8.8.8.8"]

    patient = AgencyTransport(
        allow_loopback=False, resolver=hang, backend=ConnectSpy(), tls=TLS, time_limit=0.1
    )
    with pytest.raises(AgencyUnreachable, match="timed-out"):
        await call(patient, "https://agency.example/hook")


async def test_a_server_that_speaks_no_http_is_unreachable() -> None:
    async def speak_no_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"220 mail.example ESMTP\r\n\r\n")
        await writer.drain()
        writer.close()

    async with (
        await asyncio.start_server(speak_no_http, "127.0.0.1", 0) as server,
        agency_client(allow_loopback=True) as client,
    ):
        with pytest.raises(AgencyUnreachable, match="no-http"):
            await client.post(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", content=b"{}")


def _certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return TLS settings of a server and of its caller for a new self-signed certificate."""
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "agency.pem").write_bytes(pem + private)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "agency.pem")
    return server, ssl.create_default_context(cadata=pem.decode())


async def test_the_certificate_must_name_the_host_while_the_connection_goes_to_the_checked_address(
    tmp_path: Path,
) -> None:
    server_tls, caller_tls = _certificate(tmp_path, "agency.example")
    asked_names: list[str | None] = []
    server_tls.sni_callback = lambda _socket, name, _context: asked_names.append(name)

    async def thank(request: Asked) -> Answer:
        return Answer(b"thanks")

    async with serving(thank, tls=server_tls) as http:
        spy = ConnectSpy(LocalNetwork(http.port))
        pinned = transport(spy, Names(["8.8.8.8"]), tls=caller_tls)
        answer = await call(pinned, "https://agency.example/hook?x=1", headers={"webhook-id": "1"})
        assert (answer.status_code, answer.content) == (200, b"thanks")
        with pytest.raises(AgencyUnreachable, match="no-connection"):
            await call(pinned, "https://other.example/hook")
    assert spy.asked == [("8.8.8.8", 443)] * 2
    assert asked_names == ["agency.example", "other.example"]
    (request,) = http.asked
    assert (request.headers["host"], request.path) == ("agency.example", "/hook?x=1")
    assert (request.headers["webhook-id"], request.body) == ("1", b"{}")
