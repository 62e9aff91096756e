"""SQL of the migrations, linted by squawk. None may lock a table that is in use, or break the version before."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from shared.db.migrate import config, sql_of
from shared.service.spec import ServiceSpec
from tests.tree.database.schemas import each_service

SQUAWK = Path(sys.executable).with_name("squawk")
EVERYWHERE = {
    "prefer-text-field": "codes have at most 200 characters, which the database holds (shared.db.columns)",
    "prefer-bigint-over-int": "versions, attempts and counts never come near two thousand million",
}
"""Rules that we do not follow, each with the reason."""


def warnings_about(sql: str, *, without: dict[str, str]) -> list[str]:
    """Return the rules that SQL breaks, each with its line; it runs in one transaction, on PostgreSQL 15 or newer."""
    options = [
        "--reporter",
        "json",
        "--pg-version",
        "15",
        "--assume-in-transaction",
        "--exclude",
        ",".join(without),
    ]
    inside = "\n".join(line for line in sql.splitlines() if line not in {"BEGIN;", "COMMIT;"})
    ended = subprocess.run(
        [SQUAWK, *options, "--stdin-filepath", "migration.sql"],
        input=inside,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode in (0, 1), ended.stderr
    return [f"{one['rule_name']} in line {one['line'] + 1}" for one in json.loads(ended.stdout)]


@each_service
def test_the_first_migrations_follow_the_rules_for_new_tables(service: ServiceSpec) -> None:
    sql = sql_of(service.migrations, f"{service.name}_0001")
    assert sql.count("CREATE TABLE") > 9
    assert warnings_about(sql, without=EVERYWHERE) == []


@each_service
def test_later_migrations_follow_the_rules_for_tables_in_use(service: ServiceSpec) -> None:
    scripts = ScriptDirectory.from_config(config("", service.migrations))
    for revision in scripts.walk_revisions():
        if revision.down_revision is not None:
            sql = sql_of(service.migrations, f"{revision.down_revision}:{revision.revision}")
            assert warnings_about(sql, without=EVERYWHERE) == [], revision.revision


UNBLOCKED = "SET lock_timeout = '2s';\nSET statement_timeout = '30s';\n"


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("CREATE INDEX ix_contacts_language ON contacts (language);", "require-concurrent-index-creation"),
        ("ALTER TABLE contacts ALTER COLUMN receipt TYPE text;", "changing-column-type"),
        ("ALTER TABLE contacts RENAME COLUMN receipt TO words;", "renaming-column"),
        ("ALTER TABLE contacts DROP COLUMN receipt;", "ban-drop-column"),
        ("ALTER TABLE contacts ALTER COLUMN case_id SET NOT NULL;", "adding-not-nullable-field"),
        ("ALTER TABLE contacts ADD CONSTRAINT c CHECK (version > 0);", "constraint-missing-not-valid"),
    ],
)
def test_a_migration_that_locks_or_breaks_a_table_in_use_is_noticed(statement: str, rule: str) -> None:
    found = warnings_about(UNBLOCKED + statement, without=EVERYWHERE)
    assert rule in {one.split()[0] for one in found}


def test_a_migration_that_could_wait_for_a_lock_for_ever_is_noticed() -> None:
    harmless = "ALTER TABLE contacts ADD COLUMN note uuid;"
    assert warnings_about(UNBLOCKED + harmless, without=EVERYWHERE) == []
    found = warnings_about(harmless, without=EVERYWHERE)
    assert {one.split()[0] for one in found} == {"require-lock-timeout", "require-statement-timeout"}
