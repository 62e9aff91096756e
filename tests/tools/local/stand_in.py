"""Stand-in for a service, so that starting and stopping is tested apart from what services do."""

import http.server
import os
import sys
from pathlib import Path


class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/readyz" else 404)
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Log nothing."""


def main(name: str, verb: str) -> None:
    if os.environ.get("STAND_IN_FAILS") == f"{name} {verb}":
        sys.exit(f"{name} cannot {verb} today")
    if verb in ("migrate", "load-reference"):
        with Path(os.environ["STAND_IN_COMMANDS"]).open("a") as commands:
            commands.write(f"{name} {verb}\n")
        return
    host, _, port = os.environ["HELPLINE_LISTEN"].partition(":")
    http.server.ThreadingHTTPServer((host, int(port)), Ready).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:3])
