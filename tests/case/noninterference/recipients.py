"""Recipients of a world: what each of them is sent, in full, and the supplements that a change brings them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from case_service.agencies.national import AGENCIES
from case_service.cases.case_file import CaseFile
from case_service.disclosures import content
from case_service.disclosures.payload import compose as payload
from case_service.disclosures.payload.message import Message
from case_service.sharing import reconcile as reconciliation
from case_service.sharing.decisions.decide import decide
from case_service.sharing.decisions.decision import A, Decision, Extent, H, P, R, S
from case_service.sharing.duties.deadlines import ShorterDeadlines
from case_service.sharing.duties.duty import opened as open_duty
from case_service.sharing.duties.required import AgencyKey, RequiredDisclosure, required_disclosures
from case_service.sharing.effects import AuthoriseDisclosure
from case_service.sharing.facts import CaseFacts
from case_service.sharing.shared_so_far import (
    DisclosureSoFar,
    DisclosureState,
    Issued,
    RecipientSoFar,
    SharedSoFar,
)
from shared.domain.age import british_date
from shared.domain.vocabulary import DisclosureKind, Ground, PersonRole, RecipientKind
from tests.case.noninterference.worlds import MAKER, NOW, World, opened, person_id

DEADLINES = ShorterDeadlines()
CHOSEN = "chosen"
"""Agency that an adviser would choose for what consent permits."""


@dataclass(frozen=True)
class Received:
    """Message to one agency: the text, byte for byte, and the decision behind it."""

    text: str
    decision: Decision


def received(world: World) -> dict[AgencyKey, Received]:
    """Return what every agency would be sent of this world now, by override and by consent."""
    case_file = opened(world)
    facts = case_file.facts()
    found = {key: _forced(one, facts, case_file) for key, one in _required(facts).items()}
    for kind in RecipientKind:
        own = facts.for_agency(CHOSEN, frozenset())
        decision = decide(own, kind, [Ground.CONSENT], at=facts.decided_at(NOW))
        found[kind, CHOSEN] = Received(_text(own, kind, decision, case_file, {}), decision)
    return found


def _required(facts: CaseFacts) -> dict[AgencyKey, RequiredDisclosure]:
    return required_disclosures(facts, AGENCIES, british_date(NOW))


def _forced(one: RequiredDisclosure, facts: CaseFacts, case_file: CaseFile) -> Received:
    own = facts.for_agency(one.agency_code, one.facts)
    grounds = {fact.ground for fact in one.facts}
    decision = decide(own, one.recipient_kind, grounds, at=facts.decided_at(NOW))
    others = [key for key, other in _required(facts).items() if other.facts & one.facts]
    header = {
        "led_by": one.lead,
        "place_is_sure": not one.fallback,
        "at_once": one.acknowledge_at_once,
        "others": others,
        "facts": sorted(one.facts),
        "source": content._source(own, case_file),
    }
    return Received(_text(own, one.recipient_kind, decision, case_file, header), decision)


def _text(
    own: CaseFacts, kind: RecipientKind, decision: Decision, case_file: CaseFile, header: dict[str, Any]
) -> str:
    if not decision.permits_anything:
        return ""
    whole = payload.compose(Message(decision, case_file, own, kind, british_date(NOW)))
    protect = {"protect_source": decision.protect_source, "grounds": sorted(decision.grounds)}
    return json.dumps({**header, **protect, **whole}, default=str, sort_keys=True)


# Words that a consent or an override covers, a second time from section 1 and facts 3 to 5


def permitted_words(world: World, key: AgencyKey, decision: Decision) -> set[str]:
    """Return the names of the words that may stand in a message by the parts that were decided to go."""
    words: set[str] = set()
    makers_words = decision.has(A, str(person_id(MAKER)))
    for number, one in enumerate(world.people):
        own = str(person_id(number))
        words_go = makers_words or not one.in_report
        words |= {f"{field}:{number}" for field in _of_person(decision, own, words_go=words_go)}
        if PersonRole.ALLEGED_EXPLOITER in one.roles and S in _whole_groups(decision):
            words |= {f"name:{number}"} | ({f"description:{number}"} if words_go else set())
    if decision.has(S):
        words |= {"premises", "summary"}
    if makers_words:
        words |= {"account", "when", "reporters_risk"}
    if decision.has(H, str(person_id(MAKER))):
        words.add("safe")
    if decision.grounds & {Ground.OVERRIDE_CHILD, Ground.OVERRIDE_DANGER}:
        words.add("risk")
    return words | ({"protection"} if Ground.OVERRIDE_CHILD in decision.grounds else set())


def _whole_groups(decision: Decision) -> set[Any]:
    return {item.group for item in decision.items if item.extent is Extent.FULL}


def _of_person(decision: Decision, own: str, *, words_go: bool) -> Iterator[str]:
    if decision.has(R, own):
        yield from ("name", "phone", "email")
    extents = {item.extent for item in decision.items if item.group is P and item.person == own}
    if extents:
        yield from ("name", "home", "found", *(["relation"] if words_go else []))
    if Extent.FULL in extents:
        yield from ("phone", "email", *(["description"] if words_go else []))


def silent_words(world: World) -> set[str]:
    """Return words that nothing covers, whatever was decided: of a third party who keeps their name to the helpline.

    Written from facts 3 and 4 alone: an adult who only reports, lives with and cares for nobody, is not in danger,
    shares with nobody, and told of dangers whose places are known.
    """
    maker = world.people[MAKER]
    related = maker.lives_with or maker.cares_for or any(MAKER in one.lives_with for one in world.people)
    in_danger = any(who == MAKER for who, _ in world.dangers)
    places_known = world.premises is not None or all(place is not None for _, place in world.dangers)
    shares = any(who == MAKER and choice.get("privacy") == "share" for who, choice in world.choices)
    is_adult = maker.age.get("years", 0) >= 18
    third_party = maker.roles == {PersonRole.REPORTER} and is_adult
    if not third_party or related or in_danger or shares or not places_known:
        return set()
    return {f"{field}:{MAKER}" for field in ("name", "phone", "email", "home")} | {"safe"}


# Supplements


def sent_before(world: World) -> tuple[CaseFacts, SharedSoFar]:
    """Return the facts of a world, and what was shared once every agency that they force was told of them."""
    case_file = opened(world)
    facts = case_file.facts()
    recipients = tuple(_sent_before(one, facts, case_file) for one in _required(facts).values())
    return facts, SharedSoFar(recipients)


def _sent_before(one: RequiredDisclosure, facts: CaseFacts, case_file: CaseFile) -> RecipientSoFar:
    duty = replace(open_duty(one, NOW, send_at=NOW), verified=all(map(facts.is_verified, one.facts)))
    duty = duty.authorised(NOW, DEADLINES).issued(NOW)
    recipient = RecipientSoFar(one.recipient_kind, one.agency_code, "recipient", duty)
    own = facts.for_agency(one.agency_code, one.facts)
    decision = decide(own, one.recipient_kind, duty.grounds, at=facts.decided_at(NOW))
    parts = frozenset().union(*content.content_parts(case_file)(recipient, decision))
    record = Issued(decision.items, frozenset(), "", NOW, 0, one.facts, parts)
    sent = DisclosureSoFar(
        "sent", DisclosureKind.INITIAL, duty.grounds, DisclosureState.ISSUED, NOW, issued=(record,)
    )
    return replace(recipient, disclosures=(sent,))


def supplements(before: tuple[CaseFacts, SharedSoFar], after: World) -> list[AgencyKey]:
    """Return the agencies that a change sends a supplement; all of them were told of what was before."""
    facts, shared = before
    case_file = opened(after)
    shared = replace(shared, content_parts=content.content_parts(case_file))
    changed = replace(case_file.facts(), content_revision=facts.content_revision + 1)
    effects = reconciliation.reconcile(facts, changed, shared, NOW, agencies=AGENCIES, deadlines=DEADLINES)
    return [
        one.key
        for one in effects
        if isinstance(one, AuthoriseDisclosure) and one.kind is DisclosureKind.SUPPLEMENT
    ]
