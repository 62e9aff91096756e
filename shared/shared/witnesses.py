"""An audit trail is compared with what the other services remember of it: who can change one cannot change all."""

import asyncio

import typer

from shared import audit
from shared.platform import Platform, Service, opened
from shared.settings import Settings

SERVICES = ("intake", "case", "referral", "stats")


def verify_audit(service: Service, settings: Settings) -> int:
    """0: untouched. 1: something was changed. 3: untouched as far as could be asked; a witness did not answer."""
    return asyncio.run(_verify(service, settings))


async def _verify(service: Service, settings: Settings) -> int:
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
        except Exception:  # a witness that is away is named, whatever kept it
            silent.append(witness)
    return heads, silent
