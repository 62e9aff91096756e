"""Sharing rules: the one function that every disclosure passes at the moment it is issued.

No I/O, no clock, no settings: facts and time are arguments. Consent permits, an override forces, a named lead may
authorise, and nothing else lets anything out. The specification is `docs/sharing-rules.md`; section and fact numbers in
comments are its numbers.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date, datetime

from case_service.sharing.decision import (
    MINIMUM_SET,
    OVERRIDES,
    A,
    Decision,
    Extent,
    GroupWithheldReason,
    H,
    Item,
    P,
    R,
    S,
)
from case_service.sharing.facts import CaseFacts, Person
from shared.domain.age import british_date, on_child_path
from shared.domain.vocabulary import FieldGroup, Ground, PrivacyChoice, RecipientKind


@dataclass(frozen=True)
class EffectiveConsent:
    """Effective consent of one person: the sum of their entries in the ledger at a moment."""

    privacy: PrivacyChoice | None
    recipient_kinds: frozenset[RecipientKind]
    situation: bool | None
    withdrawn: bool


def effective_consent(facts: CaseFacts, person: str, at: datetime) -> EffectiveConsent:
    """Return what a person's entries up to `at` amount to.

    Later entries replace earlier ones. A withdrawal ends all of them, and only what is said after it counts: silence
    about the situation is then no longer a third party's yes. The choice to be confidential or anonymous takes back
    every yes to a recipient: a person who shares again is asked again with whom.
    """
    privacy: PrivacyChoice | None = None
    recipient_kinds: set[RecipientKind] = set()
    situation: bool | None = None
    withdrawn = False
    for entry in facts.consents:
        if entry.person != person or entry.at > at:
            continue
        if entry.withdraws:
            privacy, situation, withdrawn = None, False, True
            recipient_kinds.clear()
        elif entry.privacy is not None:
            privacy, withdrawn = entry.privacy, False
            if privacy is not PrivacyChoice.SHARE:
                recipient_kinds.clear()
        elif entry.situation is not None:
            situation, withdrawn = entry.situation, False
        elif entry.recipient_kind is not None and entry.agrees:
            recipient_kinds.add(entry.recipient_kind)
            withdrawn = False
        elif entry.recipient_kind is not None:
            recipient_kinds.discard(entry.recipient_kind)
    return EffectiveConsent(privacy, frozenset(recipient_kinds), situation, withdrawn)


def decide(
    facts: CaseFacts, recipient_kind: RecipientKind, grounds: Iterable[Ground], *, at: datetime
) -> Decision:
    """Decide what may go to a recipient kind now, on these grounds.

    `grounds` are those that were opened and not stood down. Consent and authorisation are read again here, so that a
    withdrawal recorded before `at` wins. Nothing goes where `permits_anything` is false.
    """
    opened = frozenset(grounds)
    allowed: set[Item] = set()
    effective_grounds: set[Ground] = set()
    for ground in opened:
        permitted = _cut_to_minimum(_BY_GROUND[ground](facts, recipient_kind, at), recipient_kind, ground)
        if permitted:
            effective_grounds.add(ground)
            allowed |= permitted
    items = frozenset(_without_doubles(allowed))
    return Decision(
        grounds=frozenset(effective_grounds),
        items=items,
        withheld=_reasons(facts, recipient_kind, items, effective_grounds, at),
        protect_source=any(i.group is R for i in items) and bool(effective_grounds & OVERRIDES),
    )


def _cut_to_minimum(items: set[Item], recipient_kind: RecipientKind, ground: Ground) -> set[Item]:
    groups = MINIMUM_SET.get((recipient_kind, ground), frozenset())
    return {i for i in items if i.group in groups}


def _without_doubles(items: set[Item]) -> set[Item]:
    """Drop a part where the whole of the same thing may go."""
    return {i for i in items if i.extent is Extent.FULL or Item(i.group, i.person, Extent.FULL) not in items}


def reporters(facts: CaseFacts) -> tuple[Person, ...]:
    return tuple(p for p in facts.persons if p.is_reporter)


def may_pass_situation(facts: CaseFacts, reporter: Person, at: datetime) -> bool:
    """Return whether what this reporter told may go without an identity (section 1, situation choice)."""
    consent = effective_consent(facts, reporter.id, at)
    if consent.withdrawn:
        return False
    if consent.situation is None:
        return not reporter.is_of_concern
    return consent.situation


def _by_consent(facts: CaseFacts, recipient_kind: RecipientKind, at: datetime) -> set[Item]:
    """Apply section 3 for each reporter, then other adults' own consent to their own identity.

    What one reporter told may go only as that reporter agreed. With several reporters S goes when none of them forbids
    it, because what each told is one situation by then. A, the words of each of them, goes only when each shares it.
    """
    items: set[Item] = set()
    parts = [_from_reporter(facts, person, recipient_kind, at) for person in reporters(facts)]
    if not parts or not all(parts):
        return items
    for part in parts:
        items |= part
    if not all(Item(A) in part for part in parts):
        items.discard(Item(A))
    for person in facts.persons:
        if (
            person.is_of_concern
            and not person.is_reporter
            and _shares_with(facts, person, recipient_kind, at)
        ):
            items |= {Item(P, person.id), Item(H)}
    return items


def _shares_with(facts: CaseFacts, person: Person, recipient_kind: RecipientKind, at: datetime) -> bool:
    consent = effective_consent(facts, person.id, at)
    return (
        consent.privacy is PrivacyChoice.SHARE
        and recipient_kind in consent.recipient_kinds
        and not consent.withdrawn
    )


def _from_reporter(
    facts: CaseFacts, reporter: Person, recipient_kind: RecipientKind, at: datetime
) -> set[Item]:
    if _shares_with(facts, reporter, recipient_kind, at):
        items = {Item(S), Item(A), Item(R, reporter.id), Item(H)}
        return items | {Item(P, reporter.id)} if reporter.is_of_concern else items
    return {Item(S)} if may_pass_situation(facts, reporter, at) else set()


def _by_authorisation(facts: CaseFacts, recipient_kind: RecipientKind, at: datetime) -> set[Item]:
    """Apply a lead's named decision: the situation, and the identity of those it names and nobody else."""
    named = {p for a in facts.authorisations if a.recipient_kind is recipient_kind for p in a.persons}
    if not any(a.recipient_kind is recipient_kind for a in facts.authorisations):
        return set()
    items = {Item(S)}
    for person in facts.persons:
        if person.id in named:
            items |= {Item(R if person.is_reporter and not person.is_of_concern else P, person.id), Item(H)}
            if person.is_reporter and person.is_of_concern:
                items.add(Item(R, person.id))
    return items


def persons_in_danger(facts: CaseFacts) -> frozenset[str]:
    """Return those recorded as in danger; every person of concern where a danger names nobody."""
    if not facts.dangers:
        return frozenset()
    named = {d.person for d in facts.dangers if d.person is not None}
    if any(d.person is None for d in facts.dangers):
        named |= {p.id for p in facts.persons if p.is_of_concern}
    return frozenset(named)


def children(facts: CaseFacts, on: date) -> frozenset[str]:
    """Return everyone on the child path, whatever their role, and everyone for whom a child's duty opened."""
    return frozenset(p.id for p in facts.persons if on_child_path(p.age, on) or p.id in facts.child_ids)


def _source(facts: CaseFacts, at_risk: frozenset[str]) -> set[Item]:
    """Add the sources' identity (fact 3) unless an adviser left it out, which is not possible for someone at risk."""
    sources = {
        p.id
        for p in reporters(facts)
        if facts.source_reporter_ids is None or p.id in facts.source_reporter_ids
    }
    going = sources if facts.source_left_out is None else set[str]()
    return {Item(R, p.id) for p in reporters(facts) if p.id in at_risk or p.id in going}


def _by_danger(facts: CaseFacts, recipient_kind: RecipientKind, at: datetime) -> set[Item]:
    if not facts.dangers:
        return set()
    at_risk = persons_in_danger(facts)
    items = {Item(S), Item(A), Item(H)} | {Item(P, person) for person in at_risk}
    return items | _source(facts, at_risk | children(facts, british_date(at)))


def _by_child(facts: CaseFacts, recipient_kind: RecipientKind, at: datetime) -> set[Item]:
    """Apply the ground of a child: S, the child, carers, R and H. A, and all of S, as fact 5 allows."""
    children_here = children(facts, british_date(at))
    if not children_here:
        return set()
    items = {Item(P, child) for child in children_here} | {Item(H)}
    items |= {
        Item(P, p.id, Extent.TO_PROTECT_CHILD)
        for p in facts.persons
        if p.id not in children_here and p.cares_for_child
    }
    if adult_withholds(facts, recipient_kind, at):
        items.add(Item(S, extent=Extent.TO_PROTECT_CHILD))
    else:
        items |= {Item(S), Item(A)}
    return items | _source(facts, children_here | persons_in_danger(facts))


def adult_withholds(facts: CaseFacts, recipient_kind: RecipientKind, at: datetime) -> bool:
    """Return whether an adult of concern has not agreed to this recipient kind (fact 5). No answer counts as no."""
    children_here = children(facts, british_date(at))
    adults = [p for p in facts.persons if p.is_of_concern and p.id not in children_here]
    return not all(_shares_with(facts, adult, recipient_kind, at) for adult in adults)


_BY_GROUND = {
    Ground.CONSENT: _by_consent,
    Ground.AUTHORISED: _by_authorisation,
    Ground.OVERRIDE_DANGER: _by_danger,
    Ground.OVERRIDE_CHILD: _by_child,
}


def _reasons(
    facts: CaseFacts,
    recipient_kind: RecipientKind,
    items: frozenset[Item],
    grounds: Set[Ground],
    at: datetime,
) -> frozenset[tuple[FieldGroup, str, GroupWithheldReason]]:
    """Give every withheld group at least one reason (section 6, property 7), also where no person accounts for it."""
    overriding = bool(grounds & OVERRIDES)
    personal = frozenset(_personal_reasons(facts, recipient_kind, items, at, overriding=overriding))
    explained = {group for group, _, _ in personal} | {item.group for item in items}
    general = GroupWithheldReason.NOT_NEEDED_HERE if grounds else GroupWithheldReason.NO_GROUND
    return personal | {(group, "", general) for group in FieldGroup if group not in explained}


def _personal_reasons(
    facts: CaseFacts, recipient_kind: RecipientKind, items: frozenset[Item], at: datetime, *, overriding: bool
) -> Iterable[tuple[FieldGroup, str, GroupWithheldReason]]:
    sent = {(i.group, i.person) for i in items if i.extent is Extent.FULL}
    for person in reporters(facts):
        reason = _reporters_reason(facts, person, recipient_kind, at)
        if (R, person.id) not in sent:
            left_out = facts.source_left_out is not None and overriding
            yield R, person.id, GroupWithheldReason.SOURCE_LEFT_OUT if left_out else reason
        if (A, "") not in sent:
            mixed = (S, "") not in sent and bool(items)
            yield A, person.id, GroupWithheldReason.ADULT_WITHHOLDS_ACCOUNT if mixed else reason
            if mixed:
                yield S, "", GroupWithheldReason.ADULT_WITHHOLDS_ACCOUNT
        if (S, "") not in sent and not may_pass_situation(facts, person, at):
            yield S, person.id, GroupWithheldReason.SITUATION_NOT_AGREED
    for person in facts.persons:
        if (P, person.id) not in sent and not person.is_reporter:
            concern = person.is_of_concern
            yield (
                P,
                person.id,
                GroupWithheldReason.ANOTHER_ADULTS_IDENTITY
                if concern
                else GroupWithheldReason.NOT_NEEDED_HERE,
            )
        elif (P, person.id) not in sent and person.is_of_concern:
            yield P, person.id, _reporters_reason(facts, person, recipient_kind, at)


def _reporters_reason(
    facts: CaseFacts, reporter: Person, recipient_kind: RecipientKind, at: datetime
) -> GroupWithheldReason:
    consent = effective_consent(facts, reporter.id, at)
    if consent.withdrawn:
        return GroupWithheldReason.WITHDRAWN
    if consent.privacy is PrivacyChoice.ANONYMOUS:
        return GroupWithheldReason.NO_IDENTITY_HELD
    if consent.privacy is PrivacyChoice.CONFIDENTIAL:
        return GroupWithheldReason.KEPT_CONFIDENTIAL
    if recipient_kind in consent.recipient_kinds:
        return GroupWithheldReason.NOT_NEEDED_HERE
    return GroupWithheldReason.NO_CONSENT_TO_RECIPIENT
