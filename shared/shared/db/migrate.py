"""Migration of a service's database: the shared tables' branch, then the service's own."""

from io import StringIO
from pathlib import Path

from alembic import command
from alembic.config import Config

SCRIPTS = Path(__file__).parent / "migrations"


def config(url: str, migrations: Path, *, output: StringIO | None = None) -> Config:
    """Return an Alembic configuration with two branches, the shared tables' and the service's."""
    settings = Config(output_buffer=output)
    settings.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    settings.set_main_option("path_separator", "newline")
    settings.set_main_option(
        "version_locations", "\n".join(str(p).replace("%", "%%") for p in (SCRIPTS / "versions", migrations))
    )
    settings.attributes["url"] = url
    return settings


def upgrade(url: str, migrations: Path) -> None:
    """Bring the database to this version's tables."""
    command.upgrade(config(url, migrations), "heads")


def downgrade(url: str, migrations: Path) -> None:
    """Take every migration back; for tests, never for a database that holds records."""
    command.downgrade(config(url, migrations), "base")


def sql_of(migrations: Path, revisions: str = "heads") -> str:
    """Return the SQL of an upgrade, for reviews and checks; `a:b` is the upgrade from one revision to another."""
    output = StringIO()
    command.upgrade(config("", migrations, output=output), revisions, sql=True)
    return output.getvalue()
