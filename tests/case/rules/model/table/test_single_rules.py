"""Sentences of the agreement that are no table: recalls, proposals, news, and what a message says of itself."""

from dataclasses import replace

import pytest

from tests.case.rules.model.table.age_rows import about, band, chosen, somebody, years
from tests.case.rules.model.table.life_rows import by_adviser
from tests.case.rules.model.table.rules_under_test import MODEL
from tests.case.rules.model.table.world_in_words import ON, kind_of, world
from tools.simulation.rules_model.ages import may_choose_no_indication
from tools.simulation.rules_model.consents import identity_is_deleted
from tools.simulation.rules_model.duties.deadlines import was_confirmed
from tools.simulation.rules_model.forced import Contents, forced_contents
from tools.simulation.rules_model.messages import message, received, supplement, told_with
from tools.simulation.rules_model.permitted import (
    contents_by_authorisation,
    contents_by_consent,
    may_propose,
    may_send_by_consent,
    rests_on,
)
from tools.simulation.rules_model.world import CHILD, DANGER, KINDS, World

RUTH, PAUL, KID = "ruth reporter adult", "paul concern adult", "kid household child home=leeds"
YES = ("ruth share", "ruth +police")
RUTH_ALONE = frozenset({"ruth"})


def consented(*choices: str) -> Contents:
    return contents_by_consent(world(RUTH, PAUL, choices=choices), "police", ON)


def sent_by_force(case: World, code: str) -> Contents:
    return forced_contents(case, MODEL.required(case).duties[kind_of(code), code], ON)


def test_no_indication_is_never_chosen_while_a_statement_allows_under_18() -> None:
    for said in (years(17), band(16, 18), about(19), chosen("may-be-child")):
        assert not may_choose_no_indication(somebody(said), ON)
    assert may_choose_no_indication(somebody(), ON)
    assert may_choose_no_indication(somebody(years(30)), ON)


def test_a_withdrawal_recalls_what_rested_on_who_withdraws_and_nothing_else() -> None:
    before = consented(*YES, "paul +police")
    lost = rests_on(before, consented(*YES, "paul +police", "ruth withdraws"))
    assert lost == Contents(frozenset({"whole"}), reporters=RUTH_ALONE, accounts=RUTH_ALONE)
    lost = rests_on(before, consented(*YES, "paul +police", "paul withdraws"))
    assert lost == Contents(full=frozenset({"paul"}), accounts=RUTH_ALONE)


def test_a_later_no_recalls_the_difference_alone() -> None:
    lost = rests_on(consented(*YES), consented(*YES, "ruth -police"))
    assert lost == Contents(reporters=RUTH_ALONE)


def test_consent_is_proposed_for_each_kind_for_which_something_may_go() -> None:
    silent = world("sara reporter concern adult", choices=["sara share", "sara +health"])
    assert may_propose(silent, ON) == {"health"}
    assert len(may_propose(world(RUTH), ON)) == 7


@pytest.mark.parametrize("code", ["police:desk", "police:derbyshire"])
def test_what_is_only_permitted_never_goes_to_a_fallback_a_candidate_or_a_desk(code: str) -> None:
    key = ("police", code)
    assert not may_send_by_consent(key, {key}, {key})
    assert not may_send_by_consent(key, set(), set())
    assert may_send_by_consent(key, {key}, set())


def test_immigration_enforcement_is_no_kind_of_recipient() -> None:
    assert len(KINDS) == 7
    assert not any(word in kind for kind in KINDS for word in ("immigration", "home_office", "border"))


def test_a_decision_of_a_lead_is_used_once() -> None:
    case = world(RUTH, PAUL, authorised=["police:met S,P paul"])
    used = replace(case, authorisations=tuple(replace(one, used=True) for one in case.authorisations))
    assert not contents_by_authorisation(case, ("police", "police:met")).is_nothing
    assert contents_by_authorisation(used, ("police", "police:met")).is_nothing


def test_anonymity_chosen_later_deletes_the_identity_once_no_open_duty_carries_it() -> None:
    later = world(RUTH, choices=["ruth share", "ruth anonymous"])
    assert identity_is_deleted(later, "ruth", ON, duties_carrying_it=0)
    assert not identity_is_deleted(later, "ruth", ON, duties_carrying_it=1)
    for choices, deleted in (
        (["ruth confidential"], False),
        (["ruth anonymous", "ruth confidential"], False),
        (["ruth anonymous", "ruth withdraws"], True),
    ):
        case = world(RUTH, choices=choices)
        assert identity_is_deleted(case, "ruth", ON, duties_carrying_it=0) is deleted


def test_verified_is_said_of_each_fact_by_itself() -> None:
    case = by_adviser(world(RUTH, PAUL, KID, dangers=["paul@leeds"]), "d0", confirmed=True)
    assert was_confirmed(case, (DANGER, "d0"))
    assert not was_confirmed(case, (CHILD, "kid"))
    assert was_confirmed(by_adviser(case, "kid"), (CHILD, "kid"))


def test_a_message_names_the_agencies_that_are_told_of_the_same_fact() -> None:
    required = MODEL.required(world(RUTH, KID))
    duty = required.duties["children_social_care", "council:leeds"]
    assert told_with(required, duty) == {(CHILD, "kid"): {"council:leeds", "police:west-yorkshire"}}


def test_every_message_asks_that_immigration_enforcement_is_not_told() -> None:
    case = world(RUTH, KID)
    assert message(case, sent_by_force(case, "council:leeds"))["not_for_immigration_enforcement"] == "asked"
    assert message(case, consented())["not_for_immigration_enforcement"] == "asked"


def test_a_supplement_is_news_that_was_added() -> None:
    one, more = world(RUTH, KID), world(RUTH, KID + " with=tim", "tim household child")
    before, now = (message(case, sent_by_force(case, "council:leeds")) for case in (one, more))
    news = supplement(before, now)
    assert news is not None
    assert news.keys() == {
        f"tim.{what}" for what in ("name", "contact", "home", "found", "relation", "handling")
    }
    assert received(before, now) == now
    assert supplement(now, before) is None


def test_what_goes_less_because_a_person_was_added_is_never_announced() -> None:
    one, more = world(RUTH, KID), world(RUTH, KID, PAUL)
    before, now = (message(case, sent_by_force(case, "council:leeds")) for case in (one, more))
    assert now.keys() < before.keys()
    assert supplement(before, now) is None


def test_the_risk_of_a_place_goes_with_every_override_and_with_nothing_else() -> None:
    case = world(RUTH, PAUL, KID, dangers=["paul@york"], premises="leeds")
    assert all(sent_by_force(case, duty.key[1]).place_risk for duty in MODEL.required(case).duties.values())
    assert not consented(*YES).place_risk


def test_the_number_of_others_goes_only_with_the_place_where_they_are() -> None:
    at_home = world(RUTH, KID, PAUL, premises="bradford")
    there = world(RUTH, "kid household child", PAUL, premises="leeds")
    assert not sent_by_force(at_home, "council:leeds").number
    assert sent_by_force(there, "council:leeds").number


def test_a_protection_summary_goes_whether_the_situation_is_cut_down_or_not() -> None:
    for persons in ((RUTH, KID), (RUTH, KID, PAUL)):
        assert sent_by_force(world(*persons, protection_summary=True), "council:leeds").protection_summary
