"""Passing on: what only a duplicate knows goes to agencies as a supplement of the case that it repeats."""

from collections.abc import Iterator
from dataclasses import replace

from case_service.cases.case_file import CaseFile
from case_service.disclosures.content import named_parts
from case_service.disclosures.teller import Teller, duplicate_teller, own_teller
from case_service.proposals.models import Proposal
from case_service.recipients.apply_effects import apply_effects
from case_service.recipients.models import CaseRecipient
from case_service.sharing.duties.changes import Changes
from case_service.sharing.duties.corrections import correct_informed
from case_service.sharing.duties.deadlines import ShorterDeadlines
from case_service.sharing.effects import (
    AuthoriseDisclosure,
    Effect,
    OfDuplicate,
    OpenTaskFor,
    ProposeTakingBack,
    ReopenCase,
    TaskKind,
)
from case_service.sharing.facts import CaseFacts, FactKind, FactRef, Person
from case_service.sharing.shared_so_far import DisclosureState, RecipientSoFar, SharedSoFar
from shared.domain.age import british_date, is_known_adult
from shared.domain.vocabulary import DisclosureKind


def pass_on(proposal: Proposal, duplicate: CaseFile, other: CaseFile, deadlines: ShorterDeadlines) -> bool:
    """Let the other case send one supplement to each agency that would read anything new; return whether any does.

    Both cases are locked. Nothing goes before the other case's own first message.
    """
    is_news = False
    for key, facts in proposal.facts_of_agencies().items():
        recipient = other.records.recipient_of(key)
        stands = facts - duplicate.corrected()
        if recipient is None or not stands or not _may_be_told_more(recipient.so_far()):
            continue
        teller = duplicate_teller(recipient, stands, duplicate)
        if _has_news(teller, recipient, other):
            _apply(_supplement(teller, recipient, other, deadlines), duplicate, other)
            is_news = True
    return is_news


def _may_be_told_more(recipient: RecipientSoFar) -> bool:
    """Return whether the agency was told of the other case, and no message to it waits to be issued."""
    duty = recipient.duty
    if duty is None or not duty.is_forced or not duty.was_sent:
        return False
    waiting = [
        one for one in recipient.disclosures if one.is_forced and one.state is DisclosureState.AUTHORISED
    ]
    if duty.undeliverable_at is not None:  # its own messages may wait for ever, and a person telephones
        waiting = [one for one in waiting if one.is_of_duplicate]
    return not any(one.kind is not DisclosureKind.CORRECTION for one in waiting)


def _has_news(teller: Teller, recipient: CaseRecipient, other: CaseFile) -> bool:
    """Return whether a duplicate says what the other case neither says now nor was sent before."""
    case_id = other.case.id
    known = named_parts(own_teller(recipient, other), case_id) | recipient.so_far().parts_sent()
    return bool(named_parts(teller, case_id) - known)


def _supplement(
    teller: Teller, recipient: CaseRecipient, other: CaseFile, deadlines: ShorterDeadlines
) -> list[Effect]:
    """Return the effects of one supplement. A danger that only the duplicate knows is as urgent as one of its own."""
    so_far, now = recipient.so_far(), other.uow.now
    assert so_far.duty is not None  # the agency was told
    assert teller.duty is not None  # and it hears of these facts
    duty = replace(so_far.duty, acknowledge_at_once=so_far.duty.acknowledge_at_once or teller.duty.is_urgent)
    about = OfDuplicate(str(teller.case_file.case.id), teller.facts, teller.duty.verified)
    authorise = AuthoriseDisclosure(
        so_far.key, DisclosureKind.SUPPLEMENT, teller.duty.grounds, duplicate=about
    )
    changes = Changes([], SharedSoFar((so_far,)))
    changes = changes.with_duty(so_far, duty.authorised(now, deadlines), authorise)
    if duty.is_urgent and not so_far.duty.is_urgent:
        changes = changes.with_effects(OpenTaskFor(TaskKind.TELEPHONE_AGENCY, now, so_far.key))
    return changes.effects


def correct_passed_on(duplicate: CaseFile, other: CaseFile, deadlines: ShorterDeadlines) -> bool:
    """Correct every agency that heard of a duplicate's fact from the other case, once; return whether any is."""
    wrong = replace(other.facts(), stood_down=duplicate.corrected())
    about = OfDuplicate(str(duplicate.case.id))
    shared = SharedSoFar(tuple(one.so_far() for one in other.recipients))
    changes = correct_informed(wrong, shared, other.uow.now, deadlines)
    effects = [
        replace(one, duplicate=about) if isinstance(one, AuthoriseDisclosure) else one
        for one in changes.effects
    ]
    if effects:
        _apply(effects, duplicate, other)
    return bool(effects)


def _apply(effects: list[Effect], duplicate: CaseFile, other: CaseFile) -> None:
    """Write the effects on the other case, which opens again where it was closed."""
    reopen: list[Effect] = [] if other.case.is_open else [ReopenCase()]
    apply_effects([*reopen, *effects], other.records)
    other.uow.record("duplicate.passed_on", duplicate.case.id, other_case_id=other.case.id)


def propose_mistaken_ages_passed_on(case_file: CaseFile) -> list[Effect]:
    """Propose to correct the ages of which agencies hear from another case, where an adviser recorded an adult.

    No duty of a duplicate rests on these facts any more, so that nothing else would notice (fact 14).
    """
    if not case_file.passed_on:
        return []
    facts = case_file.facts()
    return [
        ProposeTakingBack(mistaken, was_sent=True, signed_by=person.statement.recorded_by)
        for person in facts.persons
        for mistaken in _mistaken(person, facts, case_file)
    ]


def _mistaken(person: Person, facts: CaseFacts, case_file: CaseFile) -> Iterator[frozenset[FactRef]]:
    """Yield the facts about a person who was an adult when an agency heard of a child."""
    stood_down = [fact for one in case_file.case.proposals for fact in one.covers()]
    wrong = frozenset(
        fact
        for fact in stood_down
        if fact.kind is FactKind.CHILD and fact.subject_id == person.id and case_file.is_passed_on(fact)
    )
    if not wrong or all((fact, True) in facts.proposed for fact in wrong):
        return
    days = [
        british_date(one.disclosure.authorised_at)
        for one in case_file.passed_on
        if any(map(one.tells_of, wrong))
    ]
    if is_known_adult(person.age, min(days)):
        yield wrong


def hears_of_change(case_file: CaseFile) -> bool:
    """Return whether another case may have to say what changed here."""
    return any(one.duplicate_of is not None and one.is_signed for one in case_file.case.proposals)
