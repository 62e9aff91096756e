"""Reconciliation of duties: each follows from its cause, and nothing follows from nothing."""

from dataclasses import replace

import pytest

from case_service.sharing.duties.duty import DutyState
from case_service.sharing.effects import (
    AuthoriseDisclosure,
    ChangeDuty,
    EndTasks,
    MarkUrgency,
    OpenTaskFor,
    ReopenCase,
    TaskKind,
    TaskOutcome,
    WithholdUnsent,
)
from case_service.sharing.shared_so_far import DisclosureState, SharedSoFar
from shared.domain.vocabulary import (
    DisclosureKind,
    WithheldReason,
)
from tests.case.sharing.duties.duty_builders import (
    ADULT,
    CARE,
    CHILD,
    DANGER,
    HOUR,
    KID_FACT,
    LEEDS_CARE,
    LEEDS_POLICE,
    MINUTE,
    NOTHING_PROPOSED,
    NOW,
    POLICE,
    PROPOSED,
    SHARING,
    a_danger,
    a_disclosure,
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
    told_on_consent,
    told_recipient,
)

# Nothing follows from nothing


@pytest.mark.parametrize(
    ("before", "shared"),
    [
        (facts(ruth), shared_with()),
        (facts(ruth, kid), shared_with(told_recipient())),
        (facts(ruth, kid, dangers=(a_danger(),)), shared_with(told_recipient(), digest="news")),
        (facts(ruth, ADULT), shared_with(told_recipient())),
        (facts(ruth, consents=SHARING), shared_with(told_on_consent())),
        (facts(ruth, place=None), shared_with(told_recipient(duty=a_duty(fallback=True)))),
    ],
)
def test_nothing_follows_from_nothing(before: object, shared: SharedSoFar) -> None:
    """Only the one task about consent is looked at after every request."""
    effects = effects_of(before, before, shared)  # type: ignore[arg-type]  # typed above
    assert [one for one in effects if one not in (NOTHING_PROPOSED, PROPOSED)] == []


def test_nothing_at_all_follows_on_a_closed_case() -> None:
    closed = facts(ruth, kid, consents=SHARING, is_open=False)
    assert effects_of(closed, closed) == []


def test_an_entry_of_the_ledger_opens_no_duty_and_sends_nothing() -> None:
    before = facts(ruth, kid)
    after = replace(before, consents=consents("confidential"))
    assert effects_of(before, after, shared_with(told_recipient(), digest="news")) == [NOTHING_PROPOSED]


# Duties


def test_a_danger_that_an_adviser_records_opens_the_duty_of_the_police_now() -> None:
    before = facts(ruth)
    effects = effects_of(before, recorded(before, dangers=(a_danger(),)))
    (change,) = of_kind(effects, ChangeDuty)
    assert (change.key, change.announce) == (LEEDS_POLICE, True)
    duty = change.duty
    assert (duty.state, duty.grounds, duty.send_at, duty.verified) == (
        DutyState.WAITING,
        {DANGER},
        NOW,
        True,
    )
    assert of_kind(effects, MarkUrgency) == [MarkUrgency(danger=True, child=False)]


def test_a_child_that_a_report_tells_of_opens_two_duties_and_leaves_an_hour_from_submission() -> None:
    before = facts(report_imported=False, place=None)
    after = recorded(facts(ruth, kid))
    effects = effects_of(before, after)
    duties = duties_in(effects)
    assert set(duties) == {LEEDS_CARE, LEEDS_POLICE}
    for duty in duties.values():
        assert duty.grounds == {CHILD}
        assert duty.facts == {KID_FACT}
        assert not duty.verified
        assert duty.send_at == NOW - HOUR + 60 * MINUTE
    assert of_kind(effects, MarkUrgency) == [MarkUrgency(danger=False, child=True)]


def test_a_danger_that_a_report_says_leaves_ten_minutes_from_submission() -> None:
    before = facts(report_imported=False)
    after = recorded(facts(ruth, dangers=(a_danger(by_adviser=False),)))
    assert duties_in(effects_of(before, after))[LEEDS_POLICE].send_at == NOW - HOUR + 10 * MINUTE


def test_a_confirmation_sends_what_waits_and_nothing_else() -> None:
    waiting = told_recipient(duty=a_duty(send_at=NOW + HOUR, due_at=NOW + HOUR), disclosures=())
    sent = told_recipient(LEEDS_POLICE)
    before = facts(ruth, kid)
    effects = effects_of(before, replace(before, confirmed_at=NOW), shared_with(waiting, sent))
    duties = duties_in(effects)
    assert set(duties) == {LEEDS_CARE}
    assert (duties[LEEDS_CARE].verified, duties[LEEDS_CARE].send_at) == (True, NOW)


def test_a_fact_that_moves_to_another_agency_keeps_its_clock_until_the_report_is_confirmed() -> None:
    informed = told_recipient(duty=a_duty(DutyState.HANDED_OVER, send_at=NOW + HOUR), disclosures=())
    before = facts(ruth, kid)
    duties = duties_in(effects_of(before, recorded(before, place="york"), shared_with(informed)))
    assert (duties[CARE, "care:york"].send_at, duties[CARE, "care:york"].verified) == (NOW + HOUR, False)
    confirmed = facts(ruth, kid, confirmed_at=NOW - MINUTE)
    duties = duties_in(effects_of(confirmed, recorded(confirmed, place="york"), shared_with(informed)))
    assert (duties[CARE, "care:york"].send_at, duties[CARE, "care:york"].verified) == (NOW, True)


def test_a_new_fact_joins_a_duty_that_was_sent_and_goes_as_one_supplement() -> None:
    before = facts(ruth, kid)
    sami = replace(kid, id="sami")
    shared = shared_with(told_recipient(), told_recipient(LEEDS_POLICE), digest="news")
    effects = effects_of(before, recorded(before, persons=(ruth, kid, sami)), shared)
    supplements = of_kind(effects, AuthoriseDisclosure)
    assert sorted(one.key for one in supplements) == sorted([LEEDS_CARE, LEEDS_POLICE])
    assert {one.kind for one in supplements} == {DisclosureKind.SUPPLEMENT}
    assert duties_in(effects)[LEEDS_CARE].child_ids == {"kid", "sami"}


def test_a_place_corrected_before_sending_reroutes_what_waits() -> None:
    waiting = told_recipient(duty=a_duty(), disclosures=(a_disclosure(DisclosureState.AUTHORISED),))
    before = facts(ruth, kid)
    effects = effects_of(before, recorded(before, place="york"), shared_with(waiting))
    duties = duties_in(effects)
    assert duties[LEEDS_CARE].state is DutyState.REROUTED
    assert duties[CARE, "care:york"].facts == {KID_FACT}
    assert WithholdUnsent(LEEDS_CARE, WithheldReason.REROUTED) in effects
    ended = [one for one in of_kind(effects, EndTasks) if one.outcome is TaskOutcome.REROUTED]
    assert [one.key for one in ended] == [LEEDS_CARE]


def test_a_place_corrected_after_sending_adds_an_agency_and_ends_none() -> None:
    before = facts(ruth, kid)
    effects = effects_of(before, recorded(before, place="york"), shared_with(told_recipient()))
    assert of_kind(effects, WithholdUnsent) == []
    assert duties_in(effects).keys() == {(CARE, "care:york"), (POLICE, "police:york")}


def test_an_unknown_place_opens_the_desks_and_the_search_and_a_place_ends_it() -> None:
    before = facts(ruth, place=None)
    after = recorded(before, persons=(ruth, kid))
    effects = effects_of(before, after)
    desks = {(CARE, "care:desk"), (POLICE, "police:desk")}
    assert duties_in(effects).keys() == desks
    searches = [one for one in of_kind(effects, OpenTaskFor) if one.kind is TaskKind.FIND_PLACE]
    assert {one.key for one in searches} == desks
    assert {one.due_at for one in searches} == {NOW}
    sent = tuple(
        replace(one, duty=a_duty(DutyState.SENT, fallback=True))
        for one in applied(shared_with(), effects).recipients
    )
    found = effects_of(after, recorded(after, place="leeds"), shared_with(*sent))
    ends = [one for one in of_kind(found, EndTasks) if one.outcome is TaskOutcome.PLACE_FOUND]
    assert desks <= {one.key for one in ends}


def test_what_is_recorded_about_a_closed_case_opens_it_again_first() -> None:
    before = facts(ruth, is_open=False)
    effects = effects_of(before, recorded(before, dangers=(a_danger(),)))
    assert effects[0] == ReopenCase()
    assert LEEDS_POLICE in duties_in(effects)


def test_once_the_effects_are_written_nothing_more_follows() -> None:
    before = facts(report_imported=False, place=None)
    after = recorded(facts(ruth, kid, dangers=(a_danger("kid"),), consents=SHARING))
    shared = applied(shared_with(), effects_of(before, after))
    again = effects_of(after, recorded(after), shared)
    assert of_kind(again, ChangeDuty) == []
    assert of_kind(again, AuthoriseDisclosure) == []
