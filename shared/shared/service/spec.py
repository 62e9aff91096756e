"""Service specification: routes, event handlers, background loops, alerts and migrations, as a value."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import APIRouter
from sqlalchemy import MetaData

from shared.messaging.consumer import EventHandlers
from shared.service.context import AlertCount, ServiceContext
from shared.service.settings import Settings

Round = Callable[[ServiceContext], Awaitable[bool]]
"""One round of a background loop; returns True when there may be more to do at once."""


@dataclass(frozen=True)
class BackgroundLoop:
    """Work that a service does by itself: when its channel is notified, and at least every `every` seconds."""

    name: str
    run: Round
    every: float
    channel: str = ""


@dataclass(frozen=True)
class ServiceSpec:
    """Specification of one service. `tags` describes the groups of its routes."""

    name: str
    title: str
    summary: str
    routers: Sequence[APIRouter]
    event_handlers: EventHandlers
    loops: Sequence[BackgroundLoop]
    migrations: Path
    metadata: MetaData
    tags: Mapping[str, str] = field(default_factory=dict)
    alerts: Mapping[str, AlertCount] = field(default_factory=dict)
    settings: type[Settings] = Settings
    max_body_bytes: int = 256 * 1024
