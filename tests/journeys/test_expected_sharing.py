"""Expected sharing of the simulation: the words and duties of each agency, by the model of the sharing rules."""

from typing import Any

import pytest

from shared.domain.geography import police_force_of, social_care_of
from tests.journeys.simulation_builders import CARE, LEEDS, MANCHESTER, POLICE, a_history
from tools.simulation.reports.planned_report import PlannedPerson
from tools.simulation.results.case_history import CaseHistory, KnownDanger, Redirected
from tools.simulation.results.expected_sharing import (
    may_receive,
    may_receive_anything,
    required_recipients,
)


def words_for(history: CaseHistory, kind: str, agency_code: str, at: float = 10.0) -> set[str]:
    """The names, without the number, of all words that may be with this agency."""
    key = (kind, agency_code)
    words = [one for one in history.report.canaries if may_receive(history, one, key, at)]
    return {one.token.removeprefix("CANARY-0001-") for one in words}


def a_person(label: str = "person-1", **facts: Any) -> PlannedPerson:
    return PlannedPerson(label, of_concern=True, **facts)


def test_nothing_is_with_any_agency_when_nothing_permits_it() -> None:
    history = a_history(a_person(), privacy="share", share_with=["police"])
    assert not may_receive_anything(history, ("police", POLICE), 10.0)
    assert required_recipients(history) == set()
    assert not history.is_forced


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"privacy": "share", "share_with": ["police"]}, {"reporter-name", "summary"}),
        ({"privacy": "share", "share_with": []}, {"summary"}),
        ({"privacy": "share", "share_with": [], "situation_may_be_passed_on": False}, set()),
        ({"privacy": "confidential"}, {"summary"}),
        ({"privacy": "confidential", "situation_may_be_passed_on": False}, set()),
        ({"privacy": "anonymous"}, {"summary"}),
        ({"privacy": "anonymous", "situation_may_be_passed_on": False}, set()),
    ],
)
def test_consent_opens_the_rows_of_its_table(body: dict[str, Any], expected: set[str]) -> None:
    history = a_history(a_person(), **body)
    history.authorised.append((("police", POLICE), 5.0))
    assert words_for(history, "police", POLICE) == expected
    assert words_for(history, "police", POLICE, at=4.0) == set()
    assert words_for(history, "police", police_force_of(LEEDS)) == set()


def test_a_reporter_s_words_leave_by_consent_where_everybody_of_concern_agrees() -> None:
    history = a_history(a_person(), privacy="share", share_with=["police"])
    history.authorised.append((("police", POLICE), 5.0))
    history.consents.append(("person-1", "police", 7.0))
    assert "account" not in words_for(history, "police", POLICE, at=6.0)
    assert {"account", "risk", "person-1-name"} <= words_for(history, "police", POLICE, at=8.0)


def test_a_withdrawal_ends_consent_and_not_an_override() -> None:
    history = a_history(danger=True, privacy="share", share_with=["adult_social_care", "police"])
    history.authorised.append((("adult_social_care", CARE), 5.0))
    history.withdrawn_at["reporter"] = 20.0
    assert "reporter-name" in words_for(history, "adult_social_care", CARE, at=10.0)
    assert words_for(history, "adult_social_care", CARE, at=30.0) == set()
    assert "reporter-name" in words_for(history, "police", POLICE, at=10.0)
    assert "reporter-name" not in words_for(history, "police", POLICE, at=30.0), "a confidential source"
    assert "account" in words_for(history, "police", POLICE, at=30.0)


def test_danger_reaches_the_police_of_its_place_and_nobody_else() -> None:
    history = a_history(a_person(), PlannedPerson("accused", accused=True), danger=True)
    assert history.is_forced
    assert required_recipients(history) == {("police", POLICE)}
    assert words_for(history, "police", POLICE) == {
        "account",
        "summary",
        "risk",
        "person-1-name",
        "person-1-looks",
        "accused-name",
        "accused-looks",
    }
    assert words_for(history, "children_social_care", CARE) == set()


def test_an_anonymous_reporter_stays_anonymous_even_in_danger() -> None:
    assert "reporter-name" not in words_for(a_history(danger=True, privacy="anonymous"), "police", POLICE)


def test_a_child_reaches_council_and_police_of_where_it_lives_and_of_where_it_is_found() -> None:
    history = a_history(a_person(child=True, lives_in=LEEDS))
    assert required_recipients(history) == {
        ("police", POLICE),
        ("police", police_force_of(LEEDS)),
        ("children_social_care", CARE),
        ("children_social_care", social_care_of(LEEDS)),
    }


def test_an_adult_who_withholds_keeps_the_account_back_but_not_the_child() -> None:
    child, adult = a_person(child=True), a_person("person-2", adult=True)
    carer = PlannedPerson("carer", cares_for_child=True, adult=True)
    alone = words_for(a_history(child, carer), "children_social_care", CARE)
    assert {"account", "person-1-looks", "carer-name"} <= alone
    assert "carer-looks" not in alone
    assert words_for(a_history(child, adult), "children_social_care", CARE) == {
        "protection-summary",
        "person-1-name",
    }


def test_a_place_nobody_knows_leads_to_the_police_desk_which_stands_for_social_care_too() -> None:
    history = a_history(a_person(child=True), place=None)
    assert required_recipients(history) == {("police", "police:nca")}


def test_the_home_of_who_is_in_danger_stands_in_for_a_place_nobody_knows() -> None:
    named = a_history(a_person(in_danger=True, lives_in=LEEDS), place=None)
    assert required_recipients(named) == {("police", police_force_of(LEEDS))}
    nobody_named = a_history(a_person(lives_in=LEEDS), danger=True, place=None)
    assert required_recipients(nobody_named) == {("police", police_force_of(LEEDS))}
    assert required_recipients(a_history(a_person(), danger=True, place=None)) == {("police", "police:nca")}
    named.places.append(MANCHESTER)
    assert required_recipients(named) == {("police", POLICE)}
    assert may_receive_anything(named, ("police", police_force_of(LEEDS)), 10.0)


def test_a_lead_names_whose_identity_goes() -> None:
    history = a_history(a_person(), a_person("person-2"), privacy="confidential")
    history.decided_by_lead.append((("adult_social_care", CARE), frozenset({"person-1"}), 1.0))
    assert words_for(history, "adult_social_care", CARE) == {"summary", "person-1-name"}


def test_what_two_people_stood_down_is_not_sent_later() -> None:
    history = a_history(a_person(), danger=True)
    history.stood_down_at = 20.0
    assert may_receive_anything(history, ("police", POLICE), 21.0)
    assert not may_receive_anything(history, ("police", POLICE), 23.0)


def test_a_source_that_was_left_out_is_not_sent_later() -> None:
    history = a_history(a_person(), danger=True, privacy="share", share_with=["police"])
    history.source_decisions.append(("leave_out", 20.0))
    assert "reporter-name" in words_for(history, "police", POLICE, at=21.0)
    assert "reporter-name" not in words_for(history, "police", POLICE, at=23.0)
    assert "person-1-name" in words_for(history, "police", POLICE, at=23.0)


def test_what_becomes_known_later_opens_nothing_before() -> None:
    history = a_history(a_person())
    was_forced = history.is_forced
    history.add_child("person-1", 20.0)
    assert (was_forced, history.is_forced) == (False, True)
    assert not may_receive_anything(history, ("police", POLICE), 19.0)
    assert "person-1-name" in words_for(history, "police", POLICE, at=20.0)


def test_a_child_of_the_report_counts_from_the_beginning_whatever_is_learnt_later() -> None:
    history = a_history(a_person(child=True))
    history.add_child("person-1", 20.0)
    assert "person-1-name" in words_for(history, "police", POLICE, at=1.0)


def test_a_place_that_proves_wrong_stays_the_last_known_one() -> None:
    history = a_history(a_person(child=True))
    history.places.append(None)
    assert required_recipients(history) == {("police", POLICE), ("children_social_care", CARE)}


def test_only_the_agency_that_an_adviser_chose_receives_by_consent() -> None:
    history = a_history(a_person(), privacy="share", share_with=["police"])
    leeds = police_force_of(LEEDS)
    history.authorised.append((("police", leeds), 5.0))
    assert "summary" in words_for(history, "police", leeds)
    assert not may_receive_anything(history, ("police", POLICE), 10.0)


def test_the_agency_chosen_after_a_decline_must_be_told_and_reads_the_same() -> None:
    history = a_history(a_person(), danger=True)
    declined, chosen = ("police", POLICE), ("police", "police:nca")
    history.redirected.append(Redirected(declined, chosen, 20.0))
    assert required_recipients(history) == {declined, chosen}
    assert not may_receive_anything(history, chosen, 19.0)
    assert words_for(history, *chosen, at=20.0) == words_for(history, *declined)


def test_agencies_that_declined_for_each_other_lead_nowhere_else() -> None:
    history = a_history(a_person(), danger=True)
    here, there = ("police", POLICE), ("police", "police:nca")
    history.redirected += [Redirected(here, there, 1.0), Redirected(there, here, 2.0)]
    assert words_for(history, *there) == words_for(history, *here)


def test_a_danger_of_a_second_reporter_carries_neither_the_first_name_nor_the_first_words() -> None:
    history = a_history(a_person(), privacy="share", share_with=["police"])
    history.joined.append((PlannedPerson("second-reporter", reporter=True), 5.0))
    history.consents.append(("second-reporter", "police", 5.0))
    history.dangers.append(KnownDanger(None, 5.0, source="second-reporter"))
    words = words_for(history, "police", POLICE)
    assert "reporter-name" not in words
    assert "account" not in words
    assert {"second-reporter-name", "person-1-name"} <= words


def test_a_reporter_whom_another_one_names_is_no_source() -> None:
    history = a_history(a_person(), PlannedPerson("other-reporter", reporter=True), danger=True)
    assert "other-reporter-name" not in words_for(history, "police", POLICE)


def test_a_confidential_source_goes_once_an_adviser_names_them() -> None:
    history = a_history(a_person(), danger=True, privacy="confidential")
    history.source_decisions.append(("name", 20.0))
    assert "reporter-name" not in words_for(history, "police", POLICE, at=19.0)
    assert "reporter-name" in words_for(history, "police", POLICE, at=20.0)


def test_the_words_of_an_unnamed_source_may_be_left_out() -> None:
    history = a_history(a_person(), danger=True, privacy="confidential")
    history.source_decisions.append(("leave_out_with_words", 20.0))
    assert "account" in words_for(history, "police", POLICE, at=21.0)
    assert "account" not in words_for(history, "police", POLICE, at=23.0)


def test_a_child_who_saw_something_is_told_of_only_where_it_lives() -> None:
    history = a_history(PlannedPerson("reporter", reporter=True, child=True), a_person(adult=True))
    assert required_recipients(history) == set()
    history.homes["reporter"] = (LEEDS, 5.0)
    care = ("children_social_care", social_care_of(LEEDS))
    assert required_recipients(history) == {care}
    assert words_for(history, *care) == {"reporter-name"}
