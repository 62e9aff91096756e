"""Contacts: somebody got in touch, once. The report stays sealed here only until its case has imported it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Index, and_, text
from sqlalchemy.orm import Mapped, mapped_column

from intake_service.db import Base
from intake_service.reports.schemas import Report
from shared.crypto.vault import SealedField
from shared.db.columns import CodeText, Digest, Sealed, code_of
from shared.domain.age import british_date
from shared.domain.vocabulary import CallerType, ContactChannel, ContactPurpose, Nation, PrivacyChoice
from shared.errors import Conflict
from shared.events import ContactReceived

LANGUAGE_LENGTH = 3
"""ISO 639 codes have two or three letters; "und" is its code for an unknown language."""


class ContactAlreadyImported(Conflict):
    """Another case has imported this contact."""

    code = "contact-already-imported"
    title = "Another case has imported this contact"


class ContactOpensCase(Conflict):
    """The contact names a concern, so that it has a case; what becomes of it is decided there."""

    code = "contact-opens-case"
    title = "This contact names a concern and has a case; close it there"


class Contact(Base):
    """One contact. Columns are codes and times; only `report` holds words, and it is sealed."""

    __tablename__ = "contacts"
    __table_args__ = (
        CheckConstraint("(imported_at IS NULL) = (case_id IS NULL)", name="imported_by_a_case"),
        CheckConstraint("imported_at IS NULL OR report IS NULL", name="one_copy_of_the_report"),
        CheckConstraint("imported_at IS NULL OR not_understood IS NULL", name="one_copy_of_the_words"),
        Index(
            *(
                "ix_contacts_urgency",
                text("(NOT danger_stated)"),
                text("(NOT child_stated)"),
                "received_at",
                "id",
            )
        ),
        Index(
            "ix_contacts_without_case",
            "received_at",
            postgresql_where=text("opens_case AND imported_at IS NULL"),
        ),
        CheckConstraint("no_concern_at IS NULL OR NOT opens_case", name="a_concern_or_none"),
        Index(
            "ix_contacts_unreviewed",
            "received_at",
            postgresql_where=text("NOT opens_case AND no_concern_at IS NULL AND imported_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    received_at: Mapped[datetime]
    channel: Mapped[ContactChannel] = mapped_column(code_of(ContactChannel, name="channel_known"))
    purpose: Mapped[ContactPurpose] = mapped_column(code_of(ContactPurpose, name="purpose_known"))
    caller_type: Mapped[CallerType] = mapped_column(code_of(CallerType, name="caller_type_known"))
    privacy: Mapped[PrivacyChoice | None] = mapped_column(code_of(PrivacyChoice, name="privacy_known"))
    language: Mapped[str] = mapped_column(CodeText)
    nation: Mapped[Nation | None] = mapped_column(code_of(Nation, name="nation_known"))
    opens_case: Mapped[bool]
    danger_stated: Mapped[bool]
    child_stated: Mapped[bool]
    receipt: Mapped[bytes] = mapped_column(Digest, unique=True)
    report: Mapped[bytes | None] = mapped_column(Sealed)
    not_understood: Mapped[bytes | None] = mapped_column(Sealed)
    """Values of the report that could not be understood, as they were said."""
    same_words_as: Mapped[UUID | None]
    """Contact that said the same a moment before."""
    look_by: Mapped[datetime | None]
    """Time by which an adviser looks at a contact without a case that a child may have written."""
    case_id: Mapped[UUID | None]
    imported_at: Mapped[datetime | None]
    no_concern_at: Mapped[datetime | None]
    """Time at which an adviser said that this contact, which opened no case, names no concern."""

    @classmethod
    def unreviewed(cls) -> ColumnElement[bool]:
        """Return the condition for contacts that opened no case and that no adviser has read yet."""
        return and_(~cls.opens_case, cls.no_concern_at.is_(None), cls.imported_at.is_(None))

    def mark_imported(self, case_id: UUID, at: datetime) -> bool:
        """Record that the case holds the report; False if it was recorded before. The caller erases the key."""
        if self.case_id is not None and self.case_id != case_id:
            raise ContactAlreadyImported
        if self.imported_at is not None:
            return False
        self.case_id, self.imported_at, self.report, self.not_understood = case_id, at, None, None
        self.version += 1
        return True

    def name_concern(self, report: Report) -> ContactReceived:
        """Record that an adviser reads a concern in the report; it is announced as if the report had named it."""
        event = contact_received(
            self.id, report, self.received_at, concern=True, same_words_as=self.same_words_as
        )
        self.opens_case, self.child_stated, self.no_concern_at = True, event.child_stated, None
        self.version += 1
        return event

    def name_no_concern(self, at: datetime) -> bool:
        """Record that an adviser read it and it is a question; False if that was recorded before."""
        if self.opens_case:
            raise ContactOpensCase
        if self.no_concern_at is not None:
            return False
        self.no_concern_at = at
        self.version += 1
        return True


def report_field(contact_id: UUID) -> SealedField:
    return SealedField("contacts", "report", contact_id)


def not_understood_field(contact_id: UUID) -> SealedField:
    return SealedField("contacts", "not_understood", contact_id)


def language_code(tag: str) -> str:
    """Return the language of a tag. Its other parts may be words, and stay in the sealed report."""
    language = tag.split("-")[0].lower()
    return language if len(language) <= LANGUAGE_LENGTH else "und"


def contact_received(
    contact_id: UUID,
    report: Report,
    at: datetime,
    *,
    concern: bool,
    same_words_as: UUID | None = None,
    by_adviser: bool = False,
) -> ContactReceived:
    """Return the event of a report. A concern is what the report names, or what an adviser reads in it."""
    return ContactReceived(
        contact_id=contact_id,
        received_at=at,
        channel=report.channel,
        purpose=report.purpose,
        caller_type=report.caller_type,
        privacy=report.privacy,
        language=language_code(report.language),
        nation=report.nation,
        opens_case=concern,
        danger_stated=report.states_danger,
        child_stated=concern and report.states_child(british_date(at)),
        same_words_as=same_words_as,
        recorded_by_adviser=by_adviser,
    )


def columns_of(event: ContactReceived) -> dict[str, Any]:
    """Return the columns of a contact's row that are not sealed."""
    return {
        "id": event.contact_id,
        "received_at": event.received_at,
        "channel": event.channel.value,
        "purpose": event.purpose.value,
        "caller_type": event.caller_type.value,
        "privacy": event.privacy.value if event.privacy else None,
        "language": event.language,
        "nation": Nation(event.nation).value if event.nation else None,
        "opens_case": event.opens_case,
        "danger_stated": event.danger_stated,
        "child_stated": event.child_stated,
    }
