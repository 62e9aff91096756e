"""Migrations of every service: one head for each branch, exactly the declared tables, and a way back."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_alembic import Config, MigrationContext, runner
from pytest_alembic.plugin.error import AlembicTestFailure
from pytest_alembic.tests import test_model_definitions_match_ddl as check_definitions
from pytest_alembic.tests import test_single_head_revision as check_single_head
from pytest_alembic.tests import test_up_down_consistency as check_up_and_down
from pytest_alembic.tests import test_upgrade as check_upgrade
from sqlalchemy import CheckConstraint, Column, Integer, MetaData

from shared.db.migrate import config, downgrade, upgrade
from shared.service.spec import ServiceSpec
from tests.conftest import TestPostgres
from tests.tree.database.schemas import each_service, objects, on, shape, whole
from tools.registry import BY_NAME

INTAKE = BY_NAME["intake"].spec
SECOND_HEAD = '''
"""Planted: a second revision after the first."""

revision = "{name}"
down_revision = "intake_0001"
branch_labels = None
depends_on = None


def upgrade() -> None: ...


def downgrade() -> None: ...
'''


@contextmanager
def migrated(url: str, migrations: Path, metadata: MetaData) -> Iterator[MigrationContext]:
    """Yield pytest-alembic's runner over the migrations of a service."""
    settings = Config(config_options={"target_metadata": metadata}, alembic_config=config(url, migrations))
    with runner(settings) as context:
        yield context


@each_service
def test_the_history_has_a_single_head(service: ServiceSpec) -> None:
    with migrated("", service.migrations, whole(service)) as context:
        check_single_head(context)


def test_a_second_head_is_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(INTAKE.migrations, folder)
    for name in ("planted_0002", "planted_0003"):
        (folder / f"{name}.py").write_text(SECOND_HEAD.format(name=name))
    with migrated("", folder, whole(INTAKE)) as context, pytest.raises(AlembicTestFailure, match="found 2"):
        check_single_head(context)


@pytest.fixture
def url(postgres_server: TestPostgres) -> Iterator[str]:
    """Yield the address of an empty database; these tests run Alembic, which has an event loop of its own."""
    address = asyncio.run(postgres_server.create_database("migrations"))
    yield address
    asyncio.run(postgres_server.drop(address))


@each_service
def test_an_empty_database_is_upgraded_to_the_tables_that_the_code_declares(
    service: ServiceSpec, url: str
) -> None:
    with migrated(url, service.migrations, whole(service)) as context:
        check_upgrade(context)
        check_definitions(context)


@each_service
def test_every_migration_can_be_taken_back_and_made_again(service: ServiceSpec, url: str) -> None:
    with migrated(url, service.migrations, whole(service)) as context:
        check_up_and_down(context)


@each_service
def test_a_column_that_no_migration_makes_is_noticed(service: ServiceSpec, url: str) -> None:
    metadata = whole(service)
    metadata.tables["outbox"].append_column(Column("planted", Integer))
    with (
        migrated(url, service.migrations, metadata) as context,
        pytest.raises(AlembicTestFailure, match="out of sync"),
    ):
        check_definitions(context)


def declared(url: str, metadata: MetaData) -> dict[str, set[str]]:
    """Return the shape of an empty database after the declared tables were created in it."""
    asyncio.run(on(url, metadata.create_all))
    found: dict[str, set[str]] = asyncio.run(on(url, shape))
    return found


@pytest.fixture
def another_url(postgres_server: TestPostgres) -> Iterator[str]:
    address = asyncio.run(postgres_server.create_database("declared"))
    yield address
    asyncio.run(postgres_server.drop(address))


@each_service
def test_migrations_make_the_same_columns_constraints_and_indexes_as_the_code(
    service: ServiceSpec, url: str, another_url: str
) -> None:
    """Checks are compared too, of which Alembic's own comparison knows nothing."""
    upgrade(url, service.migrations)
    by_migration, by_code = asyncio.run(on(url, shape)), declared(another_url, whole(service))
    for kind in by_code:
        assert by_migration[kind] - by_code[kind] == set(), f"{kind} that only the migrations make"
        assert by_code[kind] - by_migration[kind] == set(), f"{kind} that only the code has"


def test_a_check_that_no_migration_makes_is_noticed(url: str, another_url: str) -> None:
    upgrade(url, INTAKE.migrations)
    metadata = whole(INTAKE)
    metadata.tables["contacts"].append_constraint(CheckConstraint("version > 0", name="planted"))
    missing = declared(another_url, metadata)["constraints"] - asyncio.run(on(url, shape))["constraints"]
    assert [one.split()[1] for one in missing] == ["ck_contacts_planted"]


@each_service
def test_taken_back_to_nothing_a_database_is_empty(service: ServiceSpec, url: str) -> None:
    upgrade(url, service.migrations)
    first = asyncio.run(on(url, objects))
    downgrade(url, service.migrations)
    assert asyncio.run(on(url, objects)) == {"alembic_version"}
    upgrade(url, service.migrations)
    assert asyncio.run(on(url, objects)) == first
