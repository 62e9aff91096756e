"""Reconciliation of news, corrections, recalls, proposals and the classification: each follows from its cause."""

from dataclasses import replace
from typing import get_args

import pytest

from case_service.sharing.duties.duty import DutyState
from case_service.sharing.effects import (
    AnnounceClassification,
    AuthoriseDisclosure,
    ChangeDuty,
    Effect,
    EndTasks,
    MarkUrgency,
    OpenTaskFor,
    ProposeTakingBack,
    RecallDisclosure,
    ReopenCase,
    WithholdUnsent,
)
from case_service.sharing.facts import Classification
from case_service.sharing.shared_so_far import DisclosureState, SharedSoFar
from shared.domain.vocabulary import CaseClassification, DisclosureKind
from tests.case.sharing.duties.duty_builders import (
    ADULT,
    DANGER,
    DANGER_FACT,
    KID_FACT,
    LEEDS_CARE,
    LEEDS_POLICE,
    NOW,
    SHARING,
    a_danger,
    a_disclosure,
    a_duty,
    duties_in,
    effects_of,
    facts,
    kid,
    of_kind,
    recorded,
    ruth,
    shared_with,
    told_recipient,
)

kept = frozenset({"kid"})


# News


def test_content_that_adds_a_part_goes_as_a_supplement() -> None:
    before = facts(ruth, kid)
    shared = shared_with(told_recipient(), parts=["told", "news"])
    effects = effects_of(before, recorded(before), shared)
    assert (LEEDS_CARE, DisclosureKind.SUPPLEMENT) in [
        (one.key, one.kind) for one in of_kind(effects, AuthoriseDisclosure)
    ]
    assert duties_in(effects)[LEEDS_CARE].state is DutyState.AUTHORISED


@pytest.mark.parametrize(
    "shared",
    [
        shared_with(told_recipient(), parts=["told"]),
        shared_with(told_recipient(disclosures=(a_disclosure(parts=["told", "more"]),)), parts=["told"]),
        shared_with(told_recipient(), parts=[]),
        shared_with(told_recipient(disclosures=()), parts=["news"]),
        shared_with(
            told_recipient(disclosures=(a_disclosure(), a_disclosure(DisclosureState.AUTHORISED))),
            parts=["news"],
        ),
        shared_with(told_recipient(duty=a_duty(DutyState.STOOD_DOWN)), parts=["news"]),
    ],
    ids=["the same", "less", "nothing", "never told", "a message waits to be issued", "stood down"],
)
def test_no_supplement_goes_where_nothing_was_added(shared: SharedSoFar) -> None:
    before = facts(ruth, kid)
    known = of_kind(effects_of(before, recorded(before), shared), AuthoriseDisclosure)
    assert [one for one in known if one.key == LEEDS_CARE] == []


def test_a_choice_that_lets_more_go_is_news_to_those_who_were_told() -> None:
    before = facts(ruth, kid)
    after = replace(before, consents=SHARING)
    shared = shared_with(told_recipient(), parts=["told", "the name of the source"])
    assert [one.kind for one in of_kind(effects_of(before, after, shared), AuthoriseDisclosure)] == [
        DisclosureKind.SUPPLEMENT
    ]


# Corrections


def test_whoever_was_told_of_a_fact_that_two_people_took_back_gets_a_correction_once() -> None:
    before = facts(ruth, kid)
    after = recorded(before, persons=(ruth, ADULT), stood_down=frozenset({KID_FACT}))
    waiting = told_recipient(LEEDS_POLICE, duty=a_duty(), disclosures=())
    effects = effects_of(before, after, shared_with(told_recipient(), waiting))
    (correction,) = of_kind(effects, AuthoriseDisclosure)
    assert (correction.key, correction.kind, correction.about) == (
        LEEDS_CARE,
        DisclosureKind.CORRECTION,
        (KID_FACT,),
    )
    assert duties_in(effects)[LEEDS_CARE].facts == frozenset()
    corrected = a_disclosure(kind=DisclosureKind.CORRECTION, about=frozenset({KID_FACT}))
    informed = told_recipient(disclosures=(a_disclosure(persons=["kid"], facts=[KID_FACT]), corrected))
    assert of_kind(effects_of(after, recorded(after), shared_with(informed)), AuthoriseDisclosure) == []


def test_an_agency_that_read_of_the_child_for_another_reason_is_corrected_too() -> None:
    read_of_both = a_disclosure(grounds=(DANGER,), persons=["kid"], facts=[DANGER_FACT])
    duty = a_duty(DutyState.ACKNOWLEDGED, facts=frozenset({DANGER_FACT}))
    before = facts(ruth, kid, dangers=(a_danger(),))
    after = recorded(before, persons=(ruth, ADULT), stood_down=frozenset({KID_FACT}))
    shared = shared_with(told_recipient(LEEDS_POLICE, duty=duty, disclosures=(read_of_both,)))
    corrections = of_kind(effects_of(before, after, shared), AuthoriseDisclosure)
    assert (LEEDS_POLICE, (KID_FACT,)) in [(one.key, one.about) for one in corrections]


def test_an_agency_that_was_told_by_telephone_is_corrected() -> None:
    called = a_duty(DutyState.AUTHORISED).handed_over(by="user:ada", at=NOW)
    before = facts(ruth, kid)
    after = recorded(before, persons=(ruth, ADULT), stood_down=frozenset({KID_FACT}))
    effects = effects_of(before, after, shared_with(told_recipient(duty=called, disclosures=())))
    assert [one.kind for one in of_kind(effects, AuthoriseDisclosure)] == [DisclosureKind.CORRECTION]


@pytest.mark.parametrize("was_sent", [True, False])
def test_an_adult_age_of_somebody_told_of_as_a_child_is_proposed_to_be_taken_back(was_sent: bool) -> None:
    informed = told_recipient() if was_sent else told_recipient(duty=a_duty(), disclosures=())
    before = facts(ruth, kid, kept_children=kept)
    after = recorded(before, persons=(ruth, ADULT))
    effects = effects_of(before, after, shared_with(informed))
    proposals = of_kind(effects, ProposeTakingBack)
    assert proposals == [ProposeTakingBack(frozenset({KID_FACT}), was_sent, "user:ada")]
    known = replace(after, proposed=frozenset({(KID_FACT, was_sent)}))
    assert of_kind(effects_of(after, recorded(known), shared_with(informed)), ProposeTakingBack) == []


def test_a_birthday_proposes_and_corrects_nothing() -> None:
    grown = replace(
        kid, age=replace(kid.age, chosen=None, stated_years=17, stated_on=NOW.date().replace(year=2025))
    )
    long_ago = a_duty(DutyState.SENT, opened_at=NOW.replace(year=2025, month=12))
    before = facts(ruth, grown, kept_children=kept)
    effects = effects_of(before, recorded(before), shared_with(told_recipient(duty=long_ago)))
    assert of_kind(effects, ProposeTakingBack) == []
    assert of_kind(effects, AuthoriseDisclosure) == []


# Classification, and every effect


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
        ProposeTakingBack,
        RecallDisclosure,
        ReopenCase,
        WithholdUnsent,
    }
