"""Runs the referral service."""

import asyncio

import typer

from referral_service.app import REFERRAL
from referral_service.reference import load_reference
from shared.platform import opened
from shared.service import command_line, start

commands = command_line(REFERRAL)


@commands.command(
    name="load-reference", help="Enter every police force and social care body; safe to repeat."
)
def load() -> None:
    typer.echo(f"{asyncio.run(_load())} agencies in the directory")


async def _load() -> int:
    async with (
        opened(REFERRAL, start(REFERRAL)) as platform,
        platform.database.unit_of_work("operator:load-reference") as uow,
    ):
        return await load_reference(uow)


if __name__ == "__main__":
    commands()
