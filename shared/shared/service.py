"""How a service is run: `python -m <name>_service api | worker | all`, and what an operator does with it by hand."""

import asyncio
import contextlib
import gc
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog
import typer
import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError

from shared import audit, fault_points, logs, migrate, rewrapping, starting, witnesses
from shared.connections import Connection
from shared.consumer import LOST, Consumer, is_transient
from shared.crowd import Limits
from shared.doorbell import Bell
from shared.ending import end
from shared.keyring import Keyring, KeyringRefused
from shared.logs import where
from shared.metrics import LOOP_FAULTS
from shared.platform import Loop, Platform, Service, opened
from shared.relay import relay_forever
from shared.settings import Settings
from shared.web import create_app

FIRST_PAUSE = 0.5
"""Seconds between rounds that fail, at first; it doubles."""
LONGEST_PAUSE = 5.0
"""Seconds between rounds that go on failing: soon enough for danger, seldom enough for the machine."""
REST_AFTER_STOP = 60.0
"""Seconds until a consumer that stopped tries again by itself."""
LONGEST_REST = 20.0
"""Seconds between two signs of life of a loop that rests."""
GARBAGE_AFTER = 10_000
"""Objects that were made and not freed yet, before Python looks for garbage among the youngest."""
log = structlog.get_logger()


def command_line(service: Service) -> typer.Typer:
    """The commands of one service; a service may add its own to what is returned."""
    commands = typer.Typer(
        no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=service.summary
    )

    @commands.command(help="Answer requests only.")
    def api() -> None:
        _serve(service, worker=False)

    @commands.command(help="React to events and do what is due; answers health checks only.")
    def worker() -> None:
        _serve(replace(service, routers=()), worker=True)

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
        raise typer.Exit(witnesses.verify_audit(service, settings))

    @commands.command(help="Handle again what was set aside for one matter (or for all of them).")
    def replay(key: str = typer.Argument("all")) -> None:
        settings = start(service)
        raise typer.Exit(asyncio.run(_replay(service, settings, key)))

    @commands.command(
        name="rewrap-keys", help="After a rotation: wrap every stored key under the newest one."
    )
    def rewrap_keys() -> None:
        settings = start(service)
        raise typer.Exit(rewrapping.rewrap_keys(service, settings))

    return commands


def start(service: Service) -> Settings:
    """Settings read, logs configured; one clear sentence where something is missing."""
    try:
        settings = service.settings()
    except ValidationError as error:
        names = ", ".join("HELPLINE_" + "_".join(str(p) for p in e["loc"]).upper() for e in error.errors())
        raise SystemExit(f"The {service.name} service needs these settings put right: {names}") from None
    if refused := starting.refusal(service.name, settings):
        raise SystemExit(refused)
    starting.limit_process()
    logs.configure(service.name)
    fault_points.arm(settings.kill_at, mode=settings.mode)
    return settings


def application(service: Service, settings: Settings, *, worker: bool) -> FastAPI:
    @contextlib.asynccontextmanager
    async def open_platform() -> AsyncIterator[Platform]:
        try:
            async with opened(service, settings) as platform, _busy(service, platform, worker=worker):
                yield platform
        except Exception as error:  # the server that called us would keep what it was to itself
            log.error("cannot run", error=type(error).__name__, where=where(error))
            raise

    limits = Limits(at_once=settings.requests_at_once, body_within=settings.body_within_seconds)
    return create_app(service, open_platform, limits=limits)


def _busy(
    service: Service, platform: Platform, *, worker: bool
) -> contextlib.AbstractAsyncContextManager[None]:
    return working(service, platform) if worker else _alongside([_bus_started(platform)])


def _serve(service: Service, *, worker: bool) -> None:
    settings = start(service)
    host, _, port = settings.listen.rpartition(":")
    try:
        Keyring.from_file(Path(settings.keyring))  # the server below would swallow why it cannot be read
    except KeyringRefused as error:
        raise SystemExit(str(error)) from None
    _collect_seldom()
    uvicorn.run(
        application(service, settings, worker=worker),
        host=host,
        port=int(port),
        http=Connection,
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=5,
        timeout_keep_alive=30,
    )


def _collect_seldom() -> None:
    """What was imported stays for good: Python need not look through it for garbage again and again. Answers leave
    few cycles behind, so looking for those a little less often costs no memory worth naming."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER, *gc.get_threshold()[1:])


@contextlib.asynccontextmanager
async def working(service: Service, platform: Platform) -> AsyncIterator[None]:
    """Everything a service does by itself, for as long as the block lasts."""
    consumer = platform.consumer = Consumer(
        name=service.name, database=platform.database, bus=platform.bus, reactions=service.reactions
    )
    database, bus = platform.database, platform.bus
    work = [
        _kept_up("relay", lambda beat: _on_bus(platform, relay_forever(database, bus, beat)), platform),
        _kept_up("consumer", lambda beat: _on_bus(platform, consumer.run(beat)), platform),
        _kept_up("audit", lambda beat: audit.link_forever(database, beat), platform),
        *(_loop_forever(loop, platform) for loop in service.loops),
    ]
    async with _alongside(work):
        yield


@contextlib.asynccontextmanager
async def _alongside(work: Iterable[Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(job) for job in work]
    try:
        yield
    finally:
        await end(tasks)


async def _kept_up(
    name: str, work: Callable[[Callable[[], None]], Coroutine[Any, Any, None]], platform: Platform
) -> None:
    """Work that never ends of itself: after a fault that nobody foresaw it begins anew, and its beat stays out."""
    pause = FIRST_PAUSE
    platform.beat(name)
    while True:
        began = time.monotonic()
        try:
            await work(lambda: platform.beat(name))
            if not _stopped(platform):
                return
            await asyncio.sleep(REST_AFTER_STOP)
            _try_again(platform)
        except Exception as error:  # a fault of ours must not end what everything hangs on
            _tell_fault(name, error, platform)
        pause = FIRST_PAUSE if time.monotonic() - began > LONGEST_PAUSE else min(pause * 2, LONGEST_PAUSE)
        await asyncio.sleep(pause)


def _stopped(platform: Platform) -> bool:
    return platform.consumer is not None and platform.consumer.stopped


def _try_again(platform: Platform) -> None:
    """Nobody may be there to start a stopped consumer, and what it would hear may be somebody's danger."""
    if platform.consumer is not None:
        platform.consumer.try_again()


async def _on_bus(platform: Platform, work: Coroutine[Any, Any, None]) -> None:
    try:
        await _bus_started(platform)
        await work
    finally:
        work.close()


async def _bus_started(platform: Platform) -> None:
    while True:
        try:
            await platform.start_bus()
            return
        except LOST as error:
            if not is_transient(error):
                raise
            log.warning("bus waits", error=type(error).__name__)
            await asyncio.sleep(1)


async def _loop_forever(loop: Loop, platform: Platform) -> None:
    """Rounds until cancelled. A fault is told by its class and the next round comes; no loop dies of one."""
    bell = platform.database.doorbell.bell(loop.bell or loop.name)
    pause = FIRST_PAUSE
    platform.beat(loop.name)
    while True:
        try:
            more = await loop.run(platform)
        except Exception as error:  # the row that caused it keeps its lease and its attempts; others go on
            _tell_fault(loop.name, error, platform)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            continue
        pause = FIRST_PAUSE
        platform.beat(loop.name)
        if not more:
            await _rest(loop, bell, platform)


async def _rest(loop: Loop, bell: Bell, platform: Platform) -> None:
    """Until it is rung or due again; the beat goes on, so that a loop that is late is one that is stuck."""
    due = time.monotonic() + loop.every
    while (left := due - time.monotonic()) > 0:
        if await bell.wait(at_most=min(left, LONGEST_REST)):
            return
        platform.beat(loop.name)


def _tell_fault(name: str, error: Exception, platform: Platform) -> None:
    LOOP_FAULTS.labels(platform.name, name).inc()
    log.error("loop failed", name=name, error=type(error).__name__, where=where(error))


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
