"""All checks: what must hold of the case service, run as they are, and against planted faults."""

from collections.abc import Awaitable, Callable

from tests.case.checks import consent_checks, duty_checks, news_checks
from tests.case.conftest import CaseWork

Check = Callable[[CaseWork], Awaitable[None]]
CHECKS: tuple[Check, ...] = (
    consent_checks.nothing_is_issued_after_a_withdrawal,
    consent_checks.consent_and_override_have_clocks_of_their_own,
    consent_checks.an_agency_of_another_kind_is_told_nothing,
    consent_checks.a_wrong_force_told_on_consent_is_not_told_by_force,
    consent_checks.one_reporters_consent_tells_nobody_how_to_reach_another,
    consent_checks.a_withdrawal_recalls_what_was_issued,
    consent_checks.a_withdrawal_in_writing_is_checked_before_copies_are_recalled,
    consent_checks.a_persons_own_yes_is_hers,
    duty_checks.a_supplement_never_postpones_the_telephone,
    duty_checks.danger_hurries_the_childs_council_too,
    duty_checks.a_ground_is_taken_away_by_two_people_only,
    duty_checks.tasks_of_a_duty_are_not_ticked_off,
    duty_checks.a_danger_that_an_adviser_records_waits_for_nobody,
    duty_checks.a_child_whom_an_adviser_adds_waits_for_no_reports_clock,
    duty_checks.standing_down_takes_two,
    duty_checks.a_call_never_replaces_the_message,
    duty_checks.a_decline_is_no_end,
    duty_checks.a_lost_place_is_searched_for,
    duty_checks.silence_is_followed_by_a_task,
    news_checks.one_supplement_for_news_and_none_for_anything_else,
    news_checks.a_new_fact_is_announced_once_to_each_agency,
    news_checks.an_age_corrected_before_sending_sends_nothing_early,
    news_checks.a_correction_reaches_those_who_were_told,
    news_checks.a_child_again_is_a_new_fact,
    news_checks.a_correction_reaches_those_who_were_telephoned,
    news_checks.what_only_takes_away_is_not_announced,
    news_checks.a_source_stays_unnamed_with_everything_of_theirs,
)
