"""Cases: persons, consent, dangers, legs, disclosures and their records, tasks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

revision = "case_0001"
down_revision = None
branch_labels = ("case",)
depends_on = ("platform_0001",)

CODE = sa.String(200)
WRITTEN_ONCE = ("consents", "disclosure_records", "countersignatures", "told", "authorisations")


def upgrade() -> None:
    _cases()
    _duty()
    _accounts()
    _authorisations()
    _legs()
    _persons()
    _takeovers()
    _tasks()
    _consents()
    _countersignatures()
    _dangers()
    _disclosures()
    _stand_downs()
    _told()
    _disclosure_records()
    for table in WRITTEN_ONCE:
        op.execute(
            f"CREATE TRIGGER {table}_written_once BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION is_written_once()"
        )
    op.execute("INSERT INTO duty (holder, since) VALUES ('duty-lead', now())")


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("danger_stated", sa.Boolean(), nullable=False),
        sa.Column("child_stated", sa.Boolean(), nullable=False),
        sa.Column("classification", CODE, nullable=False),
        sa.Column("place_gss", CODE, nullable=True),
        sa.Column("last_known_gss", CODE, nullable=True),
        sa.Column("source_left_out", CODE, nullable=True),
        sa.Column("assigned_to", CODE, nullable=True),
        sa.Column("taken_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", CODE, nullable=True),
        sa.Column("situation", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_cases_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("contact_id", name=op.f("uq_cases_contact_id")),
    )


def _duty() -> None:
    op.create_table(
        "duty",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("holder", CODE, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_duty")),
    )


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_accounts_case_id")),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_accounts")),
    )
    op.create_index(op.f("ix_accounts_case_id"), "accounts", ["case_id"], unique=False)


def _authorisations() -> None:
    op.create_table(
        "authorisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", CODE, nullable=False),
        sa.Column("persons", postgresql.JSONB(), nullable=False),
        sa.Column("reason", CODE, nullable=False),
        sa.Column("decided_by", CODE, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_authorisations_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorisations")),
    )
    op.create_index(op.f("ix_authorisations_case_id"), "authorisations", ["case_id"], unique=False)


def _legs() -> None:
    op.create_table(
        "legs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", CODE, nullable=False),
        sa.Column("body", CODE, nullable=False),
        sa.Column("grounds", postgresql.JSONB(), nullable=False),
        sa.Column("opened_for", postgresql.JSONB(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("covered", postgresql.JSONB(), nullable=False),
        sa.Column("place_gss", CODE, nullable=True),
        sa.Column("fallback", sa.Boolean(), nullable=False),
        sa.Column("at_once", sa.Boolean(), nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leaves_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("authorised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_over_by", CODE, nullable=True),
        sa.Column("handed_over_to", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "state <> 'acknowledged' OR acknowledged_at IS NOT NULL",
            name=op.f("ck_legs_acknowledged_at_known"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'authorised', 'sent', 'acknowledged', 'handed_over', "
            "'stood_down', 'rerouted', 'withheld')",
            name=op.f("ck_legs_state_known"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_legs_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legs")),
        sa.UniqueConstraint("case_id", "recipient", "body", name=op.f("uq_legs_case_id_recipient_body")),
    )
    op.create_index(op.f("ix_legs_case_id"), "legs", ["case_id"], unique=False)
    op.create_index(op.f("ix_legs_due_at"), "legs", ["due_at"], unique=False)


def _persons() -> None:
    op.create_table(
        "persons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("roles", postgresql.JSONB(), nullable=False),
        sa.Column("cares_for_child", sa.Boolean(), nullable=False),
        sa.Column("lives_gss", CODE, nullable=True),
        sa.Column("found_gss", CODE, nullable=True),
        sa.Column("identity", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_persons_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
    )
    op.create_index(op.f("ix_persons_case_id"), "persons", ["case_id"], unique=False)


def _takeovers() -> None:
    op.create_table(
        "takeovers",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_takeovers_case_id")),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_takeovers")),
    )
    op.create_index(op.f("ix_takeovers_due_at"), "takeovers", ["due_at"], unique=False)


def _tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("leg_id", sa.Uuid(), nullable=True),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("holder", CODE, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", CODE, nullable=True),
        sa.Column("outcome", CODE, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_tasks_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index(op.f("ix_tasks_case_id"), "tasks", ["case_id"], unique=False)
    op.create_index(
        "ix_tasks_open", "tasks", ["due_at", "id"], unique=False, postgresql_where=text("done_at IS NULL")
    )
    op.create_index(
        "uq_tasks_one_open",
        "tasks",
        ["case_id", "kind", sa.literal_column("coalesce(leg_id, case_id)")],
        unique=True,
        postgresql_where=text("done_at IS NULL"),
    )


def _consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("privacy", CODE, nullable=True),
        sa.Column("recipient", CODE, nullable=True),
        sa.Column("agrees", sa.Boolean(), nullable=True),
        sa.Column("situation", sa.Boolean(), nullable=True),
        sa.Column("withdraws", sa.Boolean(), nullable=False),
        sa.Column("wording", CODE, nullable=False),
        sa.Column("language", CODE, nullable=False),
        sa.Column("given_how", CODE, nullable=False),
        sa.Column("recorded_by", CODE, nullable=False),
        sa.CheckConstraint(
            "(recipient IS NULL) = (agrees IS NULL)", name=op.f("ck_consents_agrees_with_recipient")
        ),
        sa.CheckConstraint(
            "num_nonnulls(privacy, recipient, situation) + withdraws::int = 1",
            name=op.f("ck_consents_says_one_thing"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_consents_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_consents_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_case_id"), "consents", ["case_id"], unique=False)


def _countersignatures() -> None:
    op.create_table(
        "countersignatures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("leg_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("signed_by", CODE, nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finding", CODE, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_countersignatures_case_id")),
        sa.ForeignKeyConstraint(["leg_id"], ["legs.id"], name=op.f("fk_countersignatures_leg_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_countersignatures")),
    )
    op.create_index(op.f("ix_countersignatures_leg_id"), "countersignatures", ["leg_id"], unique=False)


def _dangers() -> None:
    op.create_table(
        "dangers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("place_gss", CODE, nullable=True),
        sa.Column("source", CODE, nullable=False),
        sa.Column("recorded_by", CODE, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stood_down_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("source IN ('report', 'adviser')", name=op.f("ck_dangers_source_known")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_dangers_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_dangers_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dangers")),
    )
    op.create_index(op.f("ix_dangers_case_id"), "dangers", ["case_id"], unique=False)


def _disclosures() -> None:
    op.create_table(
        "disclosures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("leg_id", sa.Uuid(), nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("grounds", postgresql.JSONB(), nullable=False),
        sa.Column("about", postgresql.JSONB(), nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("authorised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("authorised_by", CODE, nullable=False),
        sa.Column("reason", CODE, nullable=True),
        sa.CheckConstraint(
            "kind IN ('initial', 'supplement', 'correction')", name=op.f("ck_disclosures_kind_known")
        ),
        sa.CheckConstraint(
            "state IN ('authorised', 'left', 'acknowledged', 'withheld', 'recalled')",
            name=op.f("ck_disclosures_state_known"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_disclosures_case_id")),
        sa.ForeignKeyConstraint(["leg_id"], ["legs.id"], name=op.f("fk_disclosures_leg_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosures")),
    )
    op.create_index(op.f("ix_disclosures_case_id"), "disclosures", ["case_id"], unique=False)
    op.create_index(op.f("ix_disclosures_leg_id"), "disclosures", ["leg_id"], unique=False)


def _stand_downs() -> None:
    op.create_table(
        "stand_downs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("leg_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reason", CODE, nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("first_by", CODE, nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second_by", CODE, nullable=True),
        sa.Column("second_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "second_by IS NULL OR second_by <> first_by", name=op.f("ck_stand_downs_two_people")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_stand_downs_case_id")),
        sa.ForeignKeyConstraint(["leg_id"], ["legs.id"], name=op.f("fk_stand_downs_leg_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stand_downs")),
    )
    op.create_index(op.f("ix_stand_downs_leg_id"), "stand_downs", ["leg_id"], unique=False)


def _told() -> None:
    op.create_table(
        "told",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("leg_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("reason", CODE, nullable=True),
        sa.Column("recorded_by", CODE, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("told = (reason IS NULL)", name=op.f("ck_told_told_or_reason")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_told_case_id")),
        sa.ForeignKeyConstraint(["leg_id"], ["legs.id"], name=op.f("fk_told_leg_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_told_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told")),
    )
    op.create_index(op.f("ix_told_leg_id"), "told", ["leg_id"], unique=False)


def _disclosure_records() -> None:
    op.create_table(
        "disclosure_records",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("grounds", postgresql.JSONB(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("rule_version", CODE, nullable=False),
        sa.Column("recipient", CODE, nullable=False),
        sa.Column("body", CODE, nullable=False),
        sa.Column("why_recipient", CODE, nullable=False),
        sa.Column("items", postgresql.JSONB(), nullable=False),
        sa.Column("withheld", postgresql.JSONB(), nullable=False),
        sa.Column("persons", postgresql.JSONB(), nullable=False),
        sa.Column("decided_by", CODE, nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("digest", CODE, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_disclosure_records_case_id")),
        sa.ForeignKeyConstraint(
            ["disclosure_id"], ["disclosures.id"], name=op.f("fk_disclosure_records_disclosure_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_records")),
    )
    op.create_index(op.f("ix_disclosure_records_case_id"), "disclosure_records", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_disclosure_records_disclosure_id"), "disclosure_records", ["disclosure_id"], unique=False
    )


def downgrade() -> None:
    for table in (
        "disclosure_records",
        "told",
        "stand_downs",
        "disclosures",
        "dangers",
        "countersignatures",
        "consents",
        "tasks",
        "takeovers",
        "persons",
        "legs",
        "authorisations",
        "accounts",
        "duty",
        "cases",
    ):
        op.drop_table(table)
