"""Files that are written from the registry of services: `python -m tools.generated_files write | check`.

Each has a template in `tools/templates/`. Of `pyproject.toml` only the lists of services are written, which stand
between two comments. A new service is entered in the registry alone; after `write` the compose file, its example of
settings, the import borders and the project know it.
"""

import json
import re
from pathlib import Path
from typing import Final

import typer
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tools.local.environment import ports_from
from tools.registry import REGISTERED, ROOT, SERVICES, RegisteredService

TEMPLATES: Final = {
    "docker-compose.yml": "docker-compose.yml.jinja",
    "deploy/compose.env.example": "compose.env.example.jinja",
    ".importlinter": "importlinter.jinja",
}
"""Template of each written file, by the file's path below the project's folder."""
PROJECT: Final = "pyproject.toml"
LISTS: Final = (
    '  "helpline-{name}",\n',
    'helpline-{name} = {{ path = "services/{folder}" }}\n',
)
"""Line of a service in each list of the project's file, in the order of the lists."""
_LIST = re.compile(r"(?<=\n)( *# services: .*\n)(?:.*\n)*?( *# end of services\n)")

commands = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)


def generated() -> dict[str, str]:
    """Return the text of every file by its path."""
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  the files are YAML and settings, never HTML
    )
    values = {"services": REGISTERED, "ports": ports_from(), "other_services": _other_services}
    texts = {path: templates.get_template(name).render(values) for path, name in TEMPLATES.items()}
    return texts | {PROJECT: with_services((ROOT / PROJECT).read_text(encoding="utf-8"))}


def with_services(project: str) -> str:
    """Return the project's file with its lists of services as the registry gives them."""
    lists = iter(LISTS)

    def written(found: re.Match[str]) -> str:
        line = next(lists)
        lines = (line.format(name=one.name, folder=one.folder.name) for one in REGISTERED)
        return found[1] + "".join(lines) + found[2]

    return _LIST.sub(written, project)


def _other_services(service: RegisteredService) -> str:
    """Return the setting HELPLINE_OTHER_SERVICES of a service inside the network of the compose file."""
    return json.dumps({name: f"http://{name}-api:8000" for name in SERVICES if name != service.name})


def out_of_date(root: Path) -> list[str]:
    """Return the files that differ from what the registry and the templates give, or are missing."""
    return [
        path
        for path, text in generated().items()
        if not (root / path).exists() or (root / path).read_text(encoding="utf-8") != text
    ]


@commands.command(help="Write the files from the registry of services.")
def write() -> None:
    texts = generated()
    for path in out_of_date(ROOT):
        (ROOT / path).write_text(texts[path], encoding="utf-8")
        typer.echo(f"written: {path}")


@commands.command(help="Fail where a file differs from the registry of services or its template.")
def check() -> None:
    if stale := out_of_date(ROOT):
        lines = ["Generated files are out of date; run `python -m tools.generated_files write`:", *stale]
        typer.echo("\n  ".join(lines), err=True)
        raise typer.Exit(1)
    typer.echo(f"{len(TEMPLATES) + 1} generated files are as the registry gives them.")


if __name__ == "__main__":
    commands()
