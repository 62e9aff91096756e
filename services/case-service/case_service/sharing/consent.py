"""Effective consent: what a person's entries in the ledger amount to at a moment (sharing rules, section 1)."""

from dataclasses import dataclass
from datetime import datetime

from case_service.sharing.facts import CaseFacts, ConsentEntry, Person
from shared.domain.age import british_date, on_child_path
from shared.domain.vocabulary import PrivacyChoice, RecipientKind


@dataclass(frozen=True)
class EffectiveConsent:
    """Effective consent of one person: the sum of their entries in the ledger at a moment."""

    privacy: PrivacyChoice | None = None
    recipient_kinds: frozenset[RecipientKind] = frozenset()
    situation: bool | None = None
    withdrawn: bool = False


def effective_consent(
    facts: CaseFacts, person_id: str, at: datetime, *, vouched: bool = False
) -> EffectiveConsent:
    """Return what a person's entries up to `at` amount to.

    A child's yes counts where an adviser records that the child understands it; `vouched`: as if that were so.

    Later entries replace earlier ones. A withdrawal ends all of them, and only what is said after it counts: silence
    about the situation is then no longer a third party's yes. The choice to be confidential or anonymous takes back
    every yes to a recipient: a person who shares again is asked again with whom.
    """
    consent = EffectiveConsent()
    person = next((one for one in facts.persons if one.id == person_id), None)
    for entry in facts.consents:
        if entry.person == person_id and entry.at <= at and _counts(entry, person, at, vouched=vouched):
            consent = _after(consent, entry, is_reporter=person is not None and person.is_reporter)
    return consent


def newest_privacy_choice(facts: CaseFacts, person_id: str, now: datetime) -> PrivacyChoice | None:
    """Return the newest privacy choice of a person that counts; a withdrawal after it is no other choice."""
    at = facts.decided_at(now)
    person = facts.person(person_id)
    own = [one for one in facts.consents if one.person == person_id and one.privacy is not None]
    choices = [one.privacy for one in own if _counts(one, person, at, vouched=False)]
    return choices[-1] if choices else None


def _counts(entry: ConsentEntry, person: Person | None, at: datetime, *, vouched: bool) -> bool:
    """Return whether an entry is the person's own free choice. What takes a yes back counts, unless another says it."""
    if entry.relayed:
        return False
    loosens = (
        entry.privacy is PrivacyChoice.SHARE
        or (entry.recipient_kind is not None and entry.agrees)
        or entry.situation is True
    )
    if not loosens:
        return True
    is_child = person is not None and on_child_path(person.age, british_date(at))
    return not entry.overheard and (vouched or entry.understood or not is_child)


def _after(consent: EffectiveConsent, entry: ConsentEntry, *, is_reporter: bool) -> EffectiveConsent:
    """Return the consent after an entry. A reporter's yes counts only while the choice is to share."""
    kinds = consent.recipient_kinds
    if entry.withdraws:
        return EffectiveConsent(situation=False, withdrawn=True)
    if entry.privacy is not None:
        kept = kinds if entry.privacy is PrivacyChoice.SHARE else frozenset[RecipientKind]()
        return EffectiveConsent(entry.privacy, kept, consent.situation)
    if entry.situation is not None:
        return EffectiveConsent(consent.privacy, kinds, entry.situation)
    assert entry.recipient_kind is not None  # an entry is exactly one choice
    shares = consent.privacy is PrivacyChoice.SHARE or (consent.privacy is None and not is_reporter)
    if entry.agrees:
        agreed = kinds | {entry.recipient_kind} if shares else kinds
        return EffectiveConsent(consent.privacy, agreed, consent.situation, consent.withdrawn and not shares)
    return EffectiveConsent(
        consent.privacy, kinds - {entry.recipient_kind}, consent.situation, consent.withdrawn
    )


def agrees_to(
    facts: CaseFacts, person: Person, kind: RecipientKind, at: datetime, *, vouched: bool = False
) -> bool:
    """Return whether a person agreed that their identity goes to a recipient kind.

    A reporter agrees with a privacy choice and a yes to the kind; a person of concern with the yes alone (section 3).
    """
    return kind in effective_consent(facts, person.id, at, vouched=vouched).recipient_kinds


def may_pass_situation(facts: CaseFacts, reporter: Person, at: datetime) -> bool:
    """Return whether what this reporter told may go without an identity (section 1, situation choice)."""
    consent = effective_consent(facts, reporter.id, at)
    if consent.withdrawn:
        return False
    if consent.situation is None:
        return not reporter.is_of_concern
    return consent.situation
