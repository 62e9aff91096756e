"""What every service must refuse, with marked words in each part of the request that it refuses."""

import asyncio
import contextlib

from tests.privacy.telling import Doors


async def tell_wrongly(doors: Doors) -> None:
    word, line = doors.canaries.word, doors.canaries.line
    for service in ("intake", "case", "referral", "stats"):
        for who in ("", "adviser", "operator", "analyst"):
            where = f"{service} {who}"
            for path in (
                "/v1/contacts/{}",
                "/v1/cases/{}",
                "/v1/referrals/{}",
                "/v1/links/{}",
                "/{}",
                "/docs/{}",
            ):
                address = path.format(word(f"{where} segment"))
                await doors.ask(service, "GET", address, who, headers=doors.canaries.headers(where))
            await doors.ask(
                service, "GET", f"/v1/cases?cursor={word(where)}&{word(where)}=1&limit={word(where)}", who
            )
            await doors.ask(
                service, "GET", f"/v1/statistics?measure={word(where)}&from={word(where)}&by={word(where)}"
            )
            await doors.ask(service, "GET", f"/v1/agencies?body={word(where)}%00&kind={word(where)}", who)
            await doors.ask(service, word(f"{where} method").upper(), "/v1/reports", who)
        for scheme in ("Bearer", "Basic", "Digest"):
            garbage = {"authorization": f"{scheme} {word('token')}"}
            await doors.ask(service, "GET", "/v1/contacts", headers=garbage)
    for body in (
        {word("unknown field"): line("its value")},
        {"persons": [{word("unknown field"): 1, "age": {"years": line("years")}}]},
        {"privacy": line("enum"), "language": line("pattern"), "how_many": word("number")},
        {"what_happened": line("too long") * 2000},
        {"place": word("not an object"), "reporter": [word("list")], "share_with": [word("kind")]},
        [line("a list")],
    ):
        await doors.ask("intake", "POST", "/v1/reports", json=body)
    for kind in (
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ):
        broken = ('{"what_happened": "' + line(f"broken {kind}")).encode()
        for content in (broken, broken + b"\xff\x00", broken * 6000):
            await doors.ask("intake", "POST", "/v1/reports", content=content, headers={"content-type": kind})
    await _tell_without_http(doors)


async def _tell_without_http(doors: Doors) -> None:
    """Requests that no parser accepts."""
    for start in (
        "{} / HTTP/1.1",
        "GET /{} HTTP/9.9",
        "GET / HTTP/1.1\r\n{}",
        "\x16\x03\x01{}",
        "GET /{}\x00 HTTP/1.1",
    ):
        for service in ("intake", "case"):
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", doors.system.ports[service])
                writer.write((start.format(doors.canaries.word("raw bytes")) + "\r\n\r\n").encode("latin-1"))
                await writer.drain()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(reader.read(500), 1)
                writer.close()
