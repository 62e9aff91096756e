"""Writing of effects: the one place where what follows from a change reaches rows, events and the audit trail."""

from collections.abc import Iterable
from uuid import UUID

from case_service.disclosures.events import authorised_event, withheld_event
from case_service.disclosures.models import Disclosure
from case_service.proposals.models import Proposal, ProposalAct
from case_service.recipients.events import opened_event
from case_service.recipients.models import SCHEDULER_CHANNEL, CaseRecipient
from case_service.recipients.sharing_records import SharingRecords
from case_service.sharing.duties.required import AgencyKey
from case_service.sharing.effects import (
    AnnounceClassification,
    AuthoriseDisclosure,
    ChangeDuty,
    Effect,
    EndTasks,
    MarkUrgency,
    OpenTaskFor,
    ProposeTakingBack,
    RecallDisclosure,
    ReopenCase,
    TaskKind,
    WithholdUnsent,
)
from case_service.sharing.facts import Classification
from case_service.sharing.shared_so_far import DisclosureState
from shared.domain.geography import nation_of, police_force_of
from shared.domain.vocabulary import StandDownReason, WithheldReason
from shared.events import CaseClassified


def apply_effects(effects: Iterable[Effect], records: SharingRecords) -> list[UUID]:
    """Write effects in their order. Return the ids of the disclosures that were recalled."""
    recalled: list[UUID] = []
    for effect in effects:
        match effect:
            case RecallDisclosure():
                recalled.append(_recall(effect, records))
            case ChangeDuty():
                _change_duty(effect, records)
            case AuthoriseDisclosure():
                _authorise(effect, records)
            case WithholdUnsent():
                _withhold_unsent(effect, records)
            case ProposeTakingBack():
                _propose(effect, records)
            case OpenTaskFor() | EndTasks():
                _change_tasks(effect, records)
            case ReopenCase() | MarkUrgency() | AnnounceClassification():
                _change_case(effect, records)
    return recalled


def _change_tasks(effect: OpenTaskFor | EndTasks, records: SharingRecords) -> None:
    recipient_id = _recipient(effect.key, records).id if effect.key is not None else None
    if isinstance(effect, OpenTaskFor):
        records.open_task(effect.kind, effect.due_at, recipient_id)
    else:
        records.end_tasks(effect.kinds, effect.outcome, recipient_id)


def _recipient(key: AgencyKey, records: SharingRecords) -> CaseRecipient:
    recipient = records.recipient_of(key)
    assert recipient is not None  # an effect about a recipient follows the one that adds it
    return recipient


def _change_case(effect: ReopenCase | MarkUrgency | AnnounceClassification, records: SharingRecords) -> None:
    match effect:
        case ReopenCase():
            _reopen(records)
        case MarkUrgency():
            records.case.mark_urgency(danger=effect.danger, child=effect.child)
        case AnnounceClassification():
            records.uow.publish(classified_event(effect.classification, records))


def _reopen(records: SharingRecords) -> None:
    records.uow.publish(records.case.reopen(records.uow.now))
    records.uow.record("case.reopened", records.case.id)


def _change_duty(effect: ChangeDuty, records: SharingRecords) -> None:
    recipient = records.recipient_or_new(effect.key)
    recipient.change_duty(effect.duty)
    if effect.announce:
        records.uow.publish(opened_event(recipient, effect.duty))
        records.uow.record(
            "override.opened", recipient.case_id, recipient_id=recipient.id, agency=recipient.agency_code
        )
    records.uow.notify(SCHEDULER_CHANNEL)


def _authorise(effect: AuthoriseDisclosure, records: SharingRecords) -> None:
    recipient = _recipient(effect.key, records)
    duty = recipient.so_far().duty
    assert duty is not None  # only a duty forces a disclosure
    duplicate = effect.duplicate
    disclosure = Disclosure.authorise(
        case_id=recipient.case_id,
        recipient_id=recipient.id,
        kind=effect.kind,
        grounds=effect.grounds,
        by=records.uow.actor,
        at=records.uow.now,
        facts=duplicate.facts if duplicate else duty.facts,
        corrected_facts=effect.about,
        duplicate_case_id=UUID(duplicate.case_id) if duplicate else None,
    )
    verified = duplicate.verified if duplicate else duty.verified
    add_disclosure(disclosure, recipient, records, urgent=duty.is_urgent, verified=verified)


def add_disclosure(
    disclosure: Disclosure,
    recipient: CaseRecipient,
    records: SharingRecords,
    *,
    urgent: bool,
    verified: bool,
) -> None:
    """Keep an authorised disclosure and announce it to the referral service."""
    recipient.add_disclosure(disclosure)
    records.uow.publish(authorised_event(disclosure, recipient.key, urgent=urgent, verified=verified))
    records.uow.record(
        "disclosure.authorised",
        recipient.case_id,
        disclosure_id=disclosure.id,
        recipient_id=recipient.id,
        kind=disclosure.kind,
    )


def _withhold_unsent(effect: WithholdUnsent, records: SharingRecords) -> None:
    recipient = _recipient(effect.key, records)
    for disclosure in recipient.disclosures:
        if disclosure.is_forced and disclosure.state is DisclosureState.AUTHORISED:
            withhold(disclosure, recipient, effect.reason, records)


def withhold(
    disclosure: Disclosure, recipient: CaseRecipient, reason: WithheldReason, records: SharingRecords
) -> None:
    """Withhold a disclosure and announce it."""
    disclosure.withhold(reason)
    records.uow.publish(withheld_event(disclosure, recipient.key, reason, records.uow.now))


def _propose(effect: ProposeTakingBack, records: SharingRecords) -> None:
    """Add a proposal with the signature of whoever recorded it, for a lead to sign."""
    uow = records.uow
    act = ProposalAct.CORRECT if effect.was_sent else ProposalAct.STAND_DOWN
    reason = StandDownReason.AGE_MISTAKEN
    proposal = Proposal.propose(records.case.id, act, reason, effect.facts, by=effect.signed_by, at=uow.now)
    records.case.add_proposal(proposal)
    records.open_task(TaskKind.SIGN_PROPOSAL, uow.now)
    uow.record("proposal.made", records.case.id, proposal_id=proposal.id, act=act, reason=reason)


def _recall(effect: RecallDisclosure, records: SharingRecords) -> UUID:
    _, disclosure = records.disclosure(UUID(effect.disclosure_id))
    records.uow.publish(disclosure.recall(effect.items, records.uow.now))
    return disclosure.id


def classified_event(classification: Classification, records: SharingRecords) -> CaseClassified:
    """Return the event for statistics: codes and counts, with the nation and the police force of the place."""
    place = classification.place
    return CaseClassified(
        case_id=records.case.id,
        classified_at=records.uow.now,
        classification=classification.classification,
        exploitation_types=classification.exploitation_types,
        sectors=classification.sectors,
        nation=nation_of(place) if place else None,
        police_force=police_force_of(place) if place else None,
        potential_victims=classification.potential_victims,
        children=classification.children,
        age_statuses=classification.age_statuses,
    )
