"""A contact: somebody got in touch. What they said stays sealed here only until a case has taken it over."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Index, and_, text
from sqlalchemy.orm import Mapped, mapped_column

from intake_service.reports import Report
from intake_service.tables import Base
from shared.age import british_date
from shared.errors import Conflict
from shared.events import ContactReceived
from shared.tables import CodeText, Digest, Sealed
from shared.vault import Place
from shared.vocabulary import Nation

LETTERS_OF_A_LANGUAGE = 3
"""ISO 639 has two or three; "und" is its word for one that is not known."""


class ContactAlreadyTakenOver(Conflict):
    code = "contact-already-taken-over"
    title = "Another case has taken this contact over"


class ContactOpensCase(Conflict):
    code = "contact-opens-case"
    title = "This contact names a concern and has a case; close it there"


class Contact(Base):
    """One contact. The columns are codes and times; `report` is the only place for words, and it is sealed."""

    __tablename__ = "contacts"
    __table_args__ = (
        CheckConstraint("(taken_over_at IS NULL) = (case_id IS NULL)", name="taken_over_by_a_case"),
        CheckConstraint("taken_over_at IS NULL OR report IS NULL", name="one_copy_of_what_was_said"),
        Index(
            "ix_contacts_without_case",
            "received_at",
            postgresql_where=text("opens_case AND taken_over_at IS NULL"),
        ),
        CheckConstraint("no_concern_at IS NULL OR NOT opens_case", name="a_concern_or_none"),
        Index(
            "ix_contacts_to_look_at",
            "received_at",
            postgresql_where=text("NOT opens_case AND no_concern_at IS NULL AND taken_over_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    received_at: Mapped[datetime]
    channel: Mapped[str] = mapped_column(CodeText)
    purpose: Mapped[str] = mapped_column(CodeText)
    caller_type: Mapped[str] = mapped_column(CodeText)
    privacy: Mapped[str | None] = mapped_column(CodeText)
    language: Mapped[str] = mapped_column(CodeText)
    nation: Mapped[str | None] = mapped_column(CodeText)
    opens_case: Mapped[bool]
    danger_stated: Mapped[bool]
    child_stated: Mapped[bool]
    receipt: Mapped[bytes] = mapped_column(Digest, unique=True)
    report: Mapped[bytes | None] = mapped_column(Sealed)
    case_id: Mapped[UUID | None]
    taken_over_at: Mapped[datetime | None]
    no_concern_at: Mapped[datetime | None]
    """When an adviser said that this contact, which opened no case, names no concern indeed."""

    def take_over(self, case_id: UUID, at: datetime) -> bool:
        """The case holds the report now. False when it was so already; the caller erases the key here."""
        if self.case_id is not None and self.case_id != case_id:
            raise ContactAlreadyTakenOver
        if self.taken_over_at is not None:
            return False
        self.case_id, self.taken_over_at, self.report = case_id, at, None
        return True

    @classmethod
    def to_look_at(cls) -> ColumnElement[bool]:
        """Those that opened no case, and of which nobody has said yet whether they should have."""
        return and_(~cls.opens_case, cls.no_concern_at.is_(None), cls.taken_over_at.is_(None))

    def name_concern(self, report: Report) -> ContactReceived:
        """An adviser reads a concern in what no rule took for one; it is made known as if the report had named it."""
        event = received(self.id, report, self.received_at, read_by_adviser=True)
        self.opens_case, self.child_stated, self.no_concern_at = True, event.child_stated, None
        return event

    def name_no_concern(self, at: datetime) -> bool:
        """An adviser looked, and a question is all it is. False when somebody had said so before."""
        if self.opens_case:
            raise ContactOpensCase
        if self.no_concern_at is not None:
            return False
        self.no_concern_at = at
        return True


def report_place(contact_id: UUID) -> Place:
    return Place("contacts", "report", contact_id)


def spoken(tag: str) -> str:
    """The language alone. The rest of a tag, and a long one, may be words: those stay in the sealed report."""
    language = tag.split("-")[0].lower()
    return language if len(language) <= LETTERS_OF_A_LANGUAGE else "und"


def received(
    contact_id: UUID, report: Report, at: datetime, *, read_by_adviser: bool = False
) -> ContactReceived:
    """The fact that a report makes known: codes only. A concern is what it says, or what an adviser reads in it."""
    concern = read_by_adviser or report.names_a_concern
    return ContactReceived(
        contact_id=contact_id,
        received_at=at,
        channel=report.channel,
        purpose=report.purpose,
        caller_type=report.caller_type,
        privacy=report.privacy,
        language=spoken(report.language),
        nation=report.nation,
        opens_case=concern,
        danger_stated=report.tells_of_danger,
        child_stated=concern and report.tells_of_child(british_date(at)),
    )


def columns(event: ContactReceived) -> dict[str, Any]:
    """The contact's row, except what is sealed."""
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
