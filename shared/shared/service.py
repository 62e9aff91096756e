"""How a service is run: `python -m <name>_service api | worker | all | migrate | verify-audit | replay`."""

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import structlog
import typer
import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError

from shared import audit, fault_points, logs, migrate
from shared.consumer import TRANSIENT, Consumer
from shared.ending import end
from shared.keyring import KeyringRefused
from shared.logs import where
from shared.outbound import Refused, Unreachable
from shared.platform import Loop, Platform, Service, opened
from shared.relay import relay_forever
from shared.settings import Settings
from shared.web import create_app

SERVICES = ("intake", "case", "referral", "stats")
log = structlog.get_logger()


def command_line(service: Service) -> typer.Typer:
    """The commands of one service; a service may add its own to what is returned."""
    commands = typer.Typer(no_args_is_help=True, add_completion=False, help=service.summary)

    @commands.command(help="Answer requests only.")
    def api() -> None:
        _serve(service, worker=False)

    @commands.command(help="React to events and do what is due; answers health checks only.")
    def worker() -> None:
        settings = start(service)
        asyncio.run(_work_until_told_to_stop(service, settings))

    @commands.command(name="all", help="Both in one process, as on a laptop.")
    def everything() -> None:
        _serve(service, worker=True)

    @commands.command(name="migrate", help="Bring the database to this version's tables.")
    def migrate_tables() -> None:
        settings = start(service)
        migrate.upgrade(settings.database_url.get_secret_value(), service.migrations)

    @commands.command(
        name="verify-audit", help="Recompute the audit chain and compare it with what others witnessed."
    )
    def verify_audit() -> None:
        settings = start(service)
        raise typer.Exit(asyncio.run(_verify_audit(service, settings)))

    @commands.command(help="Handle again what was set aside for one matter (or for all of them).")
    def replay(key: str = typer.Argument("all")) -> None:
        settings = start(service)
        raise typer.Exit(asyncio.run(_replay(service, settings, key)))

    return commands


def start(service: Service) -> Settings:
    """Settings read, logs configured; one clear sentence where something is missing."""
    try:
        settings = service.settings()
    except ValidationError as error:
        names = ", ".join("HELPLINE_" + "_".join(str(p) for p in e["loc"]).upper() for e in error.errors())
        raise SystemExit(f"The {service.name} service needs these settings put right: {names}") from None
    if settings.mode == "production" and settings.allow_loopback_agencies:
        raise SystemExit("HELPLINE_ALLOW_LOOPBACK_AGENCIES is for laptops; a production process refuses it")
    logs.configure(service.name)
    fault_points.arm(settings.kill_at, mode=settings.mode)
    return settings


def application(service: Service, settings: Settings, *, worker: bool) -> FastAPI:
    @contextlib.asynccontextmanager
    async def open_platform() -> AsyncIterator[Platform]:
        async with opened(service, settings) as platform:
            if not worker:
                await _try_bus(platform)
                yield platform
                return
            async with working(service, platform):
                yield platform

    return create_app(service, open_platform)


async def _try_bus(platform: Platform) -> None:
    with contextlib.suppress(*TRANSIENT):
        await platform.bus.start()


def _serve(service: Service, *, worker: bool) -> None:
    settings = start(service)
    host, _, port = settings.listen.rpartition(":")
    app = application(service, settings, worker=worker)
    try:
        uvicorn.run(
            app,
            host=host,
            port=int(port),
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
            timeout_keep_alive=30,
        )
    except KeyringRefused as error:
        raise SystemExit(str(error)) from None


@contextlib.asynccontextmanager
async def working(service: Service, platform: Platform) -> AsyncIterator[None]:
    """Everything a service does by itself, for as long as the block lasts."""
    platform.consumer = Consumer(
        name=service.name, database=platform.database, bus=platform.bus, reactions=service.reactions
    )
    work: list[Coroutine[Any, Any, None]] = [
        _bus_work(platform),
        audit.link_forever(platform.database),
        *(_loop_forever(loop, platform) for loop in service.loops),
    ]
    tasks = [asyncio.create_task(job) for job in work]
    try:
        yield
    finally:
        await end(tasks)


async def _bus_work(platform: Platform) -> None:
    assert platform.consumer is not None
    while True:
        try:
            await platform.bus.start()
            break
        except TRANSIENT as error:
            log.warning("bus waits", error=type(error).__name__)
            await asyncio.sleep(1)
    async with asyncio.TaskGroup() as group:
        group.create_task(relay_forever(platform.database, platform.bus))
        group.create_task(platform.consumer.run())


async def _loop_forever(loop: Loop, platform: Platform) -> None:
    """Rounds until cancelled. A fault is logged by its class and the next round comes; no loop dies of one."""
    bell = platform.database.doorbell.bell(loop.bell or loop.name)
    while True:
        platform.beats[loop.name] = time.monotonic()
        try:
            if await loop.run(platform):
                continue
        except Exception as error:  # the row that caused it keeps its lease and its attempts; others go on
            log.error("loop failed", name=loop.name, error=type(error).__name__, where=where(error))
            await asyncio.sleep(min(loop.every, 1.0))
        await bell.wait(at_most=loop.every)


async def _work_until_told_to_stop(service: Service, settings: Settings) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with opened(service, settings) as platform, working(service, platform):
        await stop.wait()


async def _verify_audit(service: Service, settings: Settings) -> int:
    """0: untouched. 1: something was changed. 3: untouched as far as could be asked; a witness did not answer."""
    async with opened(service, settings) as platform:
        heads, silent = await _heads_from_witnesses(platform)
        verdict = await audit.verify(platform.database.pool, heads)
    typer.echo(
        f"{verdict.length} entries linked, {verdict.pending} waiting, {verdict.witnessed} heads witnessed"
    )
    for fault in verdict.faults:
        typer.echo(f"CHANGED: {fault}")
    for name in silent:
        typer.echo(f"not asked: {name} did not answer")
    if verdict.faults:
        return 1
    return 3 if silent else 0


async def _heads_from_witnesses(platform: Platform) -> tuple[list[tuple[int, str]], list[str]]:
    heads: list[tuple[int, str]] = []
    silent = []
    for witness in SERVICES:
        if witness == platform.name:
            continue
        try:
            async with platform.client(witness) as client:
                answer = await client.get(f"/v1/witnessed-heads/{platform.name}")
            heads += [(one["length"], one["head"]) for one in answer]
        except (Refused, Unreachable, Exception):  # a witness that is away is named, whatever kept it
            silent.append(witness)
    return heads, silent


async def _replay(service: Service, settings: Settings, key: str) -> int:
    """0: everything handled. 1: something still cannot be; its hold stays."""
    async with opened(service, settings) as platform:
        consumer = Consumer(
            name=service.name, database=platform.database, bus=platform.bus, reactions=service.reactions
        )
        found = await platform.database.pool.fetch("SELECT DISTINCT key FROM failed_events ORDER BY key")
        keys = [row["key"] for row in found] if key == "all" else [key]
        failed = [one for one in keys if not await _replayed(consumer, one)]
    for one in failed:
        typer.echo(f"{one}: still cannot be handled; it stays set aside")
    return 1 if failed else 0


async def _replayed(consumer: Consumer, key: str) -> bool:
    try:
        typer.echo(f"{key}: {await consumer.replay(key)} events handled")
    except Exception as error:  # whatever the reaction raises, the event stays where it is
        typer.echo(f"{key}: {type(error).__name__}")
        return False
    return True
