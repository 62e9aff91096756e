"""Sharing rules: the one function that every disclosure passes at the moment it is issued.

No I/O, no clock, no settings: facts and time are arguments. Consent permits, an override forces, a named lead may
authorise, and nothing else lets anything out. The specification is `docs/sharing-rules.md`; section and fact numbers in
comments are its numbers.
"""

from collections.abc import Iterable
from datetime import datetime

from case_service.sharing.decisions.by_consent import by_authorisation, by_consent
from case_service.sharing.decisions.by_override import by_child, by_danger
from case_service.sharing.decisions.decision import MINIMUM_SET, A, Decision, Extent, Item, R
from case_service.sharing.decisions.reasons import reasons
from case_service.sharing.facts import CaseFacts
from shared.domain.vocabulary import Ground, RecipientKind

_BY_GROUND = {
    Ground.CONSENT: by_consent,
    Ground.AUTHORISED: by_authorisation,
    Ground.OVERRIDE_DANGER: by_danger,
    Ground.OVERRIDE_CHILD: by_child,
}


def decide(
    facts: CaseFacts, recipient_kind: RecipientKind, grounds: Iterable[Ground], *, at: datetime
) -> Decision:
    """Decide what may go to a recipient kind now, on these grounds.

    `facts` are those of one agency (`CaseFacts.for_agency`), `grounds` those that were opened and not stood down.
    Consent and authorisation are read again here, so that a withdrawal recorded before `at` wins. Nothing goes where
    `permits_anything` is false.
    """
    allowed: set[Item] = set()
    effective_grounds: set[Ground] = set()
    for ground in frozenset(grounds):
        permitted = _cut_to_minimum(_BY_GROUND[ground](facts, recipient_kind, at), recipient_kind, ground)
        if permitted:
            effective_grounds.add(ground)
            allowed |= permitted
    items = frozenset(_without_doubles(allowed))
    return Decision(
        grounds=frozenset(effective_grounds),
        items=items,
        withheld=reasons(facts, recipient_kind, items, frozenset(effective_grounds), at),
        protect_source=any(item.group in (A, R) for item in items),
    )


def _cut_to_minimum(items: set[Item], recipient_kind: RecipientKind, ground: Ground) -> set[Item]:
    groups = MINIMUM_SET.get((recipient_kind, ground), frozenset())
    return {item for item in items if item.group in groups}


def _without_doubles(items: set[Item]) -> set[Item]:
    """Drop a part where the whole of the same thing may go."""
    return {
        item
        for item in items
        if item.extent is Extent.FULL or not items & {Item(item.group, item.person), Item(item.group)}
    }
