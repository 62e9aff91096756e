"""Builders of duties, facts and recipients as values; everything that a test does not name is ordinary."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from case_service.sharing.decisions.decision import A, H, Item, R, S
from case_service.sharing.duties.deadlines import ShorterDeadlines
from case_service.sharing.duties.duty import Duty, DutyState
from case_service.sharing.duties.required import RequiredDisclosure
from case_service.sharing.effects import (
    AuthoriseDisclosure,
    ChangeDuty,
    Effect,
    EndTasks,
    OpenTaskFor,
    RecallDisclosure,
    TaskKind,
    TaskOutcome,
)
from case_service.sharing.facts import (
    AgeStatement,
    CaseFacts,
    ConsentEntry,
    DangerFact,
    FactKind,
    FactRef,
    Person,
)
from case_service.sharing.places import KnownPlace, NationalAgencies
from case_service.sharing.reconcile import reconcile
from case_service.sharing.shared_so_far import (
    DisclosureSoFar,
    DisclosureState,
    Issued,
    RecipientSoFar,
    SharedSoFar,
)
from shared.domain.age import Age
from shared.domain.vocabulary import (
    AgeStatus,
    DisclosureKind,
    Ground,
    PersonRole,
    PrivacyChoice,
    RecipientKind,
)

NOW = datetime(2026, 11, 4, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
END_OF_DAY = NOW.replace(hour=23, minute=59, second=59)
DEADLINES = ShorterDeadlines()
AGENCIES = NationalAgencies("police:desk", "police:railway", "police:coastguard")
LEEDS = KnownPlace(("police:leeds",), ("care:leeds",), "E08000035")
YORK = KnownPlace(("police:york",), ("care:york",), "E06000014")
NOWHERE = KnownPlace()
POLICE, CARE = RecipientKind.POLICE, RecipientKind.CHILDREN_SOCIAL_CARE
LEEDS_POLICE, LEEDS_CARE = (POLICE, "police:leeds"), (CARE, "care:leeds")
YORK_POLICE, YORK_CARE = (POLICE, "police:york"), (CARE, "care:york")
DESK = (POLICE, "police:desk")
CHILD, DANGER, CONSENT = Ground.OVERRIDE_CHILD, Ground.OVERRIDE_DANGER, Ground.CONSENT
KID_FACT = FactRef(FactKind.CHILD, "kid", "first")
SAMI_FACT = FactRef(FactKind.CHILD, "sami", "first")
DANGER_FACT = FactRef(FactKind.DANGER, "fire", "fire")
YEARS_15, YEARS_30 = Age(chosen=AgeStatus.CHILD_STATED), Age(chosen=AgeStatus.ADULT_CONFIRMED)


def stated(statement_id: str = "first", *, by_adviser: bool = False, **more: Any) -> AgeStatement:
    """Return a statement that the report makes by itself, or that an adviser recorded."""
    said = {"said_in_report": not by_adviser, "verified": by_adviser, "heard_from": frozenset({"ruth"})}
    return AgeStatement(statement_id, **{**said, **more})


ruth = Person("ruth", frozenset({PersonRole.REPORTER}), age=YEARS_30, made_report=True)
kid = Person("kid", frozenset({PersonRole.PERSON_OF_CONCERN}), age=YEARS_15, statements=(stated(),))
ADULT = replace(
    kid,
    age=YEARS_30,
    statements=(stated(), stated("second", by_adviser=True, says_child=False, recorded_by="user:ada")),
)
"""The same person, found to be an adult by another statement."""


def a_duty(state: DutyState = DutyState.WAITING, **changes: Any) -> Duty:
    """Return a duty about a child, with the times that its state brings along."""
    ended = state in (DutyState.STOOD_DOWN, DutyState.REROUTED, DutyState.MERGED)
    was_authorised = not ended and state is not DutyState.WAITING
    was_sent = was_authorised and state is not DutyState.AUTHORISED
    runs = state in (DutyState.WAITING, DutyState.AUTHORISED, DutyState.SENT)
    duty = Duty(
        state=state,
        opened_at=NOW - HOUR,
        send_at=NOW,
        due_at=NOW if runs else None,
        facts=frozenset() if ended else frozenset({KID_FACT}),
        place=LEEDS.area,
        authorised_at=NOW - MINUTE if was_authorised else None,
        sent_at=NOW - MINUTE if was_sent else None,
        acknowledged_at=NOW if state is DutyState.ACKNOWLEDGED else None,
        declined_at=NOW if state is DutyState.DECLINED else None,
        handed_over_at=NOW if state is DutyState.HANDED_OVER else None,
        handed_over_by="user:ada" if state is DutyState.HANDED_OVER else None,
    )
    return replace(duty, **changes)


def a_required_disclosure(**changes: Any) -> RequiredDisclosure:
    return replace(
        RequiredDisclosure(CARE, "care:leeds", frozenset({KID_FACT}), place=LEEDS.area),
        **changes,
    )


def a_disclosure(
    state: DisclosureState = DisclosureState.ISSUED,
    *,
    grounds: Iterable[Ground] = (CHILD,),
    kind: DisclosureKind = DisclosureKind.INITIAL,
    parts: Iterable[str] = ("told",),
    items: Iterable[Item] = (),
    persons: Iterable[str] = (),
    facts: Iterable[FactRef] = (),
    **more: Any,
) -> DisclosureSoFar:
    """Return a disclosure, with the record of its content where it was issued."""
    was_issued = state in (DisclosureState.ISSUED, DisclosureState.ACKNOWLEDGED, DisclosureState.RECALLED)
    record = Issued(
        frozenset(items), frozenset(persons), "digest", NOW - MINUTE, 0, frozenset(facts), frozenset(parts)
    )
    return DisclosureSoFar(
        id=more.pop("id", "one"),
        kind=kind,
        grounds=frozenset(grounds),
        state=state,
        authorised_at=NOW - MINUTE,
        issued=(record,) if was_issued else (),
        **more,
    )


def told_recipient(key: tuple[RecipientKind, str] = LEEDS_CARE, **more: Any) -> RecipientSoFar:
    """Return an agency that was told of the child by force."""
    duty = more.pop("duty", a_duty(DutyState.SENT))
    disclosures = more.pop("disclosures", (a_disclosure(persons=["kid"], facts=[KID_FACT]),))
    return RecipientSoFar(key[0], key[1], id="recipient", duty=duty, disclosures=disclosures)


def shared_with(*recipients: RecipientSoFar, parts: Iterable[str] = ("told",)) -> SharedSoFar:
    """Return what was shared; `parts` are what the content of a disclosure would have now."""
    now_in_it = frozenset(frozenset({part}) for part in parts)
    return SharedSoFar(recipients, lambda *_: now_in_it)


def facts(*persons: Person, **more: Any) -> CaseFacts:
    """Return an open case in Leeds whose report was imported an hour ago."""
    return CaseFacts(**{"persons": persons, "premises": LEEDS, "received_at": NOW - HOUR, **more})


def recorded(before: CaseFacts, **changes: Any) -> CaseFacts:
    """Return the facts after content was recorded."""
    return replace(before, content_revision=before.content_revision + 1, **changes)


def a_danger(
    person: str | None = None, place: KnownPlace = NOWHERE, *, by_adviser: bool = True
) -> DangerFact:
    return DangerFact(person, place, id="fire", said_in_report=not by_adviser, verified=by_adviser)


def consents(*words: str, person: str = "ruth") -> tuple[ConsentEntry, ...]:
    """Return entries of one person: `share`, `confidential`, `+police`, `-police`, `withdraws`.

    A word that ends in `?` was not said in a call: an adviser must check it.
    """
    return tuple(
        _entry(person, NOW - HOUR + n * SECOND, word, f"{person}-{n}") for n, word in enumerate(words)
    )


def _entry(person: str, at: datetime, word: str, entry_id: str) -> ConsentEntry:
    unchecked = word.endswith("?")
    word = word.removesuffix("?")
    entry = ConsentEntry(person, at, id=entry_id, own_wish=not unchecked, waits_for_check=unchecked)
    if word == "withdraws":
        return replace(entry, withdraws=True)
    if word[0] in "+-":
        return replace(entry, recipient_kind=RecipientKind(word[1:]), agrees=word[0] == "+")
    return replace(entry, privacy=PrivacyChoice(word))


def effects_of(before: CaseFacts, after: CaseFacts, shared: SharedSoFar | None = None) -> list[Effect]:
    """Return what follows from a change now."""
    so_far = shared or shared_with()
    return reconcile(before, after, so_far, NOW, agencies=AGENCIES, deadlines=DEADLINES)


def of_kind(effects: Sequence[Effect], kind: type[Any]) -> list[Any]:
    return [effect for effect in effects if isinstance(effect, kind)]


def duties_in(effects: Sequence[Effect]) -> dict[tuple[RecipientKind, str], Duty]:
    """Return the duty of each agency as the effects leave it."""
    return {effect.key: effect.duty for effect in of_kind(effects, ChangeDuty)}


def tasks_in(effects: Sequence[Effect]) -> list[tuple[TaskKind, Any]]:
    """Return the tasks that the effects open, each with its agency."""
    return [(effect.kind, effect.key) for effect in of_kind(effects, OpenTaskFor)]


def applied(shared: SharedSoFar, effects: Sequence[Effect]) -> SharedSoFar:
    """Return what is shared once the effects are written."""
    for effect in effects:
        known = shared.by_key()
        if isinstance(effect, ChangeDuty):
            shared = shared.replaced(
                known.get(effect.key, RecipientSoFar(*effect.key, id="new")).with_duty(effect.duty)
            )
        elif isinstance(effect, AuthoriseDisclosure):
            shared = shared.replaced(known[effect.key].with_authorised(effect, NOW))
        elif isinstance(effect, RecallDisclosure):
            shared = replace(shared, recipients=tuple(_recalled(one, effect) for one in shared.recipients))
    return shared


def _recalled(recipient: RecipientSoFar, effect: RecallDisclosure) -> RecipientSoFar:
    return replace(
        recipient,
        disclosures=tuple(
            replace(one, recalled_items=one.recalled_items | effect.items)
            if one.id == effect.disclosure_id
            else one
            for one in recipient.disclosures
        ),
    )


WHOLE_SITUATION, OWN_WORDS = Item(S), Item(A, "ruth")
SOURCE, HANDLING = Item(R, "ruth"), Item(H, "ruth")
SHARING = consents("share", "+police")
NOTHING_PROPOSED = EndTasks((TaskKind.AUTHORISE_DISCLOSURE,), TaskOutcome.NOTHING_TO_AUTHORISE)
NOTHING_TO_CHECK = EndTasks((TaskKind.CHECK_WITHDRAWAL,), TaskOutcome.CHECKED)
PROPOSED = OpenTaskFor(TaskKind.AUTHORISE_DISCLOSURE, END_OF_DAY)


def told_on_consent(**more: Any) -> RecipientSoFar:
    """Return the police, who were told of the reporter and the situation on consent."""
    items = (WHOLE_SITUATION, SOURCE, HANDLING)
    disclosure = a_disclosure(grounds=(CONSENT,), items=items, persons=("ruth",), **more)
    return RecipientSoFar(POLICE, "police:leeds", id="recipient", disclosures=(disclosure,))
