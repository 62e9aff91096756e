"""Registry of services: the one place in which a service of the platform is entered.

Local start, databases, keyrings, issuer, contracts, docker-compose.yml and import borders are derived from it. By
convention a service `x` lives in `services/x-service`, its package is `x_service`, and `x_service.app.SERVICE`
is its specification.
"""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # tools that need only names start without loading the web framework
    from shared.service.spec import ServiceSpec

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class RegisteredService:
    """One service: its name, the records it keeps (shown to people), and the services that it calls."""

    name: str
    keeps: str
    calls: tuple[str, ...] = ()
    called_by_agencies: bool = False
    """Agencies reach this service, so it gets the address under which they do."""
    loads_reference: bool = False
    """The service has a command `load-reference` that enters reference data."""

    @property
    def package(self) -> str:
        return f"{self.name}_service"

    @property
    def folder(self) -> Path:
        return ROOT / "services" / f"{self.name}-service"

    @property
    def spec(self) -> "ServiceSpec":
        """Return the specification; its package is imported only when this is read."""
        spec: ServiceSpec = import_module(f"{self.package}.app").SERVICE
        return spec


REGISTERED = (
    RegisteredService("intake", keeps="contacts, and reports until a case has imported them"),
    RegisteredService("case", keeps="persons, consent, overrides, disclosures", calls=("intake",)),
    RegisteredService(
        "referral",
        keeps="agencies, referrals, deliveries",
        calls=("case",),
        called_by_agencies=True,
        loads_reference=True,
    ),
    RegisteredService("stats", keeps="counts without persons"),
)
SERVICES = tuple(service.name for service in REGISTERED)
BY_NAME = {service.name: service for service in REGISTERED}


def specs() -> "dict[str, ServiceSpec]":
    """Return every service's specification by its name."""
    return {service.name: service.spec for service in REGISTERED}


def members() -> list[Path]:
    """Return the folders whose packages are installed: shared, every service and the project itself."""
    return [ROOT / "shared", *(service.folder for service in REGISTERED), ROOT]
