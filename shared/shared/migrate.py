"""Brings a service's database to the tables of this version: the platform's branch, then the service's own."""

from pathlib import Path

from alembic import command
from alembic.config import Config

HERE = Path(__file__).parent / "migrations"


def config(url: str, migrations: Path) -> Config:
    """Alembic configured in code: two branches, the platform's and the service's."""
    settings = Config()
    settings.set_main_option("script_location", str(HERE).replace("%", "%%"))
    settings.set_main_option("path_separator", "newline")
    settings.set_main_option(
        "version_locations", "\n".join(str(p).replace("%", "%%") for p in (HERE / "versions", migrations))
    )
    settings.attributes["url"] = url
    return settings


def upgrade(url: str, migrations: Path) -> None:
    command.upgrade(config(url, migrations), "heads")


def downgrade(url: str, migrations: Path) -> None:
    """Takes everything back, for the test that goes both ways; an operator never does this with data in it."""
    command.downgrade(config(url, migrations), "base")
