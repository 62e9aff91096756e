"""Verification of a service's audit trail against the heads that the other services remember."""

import asyncio

import typer

from shared.audit import chain
from shared.clients.service_client import ServiceClient
from shared.runtime.context_factory import open_context
from shared.service.context import ServiceContext
from shared.service.settings import Settings
from shared.service.spec import ServiceSpec

PAGE = {"limit": "100"}
UNCHANGED = 0
CHANGED = 1
UNCHANGED_AS_FAR_AS_KNOWN = 3
"""Nothing was changed as far as could be asked: another service did not answer."""


def verify_audit(service: ServiceSpec, settings: Settings) -> int:
    """Print the result of the verification and return its exit code."""
    return asyncio.run(_verify(service, settings))


async def _verify(service: ServiceSpec, settings: Settings) -> int:
    async with open_context(service, settings) as context:
        heads, silent = await _remembered_heads(context)
        result = await chain.verify(context.database.pool, heads)
    typer.echo(
        f"{result.length} entries linked, {result.pending} not linked yet, {result.heads_compared} heads compared"
    )
    for fault in result.faults:
        typer.echo(f"CHANGED: {fault}")
    for name in silent:
        typer.echo(f"not asked: {name} did not answer")
    if result.faults:
        return CHANGED
    return UNCHANGED_AS_FAR_AS_KNOWN if silent else UNCHANGED


async def _remembered_heads(context: ServiceContext) -> tuple[list[tuple[int, str]], list[str]]:
    """Return the heads of this service that others remember, and the names of those that did not answer."""
    heads: list[tuple[int, str]] = []
    silent = []
    for other in sorted(context.settings.other_services):
        try:
            async with context.client(other) as client:
                heads += await remembered_elsewhere(client, context.name)
        except Exception:  # whatever the reason, the service is named as not asked
            silent.append(other)
    return heads, silent


async def remembered_elsewhere(client: ServiceClient, service: str) -> list[tuple[int, str]]:
    """Return every head of a service that the other service remembers, read page by page."""
    heads: list[tuple[int, str]] = []
    cursor: str | None = ""
    while cursor is not None:
        params = PAGE | ({"cursor": cursor} if cursor else {})
        page = await client.get(f"/v1/audit-heads/{service}", params=params)
        heads += [(one["length"], one["head"]) for one in page["items"]]
        cursor = page["next"]
    return heads
