"""Faults planted into what a duplicate passes on, each of which a check notices."""

from collections.abc import Awaitable, Callable

import pytest

from tests.case.conftest import CaseWork
from tests.case.duplicates import mutants_of_duplicates as mutants
from tests.case.duplicates.test_clocks import (
    a_closed_case_opens_again,
    an_acknowledgement_ends_it_and_silence_is_telephoned_about,
)
from tests.case.duplicates.test_corrections import (
    a_withdrawal_that_is_being_written_wins,
    the_agency_that_was_told_is_corrected_once,
)
from tests.case.duplicates.test_supplements import (
    each_agency_gets_what_only_the_duplicate_knows,
    what_both_know_is_not_told_again,
)
from tests.case.duplicates.test_times import (
    agencies_beside_the_proposal_get_nothing,
    facts_that_were_not_stood_down_are_not_passed_on,
    nothing_goes_before_the_first_message,
    nothing_is_told_twice_and_news_once_more,
)
from tests.support.mutants import Mutant, assert_noticed

Check = Callable[[CaseWork], Awaitable[None]]
FAULTS: tuple[tuple[Mutant, Check, str], ...] = (
    (
        mutants.nothing_is_passed_on,
        each_agency_gets_what_only_the_duplicate_knows,
        "the agencies were not told",
    ),
    (mutants.everything_is_news, what_both_know_is_not_told_again, "told twice the same"),
    (mutants.persons_are_told_apart_by_their_ids, what_both_know_is_not_told_again, "told twice the same"),
    (mutants.two_cases_are_compared_under_two_keys, what_both_know_is_not_told_again, "told twice the same"),
    (mutants.what_was_told_is_forgotten, nothing_is_told_twice_and_news_once_more, "told twice the same"),
    (
        mutants.it_waits_for_no_first_message,
        nothing_goes_before_the_first_message,
        "before the first message",
    ),
    (
        mutants.every_agency_of_the_other_case_is_told,
        agencies_beside_the_proposal_get_nothing,
        "an agency beside the proposal",
    ),
    (
        mutants.its_own_content_is_sent,
        each_agency_gets_what_only_the_duplicate_knows,
        "another case's content went",
    ),
    (
        mutants.every_fact_of_the_duplicate_is_told,
        facts_that_were_not_stood_down_are_not_passed_on,
        "a fact that was not stood down",
    ),
    (
        mutants.its_clock_does_not_run,
        an_acknowledgement_ends_it_and_silence_is_telephoned_about,
        "its duty is over",
    ),
    (
        mutants.the_duplicate_is_not_locked,
        a_withdrawal_that_is_being_written_wins,
        "issued after a withdrawal",
    ),
    (mutants.a_closed_case_stays_closed, a_closed_case_opens_again, "a case with an open duty is closed"),
    (
        mutants.what_was_passed_on_is_never_corrected,
        the_agency_that_was_told_is_corrected_once,
        "the agency was not corrected",
    ),
    (mutants.it_is_corrected_again_and_again, the_agency_that_was_told_is_corrected_once, "corrected twice"),
)


@pytest.mark.parametrize(("fault", "check", "message"), FAULTS, ids=lambda one: getattr(one, "__name__", ""))
async def test_a_planted_fault_is_noticed(fault: Mutant, check: Check, message: str, cases: CaseWork) -> None:
    await assert_noticed(fault, message, lambda: check(cases))
