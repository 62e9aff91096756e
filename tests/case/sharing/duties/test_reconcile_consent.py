"""Reconciliation of consent: recalls of what was taken back, and the task to authorise what is permitted."""

from dataclasses import replace

import pytest

from case_service.sharing.decisions.decision import Item, R
from case_service.sharing.effects import (
    OpenTaskFor,
    RecallDisclosure,
    TaskKind,
)
from case_service.sharing.facts import CaseFacts
from case_service.sharing.shared_so_far import DisclosureState, RecipientSoFar
from shared.domain.vocabulary import PersonRole, RecipientKind
from tests.case.sharing.duties.duty_builders import (
    CHILD,
    CONSENT,
    HANDLING,
    LEEDS_POLICE,
    NOTHING_PROPOSED,
    NOTHING_TO_CHECK,
    NOW,
    POLICE,
    PROPOSED,
    SHARING,
    SOURCE,
    WHOLE_SITUATION,
    a_disclosure,
    consents,
    effects_of,
    facts,
    kid,
    of_kind,
    recorded,
    ruth,
    shared_with,
    tasks_in,
    told_on_consent,
)


def changed_choices(*words: str) -> tuple[CaseFacts, CaseFacts]:
    """Return facts whose reporter shared, and the same after more was said."""
    before = facts(ruth, consents=SHARING)
    return before, replace(before, consents=consents("share", "+police", *words))


# Recalls


@pytest.mark.parametrize("word", ["withdraws", "-police", "confidential"])
def test_a_choice_that_is_taken_back_in_a_call_recalls_what_rested_on_it(word: str) -> None:
    before, after = changed_choices(word)
    (recall,) = of_kind(effects_of(before, after, shared_with(told_on_consent())), RecallDisclosure)
    assert recall.disclosure_id == "one"
    assert {SOURCE, HANDLING} <= recall.items


def test_what_an_earlier_no_lets_go_still_stands() -> None:
    """A third party's default lets the situation go without identity: it is not recalled with the identity."""
    before, after = changed_choices("-police")
    (recall,) = of_kind(effects_of(before, after, shared_with(told_on_consent())), RecallDisclosure)
    assert recall.items == {SOURCE, HANDLING}


def test_a_withdrawal_that_was_not_made_in_a_call_is_checked_before_anything_is_recalled() -> None:
    before, after = changed_choices("withdraws?")
    effects = effects_of(before, after, shared_with(told_on_consent()))
    assert of_kind(effects, RecallDisclosure) == []
    assert (TaskKind.CHECK_WITHDRAWAL, None) in tasks_in(effects)
    checked = replace(
        after, consents=(*SHARING, replace(after.consents[-1], own_wish=True, waits_for_check=False))
    )
    effects = effects_of(after, checked, shared_with(told_on_consent()))
    assert [one.disclosure_id for one in of_kind(effects, RecallDisclosure)] == ["one"]
    assert NOTHING_TO_CHECK in effects


def test_a_recall_of_what_was_told_by_telephone_is_telephoned() -> None:
    before, after = changed_choices("withdraws")
    effects = effects_of(before, after, shared_with(told_on_consent(told_by_phone=True)))
    assert len(of_kind(effects, RecallDisclosure)) == 1
    assert OpenTaskFor(TaskKind.TELEPHONE_RECALL, NOW, LEEDS_POLICE) in effects


@pytest.mark.parametrize(
    ("word", "disclosure"),
    [
        ("-health", a_disclosure(grounds=(CONSENT,), items=(WHOLE_SITUATION, SOURCE))),
        ("withdraws", a_disclosure(grounds=(CHILD,), items=(SOURCE,), persons=("ruth",))),
        ("withdraws", a_disclosure(grounds=(CHILD, CONSENT), items=(SOURCE,), persons=("ruth",))),
        ("withdraws", a_disclosure(DisclosureState.AUTHORISED, grounds=(CONSENT,))),
        (
            "withdraws",
            a_disclosure(grounds=(CONSENT,), items=(SOURCE,), recalled_items=frozenset({SOURCE})),
        ),
        ("withdraws", a_disclosure(grounds=(CONSENT,), items=(Item(R, "another"),))),
    ],
    ids=["another kind", "forced", "forced too", "not issued", "recalled before", "another's"],
)
def test_nothing_else_is_recalled(word: str, disclosure: object) -> None:
    before, after = changed_choices(word)
    police = RecipientSoFar(POLICE, "police:leeds", id="recipient", disclosures=(disclosure,))  # type: ignore[arg-type]  # typed above
    assert of_kind(effects_of(before, after, shared_with(police)), RecallDisclosure) == []


def test_no_reporters_withdrawal_recalls_what_a_person_of_concern_agreed_to_for_herself() -> None:
    ana = replace(kid, id="ana", age=ruth.age, statements=())
    hers = consents("+police", person="ana")
    before = facts(ruth, ana, consents=(*SHARING, *hers))
    after = replace(before, consents=(*consents("share", "+police", "withdraws"), *hers))
    police = told_on_consent()
    (recall,) = of_kind(effects_of(before, after, shared_with(police)), RecallDisclosure)
    assert {item.person for item in recall.items} <= {"ruth", ""}


def test_the_entries_that_a_report_brings_recall_nothing() -> None:
    before = facts(report_imported=False)
    after = recorded(facts(ruth, consents=consents("withdraws")))
    assert of_kind(effects_of(before, after, shared_with(told_on_consent())), RecallDisclosure) == []


# Proposals of consent, and the classification


def test_consent_that_lets_more_go_is_proposed_until_it_is_authorised() -> None:
    before = facts(ruth)
    after = replace(before, consents=SHARING)
    assert effects_of(before, after) == [NOTHING_TO_CHECK, PROPOSED]
    authorised = a_disclosure(DisclosureState.AUTHORISED, grounds=(CONSENT,))
    police = RecipientSoFar(POLICE, "police:leeds", id="recipient", disclosures=(authorised,))
    assert effects_of(after, after, shared_with(police)) == [NOTHING_PROPOSED]
    informed = replace(police, disclosures=(a_disclosure(grounds=(CONSENT,), items=(WHOLE_SITUATION,)),))
    assert effects_of(after, after, shared_with(informed)) == [PROPOSED], "the identity may go as well"
    whole = (WHOLE_SITUATION, SOURCE, HANDLING)
    everything = replace(police, disclosures=(a_disclosure(grounds=(CONSENT,), items=whole),))
    assert effects_of(after, after, shared_with(everything)) == [NOTHING_PROPOSED]


def test_a_kind_of_recipient_that_nobody_agreed_to_is_not_proposed() -> None:
    before = facts(ruth)
    after = replace(before, consents=consents("confidential"))
    assert effects_of(before, after) == [NOTHING_TO_CHECK, NOTHING_PROPOSED]
    assert RecipientKind.HEALTH not in {entry.recipient_kind for entry in after.consents}


def test_a_person_of_concerns_own_yes_is_proposed_without_any_reporters() -> None:
    ana = replace(kid, id="ana", roles=frozenset({PersonRole.PERSON_OF_CONCERN}), age=ruth.age, statements=())
    before = facts(ruth, ana, consents=consents("confidential"))
    after = replace(before, consents=(*before.consents, *consents("+police", person="ana")))
    assert PROPOSED in effects_of(before, after)
