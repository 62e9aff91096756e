"""Sources: reporters who told of the facts of a disclosure, and which of them are named (fact 3)."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from case_service.sharing.consent import agrees_to
from case_service.sharing.duties.leads import is_place_of_danger_known
from case_service.sharing.facts import CaseFacts, DangerFact, FactKind, FactRef, Person
from shared.domain.age import british_date
from shared.domain.vocabulary import RecipientKind, SourceChoice


class SourceStanding(StrEnum):
    """Reasons why a source is named, or not."""

    AT_RISK = "at_risk"
    """In danger here, a child of this duty, caring for one, or needed to find a place."""
    SHARES = "shares"
    UNNAMED = "unnamed"


def sources_of_dangers(dangers: Iterable[DangerFact]) -> frozenset[str]:
    return frozenset(one for danger in dangers for one in danger.heard_from)


def sources_of_children(facts: CaseFacts, child_ids: frozenset[str]) -> frozenset[str]:
    """Return the reporters who told of the statements of age on which this duty rests."""
    return frozenset(
        one
        for person in facts.persons
        if person.id in child_ids
        for statement in person.statements
        if facts.is_own(FactRef(FactKind.CHILD, person.id, statement.id))
        for one in statement.heard_from
    )


def standing_of(
    facts: CaseFacts,
    source: Person,
    kind: RecipientKind,
    *,
    at_risk: frozenset[str],
    child_ids: frozenset[str],
    at: datetime,
) -> SourceStanding:
    """Return why a source is named. Only one who is named because they share may be left out."""
    if (
        source.id in at_risk | child_ids
        or source.cares_for & child_ids
        or _told_of_unknown_place(facts, source, at)
    ):
        return SourceStanding.AT_RISK
    return (
        SourceStanding.SHARES if agrees_to(facts, source, kind, at, vouched=True) else SourceStanding.UNNAMED
    )


def _told_of_unknown_place(facts: CaseFacts, source: Person, at: datetime) -> bool:
    today = british_date(at)
    return any(
        source.id in danger.heard_from and not is_place_of_danger_known(facts, danger, today)
        for danger in facts.own_dangers
    )


def choice_about(facts: CaseFacts, source_id: str) -> SourceChoice | None:
    """Return an adviser's newest decision about a source; None where the rules decide alone."""
    made = [one.choice for one in facts.source_decisions if one.reporter == source_id]
    return made[-1] if made else None


def is_named(standing: SourceStanding, choice: SourceChoice | None) -> bool:
    """Return whether a source's identity goes: silence names only who shares or is at risk."""
    if standing is SourceStanding.AT_RISK:
        return True
    if standing is SourceStanding.SHARES:
        return choice in (None, SourceChoice.NAME)
    return choice is SourceChoice.NAME


def words_go(standing: SourceStanding, choice: SourceChoice | None) -> bool:
    """Return whether a source's account goes where the ground lets accounts go."""
    return standing is SourceStanding.AT_RISK or choice is not SourceChoice.LEAVE_OUT_WITH_WORDS
