"""The moment of leaving: the rules decide again, and what leaves or stays is written down for ever."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from case_service.contents import compose, correction
from case_service.corrections import correct_mistaken
from case_service.disclosures import NOTHING_LEFT, Disclosure, DisclosureRecord, open_reviews
from case_service.legs import Leg, ToldWithin
from case_service.pages import Page
from shared.database import UnitOfWork
from shared.events import DisclosureLeft
from shared.sharing import Decision, Matter, decide


@dataclass(frozen=True)
class Released:
    """The exact text to send, and its hash."""

    text: str
    digest: str


async def release(
    disclosure: Disclosure,
    leg: Leg,
    page: Page,
    uow: UnitOfWork,
    told_within: ToldWithin,
    *,
    attempt: int,
) -> Released | None:
    """The moment of leaving: the rules decide again, and what they permit is written down and handed out.
    None: nothing may leave; that is written down too.

    The case is locked, so a withdrawal that committed before this
    is seen here, and one that comes later finds that it has left.
    """
    if disclosure.ended:
        return None
    decision = decided(disclosure, leg, page, uow.now)
    if not decision.leaves and disclosure.kind != "correction":
        _withhold(disclosure, leg, decision, uow, attempt)
        return None
    text = text_now(disclosure, leg, decision, page, uow.now)
    digest = hashlib.sha256(text.encode()).hexdigest()
    uow.session.add(record_of(disclosure, leg, decision, uow, attempt, digest))
    if disclosure.state == "authorised":
        disclosure.state = "left"
        leg.left(uow.now, forced=disclosure.forced)
        uow.publish(left(disclosure, leg, decision, uow.now, digest))
        await _after_leaving(disclosure, leg, page, uow, told_within)
    uow.record("disclosure.left", leg.case_id, disclosure_id=disclosure.id, attempt=attempt, digest=digest)
    return Released(text, digest)


def decided(disclosure: Disclosure, leg: Leg, page: Page, at: datetime) -> Decision:
    matter = _as_it_was_forced(disclosure, page.matter(leg))
    decision = decide(matter, leg.kind, disclosure.ground_set, at=page.moment(at))
    return _only_corrects(decision, disclosure) if disclosure.kind == "correction" else decision


def _as_it_was_forced(disclosure: Disclosure, matter: Matter) -> Matter:
    """What nobody has acknowledged yet is still about those for whom it was forced: an age that one person corrects
    on the way takes no ground away, and the correction follows (facts 8 and 14)."""
    if disclosure.state not in ("authorised", "left"):
        return matter
    return replace(matter, opened_for=matter.opened_for | frozenset(disclosure.opened_for))


def text_now(disclosure: Disclosure, leg: Leg, decision: Decision, page: Page, at: datetime) -> str:
    """The exact text, as it would leave at this moment."""
    about = disclosure.about
    content = correction(about) if disclosure.kind == "correction" else compose(decision, page, at=at)
    return text_of(disclosure, leg, decision, content)


def _only_corrects(decision: Decision, disclosure: Disclosure) -> Decision:
    """A correction carries who it is about and nothing that any ground opens."""
    return Decision(disclosure.ground_set, frozenset(), rule_version=decision.rule_version)


def _withhold(disclosure: Disclosure, leg: Leg, decision: Decision, uow: UnitOfWork, attempt: int) -> None:
    """The refusal is written down like a release: with every reason, and without anything that left."""
    uow.session.add(record_of(disclosure, leg, decision, uow, attempt, NOTHING_LEFT))
    reasons = sorted({why.value for _, _, why in decision.withheld})
    reason = "consent_was_withdrawn" if "consent_was_withdrawn" in reasons else "rules_permit_nothing"
    uow.publish(disclosure.withhold(leg, reason, uow.now))
    if not leg.forced:
        leg.state, leg.due_at = "withheld", None
    uow.record("disclosure.withheld", leg.case_id, disclosure_id=disclosure.id, reason=reason)


def text_of(disclosure: Disclosure, leg: Leg, decision: Decision, content: Mapping[str, Any]) -> str:
    whole = {
        "disclosure_id": str(disclosure.id),
        "kind": disclosure.kind,
        "grounds": sorted(decision.grounds),
        "verified": leg.verified,
        "protect_source": decision.protect_source,
        "rule_version": decision.rule_version,
        **content,
    }
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def record_of(
    disclosure: Disclosure, leg: Leg, decision: Decision, uow: UnitOfWork, attempt: int, digest: str
) -> DisclosureRecord:
    return DisclosureRecord(
        id=uuid4(),
        disclosure_id=disclosure.id,
        case_id=leg.case_id,
        left_at=uow.now,
        attempt=attempt,
        grounds=sorted(decision.grounds),
        facts=_facts_relied_on(disclosure, leg),
        rule_version=decision.rule_version,
        recipient=leg.recipient,
        body=leg.body,
        why_recipient=_why(leg),
        items=sorted(item.code for item in decision.items),
        withheld=sorted(f"{group}:{person}:{why}" for group, person, why in decision.withheld),
        persons=sorted({*disclosure.about, *(i.person for i in decision.items if i.person)}),
        decided_by=disclosure.authorised_by,
        verified=leg.verified,
        digest=digest,
    )


def _facts_relied_on(disclosure: Disclosure, leg: Leg) -> list[str]:
    """Those of the leg, and those about somebody for whom this was forced before a correction covered them."""
    corrected = {*disclosure.opened_for} - {*leg.opened_for}
    mistaken = {fact for fact in leg.covered if fact.split(":")[1] in corrected}
    return sorted({*leg.facts, *mistaken})


def _why(leg: Leg) -> str:
    """Why this recipient: the council whose area led to it, or that no place is known."""
    if leg.place_gss is None:
        return "place-unknown" if leg.forced else "chosen-by-adviser"
    return f"{'last-known-place' if leg.fallback else 'place'}:{leg.place_gss}"


def left(disclosure: Disclosure, leg: Leg, decision: Decision, at: datetime, digest: str) -> DisclosureLeft:
    return DisclosureLeft(
        case_id=leg.case_id,
        disclosure_id=disclosure.id,
        leg_id=leg.id,
        recipient=leg.kind,
        body=leg.body,
        grounds=tuple(sorted(decision.grounds)),
        field_groups=tuple(sorted({i.group.value for i in decision.items})),
        left_at=at,
        digest=digest,
    )


async def _after_leaving(
    disclosure: Disclosure, leg: Leg, page: Page, uow: UnitOfWork, told_within: ToldWithin
) -> None:
    """A lead reviews within a day, and somebody tells the person or says why not (fact 12); where it was known to be
    a mistake, and no two people stood it down, the correction follows at once (fact 14)."""
    if disclosure.forced and disclosure.kind != "correction":
        await open_reviews(leg, uow)
        await correct_mistaken(leg, page, uow, told_within)
