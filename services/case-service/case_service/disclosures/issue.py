"""Issue of a disclosure: the rules decide again, and what goes or is withheld is recorded for ever."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from case_service.cases.case_file import CaseFile
from case_service.disclosures.models import (
    Disclosure,
    IssueOutcome,
    IssueRecord,
    facts_as_json,
    included_as_json,
    issued_event,
    withheld_as_json,
)
from case_service.disclosures.payload import compose, correction
from case_service.recipients.apply_effects import apply_effects, withhold
from case_service.recipients.models import CaseRecipient
from case_service.sharing.corrections import correct_recipient
from case_service.sharing.deadlines import COUNTERSIGN_WITHIN, ShorterDeadlines
from case_service.sharing.decision import Decision, GroupWithheldReason
from case_service.sharing.duty import Duty
from case_service.sharing.duty_changes import Changes
from case_service.sharing.effects import TaskKind
from case_service.sharing.facts import CaseFacts, FactRef
from case_service.sharing.rules import decide
from case_service.sharing.shared_so_far import ContentDigest, DisclosureSoFar, RecipientSoFar
from shared.domain.vocabulary import DisclosureKind, WithheldReason
from shared.ids import new_id


@dataclass(frozen=True)
class IssuedContent:
    """Exact text to send, byte for byte, and the SHA-256 of it."""

    text: str
    digest: str


def issue(
    disclosure: Disclosure,
    recipient: CaseRecipient,
    case_file: CaseFile,
    deadlines: ShorterDeadlines,
    *,
    attempt: int,
) -> IssuedContent | None:
    """Return what the rules permit now, recorded as issued; None where nothing may go, which is recorded too.

    The case is locked. A withdrawal that committed before is seen here, and one that comes later finds it issued.
    """
    if disclosure.has_ended:
        return None
    decision = decision_on(disclosure, recipient, case_file)
    if not decision.permits_anything and not disclosure.is_correction:
        _withhold(disclosure, recipient, decision, case_file, attempt)
        return None
    content = content_of(disclosure, recipient, decision, case_file)
    _add_record(disclosure, recipient, decision, case_file, IssueOutcome.ISSUED, attempt, content.digest)
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


def decision_on(disclosure: Disclosure, recipient: CaseRecipient, case_file: CaseFile) -> Decision:
    """Return what the rules let go to this recipient now."""
    facts = _as_it_was_forced(disclosure, _facts_for(recipient, case_file))
    at = facts.decided_at(case_file.uow.now)
    decision = decide(facts, recipient.recipient_kind, disclosure.grounds, at=at)
    if disclosure.is_correction:  # it says who it is about, and carries nothing that any ground opens
        return Decision(disclosure.grounds, frozenset(), rule_version=decision.rule_version)
    return decision


def _facts_for(recipient: CaseRecipient, case_file: CaseFile) -> CaseFacts:
    children = recipient.duty.value.child_ids if recipient.duty else frozenset[str]()
    return case_file.facts().for_agency(recipient.agency_code, children)


def _as_it_was_forced(disclosure: Disclosure, facts: CaseFacts) -> CaseFacts:
    """Keep what nobody has acknowledged yet about those for whom it was forced.

    An age that one person corrects on the way takes no ground away, and the correction follows (facts 8 and 14).
    """
    if not disclosure.is_unanswered:
        return facts
    return replace(facts, child_ids=facts.child_ids | frozenset(disclosure.child_ids))


def content_of(
    disclosure: Disclosure, recipient: CaseRecipient, decision: Decision, case_file: CaseFile
) -> IssuedContent:
    """Return the exact text, as it would be issued at this moment."""
    verified = is_verified(disclosure.is_forced, recipient.duty.value if recipient.duty else None)
    return _content(
        _header(str(disclosure.id), disclosure.kind, decision, verified=verified),
        correction(disclosure.corrected_person_ids)
        if disclosure.is_correction
        else compose(decision, case_file, at=case_file.uow.now),
    )


def is_verified(is_forced: bool, duty: Duty | None) -> bool:
    """Return whether an adviser confirmed or recorded the facts; what is only permitted, an adviser authorised."""
    return duty.verified if is_forced and duty is not None else True


def content_digest(case_file: CaseFile) -> ContentDigest:
    """Return the function with which supplements find out whether an agency would read anything new."""

    def digest(recipient: RecipientSoFar, disclosure: DisclosureSoFar, decision: Decision) -> str:
        verified = is_verified(disclosure.is_forced, recipient.duty)
        header = _header(disclosure.id, disclosure.kind, decision, verified=verified)
        return _content(header, compose(decision, case_file, at=case_file.uow.now)).digest

    return digest


def _header(
    disclosure_id: str, kind: DisclosureKind, decision: Decision, *, verified: bool
) -> dict[str, Any]:
    return {
        "disclosure_id": disclosure_id,
        "kind": kind.value,
        "grounds": sorted(ground.value for ground in decision.grounds),
        "verified": verified,
        "protect_source": decision.protect_source,
        "rule_version": decision.rule_version,
    }


def _content(header: Mapping[str, Any], payload: Mapping[str, Any]) -> IssuedContent:
    text = json.dumps({**header, **payload}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return IssuedContent(text, hashlib.sha256(text.encode()).hexdigest())


def _withhold(
    disclosure: Disclosure,
    recipient: CaseRecipient,
    decision: Decision,
    case_file: CaseFile,
    attempt: int,
) -> None:
    """Record the refusal with every reason, and announce it."""
    _add_record(disclosure, recipient, decision, case_file, IssueOutcome.WITHHELD, attempt, None)
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
    decision = decision_on(disclosure, recipient, case_file)
    content = content_of(disclosure, recipient, decision, case_file)
    _add_record(disclosure, recipient, decision, case_file, IssueOutcome.TOLD_BY_PHONE, 0, content.digest)
    if disclosure.mark_told_by_phone():
        announce_issued(disclosure, recipient, decision, content.digest, case_file)


def announce_issued(
    disclosure: Disclosure, recipient: CaseRecipient, decision: Decision, digest: str, case_file: CaseFile
) -> None:
    uow = case_file.uow
    uow.publish(issued_event(disclosure, recipient.key, decision, digest, uow.now))


def _add_record(
    disclosure: Disclosure,
    recipient: CaseRecipient,
    decision: Decision,
    case_file: CaseFile,
    outcome: IssueOutcome,
    attempt: int,
    digest: str | None,
) -> None:
    duty = recipient.duty.value if recipient.duty else None
    persons = {item.person for item in decision.items if item.person}
    disclosure.add_record(
        IssueRecord(
            id=new_id(),
            case_id=recipient.case_id,
            issued_at=case_file.uow.now,
            attempt=attempt,
            outcome=outcome,
            grounds=decision.grounds,
            facts=facts_as_json(_facts_relied_on(disclosure, duty)),
            rule_version=decision.rule_version,
            recipient_kind=recipient.recipient_kind,
            agency_code=recipient.agency_code,
            recipient_reason=_recipient_reason(duty, case_file),
            included=included_as_json(decision),
            withheld=withheld_as_json(decision.withheld),
            person_ids=sorted({*disclosure.corrected_person_ids, *persons}),
            decided_by=disclosure.authorised_by,
            verified=is_verified(disclosure.is_forced, duty),
            digest=digest,
        )
    )


def _facts_relied_on(disclosure: Disclosure, duty: Duty | None) -> frozenset[FactRef]:
    """Return the duty's facts, and those about persons for whom this was forced before a correction took them back."""
    if duty is None:
        return frozenset()
    corrected = frozenset(disclosure.child_ids) - duty.child_ids
    return duty.facts | {fact for fact in duty.stood_down_facts if fact.subject_id in corrected}


def _recipient_reason(duty: Duty | None, case_file: CaseFile) -> str:
    """Return why this agency: the council whose area led to it, that none is known, or an adviser's choice."""
    place = duty.place if duty is not None else case_file.case.place_gss
    if place is None:
        return "place-unknown" if duty is not None and duty.is_forced else "chosen-by-adviser"
    return f"{'last-known-place' if duty is not None and duty.fallback else 'place'}:{place}"


def _mark_recipient(
    disclosure: Disclosure, recipient: CaseRecipient, case_file: CaseFile, deadlines: ShorterDeadlines
) -> None:
    """Record the sending on the duty or the permission, each for its own disclosures."""
    now = case_file.uow.now
    if not disclosure.is_forced:
        recipient.mark_permission_sent(now)
        return
    duty = recipient.so_far().duty
    assert duty is not None  # only a duty forces a disclosure
    recipient.change_duty(duty.issued(now))
    if not disclosure.is_correction:
        after_telling(recipient, case_file, deadlines)


def after_telling(recipient: CaseRecipient, case_file: CaseFile, deadlines: ShorterDeadlines) -> None:
    """Write the effects of a forced disclosure, in writing or by telephone.

    A lead reviews within a day, and somebody informs the person or says why not (fact 12). Where a child was known to
    be an adult by then, and no two people stood the duty down, the correction follows at once (fact 14).
    """
    now = case_file.uow.now
    for kind in (TaskKind.COUNTERSIGN, TaskKind.INFORM_PERSON):
        case_file.records.open_task(kind, now + COUNTERSIGN_WITHIN, recipient.id)
    changes = Changes([], case_file.records.so_far(content_digest(case_file)))
    changes = correct_recipient(changes, recipient.so_far(), case_file.facts(), now, deadlines)
    apply_effects(changes.effects, case_file.records)
