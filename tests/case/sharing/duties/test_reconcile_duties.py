"""Reconciliation of duties: each follows from its cause, and nothing follows from nothing."""

from dataclasses import replace

import pytest

from case_service.sharing.duties.duty import DutyState
from case_service.sharing.effects import (
    AuthoriseDisclosure,
    ChangeDuty,
    Effect,
    MarkUrgency,
    OpenTaskFor,
    ReopenCase,
    TaskKind,
)
from case_service.sharing.facts import CaseFacts, Person
from case_service.sharing.places import KnownPlace
from case_service.sharing.shared_so_far import SharedSoFar
from shared.domain.vocabulary import DisclosureKind
from tests.case.sharing.duties.duty_builders import (
    CHILD,
    DANGER,
    DANGER_FACT,
    HOUR,
    KID_FACT,
    LEEDS,
    LEEDS_CARE,
    LEEDS_POLICE,
    MINUTE,
    NOTHING_PROPOSED,
    NOTHING_TO_CHECK,
    NOW,
    NOWHERE,
    POLICE,
    PROPOSED,
    SAMI_FACT,
    SHARING,
    YORK,
    YORK_CARE,
    YORK_POLICE,
    a_danger,
    a_duty,
    applied,
    consents,
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
    told_on_consent,
    told_recipient,
)

sami = replace(kid, id="sami")
BOTH_FACTS = frozenset({KID_FACT, SAMI_FACT})


# Nothing follows from nothing


@pytest.mark.parametrize(
    ("before", "shared"),
    [
        (facts(ruth), shared_with()),
        (facts(ruth, kid), shared_with(told_recipient())),
        (facts(ruth, kid, dangers=(a_danger(),)), shared_with(told_recipient(), parts=["news"])),
        (facts(ruth, consents=SHARING), shared_with(told_on_consent())),
        (facts(ruth, kid, premises=NOWHERE), shared_with(told_recipient(duty=a_duty(fallback=True)))),
    ],
)
def test_nothing_follows_from_nothing(before: CaseFacts, shared: SharedSoFar) -> None:
    """Only the one task about consent is looked at after every request."""
    effects = effects_of(before, before, shared)
    assert [one for one in effects if one not in (NOTHING_PROPOSED, PROPOSED)] == []


def test_nothing_at_all_follows_on_a_closed_case() -> None:
    closed = facts(ruth, kid, consents=SHARING, is_open=False)
    assert effects_of(closed, closed) == []


def test_an_entry_of_the_ledger_opens_no_duty_and_sends_nothing() -> None:
    before = facts(ruth, kid)
    after = replace(before, consents=consents("confidential"))
    effects = effects_of(before, after, shared_with(told_recipient()))
    assert effects == [NOTHING_TO_CHECK, NOTHING_PROPOSED]


# New duties


def test_a_danger_that_an_adviser_records_opens_the_duty_of_the_police_and_the_task_to_telephone_now() -> (
    None
):
    before = facts(ruth)
    effects = effects_of(before, recorded(before, dangers=(a_danger(),)))
    (change,) = of_kind(effects, ChangeDuty)
    assert (change.key, change.announce) == (LEEDS_POLICE, True)
    duty = change.duty
    assert (duty.state, duty.facts, duty.grounds) == (DutyState.WAITING, {DANGER_FACT}, {DANGER})
    assert (duty.send_at, duty.verified) == (NOW, True)
    assert OpenTaskFor(TaskKind.TELEPHONE_AGENCY, NOW, LEEDS_POLICE) in effects
    assert of_kind(effects, MarkUrgency) == [MarkUrgency(danger=True, child=False)]


def test_a_child_that_a_report_tells_of_opens_two_duties_and_leaves_an_hour_from_submission() -> None:
    effects = effects_of(facts(report_imported=False, premises=NOWHERE), recorded(facts(ruth, kid)))
    duties = duties_in(effects)
    assert set(duties) == {LEEDS_CARE, LEEDS_POLICE}
    for duty in duties.values():
        assert (duty.facts, duty.grounds, duty.verified) == (frozenset({KID_FACT}), frozenset({CHILD}), False)
        assert duty.send_at == NOW - HOUR + 60 * MINUTE
    assert of_kind(effects, MarkUrgency) == [MarkUrgency(danger=False, child=True)]


def test_a_danger_that_a_report_says_leaves_ten_minutes_from_submission_and_its_task_at_once() -> None:
    after = recorded(facts(ruth, dangers=(a_danger(by_adviser=False),)))
    effects = effects_of(facts(report_imported=False), after)
    assert duties_in(effects)[LEEDS_POLICE].send_at == NOW - HOUR + 10 * MINUTE
    assert OpenTaskFor(TaskKind.TELEPHONE_AGENCY, NOW, LEEDS_POLICE) in effects


def test_a_danger_that_counts_a_child_hastens_every_agency_of_that_child() -> None:
    before = facts(ruth, kid, premises=NOWHERE)
    at_home = replace(kid, home=YORK)
    after = recorded(before, persons=(ruth, at_home), dangers=(a_danger("kid", LEEDS),))
    duties = duties_in(effects_of(before, after))
    assert set(duties) == {LEEDS_CARE, LEEDS_POLICE, YORK_CARE, YORK_POLICE}
    assert {(duty.send_at, duty.is_urgent) for duty in duties.values()} == {(NOW, True)}


def test_an_unfinished_entry_of_a_child_takes_effect_after_a_quarter_of_an_hour() -> None:
    later = NOW + 15 * MINUTE
    entered = replace(kid, statements=(stated(by_adviser=True, effective_at=later),))
    before = facts(ruth)
    duties = duties_in(effects_of(before, recorded(before, persons=(ruth, entered))))
    assert {duty.send_at for duty in duties.values()} == {later}
    in_danger = recorded(before, persons=(ruth, entered), dangers=(a_danger("kid"),))
    hastened = duties_in(effects_of(before, in_danger))
    assert {duty.send_at for duty in hastened.values()} == {NOW}, "a danger to the child waits for nothing"


def test_each_agency_rests_on_the_facts_that_led_to_it_and_no_others() -> None:
    there = replace(sami, home=YORK, found=YORK)
    before = facts(ruth, premises=NOWHERE)
    here = replace(kid, home=LEEDS, found=LEEDS)
    duties = duties_in(effects_of(before, recorded(before, persons=(ruth, here, there))))
    assert {key: duty.facts for key, duty in duties.items()} == {
        LEEDS_CARE: {KID_FACT},
        LEEDS_POLICE: {KID_FACT},
        YORK_CARE: {SAMI_FACT},
        YORK_POLICE: {SAMI_FACT},
    }


def test_more_than_ten_agencies_by_one_unverified_report_are_one_more_task() -> None:
    def child(number: int) -> Person:
        home = KnownPlace((f"police:{number}",), (f"care:{number}",), "E08000035")
        return replace(kid, id=f"kid-{number}", home=home, found=home)

    before = facts(report_imported=False)
    few, many = ([child(number) for number in range(count)] for count in (5, 6))
    assert (TaskKind.MASS_NOTIFICATION, None) not in tasks_in(effects_of(before, recorded(facts(*few))))
    effects = effects_of(before, recorded(facts(*many)))
    assert tasks_in(effects).count((TaskKind.MASS_NOTIFICATION, None)) == 1
    assert len(duties_in(effects)) == 12, "nothing is dropped"


# Confirmations, joined facts


def test_a_confirmation_sends_what_waits_and_nothing_else() -> None:
    before = facts(ruth, kid)
    confirmed = replace(before, persons=(ruth, replace(kid, statements=(stated(verified=True),))))
    late = a_duty(send_at=NOW + HOUR, due_at=NOW + HOUR)
    shared = shared_with(told_recipient(duty=late, disclosures=()), told_recipient(LEEDS_POLICE))
    effects = effects_of(before, confirmed, shared)
    duties = duties_in(effects)
    assert (duties[LEEDS_CARE].verified, duties[LEEDS_CARE].send_at) == (True, NOW)
    assert of_kind(effects, AuthoriseDisclosure) == []


def test_a_confirmation_of_one_fact_verifies_no_other() -> None:
    before = facts(report_imported=False)
    confirmed = replace(kid, statements=(stated(verified=True),))
    duties = duties_in(effects_of(before, recorded(facts(ruth, confirmed, sami))))
    assert {duty.verified for duty in duties.values()} == {False}


def test_a_new_fact_joins_a_duty_that_was_sent_and_goes_as_one_supplement() -> None:
    before = facts(ruth, kid)
    shared = shared_with(told_recipient(), told_recipient(LEEDS_POLICE), parts=["news"])
    effects = effects_of(before, recorded(before, persons=(ruth, kid, sami)), shared)
    supplements = of_kind(effects, AuthoriseDisclosure)
    assert sorted(one.key for one in supplements) == sorted([LEEDS_CARE, LEEDS_POLICE])
    assert {one.kind for one in supplements} == {DisclosureKind.SUPPLEMENT}
    assert duties_in(effects)[LEEDS_CARE].child_ids == {"kid", "sami"}


def test_a_danger_recorded_after_sending_is_telephoned_at_once() -> None:
    before = facts(ruth, kid)
    effects = effects_of(
        before, recorded(before, dangers=(a_danger(),)), shared_with(told_recipient(LEEDS_POLICE))
    )
    assert OpenTaskFor(TaskKind.TELEPHONE_AGENCY, NOW, LEEDS_POLICE) in effects
    assert duties_in(effects)[LEEDS_POLICE].due_at == NOW


@pytest.mark.parametrize(
    "state",
    [DutyState.ACKNOWLEDGED, DutyState.HANDED_OVER, DutyState.DECLINED, DutyState.ELSEWHERE, DutyState.ENDED],
)
def test_a_new_fact_opens_again_what_was_answered_or_ended(state: DutyState) -> None:
    before = facts(ruth, kid)
    shared = shared_with(told_recipient(duty=a_duty(state)))
    effects = effects_of(before, recorded(before, persons=(ruth, kid, sami)), shared)
    duty = duties_in(effects)[LEEDS_CARE]
    assert (duty.state, duty.is_open, duty.facts) == (DutyState.AUTHORISED, True, BOTH_FACTS)


# The case, and repetition


def test_what_is_recorded_about_a_closed_case_opens_it_again_first() -> None:
    before = facts(ruth, is_open=False)
    effects = effects_of(before, recorded(before, dangers=(a_danger(),)))
    assert effects[0] == ReopenCase()
    assert LEEDS_POLICE in duties_in(effects)


def test_once_the_effects_are_written_nothing_more_follows() -> None:
    before = facts(report_imported=False, premises=NOWHERE)
    after = recorded(facts(ruth, kid, dangers=(a_danger("kid"),), consents=SHARING))
    shared = applied(shared_with(), effects_of(before, after))
    again: list[Effect] = effects_of(after, recorded(after), shared)
    assert of_kind(again, ChangeDuty) == []
    assert of_kind(again, AuthoriseDisclosure) == []
    assert POLICE in {key[0] for key in shared.by_key()}
