"""What the demonstration expects to leave, and that a planted leak, a doubled message and a missing leg are found."""

import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from demo.findings import Addressed, duplicates, leaks, tally
from demo.manners import Manner
from demo.oracle import World
from demo.partners import Arrival, Partner
from demo.told import Canary, Part, Plan, Planned, Someone
from shared.geography import police_force_of, social_care_of

MANCHESTER, LEEDS = "E08000003", "E08000035"
POLICE, CARE = police_force_of(MANCHESTER), social_care_of(MANCHESTER)
CASE, REFERRAL = "a-case", "a-referral"


def told(*people: Someone, danger: bool = False, place: str | None = MANCHESTER, **body: Any) -> World:
    canaries = (
        Canary("KANARIE-0001-reporter-name", Part.REPORTER, "reporter"),
        Canary("KANARIE-0001-account", Part.ACCOUNT),
        Canary("KANARIE-0001-summary", Part.SUMMARY),
        Canary("KANARIE-0001-risk", Part.HANDLING),
        *(Canary(f"KANARIE-0001-{p.who}-name", Part.NAME, p.who) for p in people if not p.reporter),
        *(Canary(f"KANARIE-0001-{p.who}-looks", Part.DETAIL, p.who) for p in people if not p.reporter),
    )
    reporter = () if any(p.reporter for p in people) else (Someone("reporter", reporter=True),)
    report = Planned(
        1, 0.0, "modern_slavery", body, (*reporter, *people), canaries, place, danger, True, Plan()
    )
    return World(report)


def reaches(world: World, kind: str, body: str, at: float = 10.0) -> set[str]:
    """The marks, without their number, of all that may be with this body."""
    may = [one for one in world.report.canaries if world.may_have(one, kind, body, at)]
    return {one.token.removeprefix("KANARIE-0001-") for one in may}


def due(world: World) -> set[tuple[str, str]]:
    """Who must be told, where no duty leaves a choice."""
    for one_of in world.forced():
        assert len(one_of) == 1
    return {recipient for one_of in world.forced() for recipient in one_of}


def test_nothing_is_with_anybody_when_nothing_opens_it() -> None:
    world = told(Someone("person-1", concern=True), privacy="share", share_with=["police"])
    assert not world.may_hear("police", POLICE, 10.0)
    assert world.forced() == set()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"privacy": "share", "share_with": ["police"]}, {"reporter-name", "account", "summary", "risk"}),
        ({"privacy": "share", "share_with": []}, {"summary"}),
        ({"privacy": "share", "share_with": [], "situation_may_be_passed_on": False}, set()),
        ({"privacy": "confidential"}, {"summary"}),
        ({"privacy": "confidential", "situation_may_be_passed_on": False}, set()),
        ({"privacy": "anonymous"}, {"summary"}),
        ({"privacy": "anonymous", "situation_may_be_passed_on": False}, set()),
    ],
)
def test_consent_opens_the_rows_of_its_table(body: dict[str, Any], expected: set[str]) -> None:
    world = told(Someone("person-1", concern=True), **body)
    world.authorised.append(("police", 5.0))
    assert reaches(world, "police", POLICE) == expected
    assert reaches(world, "police", POLICE, at=4.0) == set()
    assert reaches(world, "police", police_force_of(LEEDS)) == set()


def test_a_withdrawal_ends_consent_and_not_an_override() -> None:
    world = told(danger=True, privacy="share", share_with=["adult_social_care"])
    world.authorised.append(("adult_social_care", 5.0))
    world.withdrawn["reporter"] = 20.0
    assert "reporter-name" in reaches(world, "adult_social_care", CARE, at=10.0)
    assert reaches(world, "adult_social_care", CARE, at=30.0) == set()
    assert "reporter-name" in reaches(world, "police", POLICE, at=30.0)


def test_danger_reaches_the_police_of_its_place_and_nobody_else() -> None:
    world = told(Someone("person-1", concern=True), Someone("accused", accused=True), danger=True)
    assert due(world) == {("police", POLICE)}
    expected = {
        "reporter-name",
        "account",
        "summary",
        "risk",
        "person-1-name",
        "person-1-looks",
        "accused-name",
    }
    assert reaches(world, "police", POLICE) == expected
    assert reaches(world, "children_social_care", CARE) == set()


def test_an_anonymous_reporter_stays_anonymous_even_in_danger() -> None:
    assert "reporter-name" not in reaches(told(danger=True, privacy="anonymous"), "police", POLICE)


def test_a_child_reaches_both_councils_and_the_police_of_where_the_child_is() -> None:
    world = told(Someone("person-1", concern=True, child=True, lives=LEEDS))
    assert due(world) == {
        ("police", POLICE),
        ("children_social_care", CARE),
        ("children_social_care", social_care_of(LEEDS)),
    }


def test_an_adult_who_withholds_keeps_the_account_back_but_not_the_child() -> None:
    child, adult = (
        Someone("person-1", concern=True, child=True),
        Someone("person-2", concern=True, adult=True),
    )
    carer = Someone("carer", cares=True, adult=True)
    alone = reaches(told(child, carer), "children_social_care", CARE)
    assert {"account", "person-1-looks", "carer-name"} <= alone
    assert "carer-looks" not in alone
    assert reaches(told(child, adult), "children_social_care", CARE) == {
        "reporter-name",
        "risk",
        "person-1-name",
        "person-1-looks",
    }


def test_a_place_nobody_knows_leads_to_the_national_desks() -> None:
    world = told(Someone("person-1", concern=True, child=True), place=None)
    assert due(world) == {("police", "police:nca"), ("children_social_care", "desk:social_care")}


def test_somebodys_home_or_the_national_desk_stands_in_for_a_place_nobody_knows() -> None:
    world = told(Someone("person-1", concern=True, lives=LEEDS), danger=True, place=None)
    assert world.forced() == {frozenset({("police", police_force_of(LEEDS)), ("police", "police:nca")})}
    world.places.append(MANCHESTER)
    assert due(world) == {("police", POLICE)}
    assert world.may_hear("police", police_force_of(LEEDS), 10.0)


def test_a_lead_names_whose_identity_goes() -> None:
    world = told(Someone("person-1", concern=True), Someone("person-2", concern=True), privacy="confidential")
    world.decided_by_lead.append(("adult_social_care", frozenset({"person-1"}), 1.0))
    assert reaches(world, "adult_social_care", CARE) == {"summary", "risk", "person-1-name", "person-1-looks"}


# What is found


def an_arrival(*tokens: str, body: str = POLICE, webhook_id: str = "m1", **message: Any) -> Arrival:
    partner = Partner(body, uuid4(), Manner.WELL)
    content = {
        "type": "referral.v1",
        "referral_id": REFERRAL,
        "disclosure_id": "d1",
        "kind": "initial",
        **message,
    }
    content["content"] = {"account": list(tokens), "disclosure_id": content["disclosure_id"]}
    text = json.dumps(content)
    return Arrival(partner, webhook_id, 10.0, text.encode(), text, content, in_effect=True)


def found_leaks(world: World, *arrivals: Arrival, kind: str = "police") -> list[str]:
    return [one.token for one in leaks({CASE: world}, arrivals, {REFERRAL: Addressed(CASE, kind)})]


def test_a_message_that_may_go_is_no_leak() -> None:
    world = told(danger=True, privacy="confidential")
    assert found_leaks(world, an_arrival("KANARIE-0001-reporter-name", "KANARIE-0001-account")) == []


def test_a_planted_name_is_found_however_it_is_written() -> None:
    world = told(privacy="confidential")
    world.authorised.append(("police", 1.0))
    assert found_leaks(world, an_arrival("KANARIE-0001-summary")) == []
    assert found_leaks(world, an_arrival("x kanarie-0001-reporter-name@example.org")) == [
        "KANARIE-0001-reporter-name"
    ]


def test_a_message_to_somebody_else_is_a_leak_even_when_it_says_nothing() -> None:
    world = told(danger=True)
    assert found_leaks(world, an_arrival(body=police_force_of(LEEDS)))
    assert found_leaks(world, an_arrival(referral_id="unheard-of"))


def test_a_word_of_another_matter_is_a_leak() -> None:
    assert found_leaks(told(danger=True), an_arrival("KANARIE-0002-account")) == ["kanarie-0002-account"]


def test_a_recall_carries_no_words_and_needs_no_ground() -> None:
    world = told(privacy="share", share_with=["police"])
    assert found_leaks(world, an_arrival(type="recall.v1")) == []
    assert found_leaks(world, an_arrival("KANARIE-0001-account", type="recall.v1"))


def test_one_message_under_two_ids_is_doubled_and_one_id_twice_is_not() -> None:
    again = replace(an_arrival(), in_effect=False)
    assert duplicates([an_arrival(), again]) == []
    assert duplicates([an_arrival(), an_arrival(webhook_id="m2")])
    assert duplicates([an_arrival(), an_arrival(webhook_id="m2", disclosure_id="d2")])
    assert not duplicates([an_arrival(), an_arrival("more", webhook_id="m2", disclosure_id="d2")])
    assert not duplicates([an_arrival(), an_arrival(webhook_id="m2", disclosure_id="d2", kind="supplement")])


def a_leg(state: str, *, leg: str = "l1", kind: str = "police", body: str = POLICE) -> dict[str, Any]:
    return {"id": leg, "recipient": kind, "body": body, "state": state, "grounds": ["override_danger"]}


def test_a_leg_that_should_be_there_is_missed() -> None:
    found = tally({CASE: told(danger=True)}, [{"id": CASE, "legs": [], "tasks": []}])
    assert found.missing == [f"report 1: police {POLICE}"]


def test_a_leg_that_nobody_answers_for_is_unaccounted_and_one_with_a_person_is_not() -> None:
    case = {"id": CASE, "legs": [a_leg("sent")], "tasks": []}
    assert len(tally({}, [case]).unaccounted) == 1
    task = {"leg_id": "l1", "holder": "duty-lead", "done_at": None}
    assert tally({}, [{**case, "tasks": [task]}]).open_with_person == 1
    assert tally({}, [{**case, "tasks": [{**task, "holder": ""}]}]).unaccounted
    assert tally({}, [{**case, "tasks": [{**task, "done_at": "2026-11-22"}]}]).unaccounted


def test_every_way_of_answering_for_a_leg_is_counted_once() -> None:
    states = ("acknowledged", "handed_over", "stood_down", "rerouted")
    legs = [a_leg(state, leg=state) for state in states]
    found = tally({}, [{"id": CASE, "legs": legs, "tasks": []}])
    assert (found.acknowledged, found.handed_over, found.stood_down, found.forced_legs) == (1, 1, 1, 3)
