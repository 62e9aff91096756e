"""Command line of a service: `python -m <name>_service api | worker | all`, and an operator's commands."""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator
from dataclasses import replace

import structlog
import typer
import uvicorn
from fastapi import FastAPI

from shared.db import migrate
from shared.http.admission import Limits
from shared.http.app import create_app
from shared.messaging.bus.adapters import prepare
from shared.observability.structured_logs import where_raised
from shared.runtime import first_keyring, replay
from shared.runtime.audit_verification import verify_audit
from shared.runtime.context_factory import open_context
from shared.runtime.preflight import check_keyring, prepare_process
from shared.runtime.rewrap_keys import rewrap_keys
from shared.runtime.supervisor import Supervisor, bus_started_alongside
from shared.service.context import ServiceContext
from shared.service.settings import Settings
from shared.service.spec import ServiceSpec

COLLECT_AFTER = 10_000
"""Objects made and not freed before Python looks for garbage among the youngest."""
log = structlog.get_logger()


def command_line(service: ServiceSpec) -> typer.Typer:
    """Return the commands of one service; a service may add its own."""
    commands = typer.Typer(
        no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=service.summary
    )

    @commands.command(help="Answer requests only.")
    def api() -> None:
        _serve(service, worker=False)

    @commands.command(help="Handle events and run background loops; answers health checks only.")
    def worker() -> None:
        _serve(replace(service, routers=()), worker=True)

    @commands.command(name="all", help="Both in one process, as on a laptop.")
    def everything() -> None:
        _serve(service, worker=True)

    _add_operator_commands(commands, service)
    return commands


def _add_operator_commands(commands: typer.Typer, service: ServiceSpec) -> None:
    @commands.command(name="migrate", help="Bring the database to this version's tables.")
    def migrate_tables() -> None:
        settings = prepare_process(service)
        migrate.upgrade(settings.database_url.get_secret_value(), service.migrations)

    @commands.command(name="prepare-bus", help="Create the topics that the bus does not have yet.")
    def prepare_bus() -> None:
        asyncio.run(prepare(prepare_process(service).bus.get_secret_value()))

    @commands.command(
        name="make-keyring", help="Make the keyring where there is none and no records need one."
    )
    def make_keyring() -> None:
        raise typer.Exit(first_keyring.make(service.name, prepare_process(service)))

    @commands.command(
        name="verify-audit", help="Recompute the audit chain and compare it with the heads others remember."
    )
    def verify_audit_trail() -> None:
        raise typer.Exit(verify_audit(service, prepare_process(service)))

    @commands.command(name="replay", help="Handle the dead letters of one key again, or all of them.")
    def replay_dead_letters(key: str = typer.Argument("all")) -> None:
        raise typer.Exit(replay.replay(service, prepare_process(service), key))

    @commands.command(name="rewrap-keys", help="Wrap every stored data key under the newest keyring version.")
    def rewrap_stored_keys() -> None:
        raise typer.Exit(rewrap_keys(service, prepare_process(service)))


def application(service: ServiceSpec, settings: Settings, *, worker: bool) -> FastAPI:
    """Return the ASGI application of one process; its lifespan opens and closes the context."""

    @contextlib.asynccontextmanager
    async def open_service() -> AsyncIterator[ServiceContext]:
        try:
            async with open_context(service, settings) as context, _busy(service, context, worker=worker):
                yield context
        except Exception as error:  # the server would keep the reason to itself
            log.error("cannot run", error=type(error).__name__, where=where_raised(error))
            raise

    limits = Limits(
        concurrent_requests=settings.max_concurrent_requests, body_timeout=settings.body_timeout_seconds
    )
    return create_app(service, open_service, limits=limits)


def _busy(
    service: ServiceSpec, context: ServiceContext, *, worker: bool
) -> contextlib.AbstractAsyncContextManager[None]:
    return Supervisor(service, context).running() if worker else bus_started_alongside(context)


def _serve(service: ServiceSpec, *, worker: bool) -> None:
    settings = prepare_process(service)
    check_keyring(settings)
    host, _, port = settings.listen.rpartition(":")
    _collect_garbage_less_often()
    uvicorn.run(
        application(service, settings, worker=worker),
        host=host,
        port=int(port),
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=5,
        timeout_keep_alive=30,
    )


def _collect_garbage_less_often() -> None:
    """Exempt imported objects from garbage collection and look at the youngest a little less often.

    Requests leave few reference cycles, so this saves time and costs no memory worth naming.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, *gc.get_threshold()[1:])
