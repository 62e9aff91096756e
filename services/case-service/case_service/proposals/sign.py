"""Signing of proposals: what may be proposed, and what the second signature brings about (facts 8, 9 and 10)."""

from collections.abc import Iterable
from uuid import UUID

from case_service.cases.case_file import CaseFile
from case_service.proposals.models import AlreadySent, NewFactSinceFirstSignature, Proposal, ProposalAct
from case_service.recipients.models import CaseRecipient
from case_service.sharing.duties.corrections import is_informed_of
from case_service.sharing.duties.duty import DutyNotOpen, DutyState
from case_service.sharing.duties.required import child_facts
from case_service.sharing.effects import TELEPHONE_TASKS, TaskKind, TaskOutcome
from case_service.sharing.facts import FactKind, FactRef
from case_service.sharing.people import is_witness
from shared.domain.vocabulary import EndReason, StandDownReason
from shared.errors import Conflict, NotFound
from shared.events import OverrideStoodDown


class NobodyWasInformed(Conflict):
    """No agency was told of these facts: they are stood down, not corrected."""

    code = "nobody-was-informed"
    title = "No agency was told of this yet; propose to stand it down"


class SearchNotOver(Conflict):
    """The fallback has not acknowledged, or no place of this fact is searched for (fact 10)."""

    code = "search-not-over"
    title = "A search is ended after the agency that stands in has acknowledged"


def open_facts(case_file: CaseFile, kind: FactKind, subject_id: UUID) -> frozenset[FactRef]:
    """Return the facts about one danger or person that count now; NotFound where there are none.

    Those count that were stood down as a duplicate's and that an agency hears of all the same.
    """
    passed_on = {fact for fact in case_file.taken_back() if case_file.is_passed_on(fact)}
    taken_back = case_file.taken_back() - (passed_on - case_file.corrected())
    if kind is FactKind.DANGER:
        found = {one.row.fact for one in case_file.dangers if one.row.id == subject_id}
    else:
        facts = case_file.facts()
        found = {fact for one in facts.persons if one.id == str(subject_id) for fact in child_facts(one)}
    if not found - taken_back:
        raise NotFound
    return frozenset(found - taken_back)


class NoWitness(Conflict):
    """The child is more than a reporter, or the fact is no child's: no witness (fact 8)."""

    code = "no-witness"
    title = "Only a child whose one role is reporter is stood down as a witness; give the reason that fits"


def check_reason(reason: StandDownReason | EndReason, facts: frozenset[FactRef], case_file: CaseFile) -> None:
    """Pass where the reason fits who the facts are about."""
    subjects = {fact.subject_id for fact in facts}
    children = [one for one in case_file.facts().persons if one.id in subjects]
    if reason is StandDownReason.WITNESS_ONLY and not all(is_witness(one) for one in children):
        raise NoWitness


def check_act(act: ProposalAct, facts: frozenset[FactRef], case_file: CaseFile) -> None:
    """Pass where the act fits how far these facts have gone."""
    informed = any(is_informed_of(one.so_far(), fact) for one in case_file.recipients for fact in facts)
    informed = informed or _is_on_its_way(facts, case_file) or any(map(case_file.is_passed_on, facts))
    if act is ProposalAct.STAND_DOWN and informed:
        raise AlreadySent
    if act is ProposalAct.CORRECT and not informed:
        raise NobodyWasInformed
    if act is ProposalAct.END_SEARCH and not _search_is_over(facts, case_file):
        raise SearchNotOver


def _is_on_its_way(facts: frozenset[FactRef], case_file: CaseFile) -> bool:
    duties = [one.duty.value for one in case_file.recipients if one.duty is not None]
    return any(
        duty.facts & facts and (duty.state is not DutyState.WAITING or duty.was_sent) for duty in duties
    )


def _search_is_over(facts: frozenset[FactRef], case_file: CaseFile) -> bool:
    duties = [one.duty.value for one in case_file.recipients if one.duty is not None]
    fallbacks = [duty for duty in duties if duty.facts & facts and duty.fallback]
    answered = (DutyState.ACKNOWLEDGED, DutyState.HANDED_OVER, DutyState.ELSEWHERE)
    return bool(fallbacks) and all(duty.state in answered for duty in fallbacks)


def sign(proposal: Proposal, case_file: CaseFile) -> None:
    """Add the second signature, and let the act take effect."""
    uow = case_file.uow
    if proposal.act is ProposalAct.END_DECLINED:
        assert proposal.recipient_id is not None  # an act about one recipient
        recipient = case_file.records.recipient(proposal.recipient_id)
        proposal.sign(by=uow.actor, at=uow.now)
        _end_declined(recipient, case_file)
    else:
        _check_nothing_new(proposal, case_file)
        check_act(proposal.act, proposal.covers(), case_file)
        proposal.sign(by=uow.actor, at=uow.now)
        case_file.case.content_recorded()
        _announce(proposal, case_file)
    end_task_to_sign(case_file)
    uow.record("proposal.signed", proposal.case_id, proposal_id=proposal.id, act=proposal.act)


def _check_nothing_new(proposal: Proposal, case_file: CaseFile) -> None:
    """Pass where every fact about the same subjects is covered by the first signature."""
    subjects = {fact.subject for fact in proposal.covers()}
    for kind, subject_id in subjects:
        if open_facts(case_file, kind, UUID(subject_id)) - proposal.covers():
            raise NewFactSinceFirstSignature


def _end_declined(recipient: CaseRecipient, case_file: CaseFile) -> None:
    duty = recipient.so_far().duty
    if duty is None:
        raise DutyNotOpen
    recipient.change_duty(duty.ended())
    tasks = (TaskKind.DECLINED_BY_AGENCY, *TELEPHONE_TASKS)
    case_file.records.end_tasks(tasks, TaskOutcome.ENDED_BY_TWO, recipient.id)


def _announce(proposal: Proposal, case_file: CaseFile) -> None:
    if proposal.act is not ProposalAct.STAND_DOWN:
        return
    for recipient in _recipients_of(proposal.covers(), case_file.recipients):
        event = OverrideStoodDown(case_id=proposal.case_id, recipient_id=recipient.id, reason=proposal.reason)
        case_file.uow.publish(event)


def _recipients_of(facts: frozenset[FactRef], recipients: Iterable[CaseRecipient]) -> list[CaseRecipient]:
    return [one for one in recipients if one.duty is not None and one.duty.value.facts & facts]


def end_task_to_sign(case_file: CaseFile) -> None:
    """End the task to sign, once no proposal waits that could still be signed."""
    waiting = [one for one in case_file.case.proposals if not one.is_signed]
    if any(_can_be_signed(one, case_file) for one in waiting):
        return
    outcome = TaskOutcome.OVERTAKEN if waiting else TaskOutcome.SIGNED
    case_file.records.end_tasks([TaskKind.SIGN_PROPOSAL], outcome)


def _can_be_signed(proposal: Proposal, case_file: CaseFile) -> bool:
    if proposal.act is ProposalAct.END_DECLINED:
        assert proposal.recipient_id is not None  # an act about one recipient
        duty = case_file.records.recipient(proposal.recipient_id).so_far().duty
        return duty is not None and duty.is_declined
    try:
        _check_nothing_new(proposal, case_file)
        check_act(proposal.act, proposal.covers(), case_file)
    except (Conflict, NotFound):
        return False
    return True
