"""A partner's side in the smallest form: checks the signature of every message and prints what it was sent.

It is for trying things out on one machine, and an example of what an agency has to do.
"""

import asyncio
import json
from typing import Annotated

import typer
from standardwebhooks import Webhook

ANSWERS = {200: b"OK", 400: b"Bad Request", 401: b"Unauthorized"}
LONGEST = 1024 * 1024


def verified(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """Whether the message is the helpline's own and no more than five minutes old."""
    try:
        Webhook(secret).verify(body, headers)
    except Exception:  # malformed headers raise what the library does not declare
        return False
    return True


async def read_request(reader: asyncio.StreamReader) -> tuple[dict[str, str], bytes]:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")[1:]
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)
    }
    length = min(int(headers.get("content-length", "0")), LONGEST)
    return headers, await reader.readexactly(length)


async def answer(writer: asyncio.StreamWriter, status: int) -> None:
    writer.write(
        b"HTTP/1.1 %d %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % (status, ANSWERS[status])
    )
    await writer.drain()
    writer.close()


def tell(headers: dict[str, str], body: bytes) -> None:
    message = json.loads(body)
    typer.echo(f"verified {message['type']}, webhook-id {headers['webhook-id']}, {len(body)} bytes")
    typer.echo(json.dumps(message.get("content", message), indent=2, ensure_ascii=False))


async def serve(secret: str, port: int, count: int) -> None:
    """Listens on this machine only; ends after `count` verified messages, or never where that is 0."""
    enough = asyncio.Event()
    taken = 0

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal taken
        try:
            headers, body = await read_request(reader)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            await answer(writer, 400)
            return
        if not verified(secret, headers, body):
            typer.echo("refused: the signature is not the helpline's")
            await answer(writer, 401)
            return
        tell(headers, body)
        await answer(writer, 200)
        taken += 1
        if taken == count:
            enough.set()

    server = await asyncio.start_server(meet, "127.0.0.1", port)
    typer.echo(f"listening on http://127.0.0.1:{port}/")
    async with server:
        await enough.wait()


def main(
    secret: Annotated[str, typer.Option(help="The signing secret that the helpline showed once")],
    port: Annotated[int, typer.Option(help="Where to listen on this machine")] = 9200,
    count: Annotated[int, typer.Option(help="End after this many messages; 0 never")] = 0,
) -> None:
    asyncio.run(serve(secret, port, count))


if __name__ == "__main__":
    typer.run(main)
