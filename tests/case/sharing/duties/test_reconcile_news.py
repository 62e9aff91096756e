"""Reconciliation of news, corrections, recalls, proposals and the classification: each follows from its cause."""

from dataclasses import replace
from typing import get_args

import pytest

from case_service.sharing.decisions.decision import Item
from case_service.sharing.duties.duty import DutyState
from case_service.sharing.effects import (
    AnnounceClassification,
    AuthoriseDisclosure,
    ChangeDuty,
    Effect,
    EndTasks,
    MarkUrgency,
    OpenTaskFor,
    RecallDisclosure,
    ReopenCase,
    TaskKind,
    WithholdUnsent,
)
from case_service.sharing.facts import Classification
from case_service.sharing.shared_so_far import DisclosureState, RecipientSoFar, SharedSoFar
from shared.domain.vocabulary import (
    CaseClassification,
    DisclosureKind,
    FieldGroup,
    RecipientKind,
    SourceLeftOutReason,
)
from tests.case.sharing.duties.duty_builders import (
    ACCOUNT,
    ADULT,
    CHILD,
    CONSENT,
    KID_FACT,
    LEEDS_CARE,
    LEEDS_POLICE,
    NOTHING_PROPOSED,
    NOW,
    POLICE,
    PROPOSED,
    SHARING,
    SITUATION,
    YEARS_30,
    a_disclosure,
    a_duty,
    consents,
    duties_in,
    effects_of,
    facts,
    kid,
    of_kind,
    recorded,
    ruth,
    shared_with,
    told_on_consent,
    told_recipient,
)

# News and corrections


def test_content_that_an_agency_would_read_anew_goes_as_a_supplement() -> None:
    before = facts(ruth, kid)
    effects = effects_of(before, recorded(before), shared_with(told_recipient(), digest="news"))
    assert [(one.key, one.kind) for one in of_kind(effects, AuthoriseDisclosure)] == [
        (LEEDS_CARE, DisclosureKind.SUPPLEMENT)
    ]
    assert duties_in(effects)[LEEDS_CARE].state is DutyState.AUTHORISED


@pytest.mark.parametrize(
    "shared",
    [
        shared_with(told_recipient(), digest="first"),
        shared_with(told_recipient(disclosures=()), digest="news"),
        shared_with(
            told_recipient(disclosures=(a_disclosure(), a_disclosure(DisclosureState.AUTHORISED))),
            digest="news",
        ),
        shared_with(told_recipient(duty=a_duty(DutyState.STOOD_DOWN)), digest="news"),
    ],
    ids=["the same content", "never told", "a message waits to be issued", "stood down"],
)
def test_no_supplement_goes_where_there_is_nothing_to_say(shared: SharedSoFar) -> None:
    before = facts(ruth, kid)
    after = recorded(before)
    known = {*of_kind(effects_of(before, after, shared), AuthoriseDisclosure)}
    assert [one for one in known if one.key == LEEDS_CARE] == []


def test_leaving_the_source_out_is_not_announced_and_putting_it_back_is() -> None:
    with_source = facts(ruth, kid)
    left_out = recorded(with_source, source_left_out=SourceLeftOutReason.SOURCE_AT_RISK_IF_IDENTIFIED)
    shared = shared_with(told_recipient(), digest="news")
    assert of_kind(effects_of(with_source, left_out, shared), AuthoriseDisclosure) == []
    put_back = recorded(left_out, source_left_out=None)
    assert len(of_kind(effects_of(left_out, put_back, shared), AuthoriseDisclosure)) == 1


def test_a_child_who_turned_out_to_be_an_adult_is_corrected_where_they_were_told_of() -> None:
    before = facts(ruth, kid)
    after = recorded(before, persons=(ruth, ADULT))
    waiting = told_recipient(LEEDS_POLICE, duty=a_duty(), disclosures=())
    effects = effects_of(before, after, shared_with(told_recipient(), waiting))
    (correction,) = of_kind(effects, AuthoriseDisclosure)
    assert (correction.key, correction.kind, correction.about) == (
        LEEDS_CARE,
        DisclosureKind.CORRECTION,
        ("kid",),
    )
    corrected = duties_in(effects)[LEEDS_CARE]
    assert corrected.child_ids == set()
    assert corrected.stood_down_facts == {KID_FACT}


def test_a_birthday_corrects_nothing() -> None:
    before = facts(ruth, replace(kid, age=YEARS_30))
    effects = effects_of(before, recorded(before), shared_with(told_recipient()))
    assert of_kind(effects, AuthoriseDisclosure) == []


# Recalls


@pytest.mark.parametrize("word", ["withdraws", "-police", "confidential"])
def test_consent_that_is_taken_back_recalls_what_was_issued_on_it(word: str) -> None:
    before = facts(ruth, consents=SHARING)
    after = replace(before, consents=(*SHARING, *consents("share", "+police", word)[2:]))
    assert of_kind(effects_of(before, after, shared_with(told_on_consent())), RecallDisclosure) == [
        RecallDisclosure("one")
    ]


def test_a_recall_of_what_was_told_by_telephone_is_telephoned() -> None:
    before = facts(ruth, consents=SHARING)
    after = replace(before, consents=consents("share", "+police", "withdraws"))
    effects = effects_of(before, after, shared_with(told_on_consent(told_by_phone=True)))
    assert of_kind(effects, RecallDisclosure) == [RecallDisclosure("one")]
    assert OpenTaskFor(TaskKind.TELEPHONE_AGENCY, NOW, LEEDS_POLICE) in effects


@pytest.mark.parametrize(
    ("word", "disclosure"),
    [
        ("-health", a_disclosure(grounds=(CONSENT,), items=(SITUATION,))),
        ("withdraws", a_disclosure(grounds=(CHILD,), items=(SITUATION,), persons=("ruth",))),
        ("withdraws", a_disclosure(grounds=(CHILD, CONSENT), items=(SITUATION,), persons=("ruth",))),
        ("withdraws", a_disclosure(DisclosureState.AUTHORISED, grounds=(CONSENT,))),
        ("withdraws", a_disclosure(DisclosureState.RECALLED, grounds=(CONSENT,), items=(SITUATION,))),
    ],
    ids=["another kind", "forced", "forced too", "not issued", "recalled before"],
)
def test_nothing_else_is_recalled(word: str, disclosure: object) -> None:
    before = facts(ruth, consents=SHARING)
    after = replace(before, consents=consents("share", "+police", word))
    police = RecipientSoFar(POLICE, "police:leeds", id="recipient", disclosures=(disclosure,))  # type: ignore[arg-type]  # typed above
    assert of_kind(effects_of(before, after, shared_with(police)), RecallDisclosure) == []


def test_the_entries_that_a_report_brings_recall_nothing() -> None:
    before = facts(report_imported=False)
    after = recorded(facts(ruth, consents=consents("withdraws")))
    assert of_kind(effects_of(before, after, shared_with(told_on_consent())), RecallDisclosure) == []


# Proposals, and the classification


def test_consent_that_lets_more_go_is_proposed_until_it_is_authorised() -> None:
    before = facts(ruth)
    after = replace(before, consents=SHARING)
    assert effects_of(before, after) == [PROPOSED]
    authorised = a_disclosure(DisclosureState.AUTHORISED, grounds=(CONSENT,))
    police = RecipientSoFar(POLICE, "police:leeds", id="recipient", disclosures=(authorised,))
    assert effects_of(after, after, shared_with(police)) == [NOTHING_PROPOSED]
    informed = replace(police, disclosures=(a_disclosure(grounds=(CONSENT,), items=(SITUATION,)),))
    assert effects_of(after, after, shared_with(informed)) == [PROPOSED], "the account may go as well"
    whole = {SITUATION, ACCOUNT, Item(FieldGroup.REPORTER, "ruth"), Item(FieldGroup.HANDLING)}
    everything = replace(police, disclosures=(a_disclosure(grounds=(CONSENT,), items=whole),))
    assert effects_of(after, after, shared_with(everything)) == [NOTHING_PROPOSED]


def test_a_kind_of_recipient_that_nobody_agreed_to_is_not_proposed() -> None:
    before = facts(ruth)
    after = replace(before, consents=consents("confidential"))
    assert effects_of(before, after) == [NOTHING_PROPOSED]
    assert RecipientKind.HEALTH not in {entry.recipient_kind for entry in after.consents}


def classified(victims: int) -> Classification:
    kind = CaseClassification.MODERN_SLAVERY
    return Classification(kind, (), (), "leeds", potential_victims=victims, children=0, age_statuses=())


def test_a_classification_is_announced_when_it_changed_and_only_then() -> None:
    before = facts(ruth, classification=classified(1))
    same = effects_of(before, recorded(before))
    assert of_kind(same, AnnounceClassification) == []
    changed = recorded(before, classification=classified(2))
    assert of_kind(effects_of(before, changed), AnnounceClassification) == [
        AnnounceClassification(classified(2))
    ]
    first = facts(report_imported=False)
    imported = recorded(facts(ruth, classification=classified(1)))
    assert len(of_kind(effects_of(first, imported), AnnounceClassification)) == 1


def test_every_kind_of_effect_is_tested_here() -> None:
    """A new effect needs a test of what brings it about."""
    assert set(get_args(Effect)) == {
        AnnounceClassification,
        AuthoriseDisclosure,
        ChangeDuty,
        EndTasks,
        MarkUrgency,
        OpenTaskFor,
        RecallDisclosure,
        ReopenCase,
        WithholdUnsent,
    }
