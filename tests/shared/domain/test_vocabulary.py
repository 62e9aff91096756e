"""Vocabulary: the codes that rules branch on are the published ones; none is missing, none is ours by accident."""

import json
import re
from enum import StrEnum
from importlib.resources import files
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.domain.vocabulary import (
    AgeStatus,
    AuthorisedReason,
    CallerType,
    CaseClassification,
    Code,
    ContactChannel,
    ContactPurpose,
    DeclineReason,
    ExploitationType,
    Gender,
    Ground,
    Nation,
    NotInformedReason,
    OnwardAction,
    PersonRole,
    PrivacyChoice,
    Proximity,
    RecipientKind,
    ReferralOutcome,
    Sector,
    StandDownReason,
    codes,
)

LISTED: dict[str, type[StrEnum]] = {
    "privacy_choice": PrivacyChoice,
    "caller_type": CallerType,
    "contact_channel": ContactChannel,
    "case_classification": CaseClassification,
    "exploitation_type": ExploitationType,
    "sector": Sector,
    "age_status": AgeStatus,
    "gender": Gender,
    "referral_outcome": ReferralOutcome,
    "not_informed_reason": NotInformedReason,
    "nation": Nation,
    "onward_action": OnwardAction,
}

OURS: dict[type[StrEnum], set[str]] = {
    RecipientKind: {
        "police",
        "children_social_care",
        "adult_social_care",
        "nrm_first_responder",
        "service_provider",
        "labour_enforcement",
        "health",
    },
    StandDownReason: {
        "age_mistaken",
        "no_danger",
        "not_a_report",
        "no_person_at_risk",
        "witness_only",
        "duplicate_of",
    },
    Ground: {"consent", "override_danger", "override_child", "authorised"},
    PersonRole: {"reporter", "person_of_concern", "household_member", "alleged_exploiter"},
    ContactPurpose: {"advice", "reporting", "training_and_information", "access_to_support"},
    AuthorisedReason: {"duress", "serious_crime", "incapacity"},
    DeclineReason: {
        "not_our_area",
        "not_our_remit",
        "insufficient_information",
        "duplicate",
        "no_capacity",
        "other",
    },
}

CODE: TypeAdapter[str] = TypeAdapter(Code)


def listed(name: str) -> list[Any]:
    lists: dict[str, list[Any]] = json.loads(
        (files("shared.domain") / "reference" / "codelists.json").read_text("utf-8")
    )
    return lists[name]


@pytest.mark.parametrize(("name", "words"), LISTED.items())
def test_a_class_has_every_code_of_its_list_and_no_other(name: str, words: type[StrEnum]) -> None:
    assert {word.value for word in words} == codes(name)


@pytest.mark.parametrize(("words", "expected"), OURS.items())
def test_the_words_of_the_sharing_rules_are_these(words: type[StrEnum], expected: set[str]) -> None:
    assert {word.value for word in words} == expected


def test_immigration_enforcement_is_never_a_recipient() -> None:
    assert not [kind for kind in RecipientKind if "immigration" in kind or "home_office" in kind]


def test_every_caller_stands_as_near_as_the_list_says() -> None:
    expected = {entry["code"]: entry["proximity"] for entry in listed("caller_type")}
    assert {caller.value: caller.proximity.value for caller in CallerType} == expected
    assert {caller.proximity for caller in CallerType} == set(Proximity)


def test_potential_victims_are_counted_only_where_the_list_says() -> None:
    expected = {entry["code"]: entry["counts_pvs"] for entry in listed("case_classification")}
    assert {kind.value: kind.counts_potential_victims for kind in CaseClassification} == expected


def test_the_child_path_is_taken_for_children_and_for_those_who_may_be() -> None:
    expected = {entry["code"]: entry["child_pathway"] for entry in listed("age_status")}
    assert {age.value: age.child_path for age in AgeStatus} == expected
    assert {age for age in AgeStatus if age.child_path} == {
        AgeStatus.CHILD_CONFIRMED,
        AgeStatus.CHILD_STATED,
        AgeStatus.UNCERTAIN_MAY_BE_CHILD,
    }


def test_lists_that_no_rule_branches_on_can_be_read_too() -> None:
    assert "debt_bondage" in codes("control_method")
    assert "LE1" in codes("exploitation_subtype_17")


def test_a_list_that_does_not_exist_is_a_mistake_in_our_code() -> None:
    with pytest.raises(KeyError):
        codes("no_such_list")


@pytest.mark.parametrize("words", [*LISTED.values(), *OURS, Proximity])
def test_every_word_fits_an_event(words: type[StrEnum]) -> None:
    for word in words:
        CODE.validate_python(word.code if isinstance(word, Nation) else word.value)


@pytest.mark.parametrize(
    "code", ["share", "48+", "police:E23000036", "social_care:hsc-belfast", "a" * 64, "1.0"]
)
def test_a_code_may_be_this(code: str) -> None:
    assert CODE.validate_python(code) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "two words",
        "Anna\n",
        "x" * 65,
        "-x",
        "né",
        "a/b",
        "a@b",
        "<b>",
        "a,b",
        "\u202ea",
        "a\x00",
        "share ",
        "٣",
    ],
)
def test_a_code_never_holds_text(text: str) -> None:
    with pytest.raises(ValidationError):
        CODE.validate_python(text)


def test_each_class_says_where_its_words_come_from() -> None:
    source = (files("shared.domain") / "vocabulary.py").read_text("utf-8")
    assert re.findall(r"^class (\w+)\(StrEnum\):$", source, flags=re.MULTILINE) == []
