"""Environment of one local system: ports, commands, keyrings and the variables of each service's process."""

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.crypto.keyring import Keyring
from shared.runtime.first_keyring import refusal_to_make
from tools.local.issuer import LocalIssuer
from tools.local.postgres import CannotStart
from tools.registry import BY_NAME, SERVICES

FIRST_PORT = 8001
ISSUER_OFFSET = 9
"""The issuer's port lies this far above the first service's: 8010 beside 8001."""

CommandLine = Callable[[str, str], Sequence[str]]
"""Returns the program and arguments for a name and a verb: `module_command`, or a stand-in of the tests."""


def ports_from(first: int = FIRST_PORT) -> dict[str, int]:
    """Return a port for each service, in the order of the registry, and one for the issuer."""
    ports = {name: first + position for position, name in enumerate(SERVICES)}
    return ports | {"issuer": first + ISSUER_OFFSET}


def module_command(name: str, verb: str) -> Sequence[str]:
    """Return the command of a service or of the issuer, such as `python -m case_service migrate`."""
    module = "tools.local.issuer" if name == "issuer" else BY_NAME[name].package
    return [sys.executable, "-m", module, verb]


@dataclass(frozen=True)
class Environment:
    """Addresses, databases and keys of one local system, from which each process gets its variables."""

    home: Path
    urls: Mapping[str, str]
    databases: Mapping[str, str]
    bus: str

    def variables(self, service: str) -> dict[str, str]:
        """Return every variable of one service's process; none of them opens another service's records."""
        registered = BY_NAME[service]
        others = {name: self.urls[name] for name in SERVICES if name != service}
        variables = inherited_variables() | {
            "HELPLINE_LISTEN": self.urls[service].removeprefix("http://"),
            "HELPLINE_DATABASE_URL": self.databases[service],
            "HELPLINE_BUS": self.bus,
            "HELPLINE_KEYRING": str(self.keyring(service)),
            "HELPLINE_ISSUER": self.urls["issuer"],
            "HELPLINE_TOKEN_URL": f"{self.urls['issuer']}/token",
            "HELPLINE_CLIENT_ID": service,
            "HELPLINE_CLIENT_SECRET": self.issuer().clients[service],
            "HELPLINE_OTHER_SERVICES": json.dumps(others),
        }
        variables |= {f"HELPLINE_{name.upper()}_URL": self.urls[name] for name in registered.calls}
        if registered.called_by_agencies:
            variables["HELPLINE_PUBLIC_URL"] = self.urls[service]
            variables["HELPLINE_ALLOW_LOOPBACK_AGENCIES"] = "1"
        return variables

    def keyring(self, service: str) -> Path:
        return self.home / "keys" / f"{service}.json"

    async def make_keys(self) -> None:
        """Make every missing keyring, and the issuer's key.

        CannotStart where a service has records that only a lost keyring opens; then no keyring is made.
        """
        missing = [service for service in SERVICES if not self.keyring(service).exists()]
        for service in missing:
            if refusal := await refusal_to_make(service, self.keyring(service), self.databases[service]):
                raise CannotStart(refusal)
        for service in missing:
            self.keyring(service).parent.mkdir(parents=True, exist_ok=True)
            Keyring.generate(self.keyring(service))
        self.issuer()

    def issuer(self) -> LocalIssuer:
        return LocalIssuer(self.home / "issuer", self.urls["issuer"])


def inherited_variables() -> dict[str, str]:
    """Return this process's variables for a child process, without superuser addresses and earlier settings."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HELPLINE_", "DATABASE_URL"))
    }
    return kept | {"HELPLINE_MODE": "local"}
