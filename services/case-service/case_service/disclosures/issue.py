"""Issue of a disclosure: the rules decide again, and what goes or is withheld is recorded for ever."""

from case_service.cases.case_file import CaseFile
from case_service.disclosures.content import Content, content_of, decision_on, is_verified
from case_service.disclosures.events import issued_event
from case_service.disclosures.json_forms import (
    facts_as_json,
    facts_from_json,
    included_as_json,
    withheld_as_json,
)
from case_service.disclosures.models import Disclosure, IssueOutcome, IssueRecord
from case_service.disclosures.teller import Teller, own_teller, teller_of
from case_service.recipients.apply_effects import apply_effects, withhold
from case_service.recipients.models import CaseRecipient
from case_service.sharing.decisions.decision import Decision, GroupWithheldReason
from case_service.sharing.duties.corrections import correct_informed
from case_service.sharing.duties.deadlines import COUNTERSIGN_WITHIN, ShorterDeadlines
from case_service.sharing.duties.duty import Duty, DutyState
from case_service.sharing.effects import TELEPHONE_TASKS, TaskKind, TaskOutcome
from case_service.sharing.facts import FactRef
from case_service.sharing.shared_so_far import SharedSoFar
from shared.domain.vocabulary import Ground, WithheldReason
from shared.ids import new_id


def issue(
    disclosure: Disclosure,
    recipient: CaseRecipient,
    case_file: CaseFile,
    deadlines: ShorterDeadlines,
    *,
    attempt: int,
    duplicate: CaseFile | None = None,
) -> Content | None:
    """Return what the rules permit now, recorded as issued; None where nothing may go, which is recorded too.

    The case is locked. A withdrawal that committed before is seen here, and one that comes later finds it issued.
    `duplicate` is the case whose content it carries, locked too, where that is another one (fact 8).
    """
    if disclosure.has_ended:
        return None
    teller = teller_of(disclosure, recipient, case_file, duplicate)
    decision = decision_on(disclosure, teller)
    if not decision.permits_anything and not disclosure.is_correction:
        _withhold(disclosure, recipient, teller, decision, case_file, attempt)
        return None
    content = content_of(disclosure, teller, decision)
    _add_record(disclosure, teller, decision, IssueOutcome.ISSUED, attempt, content)
    if disclosure.mark_issued():
        announce_issued(disclosure, recipient, decision, content.digest, case_file)
        _mark_recipient(disclosure, recipient, case_file, deadlines)
    case_file.uow.record(
        "disclosure.issued",
        recipient.case_id,
        disclosure_id=disclosure.id,
        attempt=attempt,
        digest=content.digest,
    )
    return content


def _withhold(
    disclosure: Disclosure,
    recipient: CaseRecipient,
    teller: Teller,
    decision: Decision,
    case_file: CaseFile,
    attempt: int,
) -> None:
    """Record the refusal with every reason, and announce it."""
    _add_record(disclosure, teller, decision, IssueOutcome.WITHHELD, attempt, None)
    withdrawn = any(reason is GroupWithheldReason.WITHDRAWN for _, _, reason in decision.withheld)
    reason = WithheldReason.CONSENT_WITHDRAWN if withdrawn else WithheldReason.RULES_PERMIT_NOTHING
    withhold(disclosure, recipient, reason, case_file.records)
    unanswered = any(one.is_unanswered and not one.is_forced for one in recipient.disclosures)
    if recipient.permission is not None and recipient.permission.is_open and not unanswered:
        recipient.withhold_permission()
    case_file.uow.record("disclosure.withheld", recipient.case_id, disclosure_id=disclosure.id, reason=reason)


def record_told_by_phone(disclosure: Disclosure, recipient: CaseRecipient, case_file: CaseFile) -> None:
    """Record that a person told an agency by telephone what the rules would have let go.

    The digest is of that content: what is new later is compared with it.
    """
    teller = own_teller(recipient, case_file)
    decision = decision_on(disclosure, teller)
    content = content_of(disclosure, teller, decision)
    _add_record(disclosure, teller, decision, IssueOutcome.TOLD_BY_PHONE, 0, content)
    if disclosure.mark_told_by_phone():
        announce_issued(disclosure, recipient, decision, content.digest, case_file)


def announce_issued(
    disclosure: Disclosure, recipient: CaseRecipient, decision: Decision, digest: str, case_file: CaseFile
) -> None:
    uow = case_file.uow
    uow.publish(issued_event(disclosure, recipient.key, decision, digest, uow.now))


def _add_record(
    disclosure: Disclosure,
    teller: Teller,
    decision: Decision,
    outcome: IssueOutcome,
    attempt: int,
    content: Content | None,
) -> None:
    duty, recipient = teller.duty, teller.recipient
    persons = {item.person for item in decision.items if item.person}
    disclosure.add_record(
        IssueRecord(
            id=new_id(),
            case_id=disclosure.case_id,
            issued_at=teller.case_file.uow.now,
            attempt=attempt,
            outcome=outcome,
            grounds=decision.grounds,
            facts=facts_as_json(_facts_relied_on(disclosure, duty)),
            rule_version=decision.rule_version,
            recipient_kind=recipient.recipient_kind,
            agency_code=recipient.agency_code,
            recipient_reason=_recipient_reason(duty, disclosure),
            included=included_as_json(decision),
            withheld=withheld_as_json(decision.withheld),
            person_ids=sorted(persons),
            decided_by=disclosure.authorised_by,
            verified=is_verified(disclosure.is_forced, duty),
            parts=sorted(content.parts) if content is not None else [],
            digest=content.digest if content is not None else None,
        )
    )


def _facts_relied_on(disclosure: Disclosure, duty: Duty | None) -> frozenset[FactRef]:
    """Return the facts for which it was forced, those of the duty now, or those that a correction takes back."""
    if disclosure.is_correction:
        return facts_from_json(disclosure.corrected_facts)
    if not disclosure.is_forced:
        return frozenset()
    return facts_from_json(disclosure.facts) | (duty.facts if duty is not None else frozenset())


def _recipient_reason(duty: Duty | None, disclosure: Disclosure) -> str:
    """Return why this agency: the kind of place and the council that led to it, or an adviser's choice."""
    if duty is None or not disclosure.is_forced:
        return "chosen-by-adviser"
    return f"{duty.lead}:{duty.place}" if duty.place is not None else duty.lead.value


def _mark_recipient(
    disclosure: Disclosure, recipient: CaseRecipient, case_file: CaseFile, deadlines: ShorterDeadlines
) -> None:
    """Record the sending on the duty or the permission, each for its own disclosures."""
    now = case_file.uow.now
    if not disclosure.is_forced:
        recipient.mark_permission_sent(now)
        if Ground.AUTHORISED in disclosure.grounds:  # reviewed like an override (section 1)
            case_file.records.open_task(TaskKind.COUNTERSIGN, now + COUNTERSIGN_WITHIN, recipient.id)
        return
    duty = recipient.so_far().duty
    assert duty is not None  # only a duty forces a disclosure
    issued = duty.issued(now)
    recipient.change_duty(issued)
    if issued.state is DutyState.HANDED_OVER:
        tasks = (*TELEPHONE_TASKS, TaskKind.COUNTERSIGN_CALL)
        case_file.records.end_tasks(tasks, TaskOutcome.HANDED_OVER, recipient.id)
    if not disclosure.is_correction:
        after_disclosing(recipient, case_file, deadlines)


def after_disclosing(recipient: CaseRecipient, case_file: CaseFile, deadlines: ShorterDeadlines) -> None:
    """Write the effects of a forced disclosure, in writing or by telephone.

    A lead reviews within a day, and somebody informs the person or says why not (fact 12). Where two people took a fact
    back on the way, the correction follows at once (facts 8 and 14).
    """
    now = case_file.uow.now
    for kind in (TaskKind.COUNTERSIGN, TaskKind.INFORM_PERSON):
        case_file.records.open_task(kind, now + COUNTERSIGN_WITHIN, recipient.id)
    changes = correct_informed(case_file.facts(), SharedSoFar((recipient.so_far(),)), now, deadlines)
    apply_effects(changes.effects, case_file.records)
