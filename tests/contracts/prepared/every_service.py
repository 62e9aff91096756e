"""Every service, prepared: for each that is registered, the function of its name in the module of its name."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from importlib import import_module
from pathlib import Path

from tests.conftest import TestPostgres
from tests.contracts.prepared.prepared_service import PreparedService
from tools.registry import SERVICES

Prepare = Callable[[TestPostgres, Path], AbstractAsyncContextManager[PreparedService]]
WITH_ISSUER = (*SERVICES, "issuer")
"""Every service, and the local issuer, which has routes too and is no service."""


def _prepared(name: str) -> Prepare:
    found: Prepare = getattr(import_module(f"tests.contracts.prepared.prepared_{name}"), f"prepared_{name}")
    return found


PREPARED = {name: _prepared(name) for name in WITH_ISSUER}
