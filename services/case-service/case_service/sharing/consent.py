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


def effective_consent(facts: CaseFacts, person_id: str, at: datetime) -> EffectiveConsent:
    """Return what a person's entries up to `at` amount to.

    Later entries replace earlier ones. A withdrawal ends all of them, and only what is said after it counts: silence
    about the situation is then no longer a third party's yes. The choice to be confidential or anonymous takes back
    every yes to a recipient: a person who shares again is asked again with whom.
    """
    consent = EffectiveConsent()
    person = next((one for one in facts.persons if one.id == person_id), None)
    for entry in facts.consents:
        if entry.person == person_id and entry.at <= at and _counts(entry, person, at):
            consent = _after(consent, entry)
    return consent


def _counts(entry: ConsentEntry, person: Person | None, at: datetime) -> bool:
    """Return whether an entry is the person's own free choice. What takes a yes back always counts."""
    loosens = (
        entry.privacy is PrivacyChoice.SHARE
        or (entry.recipient_kind is not None and entry.agrees)
        or entry.situation is True
    )
    if not loosens:
        return True
    is_child = person is not None and on_child_path(person.age, british_date(at))
    return not entry.relayed and not entry.overheard and (entry.understood or not is_child)


def _after(consent: EffectiveConsent, entry: ConsentEntry) -> EffectiveConsent:
    """Return what an entry makes of the consent before it."""
    kinds = consent.recipient_kinds
    if entry.withdraws:
        return EffectiveConsent(situation=False, withdrawn=True)
    if entry.privacy is not None:
        kept = kinds if entry.privacy is PrivacyChoice.SHARE else frozenset[RecipientKind]()
        return EffectiveConsent(entry.privacy, kept, consent.situation)
    if entry.situation is not None:
        return EffectiveConsent(consent.privacy, kinds, entry.situation)
    assert entry.recipient_kind is not None  # an entry is exactly one choice
    if entry.agrees:
        return EffectiveConsent(consent.privacy, kinds | {entry.recipient_kind}, consent.situation)
    return EffectiveConsent(
        consent.privacy, kinds - {entry.recipient_kind}, consent.situation, consent.withdrawn
    )


def agrees_to(facts: CaseFacts, person: Person, kind: RecipientKind, at: datetime) -> bool:
    """Return whether a person agreed that their identity goes to a recipient kind.

    A reporter agrees with a privacy choice and a yes to the kind; a person of concern with the yes alone (section 3).
    """
    consent = effective_consent(facts, person.id, at)
    if consent.withdrawn or kind not in consent.recipient_kinds:
        return False
    return consent.privacy is PrivacyChoice.SHARE if person.is_reporter else True


def may_pass_situation(facts: CaseFacts, reporter: Person, at: datetime) -> bool:
    """Return whether what this reporter told may go without an identity (section 1, situation choice)."""
    consent = effective_consent(facts, reporter.id, at)
    if consent.withdrawn:
        return False
    if consent.situation is None:
        return not reporter.is_of_concern
    return consent.situation
