"""Routes of contacts: the list for advisers, and the report that the case service imports."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from sqlalchemy import select, tuple_

from intake_service.access import Adviser, ContactToChange, ContactToImport, ContactToRead
from intake_service.contacts.models import Contact, ContactOpensCase, not_understood_field, report_field
from intake_service.reports.schemas import Report
from intake_service.salvage.reading import NotUnderstood
from shared.crypto.vault import KeyErased, SealedField
from shared.db.unit_of_work import UnitOfWork
from shared.domain.vocabulary import CallerType, ContactChannel, ContactPurpose, Nation, PrivacyChoice
from shared.errors import Gone
from shared.http import pagination
from shared.http.auth import Uow
from shared.http.pagination import Page
from shared.http.problems import raises
from shared.http.records import record_router
from shared.http.schemas import Answer, Changed

router = record_router(prefix="/v1/contacts", tag="contacts")

Unreviewed = Annotated[
    bool,
    Query(description="Only contacts without a case on which no adviser has decided"),
]


class ReportImportedAlready(Gone):
    """A case has imported the report, and intake's copy is erased."""

    code = "report-imported"
    title = "A case holds this report now; read it there"


class ContactOut(Answer):
    """One contact, as codes and times."""

    id: UUID
    """Id of the contact."""
    version: int
    """Version of the contact; every change raises it."""
    received_at: datetime
    """Time at which it was submitted."""
    channel: ContactChannel
    """Way by which somebody got in touch."""
    purpose: ContactPurpose
    """Purpose: the kind of help that was asked for."""
    caller_type: CallerType
    """Type of caller."""
    privacy: PrivacyChoice | None
    """Privacy choice of the reporter; null if none was made."""
    language: str
    """Language as an ISO 639 code; "und" if unknown."""
    nation: Nation | None
    """Nation of the place; null if unknown."""
    opens_case: bool
    """The contact names a concern, so that a case is opened."""
    danger_stated: bool
    """The contact says that somebody is in danger."""
    child_stated: bool
    """The contact says that somebody is or may be under 18."""
    case_id: UUID | None
    """Case that imported the report."""
    imported_at: datetime | None
    """Time of that import."""
    no_concern_at: datetime | None
    """Time at which an adviser said that the contact names no concern."""
    same_words_as: UUID | None
    """Contact that said the same within the minute before; null if there is none."""
    look_by: datetime | None
    """Time by which an adviser looks at it: a child may have written it. Null if it has a case, or can wait."""


class ContactPage(Page[ContactOut]):
    """Contacts: danger first, then children, then the longest waiting."""


class ContactWithReport(ContactOut):
    """One contact with its report."""

    report: Report | None
    """Report; null once a case has imported it, where it is read from then on."""
    not_understood: list[NotUnderstood]
    """Values that could not be understood, as they were said."""


class ReportToImport(Answer):
    """Report on its way to the case service."""

    contact_id: UUID
    """Id of the contact."""
    received_at: datetime
    """Time at which it was submitted."""
    opens_case: bool
    """False for a question, which the case service leaves with intake."""
    report: Report
    """Report."""
    not_understood: list[NotUnderstood]
    """Values that could not be understood, as they were said."""
    same_words_as: UUID | None
    """Contact that said the same within the minute before; null if there is none."""


@router.get("", summary="List contacts: danger first, then children, then the longest waiting")
@raises(pagination.InvalidCursor)
async def list_contacts(
    _: Adviser,
    uow: Uow,
    unreviewed: Unreviewed = False,
    cursor: pagination.Cursor = None,
    limit: pagination.PageLimit = pagination.DEFAULT_LIMIT,
) -> ContactPage:
    no_danger, no_child = ~Contact.danger_stated, ~Contact.child_stated
    order = (no_danger, no_child, Contact.received_at, Contact.id)
    query = select(Contact).order_by(*order).limit(limit + 1)
    if unreviewed:
        query = query.where(Contact.unreviewed())
    if cursor is not None:
        after = pagination.decode(cursor, bool, bool, datetime, UUID)
        query = query.where(tuple_(*order) > tuple_(*after))
    rows, following = pagination.cut((await uow.session.scalars(query)).all(), limit, _sort_key)
    for row in rows:
        uow.record("contact.listed", row.id)
    return ContactPage(items=[ContactOut.model_validate(row) for row in rows], next=following)


def _sort_key(row: Contact) -> tuple[Any, ...]:
    return not row.danger_stated, not row.child_stated, row.received_at, row.id


@router.get("/{contact_id}", summary="Read one contact, and its report while intake holds it")
async def read_contact(contact: ContactToRead, uow: Uow) -> ContactWithReport:
    uow.record("contact.read", contact.id)
    out = ContactOut.model_validate(contact).model_dump()
    report = await _open_report(contact, uow)
    return ContactWithReport(
        **out,
        report=None if report is None else Report.model_validate(report),
        not_understood=await _not_understood(contact, uow),
    )


@router.post("/{contact_id}/concern", summary="Say that a contact names a concern after all; its case opens")
@raises(ReportImportedAlready)
async def name_concern(contact: ContactToChange, uow: Uow) -> Changed:
    if not contact.opens_case:
        uow.publish(contact.name_concern(await _report_of(contact, uow)))
        uow.record("contact.concern_named", contact.id)
    return Changed.model_validate(contact)


@router.post("/{contact_id}/no-concern", summary="Say that a contact is a question and needs no case")
@raises(ContactOpensCase)
async def name_no_concern(contact: ContactToChange, uow: Uow) -> Changed:
    if contact.name_no_concern(uow.now):
        uow.record("contact.no_concern_named", contact.id)
    return Changed.model_validate(contact)


@router.get(
    "/{contact_id}/report", summary="For the case service: hand over the report until a case holds it"
)
@raises(ReportImportedAlready)
async def read_report_to_import(contact: ContactToImport, uow: Uow) -> ReportToImport:
    report = await _report_of(contact, uow)
    uow.record("report.handed_to_case", contact.id)
    return ReportToImport(
        contact_id=contact.id,
        received_at=contact.received_at,
        opens_case=contact.opens_case,
        report=report,
        not_understood=await _not_understood(contact, uow),
        same_words_as=contact.same_words_as,
    )


async def _report_of(contact: Contact, uow: UnitOfWork) -> Report:
    report = await _open_report(contact, uow)
    if report is None:
        raise ReportImportedAlready
    return Report.model_validate(report)


async def _open_report(contact: Contact, uow: UnitOfWork) -> Any:
    return await _opened(contact, report_field(contact.id), contact.report, uow)


async def _not_understood(contact: Contact, uow: UnitOfWork) -> list[NotUnderstood]:
    opened = await _opened(contact, not_understood_field(contact.id), contact.not_understood, uow)
    return [NotUnderstood.model_validate(one) for one in opened or ()]


async def _opened(contact: Contact, field: SealedField, sealed: bytes | None, uow: UnitOfWork) -> Any:
    """Return what was sealed; None where a case has imported it."""
    if sealed is None:
        return None
    try:
        return await uow.keys.open(contact.id, field, sealed)
    except KeyErased:
        return None
