"""Checks of the model by name: each row of the truth table and each law, for planted faults."""

from collections.abc import Callable

from tests.case.rules.model.laws.laws_of_the_rules import LAWS, broken
from tests.case.rules.model.table import test_life_table as life_table
from tests.case.rules.model.table import test_truth_table as truth_table
from tests.case.rules.model.table.age_rows import AGE_ROWS
from tests.case.rules.model.table.consent_rows import AUTHORISED_ROWS, CONSENT_ROWS
from tests.case.rules.model.table.content_rows import CONTENT_ROWS
from tests.case.rules.model.table.life_rows import (
    CONTACT_ROWS,
    LIFE_ROWS,
    MINUTE_ROWS,
    RECALL_ROWS,
    TELEPHONE_ROWS,
)
from tests.case.rules.model.table.place_rows import PLACE_ROWS

WORLDS = 500
"""Random worlds for a law that must notice a planted fault."""
Check = Callable[[], None]
TABLES = (
    (AGE_ROWS, truth_table.test_an_age_means_what_its_sentence_says),
    (PLACE_ROWS, truth_table.test_exactly_the_agencies_of_the_sentence_are_told),
    (CONTENT_ROWS, truth_table.test_an_override_sends_what_the_sentence_says),
    (CONSENT_ROWS, truth_table.test_consent_lets_go_what_the_sentence_says),
    (AUTHORISED_ROWS, truth_table.test_a_lead_lets_go_what_was_decided),
    (MINUTE_ROWS, life_table.test_an_agency_is_told_when_the_sentence_says),
    (LIFE_ROWS, life_table.test_a_duty_stands_as_the_sentence_says),
    (RECALL_ROWS, life_table.test_a_recall_is_ended_by_its_own_answer_alone),
    (CONTACT_ROWS, life_table.test_a_contact_becomes_what_the_sentence_says),
    (TELEPHONE_ROWS, life_table.test_a_missing_answer_becomes_a_call_in_time),
)
SINGLE: tuple[Check, ...] = (
    life_table.test_a_child_s_telephone_task_comes_again_after_one_working_day,
    life_table.test_more_than_ten_agencies_of_one_unverified_report_are_a_task_for_a_lead,
    life_table.test_a_duty_opens_again_where_the_case_that_carried_it_ended_otherwise,
    life_table.test_merging_keeps_one_duty_per_fact_and_agency_with_the_earlier_clock_and_all_sources,
    life_table.test_a_case_with_something_open_cannot_be_closed,
    life_table.test_a_place_that_becomes_unknown_after_an_answer_opens_the_search_again,
)


def _checked(check: Callable[..., None], *values: object) -> Check:
    return lambda: check(*values)


def _law(number: int) -> Check:
    def check() -> None:
        complaint = next(broken(LAWS[number], worlds=WORLDS), None)
        assert complaint is None, complaint

    return check


CHECKS: dict[str, Check] = {
    **{row[0]: _checked(check, row) for rows, check in TABLES for row in rows},
    **{
        row[0]: _checked(life_table.test_what_stood_in_gives_way_only_as_the_sentence_says, row)
        for row in life_table.LATER
    },
    **{check.__name__: check for check in SINGLE},
    **{f"law: {law.__name__}": _law(number) for number, law in enumerate(LAWS)},
}


def names_twice() -> set[str]:
    """Return the names of rows that stand for two rows, of which a planted fault would see one."""
    names = [row[0] for rows, _ in TABLES for row in rows]
    return {name for name in names if names.count(name) > 1}
