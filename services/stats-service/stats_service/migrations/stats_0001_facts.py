"""Facts, counted cases, their contacts, and what was published."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "stats_0001"
down_revision = None
branch_labels = ("stats",)
depends_on = ("shared_0001",)

TIME = sa.DateTime(timezone=True)
CODE = sa.String(200)


def upgrade() -> None:
    op.create_table(
        "facts",
        sa.Column("measure", CODE, nullable=False),
        sa.Column("subject", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("codes", postgresql.JSONB, nullable=False),
        sa.PrimaryKeyConstraint("measure", "subject", name="pk_facts"),
    )
    op.create_index("ix_facts_measure_at", "facts", ["measure", "at"])
    op.create_table(
        "counted_cases",
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("opened_at", TIME, nullable=True),
        sa.Column("classified_at", TIME, nullable=True),
        sa.Column("codes", postgresql.JSONB, nullable=False),
        sa.Column("potential_victims", sa.Integer, nullable=False),
        sa.Column("children", sa.Integer, nullable=False),
        sa.Column("merged_into", sa.Uuid, nullable=True),
        sa.PrimaryKeyConstraint("case_id", name="pk_counted_cases"),
        sa.CheckConstraint(
            "children <= potential_victims", name="ck_counted_cases_children_are_potential_victims"
        ),
    )
    op.create_index("ix_counted_cases_opened_at", "counted_cases", ["opened_at"])
    op.create_index("ix_counted_cases_merged_into", "counted_cases", ["merged_into"])
    op.create_table(
        "case_contacts",
        sa.Column("contact_id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("contact_id", name="pk_case_contacts"),
    )
    op.create_table(
        "published_months",
        sa.Column("measure", CODE, nullable=False),
        sa.Column("month", CODE, nullable=False),
        sa.Column("published_at", TIME, nullable=False),
        sa.Column("table", postgresql.JSONB, nullable=False),
        sa.PrimaryKeyConstraint("measure", "month", name="pk_published_months"),
    )
    op.execute(
        "CREATE TRIGGER published_months_written_once BEFORE UPDATE OR DELETE ON published_months "
        "FOR EACH ROW EXECUTE FUNCTION is_written_once()"
    )


def downgrade() -> None:
    for table in ("published_months", "case_contacts", "counted_cases", "facts"):
        op.drop_table(table)
