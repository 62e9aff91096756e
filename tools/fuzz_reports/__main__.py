"""Fuzz the public door: `python -m tools.fuzz_reports --reports 100000 --seed 1`."""

import time
from typing import Annotated

import typer

from tools.fuzz_reports.runner import run


def main(
    reports: Annotated[int, typer.Option(help="Number of reports to damage and read")] = 100_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same reports")] = 1,
) -> None:
    """Damage reports, read each as the public door does, and fail where a law is broken."""
    started = time.perf_counter()
    result = run(reports, seed=seed)
    typer.echo(f"{result.reports} reports in {time.perf_counter() - started:.0f} s: {dict(result.ways)}")
    typer.echo(f"damage: {dict(result.damages.most_common())}")
    typer.echo(f"meant at the least: {dict(result.meant)}")
    for example in result.examples:
        typer.echo(example, err=True)
    typer.echo(f"laws broken: {dict(result.broken) or 'none'}")
    raise typer.Exit(bool(result.broken))


if __name__ == "__main__":
    typer.run(main)
