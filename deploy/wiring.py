"""What each service is told when it starts on one machine: its own database, its own keys, and where the others are."""

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.issuer import LocalIssuer
from deploy.keyrings import make_missing
from deploy.postgres import CannotStart

SERVICES = ("intake", "case", "referral", "stats")
FIRST_PORT = 8001
ROOT = Path(__file__).resolve().parent.parent
PACKAGES = (ROOT / "shared", *(ROOT / "services" / f"{name}-service" for name in SERVICES), ROOT)


Command = Callable[[str, str], Sequence[str]]
"""The program for a name and a verb, for `module_command` and the stand-ins of tests."""


def ports_from(first: int = FIRST_PORT) -> dict[str, int]:
    """The four services side by side, the issuer a little apart: 8001 to 8004, and 8010."""
    return {name: first + place for place, name in enumerate(SERVICES)} | {"issuer": first + 9}


def module_command(name: str, verb: str) -> Sequence[str]:
    """How the programs are called: `python -m case_service migrate`."""
    module = "deploy.issuer" if name == "issuer" else f"{name}_service"
    return [sys.executable, "-m", module, verb]


@dataclass(frozen=True)
class Wiring:
    """The surroundings of one system: made once, then handed to each of its programs."""

    home: Path
    urls: Mapping[str, str]
    databases: Mapping[str, str]
    bus: str

    def environment(self, service: str) -> dict[str, str]:
        """Every variable of one service's process; nothing in it opens another service's records."""
        others = {f"HELPLINE_{name.upper()}_URL": self.urls[name] for name in SERVICES}
        return inherited() | {
            "HELPLINE_MODE": "local",
            "HELPLINE_LISTEN": self.urls[service].removeprefix("http://"),
            "HELPLINE_DATABASE_URL": self.databases[service],
            "HELPLINE_BUS": self.bus,
            "HELPLINE_KEYRING": str(self.keyring(service)),
            "HELPLINE_ISSUER": self.urls["issuer"],
            "HELPLINE_TOKEN_URL": f"{self.urls['issuer']}/token",
            "HELPLINE_CLIENT_ID": service,
            "HELPLINE_CLIENT_SECRET": self._client_secret(service),
            "HELPLINE_PUBLIC_URL": self.urls["referral"],
            "HELPLINE_ALLOW_LOOPBACK_AGENCIES": "1",
            **others,
        }

    def keyring(self, service: str) -> Path:
        return self.home / "keys" / f"{service}.json"

    async def make_keys(self) -> None:
        """A key file for each service and the issuer's own; one that is there stays, for it opens records, and where
        one is gone that records need, CannotStart says so."""
        keyrings = {service: self.keyring(service) for service in SERVICES}
        if refusals := await make_missing(keyrings, self.databases):
            raise CannotStart(refusals[0])
        self.issuer()

    def issuer(self) -> LocalIssuer:
        return LocalIssuer(self.home / "issuer", self.urls["issuer"])

    def _client_secret(self, service: str) -> str:
        return str(json.loads((self.home / "issuer" / "issuer-clients.json").read_text())[service])


def inherited() -> dict[str, str]:
    """Our own surroundings for a child: where Python finds the code, but no superuser's address and no old settings."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HELPLINE_", "DATABASE_URL"))
    }
    return kept | {"HELPLINE_MODE": "local", "PYTHONPATH": os.pathsep.join(map(str, PACKAGES))}
