"""Consented sharing: the task to authorise what consent permits, and recalls of what it permits no more (section 3)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from case_service.sharing.consent import agrees_to
from case_service.sharing.decisions.decide import decide
from case_service.sharing.decisions.decision import Item
from case_service.sharing.duties.deadlines import end_of_british_day, end_of_next_working_day
from case_service.sharing.effects import (
    TELEPHONE_TASKS,
    Effect,
    EndTasks,
    OpenTaskFor,
    RecallDisclosure,
    TaskKind,
    TaskOutcome,
)
from case_service.sharing.facts import CaseFacts
from case_service.sharing.shared_so_far import DisclosureSoFar, DisclosureState, RecipientSoFar, SharedSoFar
from shared.domain.vocabulary import Ground, RecipientKind

CONSENT = [Ground.CONSENT]
_LIVE = (DisclosureState.AUTHORISED, DisclosureState.ISSUED, DisclosureState.ACKNOWLEDGED)


def recalls(before: CaseFacts, after: CaseFacts, shared: SharedSoFar, now: datetime) -> list[Effect]:
    """Recall what an entry of the ledger took back, and nothing that an override sent or that rested on another.

    An entry that was not made in a call is checked first: whoever holds the telephone or the receipt of a victim must
    not be able to destroy help. Until then nothing more is sent.
    """
    effects: list[Effect] = []
    known = {entry.id for entry in before.consents if entry.own_wish}
    sure = {entry.id for entry in after.consents if entry.own_wish and entry.id not in known}
    unchecked = {entry.id for entry in after.consents if entry.waits_for_check}
    in_doubt = False
    for recipient, disclosure in _left_on_consent(shared):
        lost = _lost(after, recipient, disclosure, sure, now)
        if lost:
            effects.append(RecallDisclosure(disclosure.id, lost))
            if disclosure.told_by_phone:  # no message holds it that a recall could name
                effects.append(OpenTaskFor(TaskKind.TELEPHONE_RECALL, now, recipient.key))
        in_doubt = in_doubt or bool(_lost(after, recipient, disclosure, unchecked, now) - lost)
    return [*effects, _check(now, in_doubt=in_doubt), *_end_needless_calls(after, shared, now)]


def _check(now: datetime, *, in_doubt: bool) -> Effect:
    """Keep a task while an entry that nobody checked would recall something."""
    if in_doubt:
        return OpenTaskFor(TaskKind.CHECK_WITHDRAWAL, end_of_next_working_day(now))
    return EndTasks((TaskKind.CHECK_WITHDRAWAL,), TaskOutcome.CHECKED)


def _lost(
    after: CaseFacts,
    recipient: RecipientSoFar,
    disclosure: DisclosureSoFar,
    entries: set[str],
    now: datetime,
) -> frozenset[Item]:
    """Return the parts of a disclosure that these entries of the ledger took back.

    What somebody may have taken back who is not the person hides nothing: it is left out on both sides.
    """
    if not entries:
        return frozenset()
    sure = [one for one in after.consents if one.own_wish or not one.takes_back or one.id in entries]
    without = replace(after, consents=tuple(one for one in sure if one.id not in entries))
    permitted = _permitted(replace(after, consents=tuple(sure)), recipient, now)
    issued = frozenset(item for record in disclosure.issued for item in record.items)
    own = {
        one.person for one in sure if one.id in entries and one.takes_identity_back(recipient.recipient_kind)
    }
    taken_back = _permitted(without, recipient, now) | {item for item in issued if item.person in own}
    return (issued & taken_back) - permitted - disclosure.recalled_items


def _left_on_consent(shared: SharedSoFar) -> Iterator[tuple[RecipientSoFar, DisclosureSoFar]]:
    for recipient in shared.recipients:
        for one in recipient.disclosures:
            if one.issued and Ground.CONSENT in one.grounds and not one.is_forced:
                yield recipient, one


def _permitted(facts: CaseFacts, recipient: RecipientSoFar, now: datetime) -> frozenset[Item]:
    own = facts.for_agency(recipient.agency_code, recipient.facts)
    return decide(own, recipient.recipient_kind, CONSENT, at=facts.decided_at(now)).items


def _end_needless_calls(facts: CaseFacts, shared: SharedSoFar, now: datetime) -> list[Effect]:
    """End telephone tasks about what may not be told any more."""
    return [
        EndTasks(TELEPHONE_TASKS, TaskOutcome.WITHDRAWN, recipient.key)
        for recipient in shared.recipients
        if recipient.disclosures
        and not (recipient.duty is not None and recipient.duty.is_open)
        and not any(one.is_unanswered and Ground.AUTHORISED in one.grounds for one in recipient.disclosures)
        and not _permitted(facts, recipient, now)
    ]


def proposal(facts: CaseFacts, shared: SharedSoFar, now: datetime) -> list[Effect]:
    """Keep one task open while consent permits more than a recipient kind was told on it (section 3).

    Consent permits and does not send: an adviser authorises it.
    """
    if not facts.is_open:
        return []
    if any(_permits_more(kind, facts, shared, now) for kind in _consented_kinds(facts, now)):
        return [OpenTaskFor(TaskKind.AUTHORISE_DISCLOSURE, end_of_british_day(now))]
    return [EndTasks((TaskKind.AUTHORISE_DISCLOSURE,), TaskOutcome.NOTHING_TO_AUTHORISE)]


def _consented_kinds(facts: CaseFacts, now: datetime) -> list[RecipientKind]:
    at = facts.decided_at(now)
    named = [one for one in facts.persons if one.is_reporter or one.is_of_concern]
    return [kind for kind in RecipientKind if any(agrees_to(facts, one, kind, at) for one in named)]


def _permits_more(kind: RecipientKind, facts: CaseFacts, shared: SharedSoFar, now: datetime) -> bool:
    """Return whether consent permits more than this kind was told on consent last.

    What is authorised and not issued yet will carry everything.
    """
    permitted = decide(facts, kind, CONSENT, at=facts.decided_at(now)).items
    sent = [
        one
        for recipient in shared.recipients
        if recipient.recipient_kind is kind
        for one in recipient.disclosures
        if Ground.CONSENT in one.grounds and one.state in _LIVE
    ]
    if not permitted or any(one.state is DisclosureState.AUTHORISED for one in sent):
        return False
    records = [record for one in sent for record in one.issued]
    newest = max(records, key=lambda record: (record.issued_at, record.attempt), default=None)
    return not permitted <= (newest.items if newest else frozenset())
