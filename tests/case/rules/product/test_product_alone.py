"""Rules of the product that the model's worlds cannot ask: the declared table, contradicted places, reasons, time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from case_service.sharing.decisions.decide import decide
from case_service.sharing.decisions.decision import MINIMUM_SET, OVERRIDES
from case_service.sharing.duties.required import required_disclosures
from case_service.sharing.facts import FactKind, FactRef, Redirection, SourceDecision
from case_service.sharing.places import KnownPlace
from shared.domain.vocabulary import FieldGroup, Ground, RecipientKind, SourceChoice
from tests.case.rules.model.table.world_in_words import NOON, ON, world
from tests.case.rules.product.product_rules import AGENCIES
from tests.case.rules.product.translation import facts_of
from tests.case.rules.product.worlds import a_comparable_world

RUTH, PAUL = "ruth reporter adult", "paul concern adult"
ALL = {"S", "A", "P", "R", "H"}
TABLE = {
    ("police", "override_danger"): ALL,
    ("police", "override_child"): ALL,
    ("children_social_care", "override_child"): ALL,
}
"""Declared table of fact 4, written again: no other kind receives anything by force."""
KINDS = [*RecipientKind]
WORLDS = 60


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ground", Ground)
def test_a_recipient_kind_receives_the_fields_of_the_declared_table(
    kind: RecipientKind, ground: Ground
) -> None:
    expected = TABLE.get((kind, ground), set()) if ground in OVERRIDES else ALL
    assert {str(one) for one in MINIMUM_SET.get((kind, ground), ())} == expected


def test_immigration_enforcement_is_no_kind_of_recipient() -> None:
    assert sorted(RecipientKind) == sorted(
        ("police", "children_social_care", "adult_social_care", "nrm_first_responder", "service_provider",
         "labour_enforcement", "health")
    )  # fmt: skip


def test_every_group_that_does_not_go_has_a_reason_in_every_world() -> None:
    for number in range(WORLDS):
        facts = facts_of(a_comparable_world(number))
        for kind in KINDS:
            decision = decide(facts, kind, [*Ground], at=NOON)
            explained = {item.group for item in decision.items} | {group for group, _, _ in decision.withheld}
            assert explained == set(FieldGroup), f"{number}: {kind}"
            assert decision.rule_version


def test_a_source_is_protected_wherever_name_or_words_go() -> None:
    for number in range(WORLDS):
        facts = facts_of(a_comparable_world(number))
        for kind in KINDS:
            decision = decide(facts, kind, [*Ground], at=NOON)
            groups = {item.group for item in decision.items}
            assert decision.protect_source is bool(groups & {FieldGroup.ACCOUNT, FieldGroup.REPORTER})


def test_nothing_goes_without_a_ground_and_nothing_forces_other_kinds() -> None:
    for number in range(WORLDS):
        facts = facts_of(a_comparable_world(number))
        for kind in KINDS:
            assert not decide(facts, kind, [], at=NOON).permits_anything
            forced = decide(facts, kind, OVERRIDES, at=NOON).permits_anything
            assert not forced or kind in (RecipientKind.POLICE, RecipientKind.CHILDREN_SOCIAL_CARE)


def test_a_decision_depends_on_no_entry_after_its_time() -> None:
    for number in range(WORLDS):
        facts = facts_of(a_comparable_world(number))
        for entry in facts.consents:
            at = entry.at - timedelta(microseconds=1)
            before = replace(facts, consents=tuple(one for one in facts.consents if one.at <= at))
            for kind in (RecipientKind.POLICE, RecipientKind.HEALTH):
                grounds = [Ground.CONSENT, Ground.OVERRIDE_CHILD]
                assert decide(facts, kind, grounds, at=at).items == decide(before, kind, grounds, at=at).items


def test_the_newest_decision_about_a_source_counts() -> None:
    case = world(RUTH, PAUL, choices=["ruth share", "ruth +police"], dangers=["paul@westminster"])
    made = [SourceDecision("ruth", choice) for choice in (SourceChoice.LEAVE_OUT, SourceChoice.NAME)]
    for decisions, named in ((made, True), (made[::-1], False)):
        facts = replace(facts_of(case), source_decisions=tuple(decisions))
        decision = decide(facts, RecipientKind.POLICE, [Ground.OVERRIDE_DANGER], at=NOON)
        assert decision.has(FieldGroup.REPORTER) is named


CONTRADICTED = KnownPlace(
    police=("police:met", "police:scotland", "police:psni"),
    is_sure=False,
    contradicted=True,
    area="E09000033",
)


def test_both_forces_of_a_contradicted_place_are_told_in_danger() -> None:
    facts = facts_of(world(RUTH, PAUL, dangers=["paul@westminster"]))
    facts = replace(facts, dangers=tuple(replace(one, place=CONTRADICTED) for one in facts.dangers))
    found = required_disclosures(facts, AGENCIES, ON)
    assert sorted(code for _, code in found) == ["police:met", "police:scotland"]
    assert all(one.fallback for one in found.values()), "somebody checks which of the two it is"


def test_a_search_that_two_people_ended_is_not_opened_again() -> None:
    facts = facts_of(world(RUTH, PAUL, dangers=["paul"]))
    for ended, searched in ((frozenset[FactRef](), True), (frozenset({facts.dangers[0].fact}), False)):
        found = required_disclosures(replace(facts, ended_searches=ended), AGENCIES, ON)
        assert [one.fallback for one in found.values()] == [searched]


def test_the_agency_that_an_adviser_chose_after_a_decline_is_told_of_the_same_fact() -> None:
    facts = facts_of(world(RUTH, PAUL, dangers=["paul@westminster"]))
    danger = frozenset({facts.dangers[0].fact})
    chosen = Redirection(RecipientKind.POLICE, "police:met", "police:scotland", danger)
    found = required_disclosures(replace(facts, redirections=(chosen,)), AGENCIES, ON)
    assert {code: one.facts for (_, code), one in found.items()} == {
        "police:met": danger,
        "police:scotland": danger,
    }
    stood_down = replace(facts, redirections=(chosen,), dangers=(), stood_down=danger)
    assert required_disclosures(stood_down, AGENCIES, ON) == {}


def test_an_unverified_fact_is_never_called_verified() -> None:
    facts = facts_of(world(RUTH, PAUL, "kid household child home=leeds", dangers=["paul@leeds"]))
    assert not any(
        facts.is_verified(fact) for fact in (facts.dangers[0].fact, FactRef(FactKind.CHILD, "kid", "kid"))
    )
