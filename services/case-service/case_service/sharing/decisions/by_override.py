"""Items that an override forces: for a danger and for a child, each for its own facts only (section 4)."""

from datetime import datetime

from case_service.sharing.decisions.decision import A, Extent, Item, P, R, S, handling_of
from case_service.sharing.decisions.sources import (
    choice_about,
    is_named,
    sources_of_children,
    sources_of_dangers,
    standing_of,
    words_go,
)
from case_service.sharing.facts import CaseFacts
from case_service.sharing.people import (
    adult_withholds,
    carers_of,
    children,
    counted_in_danger,
    exploiters_of,
    household_of,
    is_witness,
    own_children,
)
from shared.domain.age import british_date
from shared.domain.vocabulary import RecipientKind


def by_danger(facts: CaseFacts, kind: RecipientKind, at: datetime) -> set[Item]:
    """Return the situation, those counted, and the sources with their words (facts 3 and 4)."""
    dangers = facts.own_dangers
    if not dangers:
        return set()
    counted = frozenset(counted_in_danger(facts, dangers, british_date(at)))
    items = {Item(S)} | {Item(P, one) for one in counted}
    sources = sources_of_dangers(dangers)
    items |= _source_items(facts, kind, sources, at_risk=counted, with_words=True, at=at)
    return items | handling_of(items)


def by_child(facts: CaseFacts, kind: RecipientKind, at: datetime) -> set[Item]:
    """Return the children, the persons needed to protect them, and the situation as fact 5 lets it go."""
    today = british_date(at)
    own = own_children(facts, today)
    if not own:
        return set()
    minors = children(facts, today)
    household = household_of(facts, own)
    here = own | (household & minors)
    whole = here | exploiters_of(facts, here, own)
    others = (household | carers_of(facts, here)) - whole
    items = {Item(P, one) for one in whole} | {Item(P, one, Extent.TO_PROTECT_CHILD) for one in others}
    withheld = adult_withholds(facts, kind, at)
    no_witnesses = frozenset(one for one in own if not is_witness(facts.person(one)))
    items.add(Item(S) if no_witnesses and not withheld else Item(S, extent=Extent.TO_PROTECT_CHILD))
    counted = frozenset(counted_in_danger(facts, facts.own_dangers, today))
    items |= _source_items(
        facts, kind, sources_of_children(facts, own), at_risk=counted, with_words=False, at=at
    )
    if not withheld:
        heard_from = sources_of_children(facts, no_witnesses)
        items |= _source_items(facts, kind, heard_from, at_risk=counted, with_words=True, at=at)
    return items | handling_of(items)


def _source_items(
    facts: CaseFacts,
    kind: RecipientKind,
    sources: frozenset[str],
    *,
    at_risk: frozenset[str],
    with_words: bool,
    at: datetime,
) -> set[Item]:
    items: set[Item] = set()
    child_ids = own_children(facts, british_date(at))
    for source in facts.persons:
        if source.id not in sources or not source.is_reporter:
            continue
        standing = standing_of(facts, source, kind, at_risk=at_risk, child_ids=child_ids, at=at)
        choice = choice_about(facts, source.id)
        if source.identity_is_held and is_named(standing, choice):
            items.add(Item(R, source.id))
        if with_words and source.made_report and words_go(standing, choice):
            items.add(Item(A, source.id))
    return items
