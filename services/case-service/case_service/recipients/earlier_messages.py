"""Earlier messages: what an agency has of a case whose contact said the same words in the same minute."""

from sqlalchemy import select

from case_service.cases.models import Case
from case_service.disclosures.models import Disclosure
from case_service.recipients.models import CaseRecipient
from case_service.sharing.duties.required import AgencyKey
from shared.db.unit_of_work import UnitOfWork


async def earlier_messages(case: Case, uow: UnitOfWork) -> dict[AgencyKey, str]:
    """Return the first message of the other case to each agency; nothing where no contact may be repeated."""
    if case.may_repeat_contact_id is None:
        return {}
    found = (
        select(CaseRecipient.recipient_kind, CaseRecipient.agency_code, Disclosure.id)
        .join(Disclosure, Disclosure.recipient_id == CaseRecipient.id)
        .join(Case, Case.id == CaseRecipient.case_id)
        .where(Case.contact_id == case.may_repeat_contact_id)
        .order_by(Disclosure.authorised_at.desc(), Disclosure.id)
    )
    rows = (await uow.session.execute(found)).all()
    return {(kind, agency_code): str(disclosure_id) for kind, agency_code, disclosure_id in rows}
