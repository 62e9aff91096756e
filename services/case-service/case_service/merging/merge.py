"""Merging of one case into another: persons, words, choices and duties move, and nothing is told twice (fact 13)."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy import inspect, select

from case_service.cases.case_file import CaseFile
from case_service.disclosures.authorisations import Authorisation
from case_service.disclosures.models import Disclosure
from case_service.merging.joined_situation import joined_situation
from case_service.merging.recipients import merge_recipients, merge_tasks
from case_service.proposals.models import Proposal
from case_service.recipients.models import CaseRecipient
from case_service.redirections.models import Redirection
from case_service.sharing.duties.deadlines import ShorterDeadlines
from case_service.sources.models import SourceDecision
from shared.ids import new_id

Decided = TypeVar("Decided", SourceDecision, Redirection, Authorisation)


async def merge(other: CaseFile, into: CaseFile, deadlines: ShorterDeadlines) -> None:
    """Make another case part of one. Both are locked, and both hold their reports.

    Every fact keeps its duty at every agency, with the earlier clock and all sources. PlacesDiffer where the two
    contradict each other about the place; DutyDeclined where an agency of both has declined and nobody has answered.
    """
    uow = into.uow
    situation = joined_situation(into, other)
    await _move_content(other, into)
    await into.change_situation(dict(situation))
    into.case.move_to(situation.place)
    moved_to = merge_recipients(other, into, deadlines)
    await _move_joined_before(moved_to, into)
    _copy_decisions(other, into, moved_to)
    await _follow_duplicates(other, into)
    merge_tasks(other, into, moved_to)
    uow.publish(other.case.become_part_of(into.case, by=uow.actor, at=uow.now))
    uow.record("case.merged", other.case.id, merged_into=into.case.id)
    uow.record("case.took_over", into.case.id, case_id=other.case.id)


async def _move_joined_before(moved_to: dict[UUID, UUID], into: CaseFile) -> None:
    """Let what was merged into a case recipient of the other case be merged into the one here."""
    for there, here in moved_to.items():
        joined = select(CaseRecipient).where(CaseRecipient.merged_into_id == there)
        for recipient in (await into.uow.session.scalars(joined)).all():
            recipient.follow(into.records.recipient(here))


async def _move_content(other: CaseFile, into: CaseFile) -> None:
    """Move persons with their keys, and seal under this case's key what was sealed under the other's."""
    keys, case_id = into.uow.keys, into.case.id
    for person in other.persons:
        person.row.move_to(case_id)
    for account in other.accounts:
        await account.row.move_to(case_id, account.account, keys)
    for danger in other.dangers:
        await danger.row.move_to(case_id, danger.place, keys)
    into.persons.extend(other.persons)
    into.accounts.extend(other.accounts)
    into.dangers.extend(other.dangers)
    into.consents.extend(other.consents)
    into.persons.sort(key=lambda one: (one.row.added_at, one.id))
    into.accounts.sort(key=lambda one: one.row.contact_id)
    into.dangers.sort(key=lambda one: (one.row.recorded_at, one.row.id))
    into.consents.sort(key=lambda one: one.number)


def _copy_decisions(other: CaseFile, into: CaseFile, moved_to: dict[UUID, UUID]) -> None:
    """Write down here what people decided about the other case, as they decided it; proposals move."""
    proposals = other.case.give_proposals()
    for proposal in proposals:
        proposal.move_to(into.case.id, moved_to.get(proposal.recipient_id) if proposal.recipient_id else None)
    into.case.take_decisions(
        proposals,
        [_copied(one, into) for one in other.case.source_decisions],
        [_copied(one, into) for one in other.case.redirections],
        [_copied(one, into) for one in other.case.authorisations],
    )


def _copied(decision: Decided, into: CaseFile) -> Decided:
    """Return a decision, which is written once, as a row of this case with a key of its own."""
    mapper = inspect(type(decision))
    keys = {column.key for column in mapper.primary_key}
    said = {one.key: getattr(decision, one.key) for one in mapper.column_attrs if one.key not in keys}
    own = {"id": new_id()} if "id" in keys else {}  # the database numbers the others
    return type(decision)(**{**said, **own, "case_id": into.case.id})


async def _follow_duplicates(other: CaseFile, into: CaseFile) -> None:
    """Let duplicates of the other case repeat this one. No case repeats itself: its facts count again."""
    uow, both = into.uow, (other.case.id, into.case.id)
    for proposal in into.case.proposals:
        if proposal.duplicate_of in both and proposal.lapsed_at is None:
            proposal.lapse(uow.now)
            uow.record("duplicate.lapsed", into.case.id, proposal_id=proposal.id)
        if proposal.duplicate_of == other.case.id:
            proposal.follow(into.case.id)
    elsewhere = select(Proposal).where(Proposal.duplicate_of == other.case.id, Proposal.case_id.not_in(both))
    for proposal in (await uow.session.scalars(elsewhere)).all():
        proposal.follow(into.case.id)
    passed_on = select(Disclosure).where(Disclosure.duplicate_case_id.in_(both))
    for disclosure in (await uow.session.scalars(passed_on)).all():
        disclosure.follow_duplicate(into.case.id)
