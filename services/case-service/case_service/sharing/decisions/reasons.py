"""Reasons: why each group that does not go is withheld (section 6, property 7); for advisers, never for recipients."""

from collections.abc import Iterable
from datetime import datetime

from case_service.sharing.consent import effective_consent, may_pass_situation
from case_service.sharing.decisions.decision import OVERRIDES, A, Extent, GroupWithheldReason, Item, P, R, S
from case_service.sharing.decisions.sources import choice_about, sources_of_children, sources_of_dangers
from case_service.sharing.facts import CaseFacts, Person
from case_service.sharing.people import adult_withholds, own_children
from shared.domain.age import british_date
from shared.domain.vocabulary import FieldGroup, Ground, PrivacyChoice, RecipientKind, SourceChoice

Withheld = tuple[FieldGroup, str, GroupWithheldReason]
Why = GroupWithheldReason


def reasons(
    facts: CaseFacts,
    kind: RecipientKind,
    items: frozenset[Item],
    grounds: frozenset[Ground],
    at: datetime,
) -> frozenset[Withheld]:
    """Give every withheld group at least one reason, also where no person accounts for it."""
    overriding = bool(grounds & OVERRIDES)
    given = {
        *_about_reporters(facts, kind, items, at, overriding=overriding),
        *_about_persons(facts, kind, items, at),
        *_about_situation(facts, kind, items, at),
    }
    explained = {group for group, _, _ in given} | {item.group for item in items}
    general = Why.NOT_NEEDED_HERE if grounds else Why.NO_GROUND
    return frozenset(given) | {(group, "", general) for group in FieldGroup if group not in explained}


def _about_reporters(
    facts: CaseFacts, kind: RecipientKind, items: frozenset[Item], at: datetime, *, overriding: bool
) -> Iterable[Withheld]:
    for reporter in [one for one in facts.persons if one.is_reporter]:
        reason = (
            _reason_of_source(facts, reporter, kind, at)
            if overriding
            else _own_reason(facts, reporter, kind, at)
        )
        if Item(R, reporter.id) not in items:
            yield R, reporter.id, reason if reporter.identity_is_held else Why.NO_IDENTITY_HELD
        if reporter.made_report and Item(A, reporter.id) not in items:
            yield A, reporter.id, _reason_of_account(facts, kind, items, at, reason, overriding=overriding)


def _reason_of_account(
    facts: CaseFacts,
    kind: RecipientKind,
    items: frozenset[Item],
    at: datetime,
    reason: GroupWithheldReason,
    *,
    overriding: bool,
) -> GroupWithheldReason:
    cut_down = any(item.group is S and item.extent is Extent.TO_PROTECT_CHILD for item in items)
    if overriding and cut_down and adult_withholds(facts, kind, at):
        return Why.ADULT_WITHHOLDS_ACCOUNT
    if reason is Why.NOT_NEEDED_HERE:  # the reporter agrees: somebody whom the words name has not
        return Why.ANOTHER_ADULTS_IDENTITY
    return reason


def _reason_of_source(
    facts: CaseFacts, reporter: Person, kind: RecipientKind, at: datetime
) -> GroupWithheldReason:
    heard_from = sources_of_dangers(facts.own_dangers) | sources_of_children(
        facts, own_children(facts, british_date(at))
    )
    if reporter.id not in heard_from:
        return Why.NOT_A_SOURCE_HERE
    if effective_consent(facts, reporter.id, at).privacy is PrivacyChoice.ANONYMOUS:
        return Why.NO_IDENTITY_HELD
    if choice_about(facts, reporter.id) not in (None, SourceChoice.NAME):
        return Why.SOURCE_LEFT_OUT
    return Why.UNNAMED_SOURCE


def _about_persons(
    facts: CaseFacts, kind: RecipientKind, items: frozenset[Item], at: datetime
) -> Iterable[Withheld]:
    whole = {item.person for item in items if item.group is P and item.extent is Extent.FULL}
    for person in facts.persons:
        if person.id in whole or (person.is_reporter and not person.is_of_concern):
            continue
        if not person.is_of_concern:
            yield P, person.id, Why.NOT_NEEDED_HERE
        else:
            yield P, person.id, _own_reason(facts, person, kind, at)


def _about_situation(
    facts: CaseFacts, kind: RecipientKind, items: frozenset[Item], at: datetime
) -> Iterable[Withheld]:
    if Item(S) in items:
        return
    if any(item.group is S and item.extent is Extent.TO_PROTECT_CHILD for item in items):
        yield S, "", Why.ADULT_WITHHOLDS_ACCOUNT
    for reporter in [one for one in facts.persons if one.is_reporter]:
        if not may_pass_situation(facts, reporter, at):
            withdrawn = effective_consent(facts, reporter.id, at).withdrawn
            yield S, reporter.id, Why.WITHDRAWN if withdrawn else Why.SITUATION_NOT_AGREED


def _own_reason(facts: CaseFacts, person: Person, kind: RecipientKind, at: datetime) -> GroupWithheldReason:
    """Return why a person's own choice lets nothing go, or that it does."""
    consent = effective_consent(facts, person.id, at)
    if consent.withdrawn:
        return Why.WITHDRAWN
    if consent.privacy is PrivacyChoice.ANONYMOUS:
        return Why.NO_IDENTITY_HELD
    if consent.privacy is PrivacyChoice.CONFIDENTIAL:
        return Why.KEPT_CONFIDENTIAL
    if kind in consent.recipient_kinds:
        return Why.NOT_NEEDED_HERE
    if not any(entry.person == person.id for entry in facts.consents):
        return Why.ANOTHER_ADULTS_IDENTITY if not person.is_reporter else Why.NOT_ASKED
    return Why.NO_CONSENT_TO_RECIPIENT
