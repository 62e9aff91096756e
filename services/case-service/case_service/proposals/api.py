"""Routes of proposals: the first signature, and a lead's second to the one that is named."""

from uuid import UUID

from case_service.access import AnyCaseToChange, CaseToReview, RecipientToChange
from case_service.proposals.duplicates import NotADuplicate, agencies_of, check_duplicate
from case_service.proposals.models import (
    AlreadySent,
    AlreadySigned,
    NewFactSinceFirstSignature,
    Proposal,
    ProposalAct,
    SignedByTheSamePerson,
)
from case_service.proposals.schemas import EndDeclinedDuty, ProposalCreated, ProposalOut, ProposeAboutFacts
from case_service.proposals.sign import (
    NobodyWasInformed,
    NoWitness,
    SearchNotOver,
    check_act,
    check_reason,
    open_facts,
    sign,
)
from case_service.sharing.duties.deadlines import COUNTERSIGN_WITHIN
from case_service.sharing.duties.duty import DutyNotOpen
from case_service.sharing.effects import TaskKind
from shared.errors import NotFound
from shared.http.auth import Uow
from shared.http.idempotency import Idempotent
from shared.http.problems import raises
from shared.http.records import record_router

router = record_router(prefix="/v1", tag="proposals")


@router.post("/cases/{case_id}/proposals", status_code=201, summary="Propose what takes two people")
@raises(AlreadySent, NobodyWasInformed, SearchNotOver, NotADuplicate, NoWitness)
async def propose_about_facts(
    body: ProposeAboutFacts, change: AnyCaseToChange, uow: Uow, request: Idempotent
) -> ProposalCreated:
    """Sign first. Every clock runs until a safeguarding lead has signed too (sharing rules, fact 8)."""

    async def propose() -> ProposalCreated:
        case_file = change.case_file
        facts = frozenset(
            fact for one in body.facts for fact in open_facts(case_file, one.kind, one.subject_id)
        )
        check_reason(body.reason, facts, case_file)
        check_act(body.act, facts, case_file)
        agencies = agencies_of(facts, case_file) if body.duplicate_of is not None else {}
        if body.duplicate_of is not None:
            await check_duplicate(body.duplicate_of, agencies, case_file)
        proposal = Proposal.propose(
            case_file.case.id,
            body.act,
            body.reason,
            facts,
            by=uow.actor,
            at=uow.now,
            duplicate_of=body.duplicate_of,
            agencies=agencies,
        )
        case_file.add_proposal(proposal)
        case_file.records.open_task(TaskKind.SIGN_PROPOSAL, uow.now)
        uow.record(
            "proposal.made", case_file.case.id, proposal_id=proposal.id, act=body.act, reason=body.reason
        )
        return ProposalCreated.model_validate(proposal)

    return await request.once(ProposalCreated, propose)


@router.post(
    "/case-recipients/{recipient_id}/end-of-declined-duty",
    status_code=201,
    summary="Propose to end a duty that the agency declined",
)
@raises(DutyNotOpen)
async def propose_end_of_declined_duty(
    body: EndDeclinedDuty, change: RecipientToChange, uow: Uow, request: Idempotent
) -> ProposalCreated:
    async def propose() -> ProposalCreated:
        recipient, case_file = change.recipient, change.case_file
        duty = recipient.so_far().duty
        if duty is None or not duty.is_declined:
            raise DutyNotOpen
        proposal = Proposal.propose(
            recipient.case_id,
            ProposalAct.END_DECLINED,
            body.reason,
            duty.facts,
            by=uow.actor,
            at=uow.now,
            recipient_id=recipient.id,
        )
        case_file.add_proposal(proposal)
        case_file.records.open_task(TaskKind.SIGN_PROPOSAL, uow.now + COUNTERSIGN_WITHIN)
        uow.record(
            "proposal.made", recipient.case_id, proposal_id=proposal.id, act=proposal.act, reason=body.reason
        )
        return ProposalCreated.model_validate(proposal)

    return await request.once(ProposalCreated, propose)


@router.post(
    "/cases/{case_id}/proposals/{proposal_id}/signature", summary="Sign a proposal as the second person"
)
@raises(
    SignedByTheSamePerson,
    AlreadySigned,
    NewFactSinceFirstSignature,
    AlreadySent,
    NobodyWasInformed,
    SearchNotOver,
    DutyNotOpen,
    NotADuplicate,
)
async def sign_proposal(proposal_id: UUID, change: CaseToReview, uow: Uow) -> ProposalOut:
    case_file = change.case_file
    proposal = next((one for one in case_file.case.proposals if one.id == proposal_id), None)
    if proposal is None:
        raise NotFound
    proposal.check_may_sign(uow.actor)
    if proposal.duplicate_of is not None:
        agencies = agencies_of(proposal.covers(), case_file)
        await check_duplicate(proposal.duplicate_of, agencies, case_file)
        proposal.hear_of_it(agencies)
    sign(proposal, case_file)
    return ProposalOut.of(proposal)
