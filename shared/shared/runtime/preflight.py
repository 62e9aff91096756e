"""Preflight checks: settings that are safe in this mode, no core dumps, and enough file descriptors."""

import resource
from pathlib import Path

from pydantic import ValidationError

from shared import crash_points
from shared.crypto.keyring import Keyring, KeyringRefused
from shared.observability import structured_logs
from shared.service.settings import Settings
from shared.service.spec import ServiceSpec

MAX_CONNECTIONS = 65_536


def prepare_process(service: ServiceSpec) -> Settings:
    """Read the settings, check them and configure logs; exits with one sentence where something is wrong."""
    try:
        settings = service.settings()
    except ValidationError as error:
        names = ", ".join("HELPLINE_" + "_".join(str(p) for p in e["loc"]).upper() for e in error.errors())
        raise SystemExit(f"The {service.name} service needs these settings put right: {names}") from None
    if refusal := settings.refusal():
        raise SystemExit(refusal)
    limit_process()
    structured_logs.configure(service.name)
    crash_points.arm(settings.crash_point, mode=settings.mode)
    return settings


def check_keyring(settings: Settings) -> None:
    """Exit with a sentence where the keyring cannot be read; the server would swallow the reason."""
    try:
        Keyring.from_file(Path(settings.keyring))
    except KeyringRefused as error:
        raise SystemExit(str(error)) from None


def limit_process() -> None:
    """Forbid core dumps, which would hold keys and personal data, and allow many connections."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = MAX_CONNECTIONS if most == resource.RLIM_INFINITY else min(most, MAX_CONNECTIONS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
