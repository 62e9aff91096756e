"""Compose file of the production parts: its steps and services as values, with example settings filled in."""

import re
from typing import Any

import yaml  # type: ignore[import-untyped]  # has no types of its own

from tools.registry import ROOT

TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(:-(?P<default>[^}]*)|:\?[^}]*)?\}")
SETTINGS = {
    "HELPLINE_ISSUER": "https://sign-in.example.org",
    "HELPLINE_TOKEN_URL": "https://sign-in.example.org/token",
    "HELPLINE_PUBLIC_URL": "https://referrals.example.org",
}
"""Settings that an operator writes into .env; every password and secret is its own name."""


def script_of(service: str) -> str:
    """Return the shell script that a service runs, as its shell sees it."""
    shell, options, script = SERVICES[service]["command"]
    assert (shell, options) == ("sh", "-ec")
    return str(script).replace("$$", "$")


def environment_of(service: str) -> dict[str, str]:
    """Return the variables of a service with the operator's settings filled in."""
    return {
        name: VARIABLE.sub(_setting, str(value)) for name, value in SERVICES[service]["environment"].items()
    }


def _setting(variable: re.Match[str]) -> str:
    name, default = variable["name"], variable["default"]
    return SETTINGS.get(name, name.lower() if default is None else default)
