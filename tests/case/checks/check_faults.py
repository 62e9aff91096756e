"""Planted faults: each mutant with the check that must notice it, and the words with which it does."""

from tests.case.checks import check_mutants as mutants
from tests.case.checks import consent_checks, duty_checks, news_checks
from tests.case.checks.all_checks import Check
from tests.case.conftest import CaseWork
from tests.support.mutants import Mutant


async def races_are_fair(cases: CaseWork) -> None:
    await consent_checks.withdrawals_race(cases, races=200)


AFTER_A_WITHDRAWAL = "issued after a withdrawal"
NOT_RECALLED = "a copy that was issued and not recalled"
OF_CONSENT: tuple[tuple[Mutant, Check, str], ...] = (
    (
        mutants.the_senders_clock_decides,
        consent_checks.nothing_is_issued_after_a_withdrawal,
        AFTER_A_WITHDRAWAL,
    ),
    (
        mutants.withdrawals_are_not_read_at_issue,
        consent_checks.nothing_is_issued_after_a_withdrawal,
        AFTER_A_WITHDRAWAL,
    ),
    (
        mutants.consent_is_sent_as_if_forced,
        consent_checks.consent_and_override_have_clocks_of_their_own,
        "consent sends by force",
    ),
    (
        mutants.any_agency_will_do,
        consent_checks.an_agency_of_another_kind_is_told_nothing,
        "an agency of another kind",
    ),
    (
        mutants.what_was_issued_on_consent_counts_as_forced,
        consent_checks.a_wrong_force_told_on_consent_is_not_told_by_force,
        "told by force at the wrong place",
    ),
    (
        mutants.handling_tells_of_the_source,
        consent_checks.one_reporters_consent_tells_nobody_how_to_reach_another,
        "how to reach another reporter went along",
    ),
    (mutants.no_lock_is_taken, races_are_fair, NOT_RECALLED),
    (mutants.copies_are_not_recalled, consent_checks.a_withdrawal_recalls_what_was_issued, NOT_RECALLED),
    (
        mutants.nobody_checks_a_withdrawal,
        consent_checks.a_withdrawal_in_writing_is_checked_before_copies_are_recalled,
        "a copy was recalled before anybody checked",
    ),
    (
        mutants.a_reporters_no_stops_everybody,
        consent_checks.a_persons_own_yes_is_hers,
        "a reporter's no stopped what she agreed to",
    ),
)
OF_DUTIES: tuple[tuple[Mutant, Check, str], ...] = (
    (mutants.one_person_stands_down, duty_checks.standing_down_takes_two, "one person stood a duty down"),
    (
        mutants.the_clock_of_a_duty_is_dropped,
        duty_checks.silence_is_followed_by_a_task,
        "silence is nobody's task",
    ),
    (
        mutants.every_task_can_be_ticked_off,
        duty_checks.tasks_of_a_duty_are_not_ticked_off,
        "ticked off",
    ),
    (
        mutants.every_supplement_starts_the_clock_anew,
        duty_checks.a_supplement_never_postpones_the_telephone,
        "the telephone was postponed",
    ),
    (
        mutants.one_corrected_age_stands_a_duty_down,
        duty_checks.a_ground_is_taken_away_by_two_people_only,
        "one person took a ground away",
    ),
    (
        mutants.no_danger_hastens_a_child,
        duty_checks.danger_hurries_the_childs_council_too,
        "the council waits although the child is in danger",
    ),
    (
        mutants.no_danger_hastens_a_child,
        duty_checks.a_danger_that_an_adviser_records_waits_for_nobody,
        "the council waits although an adviser vouched for the danger",
    ),
    (
        mutants.everything_waits_as_a_report_does,
        duty_checks.a_child_whom_an_adviser_adds_waits_for_no_reports_clock,
        "an adviser's child waits for the report's clock",
    ),
    (
        mutants.a_call_ends_a_duty_alone,
        duty_checks.a_call_never_replaces_the_message,
        "a call alone ended a duty",
    ),
    (mutants.a_decline_ends_a_duty, duty_checks.a_decline_is_no_end, "a decline ended a duty"),
    (mutants.nobody_searches, duty_checks.a_lost_place_is_searched_for, "nobody searches"),
)
OF_NEWS: tuple[tuple[Mutant, Check, str], ...] = (
    (
        mutants.every_change_is_news,
        news_checks.one_supplement_for_news_and_none_for_anything_else,
        "an agency was told that there is more than it may know",
    ),
    (mutants.every_change_is_news, news_checks.what_only_takes_away_is_not_announced, "was announced"),
    (
        mutants.what_was_just_authorised_is_forgotten,
        news_checks.a_new_fact_is_announced_once_to_each_agency,
        "the same news was sent twice",
    ),
    (
        mutants.a_corrected_age_counts_as_a_new_fact,
        news_checks.an_age_corrected_before_sending_sends_nothing_early,
        "a corrected age was sent as a new fact",
    ),
    (
        mutants.another_statement_of_an_age_is_no_new_fact,
        news_checks.a_child_again_is_a_new_fact,
        "a child again is told to nobody",
    ),
    (
        mutants.corrections_are_not_sent,
        news_checks.a_correction_reaches_those_who_were_told,
        "an agency that was told is not corrected",
    ),
    (
        mutants.the_telephone_tells_nobody,
        news_checks.a_correction_reaches_those_who_were_telephoned,
        "an agency that was telephoned is not corrected",
    ),
    (
        mutants.handling_tells_of_the_source,
        news_checks.a_source_stays_unnamed_with_everything_of_theirs,
        "how to reach the source went along",
    ),
    (
        mutants.every_source_is_named,
        news_checks.a_source_stays_unnamed_with_everything_of_theirs,
        "went along",
    ),
)
FAULTS = (*OF_CONSENT, *OF_DUTIES, *OF_NEWS)
"""Each fault, the check that must notice it, and the words of its assertion."""
