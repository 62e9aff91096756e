"""Rows of what the rules must do, each held by a test of this folder or one named here."""

from typing import Final

ROWS: Final = (
    "A1 more danger never removes anybody",
    "A2 ranks of fact 0",
    "A3 never not in danger",
    "A4 premises of a mother who says no",
    "A5 a place that leads nowhere",
    "A6 a phone handover never replaces the message",
    "A7 sources per case recipient and fact",
    "A8 the maker of a report",
    "A9 another adult's yes",
    "A10 a place lost after the answer",
    "A11 declines and recalls",
    "A12 ages that contradict each other",
    "A12 a range grows older",
    "A13 a danger that was mistaken",
    "A13 a reason that fits",
    "A13 duplicates",
    "A13 the proposal that is named",
    "A13 who decided does not countersign",
    "A14 a supplement that only takes away",
    "A15 a pupil under any menu entry",
    "A16 anonymous and in danger",
    "A17 a household child",
    "A18 no indication after sending",
    "A19 every child to its own agencies",
    "A20 true or nothing of a danger",
    "A21 a proposal can be read before it is signed",
    "A21 a handover can be read back",
    "A21 who confirmed, told and countersigned",
    "A22 tasks end with what they are for",
    "A22 confirming what does not wait",
    "A22 nothing recorded is overwritten",
    "A22 a repeated authorisation",
    "A22 a decision about a source without effect",
    "A22 reviews and redirections without effect",
    "A23 what is only permitted never goes to a fallback",
    "A24 verified",
    "A24 R is not recorded as left where none was held",
    "A24 a reporter's words in other fields",
    "A24 a danger before the report is here",
    "A24 an adviser's own telephone report",
    "A24 a task in the first second of a danger",
    "A24 a correction reaches everyone who was told",
    "N1 when a source is named",
    "N2 whose identity goes",
    "N3 coded concerns in a mixed case",
    "N4 an unfinished entry of a child",
    "N5 the call and the message",
    "N6 witness children",
    "N7 pupils",
    "N8 facts stand and fall one by one",
    "N9 after a decline",
    "N10 desks",
    "N11 ships",
    "N12 railways",
    "N13 abroad",
    "N14 merging and reassigning",
    "N14 what only a duplicate knows",
    "N15 recalls are checked before they leave",
    "N16 whose yes counts",
    "N17 ages as ranges",
)
"""Statements, each under the number of its row: A of what was wrong, N of what is new."""

ELSEWHERE: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "N14 merging and reassigning": {
        "tests/case/merging/test_merged_duties.py": (
            "test_an_agency_of_both_has_one_duty_with_the_earlier_clock_and_one_message",
            "test_who_was_told_of_both_cases_is_told_nothing_twice",
            "test_an_answer_about_one_case_answers_nothing_of_the_other",
        ),
        "tests/case/merging/test_merged_content.py": ("test_every_source_stays_the_source_of_its_own_facts",),
        "tests/case/merging/test_holders.py": ("test_a_case_with_an_open_duty_is_never_given_to_nobody",),
    },
    "N14 what only a duplicate knows": {
        "tests/case/duplicates/test_supplements.py": (
            "test_each_agency_gets_what_only_the_duplicate_knows",
            "test_what_both_know_is_not_told_again",
            "test_an_unnamed_source_stays_unnamed",
        ),
    },
    "N7 pupils": {
        "tests/intake/reports/test_names_a_concern.py": (
            "test_words_alone_and_the_age_of_the_writer_are_a_question_whatever_the_menu_entry",
            "test_a_way_to_be_reached_or_a_topic_is_a_concern_only_of_a_writer_who_may_not_be_a_child",
        ),
    },
    "A15 a pupil under any menu entry": {
        "tests/intake/reports/test_names_a_concern.py": (
            "test_a_child_with_home_telephone_and_consent_is_a_case_under_the_entry_information",
        ),
        "tests/case/report_import/test_questions.py": (
            "test_a_question_whose_event_cannot_be_handled_forces_nothing_and_stays_where_it_was",
        ),
    },
}
"""Tests of other folders that hold a row, by file: intake decides whether a contact opens a case."""
