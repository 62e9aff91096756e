"""The contacts that advisers see, the most urgent first, and the report that a case takes over."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select, tuple_

from intake_service.access import Adviser, ContactToChange, ContactToRead, ContactToTakeOver
from intake_service.contacts import Contact, report_place
from intake_service.reports import Report, ReportOut
from shared import cursors
from shared.access import Uow
from shared.database import UnitOfWork
from shared.errors import Gone
from shared.vault import KeyErased

router = APIRouter(prefix="/v1/contacts", tags=["contacts"])


ToLookAt = Annotated[
    bool,
    Query(
        description="Only those that opened no case and of which nobody has said yet whether they should have"
    ),
]


class ContactOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    received_at: datetime
    channel: str
    purpose: str
    caller_type: str
    privacy: str | None
    language: str
    nation: str | None
    opens_case: bool
    danger_stated: bool
    child_stated: bool
    case_id: UUID | None
    taken_over_at: datetime | None
    no_concern_at: datetime | None


class ContactPage(BaseModel):
    contacts: list[ContactOut]
    next: str | None


class ContactWithReport(ContactOut):
    """`report` is None once a case has taken it over: read it there."""

    report: Report | None


class ReportTakenOverAlready(Gone):
    code = "report-taken-over"
    title = "A case holds this report now; read it there"


@router.get("", summary="Contacts, danger first, then children, then the longest waiting")
async def list_contacts(
    _: Adviser,
    uow: Uow,
    to_look_at: ToLookAt = False,
    cursor: cursors.Cursor = None,
    limit: cursors.Limit = 50,
) -> ContactPage:
    calm, grown = ~Contact.danger_stated, ~Contact.child_stated
    order = (calm, grown, Contact.received_at, Contact.id)
    page = select(Contact).order_by(*order).limit(limit + 1)
    if to_look_at:
        page = page.where(Contact.to_look_at())
    if cursor is not None:
        after = cursors.decode(cursor, bool, bool, datetime, UUID)
        page = page.where(tuple_(*order) > tuple_(*after))
    rows = list((await uow.session.scalars(page)).all())
    for row in rows[:limit]:
        uow.record("contact.listed", row.id)
    return ContactPage(
        contacts=[ContactOut.model_validate(row) for row in rows[:limit]],
        next=_cursor_after(rows[limit - 1]) if len(rows) > limit else None,
    )


def _cursor_after(row: Contact) -> str:
    return cursors.encode(not row.danger_stated, not row.child_stated, row.received_at, row.id)


@router.get("/{contact_id}", summary="One contact, with what was said while intake still holds it")
async def read_contact(contact: ContactToRead, uow: Uow) -> ContactWithReport:
    uow.record("contact.read", contact.id)
    out = ContactOut.model_validate(contact).model_dump()
    report = await _opened(contact, uow)
    return ContactWithReport(**out, report=Report.model_validate(report) if report else None)


@router.post("/{contact_id}/concern", summary="It names a concern after all: a case opens, as for any report")
async def name_concern(contact: ContactToChange, uow: Uow) -> ContactOut:
    if not contact.opens_case:
        uow.publish(contact.name_concern(await _held(contact, uow)))
        uow.record("contact.concern_named", contact.id)
    return ContactOut.model_validate(contact)


@router.post("/{contact_id}/no-concern", summary="Somebody looked: it is a question, and no case is needed")
async def name_no_concern(contact: ContactToChange, uow: Uow) -> ContactOut:
    if contact.name_no_concern(uow.now):
        uow.record("contact.no_concern_named", contact.id)
    return ContactOut.model_validate(contact)


@router.get("/{contact_id}/report", summary="For the case service: the report, until its case holds it")
async def hand_over_report(contact: ContactToTakeOver, uow: Uow) -> ReportOut:
    report = await _held(contact, uow)
    uow.record("report.handed_to_case", contact.id)
    return ReportOut(
        contact_id=contact.id,
        received_at=contact.received_at.isoformat(),
        opens_case=contact.opens_case,
        report=report,
    )


async def _held(contact: Contact, uow: UnitOfWork) -> Report:
    report = await _opened(contact, uow)
    if report is None:
        raise ReportTakenOverAlready
    return Report.model_validate(report)


async def _opened(contact: Contact, uow: UnitOfWork) -> dict[str, Any] | None:
    if contact.report is None:
        return None
    try:
        opened: dict[str, Any] = await uow.keys.open(contact.id, report_place(contact.id), contact.report)
    except KeyErased:
        return None
    return opened
