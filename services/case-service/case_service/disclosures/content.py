"""Content of a disclosure: the exact text for an agency at this moment, and digests of its parts."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from case_service.cases.case_file import CaseFile
from case_service.disclosures.json_forms import facts_from_json
from case_service.disclosures.models import Disclosure
from case_service.disclosures.payload.compose import compose, correction, to_compare
from case_service.disclosures.payload.message import Message
from case_service.disclosures.payload.parts import digests_of, named, parts_of
from case_service.disclosures.payload.places import without_gaps
from case_service.disclosures.teller import Teller
from case_service.sharing.decisions.decide import decide
from case_service.sharing.decisions.decision import Decision
from case_service.sharing.decisions.sources import sources_of_children, sources_of_dangers
from case_service.sharing.duties.deadlines import MOST_AGENCIES_UNNOTICED
from case_service.sharing.duties.duty import Duty
from case_service.sharing.facts import CaseFacts, FactRef
from case_service.sharing.people import own_children
from case_service.sharing.shared_so_far import ContentParts, Part, RecipientSoFar
from shared.domain.age import british_date
from shared.domain.vocabulary import Ground, RecipientKind, YesNoUnknown


@dataclass(frozen=True)
class Content:
    """Exact text to send, byte for byte, the SHA-256 of it, and keyed digests of its parts."""

    text: str
    digest: str
    parts: frozenset[str]


def facts_for(disclosure: Disclosure, teller: Teller) -> CaseFacts:
    """Return the facts of one agency. What nobody has acknowledged yet keeps the facts for which it was forced.

    What becomes of a fact on the way takes no ground away, and the correction follows (facts 8 and 14).
    """
    return teller.known(facts_from_json(disclosure.facts) if disclosure.is_unanswered else frozenset())


def decision_on(disclosure: Disclosure, teller: Teller) -> Decision:
    """Return what the rules let go to this recipient now."""
    facts = facts_for(disclosure, teller)
    decision = _decide(facts, disclosure.grounds, teller)
    if disclosure.is_correction:  # it says what proved wrong, and carries nothing that any ground opens
        return Decision(disclosure.grounds, frozenset(), rule_version=decision.rule_version)
    return decision


def _decide(facts: CaseFacts, grounds: Iterable[Ground], teller: Teller) -> Decision:
    at = facts.decided_at(teller.case_file.uow.now)
    return decide(facts, teller.recipient.recipient_kind, grounds, at=at)


def content_of(disclosure: Disclosure, teller: Teller, decision: Decision) -> Content:
    """Return the exact text, as it would be issued at this moment."""
    header = _header(disclosure, teller, decision)
    if disclosure.is_correction:
        return _content(header, correction(facts_from_json(disclosure.corrected_facts)), frozenset())
    facts = facts_for(disclosure, teller)
    message = _message(facts, teller.recipient.recipient_kind, decision, teller.case_file)
    parts = _parts_of(message, disclosure.case_id) | _named_parts_of(message, disclosure.case_id)
    return _content(header, compose(message), parts)


def content_parts(case_file: CaseFile) -> ContentParts:
    """Return the function with which supplements find out whether an agency would read anything new."""

    def parts(recipient: RecipientSoFar, decision: Decision) -> frozenset[Part]:
        facts = case_file.facts().for_agency(recipient.agency_code, recipient.facts)
        message = _message(facts, recipient.recipient_kind, decision, case_file)
        return parts_of(to_compare(message), case_file.uow.vault, case_file.case_ids)

    return parts


def named_parts(teller: Teller, case_id: UUID) -> frozenset[str]:
    """Return digests of what a teller's duty would say now, to be compared with what another case says.

    They are keyed with the case that has the message, and empty where the rules let nothing go.
    """
    facts = teller.known()
    decision = _decide(facts, {fact.ground for fact in teller.facts}, teller)
    if not decision.permits_anything:
        return frozenset()
    message = _message(facts, teller.recipient.recipient_kind, decision, teller.case_file)
    return _named_parts_of(message, case_id)


def _parts_of(message: Message, case_id: UUID) -> frozenset[str]:
    return digests_of(to_compare(message), message.case_file.uow.vault, case_id)


def _named_parts_of(message: Message, case_id: UUID) -> frozenset[str]:
    return digests_of(named(to_compare(message)), message.case_file.uow.vault, case_id)


def _message(facts: CaseFacts, kind: RecipientKind, decision: Decision, case_file: CaseFile) -> Message:
    return Message(decision, case_file, facts, kind, british_date(case_file.uow.now))


def _content(header: dict[str, Any], payload: dict[str, Any], parts: frozenset[str]) -> Content:
    text = json.dumps({**header, **payload}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Content(text, hashlib.sha256(text.encode()).hexdigest(), parts)


def is_verified(is_forced: bool, duty: Duty | None) -> bool:
    """Return whether an adviser confirmed or recorded the facts; what is only permitted, an adviser authorised."""
    return duty.verified if is_forced and duty is not None else True


def _header(disclosure: Disclosure, teller: Teller, decision: Decision) -> dict[str, Any]:
    header = {
        "disclosure_id": str(disclosure.id),
        "agency": teller.recipient.agency_code,
        "kind": disclosure.kind.value,
        "grounds": sorted(ground.value for ground in decision.grounds),
        "verified": is_verified(disclosure.is_forced, teller.duty),
        "protect_source": decision.protect_source,
        "not_for_immigration_enforcement": True,
        "rule_version": decision.rule_version,
        **teller.head,
    }
    if disclosure.is_forced and teller.duty is not None and not disclosure.is_correction:
        header |= _about_the_duty(teller.duty, teller)
    return header


def _about_the_duty(duty: Duty, teller: Teller) -> dict[str, Any]:
    """Return the place that led here, the others who are told, and how the source can be reached."""
    known = teller.known()
    others = sorted(
        agency_code
        for (kind, agency_code), facts in teller.agencies.items()
        if (kind, agency_code) != teller.recipient.key and facts & duty.facts
    )
    forced = sum(1 for facts in teller.agencies.values() if facts)
    return without_gaps(
        {
            "led_by": duty.lead.value,
            "place_is_sure": not duty.fallback,
            "agencies_informed_of_the_same": others,
            "agencies_informed_in_all": forced if forced > MOST_AGENCIES_UNNOTICED else None,
            "confirms_telephone_call": True if duty.message_confirms_call else None,
            "facts": [_fact_out(fact, known) for fact in sorted(duty.facts)],
            "source": _source(known, teller.case_file),
        }
    )


def _fact_out(fact: FactRef, known: CaseFacts) -> dict[str, Any]:
    return {"kind": fact.kind.value, "ref": fact.subject_id, "verified": known.is_verified(fact)}


def _source(known: CaseFacts, case_file: CaseFile) -> dict[str, Any] | None:
    """Return whether and when the helpline can reach the maker, who is a source (fact 3)."""
    sources = sources_of_dangers(known.own_dangers) | sources_of_children(
        known, own_children(known, british_date(case_file.uow.now))
    )
    makers = {
        one.row.contact_id for one in case_file.persons if one.row.made_report and str(one.id) in sources
    }
    if not makers:
        return None
    accounts = [one.account for one in case_file.accounts if one.row.contact_id in makers]
    contacts = [one.safe_contact for one in accounts if one.safe_contact]
    reachable = [one for one in contacts if one.may_contact is YesNoUnknown.YES]
    when = [one.when for one in reachable if one.when]
    return without_gaps({"helpline_can_reach": bool(reachable), "when": when[:1]})
