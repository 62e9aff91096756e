"""Contracts as files: written from the code, and checked against the code and the earlier version in git."""

from typing import Annotated, NoReturn

import typer

from tools.contracts.contract_changes import breaking_changes
from tools.contracts.contract_history import HistoryUnreadable, earlier_version
from tools.contracts.documents import as_text, generated, out_of_date
from tools.registry import ROOT

commands = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)


@commands.command(help="Write the contracts as the code defines them.")
def write() -> None:
    documents = generated()
    for path in out_of_date(documents, ROOT):
        file = ROOT / path
        if path in documents:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(as_text(documents[path]), encoding="utf-8")
        else:
            file.unlink()
        typer.echo(f"{'written' if path in documents else 'removed'}: {path}")


@commands.command(help="Fail where files differ from the code, or where a change would break somebody.")
def check(
    base: Annotated[
        str | None, typer.Option(help="A version in git to which changes may only add; else the one before")
    ] = None,
) -> None:
    documents = generated()
    if stale := out_of_date(documents, ROOT):
        _fail("Contracts differ from the code; run `python -m tools.contracts write`:", stale)
    try:
        earlier = earlier_version(ROOT, base)
    except HistoryUnreadable as error:
        _fail("Nothing was compared with an earlier version:", [str(error)])
    if changes := breaking_changes(earlier.documents, documents):
        _fail(
            f"These changes would break whoever relies on {earlier.name}; add instead, or make a new version:",
            changes,
        )
    typer.echo(f"{len(documents)} contracts are as the code gives them.")
    if earlier.missing:
        typer.echo(f"NOT COMPARED with an earlier version: {earlier.missing}.", err=True)
    else:
        typer.echo(f"{len(earlier.documents)} of them compared with {earlier.name}: nothing breaks.")


def _fail(sentence: str, lines: list[str]) -> NoReturn:
    typer.echo("\n  ".join([sentence, *lines]), err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    commands()
