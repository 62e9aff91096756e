"""Reconciliation of places, facts that two people take back, and declines: what gives way, and what stays."""

from dataclasses import replace

from case_service.sharing.duties.duty import DutyState
from case_service.sharing.effects import (
    EndTasks,
    OpenTaskFor,
    TaskKind,
    TaskOutcome,
    WithholdUnsent,
)
from case_service.sharing.facts import Person, Redirection
from case_service.sharing.shared_so_far import DisclosureState
from shared.domain.vocabulary import PersonRole, WithheldReason
from tests.case.sharing.duties.duty_builders import (
    ADULT,
    CARE,
    DANGER_FACT,
    DESK,
    KID_FACT,
    LEEDS,
    LEEDS_CARE,
    LEEDS_POLICE,
    NOW,
    NOWHERE,
    YEARS_15,
    YORK,
    YORK_CARE,
    YORK_POLICE,
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
    stated,
    tasks_in,
    told_recipient,
)

# Places that are corrected


def test_a_stand_in_corrected_before_sending_gives_way() -> None:
    unsent = told_recipient(duty=a_duty(), disclosures=(a_disclosure(DisclosureState.AUTHORISED),))
    before = facts(ruth, kid)
    effects = effects_of(before, recorded(before, premises=YORK), shared_with(unsent))
    duties = duties_in(effects)
    assert duties[LEEDS_CARE].state is DutyState.REROUTED
    assert duties[YORK_CARE].facts == {KID_FACT}
    assert WithholdUnsent(LEEDS_CARE, WithheldReason.REROUTED) in effects
    ended = [one for one in of_kind(effects, EndTasks) if one.outcome is TaskOutcome.REROUTED]
    assert [one.key for one in ended] == [LEEDS_CARE]


def test_a_place_corrected_after_sending_adds_an_agency_and_ends_none() -> None:
    before = facts(ruth, kid)
    effects = effects_of(before, recorded(before, premises=YORK), shared_with(told_recipient()))
    assert of_kind(effects, WithholdUnsent) == []
    moved = duties_in(effects)
    assert {YORK_CARE, YORK_POLICE} <= moved.keys()
    assert LEEDS_CARE not in moved or moved[LEEDS_CARE].facts == {KID_FACT}


def test_an_agency_told_by_telephone_does_not_give_way() -> None:
    called = a_duty(DutyState.AUTHORISED).handed_over(by="user:ada", at=NOW)
    before = facts(ruth, kid)
    shared = shared_with(told_recipient(duty=called, disclosures=()))
    effects = effects_of(before, recorded(before, premises=YORK), shared)
    assert of_kind(effects, WithholdUnsent) == []
    assert duties_in(effects).get(LEEDS_CARE, called).facts == {KID_FACT}


def test_an_unknown_place_opens_the_police_desk_and_the_search_and_a_place_ends_it() -> None:
    before = facts(ruth, premises=NOWHERE)
    after = recorded(before, persons=(ruth, kid))
    effects = effects_of(before, after)
    assert duties_in(effects).keys() == {DESK}, "there is no national desk of social care"
    assert OpenTaskFor(TaskKind.FIND_PLACE, NOW, DESK) in effects
    sent = told_recipient(DESK, duty=a_duty(DutyState.ACKNOWLEDGED, fallback=True))
    found = effects_of(after, recorded(after, premises=LEEDS), shared_with(sent))
    assert EndTasks((TaskKind.FIND_PLACE,), TaskOutcome.PLACE_FOUND, DESK) in found
    assert duties_in(found).keys() >= {LEEDS_CARE, LEEDS_POLICE}


def test_a_place_that_is_lost_after_the_answer_is_searched_for_again() -> None:
    before = facts(ruth, kid)
    answered = [
        told_recipient(key, duty=a_duty(DutyState.ACKNOWLEDGED)) for key in (LEEDS_CARE, LEEDS_POLICE)
    ]
    lost = recorded(before, premises=NOWHERE, last_known_premises=LEEDS)
    effects = effects_of(before, lost, shared_with(*answered))
    assert {key for kind, key in tasks_in(effects) if kind is TaskKind.FIND_PLACE} == {
        LEEDS_CARE,
        LEEDS_POLICE,
    }
    ended = replace(lost, ended_searches=frozenset({KID_FACT}))
    assert TaskKind.FIND_PLACE not in {
        kind for kind, _ in tasks_in(effects_of(before, ended, shared_with(*answered)))
    }


def test_a_witness_without_a_place_is_a_task_and_no_desks() -> None:
    seen = Person(
        "wynn", frozenset({PersonRole.REPORTER}), age=YEARS_15, made_report=True, statements=(stated(),)
    )
    before = facts(report_imported=False)
    effects = effects_of(before, recorded(facts(seen)))
    assert duties_in(effects) == {}
    assert OpenTaskFor(TaskKind.LOOK_AT_WITNESS, NOW) in effects, "within an hour of submission"
    at_home = duties_in(effects_of(before, recorded(facts(replace(seen, home=YORK)))))
    assert at_home.keys() == {YORK_CARE}, "the police are not told of a witness"


# Facts that two people take back, and agencies that decline


def test_each_fact_that_two_people_stand_down_goes_by_itself() -> None:
    before = facts(ruth, kid, dangers=(a_danger(),))
    both = a_duty(facts=frozenset({KID_FACT, DANGER_FACT}))
    after = recorded(before, stood_down=frozenset({DANGER_FACT}), dangers=())
    shared = shared_with(told_recipient(LEEDS_POLICE, duty=both, disclosures=()))
    effects = effects_of(before, after, shared)
    police = duties_in(effects)[LEEDS_POLICE]
    assert (police.state, police.facts) == (DutyState.WAITING, frozenset({KID_FACT}))
    after = replace(after, stood_down=frozenset({DANGER_FACT, KID_FACT}))
    effects = effects_of(before, after, shared)
    assert duties_in(effects)[LEEDS_POLICE].state is DutyState.STOOD_DOWN
    assert TaskOutcome.STOOD_DOWN in {one.outcome for one in of_kind(effects, EndTasks)}


def test_another_statement_of_the_same_age_opens_what_was_stood_down() -> None:
    before = facts(ruth, kid, stood_down=frozenset({KID_FACT}))
    again = replace(kid, statements=(stated(), stated("second", by_adviser=True)))
    shared = shared_with(told_recipient(duty=a_duty(DutyState.STOOD_DOWN), disclosures=()))
    duty = duties_in(effects_of(before, recorded(before, persons=(ruth, again)), shared))[LEEDS_CARE]
    assert (duty.state, {fact.id for fact in duty.facts}) == (DutyState.WAITING, {"second"})


def test_one_persons_age_takes_no_ground_away_and_proposes_it() -> None:
    before = facts(ruth, kid)
    shared = shared_with(told_recipient(duty=a_duty(), disclosures=()))
    after = recorded(before, persons=(ruth, ADULT), kept_children=frozenset({"kid"}))
    effects = effects_of(before, after, shared)
    assert duties_in(effects).get(LEEDS_CARE, a_duty()).facts == {KID_FACT}


def test_a_redirection_opens_the_duty_of_the_agency_that_was_chosen() -> None:
    before = facts(ruth, kid)
    chosen = (CARE, "care:chosen")
    redirection = Redirection(CARE, "care:leeds", "care:chosen", frozenset({KID_FACT}))
    shared = shared_with(told_recipient(duty=a_duty(DutyState.DECLINED)), told_recipient(LEEDS_POLICE))
    effects = effects_of(before, recorded(before, redirections=(redirection,)), shared)
    assert duties_in(effects)[chosen].facts == {KID_FACT}
    declined = duties_in(effects).get(LEEDS_CARE, a_duty(DutyState.DECLINED))
    assert declined.state is DutyState.DECLINED, "it is open until the other one has acknowledged"
