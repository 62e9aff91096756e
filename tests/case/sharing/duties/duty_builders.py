"""Builders of duties, facts and recipients as values; everything that a test does not name is ordinary."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from case_service.sharing.decisions.decision import Item
from case_service.sharing.duties.deadlines import ShorterDeadlines
from case_service.sharing.duties.duty import Duty, DutyState
from case_service.sharing.duties.required import RequiredDisclosure, ResponsibleAgencies
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
from case_service.sharing.facts import CaseFacts, ConsentEntry, DangerFact, FactKind, FactRef, Person
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
    FieldGroup,
    Ground,
    PersonRole,
    PrivacyChoice,
    RecipientKind,
)

NOW = datetime(2026, 11, 4, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
DEADLINES = ShorterDeadlines()
AGENCIES = ResponsibleAgencies(
    lambda gss: f"police:{gss}", lambda gss: f"care:{gss}", "police:desk", "care:desk"
)
POLICE, CARE = RecipientKind.POLICE, RecipientKind.CHILDREN_SOCIAL_CARE
LEEDS_POLICE, LEEDS_CARE = (POLICE, "police:leeds"), (CARE, "care:leeds")
CHILD, DANGER, CONSENT = Ground.OVERRIDE_CHILD, Ground.OVERRIDE_DANGER, Ground.CONSENT
KID_FACT = FactRef(FactKind.CHILD, "kid", "first")
DANGER_FACT = FactRef(FactKind.DANGER, "fire", "fire")
YEARS_15, YEARS_30 = Age(chosen=AgeStatus.CHILD_STATED), Age(chosen=AgeStatus.ADULT_STATED)

ruth = Person("ruth", frozenset({PersonRole.REPORTER}), age=YEARS_30, age_statement="first")
kid = Person("kid", frozenset({PersonRole.PERSON_OF_CONCERN}), age=YEARS_15, age_statement="first")


def a_duty(state: DutyState = DutyState.WAITING, **changes: Any) -> Duty:
    """Return a duty about a child, with the times that its state brings along."""
    ended = state in (DutyState.STOOD_DOWN, DutyState.REROUTED)
    was_authorised = state not in (DutyState.WAITING, DutyState.STOOD_DOWN, DutyState.REROUTED)
    was_sent = state in (DutyState.SENT, DutyState.ACKNOWLEDGED, DutyState.HANDED_OVER)
    answered = state in (DutyState.ACKNOWLEDGED, DutyState.HANDED_OVER)
    duty = Duty(
        state=state,
        opened_at=NOW - HOUR,
        send_at=NOW,
        due_at=None if ended or answered else NOW,
        grounds=frozenset() if ended else frozenset({CHILD}),
        facts=frozenset() if ended else frozenset({KID_FACT}),
        stood_down_facts=frozenset({KID_FACT}) if state is DutyState.STOOD_DOWN else frozenset(),
        place="leeds",
        authorised_at=NOW - MINUTE if was_authorised else None,
        sent_at=NOW - MINUTE if was_sent else None,
        acknowledged_at=NOW if state is DutyState.ACKNOWLEDGED else None,
        handed_over_at=NOW if state is DutyState.HANDED_OVER else None,
        handed_over_by="user:ada" if state is DutyState.HANDED_OVER else None,
    )
    return replace(duty, **changes)


def a_required_disclosure(**changes: Any) -> RequiredDisclosure:
    return replace(
        RequiredDisclosure(CARE, "care:leeds", frozenset({CHILD}), "leeds"),
        **changes,
    )


def a_disclosure(
    state: DisclosureState = DisclosureState.ISSUED,
    *,
    grounds: Iterable[Ground] = (CHILD,),
    kind: DisclosureKind = DisclosureKind.INITIAL,
    digest: str = "first",
    items: Iterable[Item] = (),
    persons: Iterable[str] = (),
    **more: Any,
) -> DisclosureSoFar:
    """Return a disclosure, with the record of its content where it was issued."""
    was_issued = state in (DisclosureState.ISSUED, DisclosureState.ACKNOWLEDGED, DisclosureState.RECALLED)
    record = Issued(frozenset(items), frozenset(persons), digest, NOW - MINUTE, 0)
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
    disclosures = more.pop("disclosures", (a_disclosure(),))
    return RecipientSoFar(key[0], key[1], id="recipient", duty=duty, disclosures=disclosures)


def shared_with(*recipients: RecipientSoFar, digest: str = "first") -> SharedSoFar:
    """Return what was shared; `digest` is of the content that a disclosure would have now."""
    return SharedSoFar(recipients, lambda *_: digest)


def facts(*persons: Person, **more: Any) -> CaseFacts:
    """Return an open case in Leeds whose report was imported an hour ago."""
    return CaseFacts(**{"persons": persons, "place": "leeds", "received_at": NOW - HOUR, **more})


def recorded(before: CaseFacts, **changes: Any) -> CaseFacts:
    """Return the facts after content was recorded."""
    return replace(before, content_revision=before.content_revision + 1, **changes)


def a_danger(person: str | None = None, place: str | None = None, *, by_adviser: bool = True) -> DangerFact:
    return DangerFact(person, place, id="fire", recorded_by_adviser=by_adviser)


def consents(*words: str, person: str = "ruth") -> tuple[ConsentEntry, ...]:
    """Return entries of one person: `share`, `confidential`, `+police`, `-police`, `withdraws`."""
    return tuple(_entry(person, NOW - HOUR + n * SECOND, word) for n, word in enumerate(words))


def _entry(person: str, at: datetime, word: str) -> ConsentEntry:
    if word == "withdraws":
        return ConsentEntry(person, at, withdraws=True)
    if word[0] in "+-":
        return ConsentEntry(person, at, recipient_kind=RecipientKind(word[1:]), agrees=word[0] == "+")
    return ConsentEntry(person, at, privacy=PrivacyChoice(word))


def effects_of(before: CaseFacts, after: CaseFacts, shared: SharedSoFar | None = None) -> list[Effect]:
    """Return what follows from a change now."""
    so_far = shared or shared_with()
    return reconcile(before, after, so_far, NOW, agencies=AGENCIES, deadlines=DEADLINES)


def of_kind(effects: Sequence[Effect], kind: type[Any]) -> list[Any]:
    return [effect for effect in effects if isinstance(effect, kind)]


def duties_in(effects: Sequence[Effect]) -> dict[tuple[RecipientKind, str], Duty]:
    """Return the duty of each agency as the effects leave it."""
    return {effect.key: effect.duty for effect in of_kind(effects, ChangeDuty)}


def applied(shared: SharedSoFar, effects: Sequence[Effect]) -> SharedSoFar:
    """Return what is shared once the effects are written."""
    for effect in effects:
        known = shared.by_key()
        if isinstance(effect, ChangeDuty):
            shared = shared.replaced(
                known.get(effect.key, RecipientSoFar(*effect.key, id="new")).with_duty(effect.duty)
            )
        elif isinstance(effect, AuthoriseDisclosure):
            one = a_disclosure(DisclosureState.AUTHORISED, grounds=effect.grounds, kind=effect.kind)
            recipient = known[effect.key]
            shared = shared.replaced(replace(recipient, disclosures=(*recipient.disclosures, one)))
        elif isinstance(effect, RecallDisclosure):
            shared = replace(shared, recipients=tuple(_recalled(one, effect) for one in shared.recipients))
    return shared


def _recalled(recipient: RecipientSoFar, effect: RecallDisclosure) -> RecipientSoFar:
    return replace(
        recipient,
        disclosures=tuple(
            replace(one, state=DisclosureState.RECALLED) if one.id == effect.disclosure_id else one
            for one in recipient.disclosures
        ),
    )


SITUATION, ACCOUNT = Item(FieldGroup.SITUATION), Item(FieldGroup.ACCOUNT)
ADULT = replace(kid, age=YEARS_30, age_statement="second")
"""The same person, found to be an adult by another statement."""
SHARING = consents("share", "+police")
NOTHING_PROPOSED = EndTasks((TaskKind.AUTHORISE_DISCLOSURE,), TaskOutcome.NOTHING_TO_AUTHORISE)
PROPOSED = OpenTaskFor(TaskKind.AUTHORISE_DISCLOSURE, NOW.replace(hour=23, minute=59, second=59))


def told_on_consent(**more: Any) -> RecipientSoFar:
    """Return the police, who were told on consent."""
    disclosure = a_disclosure(grounds=(CONSENT,), items=(SITUATION, ACCOUNT), persons=("ruth",), **more)
    return RecipientSoFar(POLICE, "police:leeds", id="recipient", disclosures=(disclosure,))
