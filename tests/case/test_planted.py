"""Faults planted into the case service's rules: each is noticed by the check that is named beside it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from case_service import contents, disclosures, disclosures_api, forcing, leaving, supplements, tasks_api
from case_service.legs import Leg
from case_service.pages import Page, age_fact
from case_service.standing_down import StandDown
from shared import sharing
from tests.case import checks
from tests.case.checks import CHECKS
from tests.case.conftest import CaseWork

Plant = Callable[[pytest.MonkeyPatch], None]


def the_senders_clock_decides(planted: pytest.MonkeyPatch) -> None:
    planted.setattr(Page, "moment", lambda page, now: now)


def withdrawals_are_not_read(planted: pytest.MonkeyPatch) -> None:
    read = sharing.decide

    def blind(matter: Any, *rest: Any, **more: Any) -> Any:
        kept = tuple(line for line in matter.consents if not line.withdraws)
        return read(type(matter)(**{**vars(matter), "consents": kept}), *rest, **more)

    planted.setattr(leaving, "decide", blind)


def handling_tells_of_the_source(planted: pytest.MonkeyPatch) -> None:
    handled = contents._handled
    planted.setattr(contents, "_handled", lambda account, reporter_goes: handled(account, True))


def one_person_stands_down(planted: pytest.MonkeyPatch) -> None:
    sign = StandDown.sign
    planted.setattr(
        StandDown, "sign", lambda self, leg, page, *, by, at: sign(self, leg, page, by=by + "-2", at=at)
    )


def the_clock_of_a_leg_is_dropped(planted: pytest.MonkeyPatch) -> None:
    authorise = Leg.authorise

    def forgetful(leg: Leg, at: datetime, told_within: Any) -> None:
        authorise(leg, at, told_within)
        leg.due_at = None

    planted.setattr(Leg, "authorise", forgetful)


def every_task_can_be_ticked_off(planted: pytest.MonkeyPatch) -> None:
    async def never(*_: Any) -> bool:
        return False

    planted.setattr(tasks_api, "_ends_by_itself", never)


def every_edit_is_news(planted: pytest.MonkeyPatch) -> None:
    async def always(*_: Any) -> bool:
        return True

    planted.setattr(supplements, "has_news", always)


def a_correction_counts_as_a_new_fact(planted: pytest.MonkeyPatch) -> None:
    planted.setattr(forcing, "_facts_of_child", lambda person, identity, page, today: [age_fact(person)])


def corrections_stay_here(planted: pytest.MonkeyPatch) -> None:
    planted.setattr(Leg, "correct", lambda leg, person_id: False)


def danger_hurries_nobody_else(planted: pytest.MonkeyPatch) -> None:
    planted.setattr(Leg, "follow", lambda leg, duty, at, told_within, *, vouched: None)


def nobody_waits_for_anybody(planted: pytest.MonkeyPatch) -> None:
    get = AsyncSession.get

    async def without_its_lock(
        session: AsyncSession, *what: Any, with_for_update: Any = None, **more: Any
    ) -> Any:
        return await get(session, *what, **more)

    planted.setattr(AsyncSession, "get", without_its_lock)


def what_was_said_of_an_age_is_one_fact_for_ever(planted: pytest.MonkeyPatch) -> None:
    planted.setattr(forcing, "age_fact", lambda person: f"child:{person.id}:said")


def every_supplement_starts_the_clock_anew(planted: pytest.MonkeyPatch) -> None:
    def anew(leg: Leg, at: datetime, told_within: Any) -> None:
        leg.state, leg.authorised_at, leg.reminders = "authorised", at, 0
        leg.due_at = leg._to_be_answered_by(at, told_within)

    planted.setattr(Leg, "authorise", anew)


def an_age_set_right_stands_its_legs_down(planted: pytest.MonkeyPatch) -> None:
    reroute = forcing._reroute_unsent

    async def alone(legs: Sequence[Leg], forced: Any, uow: Any) -> None:
        for leg in legs:
            if leg.unsent and leg.body == "social_care:E08000035":
                leg.reroute()
        await reroute(legs, forced, uow)

    planted.setattr(forcing, "_reroute_unsent", alone)


def consent_is_sent_as_if_forced(planted: pytest.MonkeyPatch) -> None:
    authorise = disclosures.authorise

    async def on_every_ground(leg: Leg, kind: str, uow: Any, told: Any, **more: Any) -> Any:
        return await authorise(leg, kind, uow, told, **{**more, "grounds": leg.ground_set})

    planted.setattr(disclosures_api, "authorise", on_every_ground)


def any_body_will_do(planted: pytest.MonkeyPatch) -> None:
    planted.setattr(disclosures_api, "_body_of", lambda told, page: told.body)


def the_telephone_tells_nobody(planted: pytest.MonkeyPatch) -> None:
    planted.setattr(Leg, "was_told", property(lambda leg: leg.sent_at is not None))


def nobody_vouches(planted: pytest.MonkeyPatch) -> None:
    planted.setattr(forcing, "_danger_vouched_for", lambda leg, page: False)


def everything_waits_as_a_report_does(planted: pytest.MonkeyPatch) -> None:
    def always(one: Any, rested_on: Any, page: Page, uow: Any, windows: Any, *, said_by_report: bool) -> Any:
        return forcing._Moment(forcing._leaves_at(one.duty, page, windows), verified=False)

    planted.setattr(forcing, "_moment", always)


def what_left_on_consent_counts_as_forced(planted: pytest.MonkeyPatch) -> None:
    take_on = Leg.take_on

    def keeping(leg: Leg, *what: Any, **more: Any) -> None:
        sent_at = leg.sent_at
        take_on(leg, *what, **more)
        leg.sent_at = sent_at

    planted.setattr(Leg, "take_on", keeping)


async def races_are_fair(cases: CaseWork) -> None:
    await checks.withdrawals_race(cases, races=200)


FAULTS: tuple[tuple[Plant, checks.Check], ...] = (
    (the_senders_clock_decides, checks.nothing_leaves_after_a_withdrawal),
    (withdrawals_are_not_read, checks.nothing_leaves_after_a_withdrawal),
    (handling_tells_of_the_source, checks.handling_of_a_source_stays_where_the_source_stays),
    (one_person_stands_down, checks.standing_down_takes_two),
    (the_clock_of_a_leg_is_dropped, checks.silence_is_followed_by_a_task),
    (every_task_can_be_ticked_off, checks.duty_tasks_are_not_ticked_off),
    (every_edit_is_news, checks.one_supplement_for_what_is_new_and_none_for_what_is_not),
    (a_correction_counts_as_a_new_fact, checks.an_age_corrected_before_sending_sends_nothing_early),
    (what_was_said_of_an_age_is_one_fact_for_ever, checks.a_child_again_is_a_new_fact),
    (every_supplement_starts_the_clock_anew, checks.a_supplement_never_postpones_the_telephone),
    (an_age_set_right_stands_its_legs_down, checks.a_ground_is_taken_away_by_two_people_only),
    (consent_is_sent_as_if_forced, checks.consent_and_override_have_clocks_of_their_own),
    (any_body_will_do, checks.a_supposed_body_of_another_kind_is_told_nothing),
    (the_telephone_tells_nobody, checks.a_correction_reaches_those_who_were_telephoned),
    (nobody_vouches, checks.what_an_adviser_says_of_danger_waits_for_nobody),
    (everything_waits_as_a_report_does, checks.a_child_whom_an_adviser_adds_waits_for_no_reports_clock),
    (
        what_left_on_consent_counts_as_forced,
        checks.a_wrong_force_that_was_told_on_consent_is_not_told_by_force,
    ),
    (handling_tells_of_the_source, checks.one_reporters_consent_tells_nobody_how_to_reach_another),
    (corrections_stay_here, checks.a_correction_reaches_those_who_were_told),
    (nobody_waits_for_anybody, races_are_fair),
    (danger_hurries_nobody_else, checks.danger_hurries_the_childs_council_too),
)


@pytest.mark.parametrize(("plant", "check"), FAULTS, ids=lambda one: one.__name__)
async def test_a_planted_fault_is_noticed(
    plant: Plant, check: checks.Check, cases: CaseWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        await check(cases)


def test_every_check_notices_a_fault() -> None:
    assert {check.__name__ for check in CHECKS} <= {check.__name__ for _, check in FAULTS}
