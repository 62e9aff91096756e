"""Planted faults of merging, each noticed by a test of what it breaks."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from case_service.cases import case_facts
from case_service.cases.opened_case import OpenedCase
from case_service.merging import joined_situation, merge, recipients
from case_service.recipients import agency_answers
from tests.case.conftest import CaseWork
from tests.case.merging import test_merged_content as content
from tests.case.merging import test_merged_duties as duties
from tests.case.merging import test_merging_refusals as refusals
from tests.support.mutants import Mutant, Right, mutant, planted

Check = Callable[[CaseWork], Awaitable[None]]


@mutant(merge, "_follow_duplicates")
def duplicates_follow_nobody(_: Right) -> Right:
    async def nothing(*_values: Any) -> None:
        return None

    return nothing


@mutant(merge, "_copy_decisions")
def decisions_stay_behind(_: Right) -> Right:
    return lambda other, into, moved_to: None


@mutant(recipients, "_send")
def what_waits_is_not_sent(_: Right) -> Right:
    return lambda *_values: None


@mutant(recipients, "joined")
def one_duty_is_forgotten(_: Right) -> Right:
    return lambda here, there: here


@mutant(merge, "merge_tasks")
def tasks_stay_behind(_: Right) -> Right:
    return lambda *_values: None


@mutant(agency_answers, "_is_covered")
def an_answer_speaks_of_the_other_case(_: Right) -> Right:
    return lambda one, known: one.authorised_at <= known.authorised_at


@mutant(case_facts, "_recorded_with")
def everybody_is_one_household(_: Right) -> Right:
    return lambda person, case_file: {str(one.id) for one in case_file.persons} - {str(person.id)}


@mutant(OpenedCase, "counts_more_than_recorded")
def only_the_larger_number_counts(_: Right) -> Right:
    return lambda case: (case.situation.how_many or 0) > len(case.persons)


@mutant(OpenedCase, "case_ids")
def what_the_other_case_sent_is_forgotten(_: Right) -> Right:
    return lambda case: [case.case.id]


@mutant(joined_situation, "joined_place")
def the_other_place_is_forgotten(_: Right) -> Right:
    return lambda one, other: one


FAULTS = (
    (duplicates_follow_nobody, duties.test_a_duplicate_follows_the_case_that_it_repeats),
    (decisions_stay_behind, content.test_what_was_decided_about_a_source_stays_decided),
    (what_waits_is_not_sent, duties.test_a_danger_in_the_very_same_words_is_sent_as_a_fact_of_its_own),
    (
        one_duty_is_forgotten,
        duties.test_an_agency_of_both_has_one_duty_with_the_earlier_clock_and_one_message,
    ),
    (tasks_stay_behind, duties.test_a_duty_of_one_case_alone_moves_with_its_messages_and_tasks),
    (an_answer_speaks_of_the_other_case, duties.test_an_answer_about_one_case_answers_nothing_of_the_other),
    (
        everybody_is_one_household,
        content.test_who_is_not_named_in_one_case_is_not_of_the_household_of_the_other,
    ),
    (only_the_larger_number_counts, content.test_people_known_by_number_only_stay_so),
    (what_the_other_case_sent_is_forgotten, duties.test_who_was_told_of_both_cases_is_told_nothing_twice),
    (
        the_other_place_is_forgotten,
        refusals.test_cases_that_contradict_each_other_about_the_place_are_not_merged,
    ),
)


@pytest.mark.parametrize(("fault", "check"), FAULTS, ids=[one.__name__ for one, _ in FAULTS])
async def test_a_planted_fault_is_noticed(cases: CaseWork, fault: Mutant, check: Check) -> None:
    with planted(fault), pytest.raises(AssertionError):
        await check(cases)
