"""Case recipients of two cases joined: one duty per agency, with all facts and the earlier clock (fact 13)."""

from uuid import UUID

from case_service.cases.case_file import CaseFile
from case_service.disclosures.models import Disclosure
from case_service.recipients.apply_effects import apply_effects, withhold
from case_service.recipients.models import CaseRecipient
from case_service.sharing.duties.changes import send
from case_service.sharing.duties.deadlines import ShorterDeadlines
from case_service.sharing.duties.duty import Duty
from case_service.sharing.duties.joining import given_up, joined, must_be_sent
from case_service.sharing.effects import TaskOutcome
from case_service.sharing.shared_so_far import DisclosureState
from shared.domain.vocabulary import WithheldReason


def merge_recipients(other: CaseFile, into: CaseFile, deadlines: ShorterDeadlines) -> dict[UUID, UUID]:
    """Move or join each case recipient of the other case. Return the ids here by the ids there."""
    moved_to: dict[UUID, UUID] = {}
    for recipient in list(other.recipients):
        known = into.records.recipient_of(recipient.key)
        if known is None:
            recipient.move_to(into.case.id)
            other.recipients.remove(recipient)
            into.recipients.append(recipient)
            known = recipient
        else:
            _join(recipient, known, into, deadlines)
        moved_to[recipient.id] = known.id
    into.recipients.sort(key=lambda one: (one.added_at, one.id))
    return moved_to


def _join(
    recipient: CaseRecipient, known: CaseRecipient, into: CaseFile, deadlines: ShorterDeadlines
) -> None:
    there, here = recipient.so_far().duty, known.so_far().duty
    if _unsent(known):  # one message will say all of it
        for disclosure in _unsent(recipient):
            withhold(disclosure, recipient, WithheldReason.MERGED, into.records)
    recipient.become_part_of(known)
    if there is None:
        return
    recipient.change_duty(given_up(there))
    if here is None:
        known.change_duty(there)
        return
    known.change_duty(joined(here, there))
    if must_be_sent(here, there):
        _send(known, joined(here, there), into, deadlines)


def _unsent(recipient: CaseRecipient) -> list[Disclosure]:
    """Return the forced messages that nobody has issued, and that say all that the case itself has to say.

    A correction, and what only a duplicate knows, say something of their own.
    """
    waiting = [one for one in recipient.disclosures if one.state is DisclosureState.AUTHORISED]
    own = [one for one in waiting if one.duplicate_case_id is None]
    return [one for one in own if one.is_forced and not one.is_correction]


def _send(recipient: CaseRecipient, duty: Duty, into: CaseFile, deadlines: ShorterDeadlines) -> None:
    """Send the facts that waited, where a message that says them is not on its way."""
    change, disclosure = send(recipient.key, duty, into.uow.now, deadlines)
    apply_effects([change] if _unsent(recipient) else [change, disclosure], into.records)


def merge_tasks(other: CaseFile, into: CaseFile, moved_to: dict[UUID, UUID]) -> None:
    """Move tasks; one that is open in both is done once, by the earlier time."""
    for task in list(other.records.tasks):
        recipient_id = moved_to.get(task.recipient_id) if task.recipient_id is not None else None
        same = into.records.open_tasks([task.kind], recipient_id)
        if task.is_open and same:
            same[0].make_due(task.due_at)
            task.complete(TaskOutcome.MERGED, by=into.uow.actor, at=into.uow.now)
            continue
        task.move_to(into.case.id, recipient_id)
        other.records.tasks.remove(task)
        into.records.tasks.append(task)
    into.records.tasks.sort(key=lambda one: (one.due_at, one.id))
