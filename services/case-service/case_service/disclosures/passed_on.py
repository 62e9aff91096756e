"""Passed on: messages of other cases that carry what only this one knows, because it repeats them (fact 8)."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from case_service.cases.models import Case
from case_service.disclosures.json_forms import facts_from_json
from case_service.disclosures.models import Disclosure
from case_service.recipients.models import CaseRecipient
from case_service.sharing.duties.corrections import tells_of
from case_service.sharing.duties.required import AgencyKey
from case_service.sharing.facts import FactRef
from case_service.sharing.shared_so_far import DisclosureState
from shared.db.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class PassedOn:
    """Message of another case that carries what this one knows, or a correction of it, and its agency."""

    disclosure: Disclosure
    key: AgencyKey

    def tells_of(self, fact: FactRef) -> bool:
        """Return whether an agency hears of a fact by it, or heard."""
        if self.disclosure.is_correction or self.disclosure.state is DisclosureState.WITHHELD:
            return False
        return fact in facts_from_json(self.disclosure.facts) or tells_of(self.disclosure.so_far(), fact)


async def passed_on_by(case: Case, uow: UnitOfWork) -> list[PassedOn]:
    """Return what other cases tell for this one, the oldest first; nothing is asked where it repeats none."""
    if all(one.duplicate_of is None for one in case.proposals):
        return []
    found = (
        select(Disclosure, CaseRecipient.recipient_kind, CaseRecipient.agency_code)
        .join(CaseRecipient, CaseRecipient.id == Disclosure.recipient_id)
        .where(Disclosure.duplicate_case_id == case.id)
        .order_by(Disclosure.authorised_at, Disclosure.id)
        .options(joinedload(Disclosure.records))
    )
    rows = (await uow.session.execute(found)).unique().all()
    return [PassedOn(disclosure, (kind, agency_code)) for disclosure, kind, agency_code in rows]
