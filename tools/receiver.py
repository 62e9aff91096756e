"""Example of a partner's endpoint: checks the signature of every message and prints what it was sent.

For trying things out on one machine, and an example of what an agency has to do.
"""

import json
from collections.abc import Mapping
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI, Request, Response
from standardwebhooks import Webhook

LARGEST_MESSAGE = 1024 * 1024


def is_verified(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Return whether the message is the helpline's own and no more than five minutes old."""
    try:
        Webhook(secret).verify(body, dict(headers))
    except Exception:  # malformed headers raise what the library does not declare
        return False
    return True


def show(headers: Mapping[str, str], body: bytes) -> None:
    """Print a verified message."""
    message = json.loads(body)
    typer.echo(f"verified {message['type']}, webhook-id {headers['webhook-id']}, {len(body)} bytes")
    typer.echo(json.dumps(message.get("content", message), indent=2, ensure_ascii=False))


class Receiver:
    """Endpoint of one agency, as an application that ends after `count` verified messages, or never where that is 0."""

    def __init__(self, secret: str, port: int, count: int) -> None:
        self._secret = secret
        self._left = count
        self.app = FastAPI(openapi_url=None, max_body_size=LARGEST_MESSAGE)
        self.app.add_api_route("/", self.receive_message, methods=["POST"])
        self._server = uvicorn.Server(
            uvicorn.Config(self.app, host="127.0.0.1", port=port, log_level="error", access_log=False)
        )

    async def receive_message(self, request: Request) -> Response:
        """Answer 2xx once the message is kept: until then the helpline sends it again, with the same webhook-id."""
        body = await request.body()
        if not is_verified(self._secret, request.headers, body):
            typer.echo("refused: the signature is not the helpline's")
            return Response(status_code=401)
        show(request.headers, body)
        self._left -= 1
        if self._left == 0:
            self._server.should_exit = True
        return Response(status_code=200)

    @property
    def is_done(self) -> bool:
        return self._server.should_exit

    def run(self) -> None:
        typer.echo(f"listening on http://127.0.0.1:{self._server.config.port}/")
        self._server.run()


def main(
    secret: Annotated[str, typer.Option(help="The signing secret that the helpline showed once")],
    port: Annotated[int, typer.Option(help="Where to listen on this machine")] = 9200,
    count: Annotated[int, typer.Option(help="End after this many messages; 0: never")] = 0,
) -> None:
    Receiver(secret, port, count).run()


if __name__ == "__main__":
    typer.run(main)
