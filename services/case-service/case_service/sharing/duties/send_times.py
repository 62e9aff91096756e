"""Send times: when a fact is sent to an agency by itself (sharing rules, section 4, fact 7)."""

from datetime import datetime

from case_service.sharing.duties.deadlines import ShorterDeadlines
from case_service.sharing.facts import CaseFacts, DangerFact, FactKind, FactRef
from case_service.sharing.people import counted_in_danger
from shared.domain.age import british_date
from shared.domain.vocabulary import Ground


def send_time(fact: FactRef, facts: CaseFacts, now: datetime, deadlines: ShorterDeadlines) -> datetime:
    """Return when a fact is sent: now where an adviser vouches for it, else after its window.

    A window is counted from submission. A danger that counts a child hastens everything about that child.
    """
    if fact.kind is FactKind.DANGER:
        return min(
            (_of_danger(one, facts, now, deadlines) for one in facts.dangers if one.fact == fact), default=now
        )
    own = _of_statement(fact, facts, now, deadlines)
    return min([own, *(_of_danger(one, facts, now, deadlines) for one in _dangers_to(fact, facts, now))])


def _dangers_to(fact: FactRef, facts: CaseFacts, now: datetime) -> list[DangerFact]:
    today = british_date(now)
    return [one for one in facts.dangers if fact.subject_id in counted_in_danger(facts, [one], today)]


def _of_danger(danger: DangerFact, facts: CaseFacts, now: datetime, deadlines: ShorterDeadlines) -> datetime:
    if danger.verified:
        return now
    return (facts.received_at or now) + deadlines.confirm_within(Ground.OVERRIDE_DANGER)


def _of_statement(fact: FactRef, facts: CaseFacts, now: datetime, deadlines: ShorterDeadlines) -> datetime:
    for statement in facts.person(fact.subject_id).statements:
        if statement.id == fact.id:
            if statement.verified or not statement.said_in_report:
                return max(now, statement.effective_at or now)
            return (facts.received_at or now) + deadlines.confirm_within(Ground.OVERRIDE_CHILD)
    return now
