"""Searches: tasks to find a place, to look at a witness, or at a mass notification (facts 7, 10, 15)."""

from datetime import datetime

from case_service.sharing.duties.changes import Changes, Required
from case_service.sharing.duties.deadlines import LOOK_WITHIN, MOST_AGENCIES_UNNOTICED
from case_service.sharing.duties.leads import leads_of_child
from case_service.sharing.duties.required import child_facts
from case_service.sharing.effects import Effect, EndTasks, OpenTaskFor, TaskKind, TaskOutcome
from case_service.sharing.facts import CaseFacts
from case_service.sharing.people import children, is_witness
from case_service.sharing.shared_so_far import SharedSoFar
from shared.domain.age import british_date


def search(facts: CaseFacts, required: Required, changes: Changes, now: datetime) -> Changes:
    """Return the changes with the tasks that a person must do for what no place decides."""
    return changes.with_effects(
        *_find_places(required, changes.shared, now),
        _look_at_witness(facts, now),
    )


def _find_places(required: Required, shared: SharedSoFar, now: datetime) -> list[Effect]:
    """Keep a task to find the place while an agency was reached by what only stands in, whatever it answered."""
    tasks: list[Effect] = []
    for recipient, duty in shared.duties():
        one = required.get(recipient.key)
        if one is not None and one.fallback and duty.is_forced:
            tasks.append(OpenTaskFor(TaskKind.FIND_PLACE, now, recipient.key))
        else:
            tasks.append(EndTasks((TaskKind.FIND_PLACE,), TaskOutcome.PLACE_FOUND, recipient.key))
    return tasks


def _look_at_witness(facts: CaseFacts, now: datetime) -> Effect:
    """Keep a task while a witness has no known place: no desk is told of them (fact 7)."""
    today = british_date(now)
    minors = children(facts, today)
    for person in facts.persons:
        open_facts = frozenset(child_facts(person)) - facts.stood_down - facts.ended_searches
        searched = person.id in minors and open_facts and is_witness(person)
        if searched and not leads_of_child(facts, person).social_care:
            return OpenTaskFor(TaskKind.LOOK_AT_WITNESS, (facts.received_at or now) + LOOK_WITHIN)
    return EndTasks((TaskKind.LOOK_AT_WITNESS,), TaskOutcome.PLACE_FOUND)


def notice_mass_notification(changes: Changes, now: datetime) -> Changes:
    """Return the changes with a task for a lead where a new report forces very many agencies (fact 15)."""
    unverified = [one for one, duty in changes.shared.duties() if duty.is_open and not duty.verified]
    if len(unverified) <= MOST_AGENCIES_UNNOTICED:
        return changes
    return changes.with_effects(OpenTaskFor(TaskKind.MASS_NOTIFICATION, now))
