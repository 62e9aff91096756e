"""Cases: persons, consent, dangers, case recipients, disclosures and their records, tasks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "case_0001"
down_revision = None
branch_labels = ("case",)
depends_on = ("shared_0001",)

TIME = sa.DateTime(timezone=True)
CODE = sa.String(200)
WRITTEN_ONCE = (
    "consent_entries",
    "issue_records",
    "countersignatures",
    "persons_informed",
    "authorisations",
    "phone_handovers",
    "redirections",
    "source_decisions",
    "withdrawal_checks",
)


def upgrade() -> None:
    _create_cases()
    _create_on_call_shifts()
    _create_accounts()
    _create_authorisations()
    _create_case_recipients()
    _create_persons()
    _create_report_imports()
    _create_tasks()
    _create_consent_entries()
    _create_countersignatures()
    _create_dangers()
    _create_disclosures()
    _create_persons_informed()
    _create_phone_handovers()
    _create_sharing_duties()
    _create_sharing_permissions()
    _create_proposals()
    _create_age_statements()
    _create_redirections()
    _create_registered_agencies()
    _create_source_decisions()
    _create_withdrawal_checks()
    _create_duty_facts()
    _create_issue_records()
    for table in WRITTEN_ONCE:
        op.execute(
            f"CREATE TRIGGER {table}_written_once BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION is_written_once()"
        )
    op.execute("INSERT INTO on_call_shifts (holder, since) VALUES ('duty-lead', now())")


def _one_of(table: str, column: str, *codes: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{code}'" for code in codes)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"ck_{table}_{column}_known")


def _create_cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("contact_id", sa.Uuid, nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("content_revision", sa.Integer, nullable=False),
        sa.Column("danger_stated", sa.Boolean, nullable=False),
        sa.Column("child_stated", sa.Boolean, nullable=False),
        sa.Column("classification", CODE, nullable=False),
        sa.Column("place_gss", CODE, nullable=True),
        sa.Column("recorded_by_adviser", sa.Boolean, nullable=False),
        sa.Column("may_repeat_contact_id", sa.Uuid, nullable=True),
        sa.Column("report_imported_at", TIME, nullable=True),
        sa.Column("confirmed_at", TIME, nullable=True),
        sa.Column("confirmed_by", CODE, nullable=True),
        sa.Column("closed_at", TIME, nullable=True),
        sa.Column("outcome", CODE, nullable=True),
        sa.Column("holder", CODE, nullable=True),
        sa.Column("merged_into_id", sa.Uuid, nullable=True),
        sa.Column("merged_at", TIME, nullable=True),
        sa.Column("merged_by", CODE, nullable=True),
        sa.Column("situation", sa.LargeBinary, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.ForeignKeyConstraint(["merged_into_id"], ["cases.id"], name="fk_cases_merged_into_id"),
        _one_of(
            "cases",
            "classification",
            "modern_slavery",
            "labour_abuse",
            "other_abuse",
            "general_information",
            "international",
            "non_actionable",
        ),
        _one_of(
            "cases",
            "outcome",
            "emergency_999",
            "police_referral",
            "police_intelligence_report",
            "safeguarding_referral_child",
            "safeguarding_referral_adult",
            "labour_enforcement_referral",
            "nrm_via_first_responder",
            "dtn_via_first_responder",
            "support_service_referral",
            "signpost",
            "advice_only",
            "safety_plan",
            "callback_arranged",
            "no_action_at_callers_request",
            "closed_insufficient_information",
        ),
        _one_of("cases", "state", "open", "closed"),
        sa.UniqueConstraint("contact_id", name="uq_cases_contact_id"),
    )
    op.create_index("ix_cases_merged_into_id", "cases", ["merged_into_id"])


def _create_on_call_shifts() -> None:
    op.create_table(
        "on_call_shifts",
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("holder", CODE, nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_on_call_shifts"),
    )


def _create_accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("contact_id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("contact_id", name="pk_accounts"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_accounts_case_id"),
    )
    op.create_index("ix_accounts_case_id", "accounts", ["case_id"])


def _create_authorisations() -> None:
    op.create_table(
        "authorisations",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("recipient_kind", CODE, nullable=False),
        sa.Column("agency_code", CODE, nullable=False),
        sa.Column("person_ids", JSONB, nullable=False),
        sa.Column("groups", JSONB, nullable=False),
        sa.Column("reason", CODE, nullable=False),
        sa.Column("decided_by", CODE, nullable=False),
        sa.Column("decided_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_authorisations"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_authorisations_case_id"),
        _one_of("authorisations", "reason", "duress", "serious_crime", "incapacity"),
        _one_of(
            "authorisations",
            "recipient_kind",
            "police",
            "children_social_care",
            "adult_social_care",
            "nrm_first_responder",
            "service_provider",
            "labour_enforcement",
            "health",
        ),
    )
    op.create_index("ix_authorisations_case_id", "authorisations", ["case_id"])


def _create_case_recipients() -> None:
    op.create_table(
        "case_recipients",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("recipient_kind", CODE, nullable=False),
        sa.Column("agency_code", CODE, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("added_at", TIME, nullable=False),
        sa.Column("merged_into_id", sa.Uuid, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_case_recipients"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_recipients_case_id"),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["case_recipients.id"], name="fk_case_recipients_merged_into_id"
        ),
        _one_of(
            "case_recipients",
            "recipient_kind",
            "police",
            "children_social_care",
            "adult_social_care",
            "nrm_first_responder",
            "service_provider",
            "labour_enforcement",
            "health",
        ),
        sa.UniqueConstraint(
            "case_id",
            "recipient_kind",
            "agency_code",
            name="uq_case_recipients_case_id_recipient_kind_agency_code",
        ),
    )
    op.create_index("ix_case_recipients_merged_into_id", "case_recipients", ["merged_into_id"])
    op.create_index("ix_case_recipients_case_id", "case_recipients", ["case_id"])


def _create_persons() -> None:
    op.create_table(
        "persons",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("recorded_on_case_id", sa.Uuid, nullable=False),
        sa.Column("contact_id", sa.Uuid, nullable=True),
        sa.Column("added_at", TIME, nullable=False),
        sa.Column("roles", JSONB, nullable=False),
        sa.Column("made_report", sa.Boolean, nullable=False),
        sa.Column("cares_for_child", sa.Boolean, nullable=False),
        sa.Column("lives_with_ids", JSONB, nullable=False),
        sa.Column("cares_for_ids", JSONB, nullable=False),
        sa.Column("exploits_ids", JSONB, nullable=False),
        sa.Column("exploits_nobody_in_particular", sa.Boolean, nullable=False),
        sa.Column("coded_concerns", JSONB, nullable=False),
        sa.Column("source_reporter_id", sa.Uuid, nullable=True),
        sa.Column("identity", sa.LargeBinary, nullable=True),
        sa.Column("removal_waits", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_persons"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_persons_case_id"),
        sa.ForeignKeyConstraint(["recorded_on_case_id"], ["cases.id"], name="fk_persons_recorded_on_case_id"),
        sa.ForeignKeyConstraint(["source_reporter_id"], ["persons.id"], name="fk_persons_source_reporter_id"),
    )
    op.create_index("ix_persons_case_id", "persons", ["case_id"])
    op.create_index(
        "ix_persons_removal_waits", "persons", ["case_id"], postgresql_where=sa.text("removal_waits")
    )


def _create_report_imports() -> None:
    op.create_table(
        "report_imports",
        sa.Column("contact_id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("leased_until", TIME, nullable=True),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("contact_id", name="pk_report_imports"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_report_imports_case_id"),
    )
    op.create_index("ix_report_imports_due_at", "report_imports", ["due_at"])


def _create_tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("recipient_id", sa.Uuid, nullable=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("holder", CODE, nullable=False),
        sa.Column("claimed", sa.Boolean, nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("completed_at", TIME, nullable=True),
        sa.Column("completed_by", CODE, nullable=True),
        sa.Column("outcome", CODE, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_tasks_case_id"),
        _one_of(
            "tasks",
            "kind",
            "import_report",
            "read_danger",
            "look_at_witness",
            "mass_notification",
            "sign_proposal",
            "countersign_call",
            "check_withdrawal",
            "telephone_recall",
            "find_place",
            "telephone_agency",
            "telephone_agency_again",
            "countersign",
            "inform_person",
            "authorise_disclosure",
            "declined_by_agency",
            "blocked_events",
        ),
    )
    op.create_index("ix_tasks_case_id", "tasks", ["case_id"])
    op.create_index(
        "ix_tasks_open", "tasks", ["due_at", "id"], postgresql_where=sa.text("completed_at IS NULL")
    )
    op.create_index(
        "uq_tasks_one_open",
        "tasks",
        ["case_id", "kind", sa.text("coalesce(recipient_id, case_id)")],
        unique=True,
        postgresql_where=sa.text("completed_at IS NULL"),
    )


def _create_consent_entries() -> None:
    op.create_table(
        "consent_entries",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("privacy", CODE, nullable=True),
        sa.Column("recipient_kind", CODE, nullable=True),
        sa.Column("agrees", sa.Boolean, nullable=True),
        sa.Column("situation", sa.Boolean, nullable=True),
        sa.Column("withdraws", sa.Boolean, nullable=False),
        sa.Column("overheard", sa.Boolean, nullable=False),
        sa.Column("relayed", sa.Boolean, nullable=False),
        sa.Column("understood", sa.Boolean, nullable=False),
        sa.Column("in_call", sa.Boolean, nullable=False),
        sa.Column("wording", CODE, nullable=False),
        sa.Column("language", CODE, nullable=False),
        sa.Column("given_how", CODE, nullable=False),
        sa.Column("recorded_by", CODE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consent_entries"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_consent_entries_case_id"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name="fk_consent_entries_person_id"),
        sa.CheckConstraint(
            "(recipient_kind IS NULL) = (agrees IS NULL)", name="ck_consent_entries_agrees_to_a_kind"
        ),
        sa.CheckConstraint(
            "num_nonnulls(privacy, recipient_kind, situation) + withdraws::int = 1",
            name="ck_consent_entries_one_choice",
        ),
        _one_of("consent_entries", "privacy", "share", "confidential", "anonymous"),
        _one_of(
            "consent_entries",
            "recipient_kind",
            "police",
            "children_social_care",
            "adult_social_care",
            "nrm_first_responder",
            "service_provider",
            "labour_enforcement",
            "health",
        ),
    )
    op.create_index("ix_consent_entries_case_id", "consent_entries", ["case_id"])


def _create_countersignatures() -> None:
    op.create_table(
        "countersignatures",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("recipient_id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("signed_by", CODE, nullable=False),
        sa.Column("signed_at", TIME, nullable=False),
        sa.Column("finding", CODE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_countersignatures"),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["case_recipients.id"], name="fk_countersignatures_recipient_id"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_countersignatures_case_id"),
    )
    op.create_index("ix_countersignatures_recipient_id", "countersignatures", ["recipient_id"])


def _create_dangers() -> None:
    op.create_table(
        "dangers",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=True),
        sa.Column("place", sa.LargeBinary, nullable=True),
        sa.Column("someone_hurt", sa.Boolean, nullable=False),
        sa.Column("origin", CODE, nullable=False),
        sa.Column("source_reporter_id", sa.Uuid, nullable=True),
        sa.Column("recorded_by", CODE, nullable=False),
        sa.Column("recorded_at", TIME, nullable=False),
        sa.Column("confirmed_by", CODE, nullable=True),
        sa.Column("confirmed_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_dangers"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_dangers_case_id"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name="fk_dangers_person_id"),
        sa.ForeignKeyConstraint(["source_reporter_id"], ["persons.id"], name="fk_dangers_source_reporter_id"),
        _one_of("dangers", "origin", "report", "adviser"),
    )
    op.create_index("ix_dangers_case_id", "dangers", ["case_id"])


def _create_disclosures() -> None:
    op.create_table(
        "disclosures",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("recipient_id", sa.Uuid, nullable=False),
        sa.Column("sent_under_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("grounds", JSONB, nullable=False),
        sa.Column("corrected_facts", JSONB, nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("recalled_items", JSONB, nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("authorised_at", TIME, nullable=False),
        sa.Column("authorised_by", CODE, nullable=False),
        sa.Column("withheld_reason", CODE, nullable=True),
        sa.Column("recalled_by_phone", sa.Boolean, nullable=False),
        sa.Column("told_by_phone", sa.Boolean, nullable=False),
        sa.Column("duplicate_case_id", sa.Uuid, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_disclosures"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_disclosures_case_id"),
        sa.ForeignKeyConstraint(["duplicate_case_id"], ["cases.id"], name="fk_disclosures_duplicate_case_id"),
        sa.ForeignKeyConstraint(["recipient_id"], ["case_recipients.id"], name="fk_disclosures_recipient_id"),
        _one_of("disclosures", "kind", "initial", "supplement", "correction"),
        _one_of("disclosures", "state", "authorised", "issued", "acknowledged", "withheld", "recalled"),
        _one_of(
            "disclosures",
            "withheld_reason",
            "rules_permit_nothing",
            "consent_withdrawn",
            "rerouted",
            "merged",
        ),
    )
    op.create_index("ix_disclosures_case_id", "disclosures", ["case_id"])
    op.create_index("ix_disclosures_recipient_id", "disclosures", ["recipient_id"])
    op.create_index("ix_disclosures_duplicate_case_id", "disclosures", ["duplicate_case_id"])


def _create_persons_informed() -> None:
    op.create_table(
        "persons_informed",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("recipient_id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("informed", sa.Boolean, nullable=False),
        sa.Column("reason", CODE, nullable=True),
        sa.Column("recorded_by", CODE, nullable=False),
        sa.Column("recorded_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_persons_informed"),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["case_recipients.id"], name="fk_persons_informed_recipient_id"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_persons_informed_case_id"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name="fk_persons_informed_person_id"),
        sa.CheckConstraint("informed = (reason IS NULL)", name="ck_persons_informed_informed_or_reason"),
        _one_of(
            "persons_informed",
            "reason",
            "would_increase_risk_to_person",
            "would_increase_risk_to_another",
            "would_prejudice_police_action",
            "not_contactable",
            "unsafe_contact_channel",
            "line_dropped",
            "nobody_has_spoken_to_the_person",
        ),
    )
    op.create_index("ix_persons_informed_recipient_id", "persons_informed", ["recipient_id"])


def _create_phone_handovers() -> None:
    op.create_table(
        "phone_handovers",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("recipient_id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("recorded_by", CODE, nullable=False),
        sa.Column("recorded_at", TIME, nullable=False),
        sa.Column("handed_to", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_phone_handovers"),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["case_recipients.id"], name="fk_phone_handovers_recipient_id"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_phone_handovers_case_id"),
    )
    op.create_index("ix_phone_handovers_recipient_id", "phone_handovers", ["recipient_id"])


def _create_sharing_duties() -> None:
    op.create_table(
        "sharing_duties",
        sa.Column("recipient_id", sa.Uuid, nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("lead", CODE, nullable=False),
        sa.Column("place_gss", CODE, nullable=True),
        sa.Column("fallback", sa.Boolean, nullable=False),
        sa.Column("acknowledge_at_once", sa.Boolean, nullable=False),
        sa.Column("verified", sa.Boolean, nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("send_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("authorised_at", TIME, nullable=True),
        sa.Column("sent_at", TIME, nullable=True),
        sa.Column("acknowledged_at", TIME, nullable=True),
        sa.Column("declined_at", TIME, nullable=True),
        sa.Column("undeliverable_at", TIME, nullable=True),
        sa.Column("escalations", sa.Integer, nullable=False),
        sa.Column("handed_over_at", TIME, nullable=True),
        sa.Column("handed_over_by", CODE, nullable=True),
        sa.PrimaryKeyConstraint("recipient_id", name="pk_sharing_duties"),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["case_recipients.id"], name="fk_sharing_duties_recipient_id"
        ),
        sa.CheckConstraint(
            "state <> 'acknowledged' OR acknowledged_at IS NOT NULL",
            name="ck_sharing_duties_acknowledged_at_known",
        ),
        _one_of(
            "sharing_duties",
            "state",
            "waiting",
            "authorised",
            "sent",
            "acknowledged",
            "handed_over",
            "declined",
            "elsewhere",
            "ended",
            "stood_down",
            "rerouted",
            "merged",
        ),
        _one_of(
            "sharing_duties",
            "lead",
            "danger",
            "found",
            "premises",
            "home",
            "carers_home",
            "last_known",
            "desk",
            "redirected",
        ),
    )
    op.create_index("ix_sharing_duties_due_at", "sharing_duties", ["due_at"])


def _create_sharing_permissions() -> None:
    op.create_table(
        "sharing_permissions",
        sa.Column("recipient_id", sa.Uuid, nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("authorised_at", TIME, nullable=False),
        sa.Column("sent_at", TIME, nullable=True),
        sa.Column("acknowledged_at", TIME, nullable=True),
        sa.Column("due_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("recipient_id", name="pk_sharing_permissions"),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["case_recipients.id"], name="fk_sharing_permissions_recipient_id"
        ),
        _one_of("sharing_permissions", "state", "authorised", "sent", "acknowledged", "withheld"),
    )
    op.create_index("ix_sharing_permissions_due_at", "sharing_permissions", ["due_at"])


def _create_proposals() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("recipient_id", sa.Uuid, nullable=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("act", CODE, nullable=False),
        sa.Column("reason", CODE, nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("duplicate_of", sa.Uuid, nullable=True),
        sa.Column("agencies", JSONB, nullable=False),
        sa.Column("first_signed_by", CODE, nullable=False),
        sa.Column("first_signed_at", TIME, nullable=False),
        sa.Column("second_signed_by", CODE, nullable=True),
        sa.Column("second_signed_at", TIME, nullable=True),
        sa.Column("lapsed_at", TIME, nullable=True),
        sa.Column("compared", CODE, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_proposals"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_proposals_case_id"),
        sa.ForeignKeyConstraint(["recipient_id"], ["case_recipients.id"], name="fk_proposals_recipient_id"),
        sa.ForeignKeyConstraint(["duplicate_of"], ["cases.id"], name="fk_proposals_duplicate_of"),
        _one_of("proposals", "act", "stand_down", "correct", "end_declined", "end_search"),
        sa.CheckConstraint(
            "second_signed_by IS NULL OR second_signed_by <> first_signed_by", name="ck_proposals_two_people"
        ),
        sa.CheckConstraint(
            "(second_signed_by IS NULL) = (second_signed_at IS NULL)", name="ck_proposals_signed_once"
        ),
    )
    op.create_index("ix_proposals_case_id", "proposals", ["case_id"])


def _create_age_statements() -> None:
    op.create_table(
        "age_statements",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("says_child", sa.Boolean, nullable=False),
        sa.Column("said_in_report", sa.Boolean, nullable=False),
        sa.Column("source_reporter_id", sa.Uuid, nullable=True),
        sa.Column("recorded_by", CODE, nullable=False),
        sa.Column("recorded_at", TIME, nullable=False),
        sa.Column("effective_at", TIME, nullable=False),
        sa.Column("confirmed_by", CODE, nullable=True),
        sa.Column("confirmed_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_age_statements"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name="fk_age_statements_person_id"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_age_statements_case_id"),
        sa.ForeignKeyConstraint(
            ["source_reporter_id"], ["persons.id"], name="fk_age_statements_source_reporter_id"
        ),
    )
    op.create_index("ix_age_statements_person_id", "age_statements", ["person_id"])


def _create_redirections() -> None:
    op.create_table(
        "redirections",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("recipient_kind", CODE, nullable=False),
        sa.Column("from_agency", CODE, nullable=False),
        sa.Column("to_agency", CODE, nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("chosen_by", CODE, nullable=False),
        sa.Column("chosen_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_redirections"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_redirections_case_id"),
        _one_of(
            "redirections",
            "recipient_kind",
            "police",
            "children_social_care",
            "adult_social_care",
            "nrm_first_responder",
            "service_provider",
            "labour_enforcement",
            "health",
        ),
    )
    op.create_index("ix_redirections_case_id", "redirections", ["case_id"])


def _create_registered_agencies() -> None:
    op.create_table(
        "registered_agencies",
        sa.Column("agency_code", CODE, nullable=False),
        sa.Column("recipient_kinds", JSONB, nullable=False),
        sa.Column("registered_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("agency_code", name="pk_registered_agencies"),
    )


def _create_source_decisions() -> None:
    op.create_table(
        "source_decisions",
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("reporter_id", sa.Uuid, nullable=False),
        sa.Column("choice", CODE, nullable=False),
        sa.Column("reason", CODE, nullable=False),
        sa.Column("decided_by", CODE, nullable=False),
        sa.Column("decided_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_source_decisions"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_source_decisions_case_id"),
        sa.ForeignKeyConstraint(["reporter_id"], ["persons.id"], name="fk_source_decisions_reporter_id"),
        _one_of("source_decisions", "choice", "name", "leave_out", "leave_out_with_words"),
        _one_of(
            "source_decisions",
            "reason",
            "source_at_risk_if_identified",
            "recipient_can_protect_without",
            "source_refused_and_not_needed",
            "needed_to_find_the_person",
            "needed_to_protect_the_person",
            "words_would_identify_the_source",
        ),
    )
    op.create_index("ix_source_decisions_case_id", "source_decisions", ["case_id"])


def _create_withdrawal_checks() -> None:
    op.create_table(
        "withdrawal_checks",
        sa.Column("entry_id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("own_wish", sa.Boolean, nullable=False),
        sa.Column("checked_by", CODE, nullable=False),
        sa.Column("checked_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name="pk_withdrawal_checks"),
        sa.ForeignKeyConstraint(["entry_id"], ["consent_entries.id"], name="fk_withdrawal_checks_entry_id"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_withdrawal_checks_case_id"),
    )


def _create_duty_facts() -> None:
    op.create_table(
        "duty_facts",
        sa.Column("recipient_id", sa.Uuid, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("subject_id", sa.Uuid, nullable=False),
        sa.Column("fact_id", sa.Uuid, nullable=False),
        sa.Column("relied_on", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("recipient_id", "kind", "subject_id", "fact_id", name="pk_duty_facts"),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["sharing_duties.recipient_id"], name="fk_duty_facts_recipient_id"
        ),
        _one_of("duty_facts", "kind", "danger", "child"),
    )


def _create_issue_records() -> None:
    op.create_table(
        "issue_records",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("disclosure_id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("issued_at", TIME, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("outcome", CODE, nullable=False),
        sa.Column("grounds", JSONB, nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("rule_version", CODE, nullable=False),
        sa.Column("recipient_kind", CODE, nullable=False),
        sa.Column("agency_code", CODE, nullable=False),
        sa.Column("recipient_reason", CODE, nullable=False),
        sa.Column("included", JSONB, nullable=False),
        sa.Column("withheld", JSONB, nullable=False),
        sa.Column("person_ids", JSONB, nullable=False),
        sa.Column("decided_by", CODE, nullable=False),
        sa.Column("verified", sa.Boolean, nullable=False),
        sa.Column("parts", JSONB, nullable=False),
        sa.Column("digest", CODE, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_issue_records"),
        sa.ForeignKeyConstraint(["disclosure_id"], ["disclosures.id"], name="fk_issue_records_disclosure_id"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_issue_records_case_id"),
        sa.CheckConstraint(
            "(digest IS NULL) = (outcome = 'withheld')", name="ck_issue_records_digest_of_what_was_issued"
        ),
        _one_of("issue_records", "outcome", "issued", "withheld", "told_by_phone"),
        _one_of(
            "issue_records",
            "recipient_kind",
            "police",
            "children_social_care",
            "adult_social_care",
            "nrm_first_responder",
            "service_provider",
            "labour_enforcement",
            "health",
        ),
    )
    op.create_index("ix_issue_records_case_id", "issue_records", ["case_id"])
    op.create_index("ix_issue_records_disclosure_id", "issue_records", ["disclosure_id"])


def downgrade() -> None:
    for table in (
        "issue_records",
        "withdrawal_checks",
        "source_decisions",
        "registered_agencies",
        "redirections",
        "age_statements",
        "proposals",
        "duty_facts",
        "sharing_permissions",
        "sharing_duties",
        "phone_handovers",
        "persons_informed",
        "disclosures",
        "dangers",
        "countersignatures",
        "consent_entries",
        "tasks",
        "report_imports",
        "persons",
        "case_recipients",
        "authorisations",
        "accounts",
        "on_call_shifts",
        "cases",
    ):
        op.drop_table(table)
