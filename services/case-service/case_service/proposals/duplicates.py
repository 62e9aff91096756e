"""Duplicates: a case repeats another one only where every agency hears of it there (sharing rules, fact 8)."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from case_service.agencies.national import AGENCIES
from case_service.cases.case_file import CaseFile
from case_service.cases.models import Case
from case_service.proposals.models import FactsOfAgencies, Proposal
from case_service.recipients.sharing_records import read_sharing_records
from case_service.sharing.duties.duty import Duty, DutyState
from case_service.sharing.duties.required import AgencyKey, required_disclosures
from case_service.sharing.facts import FactRef
from shared.domain.age import british_date
from shared.errors import Conflict

_STANDS = frozenset(
    {
        DutyState.WAITING,
        DutyState.AUTHORISED,
        DutyState.SENT,
        DutyState.ACKNOWLEDGED,
        DutyState.HANDED_OVER,
    }
)


class NotADuplicate(Conflict):
    """The other case does not stand at each agency, or is itself a duplicate of this one."""

    code = "not-a-duplicate"
    title = "The other case is not shared with each of these agencies"


def agencies_of(facts: frozenset[FactRef], case_file: CaseFile) -> FactsOfAgencies:
    """Return the agencies that these facts force to be told, each with its own of them."""
    duties = {one.key: one.duty.value for one in case_file.recipients if one.duty is not None}
    return {key: duty.facts & facts for key, duty in duties.items() if duty.facts & facts}


def agencies_now(proposal: Proposal, case_file: CaseFile) -> frozenset[AgencyKey]:
    """Return the agencies that must hear of a standing duplicate: those of the day of signing, and of places since."""
    facts = case_file.facts(keep=proposal.covers())
    required = required_disclosures(facts, AGENCIES, british_date(case_file.uow.now))
    led_to = frozenset(key for key, one in required.items() if one.facts & proposal.covers())
    return led_to.union(proposal.facts_of_agencies())


async def check_duplicate(other_id: UUID, agencies: Iterable[AgencyKey], case_file: CaseFile) -> None:
    """Pass where the other case waits, is sent, acknowledged or handed over at each of these agencies."""
    uow = case_file.uow
    other = await uow.session.get(Case, other_id)
    if other is None or other.id == case_file.case.id:
        raise NotADuplicate
    back = select(Proposal.id).where(
        Proposal.case_id == other_id,
        Proposal.duplicate_of == case_file.case.id,
        Proposal.lapsed_at.is_(None),
    )
    if await uow.session.scalar(back.limit(1)) is not None:
        raise NotADuplicate
    records = await read_sharing_records(other, uow)
    standing = {one.key for one in records.recipients if one.duty is not None and _stands(one.duty.value)}
    needed = frozenset(agencies)
    if not needed or needed - standing:
        raise NotADuplicate


def _stands(duty: Duty) -> bool:
    """Return whether a duty waits or was answered; one that the agency declined does not, while news goes there."""
    return duty.is_forced and duty.state in _STANDS and not duty.is_declined
