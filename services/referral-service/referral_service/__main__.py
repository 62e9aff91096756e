"""Command line of the referral service: `python -m referral_service api | worker | all | …`."""

import asyncio

import typer

from referral_service.app import SERVICE
from referral_service.directory.reference_agencies import load_reference
from shared.runtime.cli import command_line
from shared.runtime.context_factory import open_context
from shared.runtime.preflight import prepare_process
from shared.service.settings import Settings

main = command_line(SERVICE)


@main.command(name="load-reference", help="Enter every police force and social care agency; safe to repeat.")
def load_reference_agencies() -> None:
    typer.echo(f"{asyncio.run(_load(prepare_process(SERVICE)))} agencies in the directory")


async def _load(settings: Settings) -> int:
    async with (
        open_context(SERVICE, settings) as context,
        context.database.unit_of_work("operator:load-reference") as uow,
    ):
        return await load_reference(uow)


if __name__ == "__main__":
    main()
