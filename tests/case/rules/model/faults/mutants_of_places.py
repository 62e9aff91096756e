"""Wrong agencies planted into the model, each with the row or law that must notice it."""

from dataclasses import replace
from typing import Any

from tests.case.rules.model.faults.planted_faults import noticed_by
from tests.support.mutants import Right, mutant
from tools.simulation.rules_model import places, required
from tools.simulation.rules_model.households import carers, named_or_concern
from tools.simulation.rules_model.places import Way
from tools.simulation.rules_model.world import World

# A danger


@noticed_by("and of where the person it names is found")
@mutant(required, "places_of_danger")
def one_place_of_a_rank(right: Right) -> Right:
    return lambda *values: [rank[:1] for rank in right(*values)]


@noticed_by(
    "where it names nobody, of where each person of concern is found", "law: a_gain_takes_nothing_away"
)
@mutant(required, "places_of_danger")
def premises_narrow_by_whatever_is_added(right: Right) -> Right:
    return lambda *values: [rank[-1:] for rank in right(*values)]


@noticed_by("if neither is known, of the premises", "no place, the only person of concern found in Leeds")
@mutant(required, "places_of_danger")
def the_second_rank_is_forgotten(right: Right) -> Right:
    return lambda *values: [right(*values)[0], [], right(*values)[2]]


@noticed_by("a danger leads to the force of its own place")
@mutant(required, "places_of_danger")
def premises_stand_first(right: Right) -> Right:
    return lambda *values: [right(*values)[1], right(*values)[0], right(*values)[2]]


@noticed_by(
    "a named danger never narrows a general one",
    "law: a_gain_takes_nothing_away",
    "law: every_danger_and_every_child_opens_and_nothing_else",
)
@mutant(World, "danger_facts")
def a_named_danger_narrows_a_general_one(right: Right) -> Right:
    def wrong(self: World) -> Any:
        named = [one for one in right(self) if one.person is not None]
        return named or right(self)

    return wrong


@noticed_by("the homes of those counted: the children of the household too")
@mutant(required, "counted")
def the_children_of_the_household_do_not_count(_: Right) -> Right:
    return lambda world, danger, on: named_or_concern(world, danger)


@noticed_by("and for the case: both", "the last known place is kept for each person")
@mutant(required, "last_known_of_danger")
def a_last_known_place_of_the_case_alone(right: Right) -> Right:
    return lambda world, counted_here: right(world, set())


@noticed_by("a home abroad only where no place here is known")
@mutant(places, "is_here")
def a_home_abroad_is_a_home_here(_: Right) -> Right:
    return lambda place: True


@noticed_by("known no further than the railway: they, and the search")
@mutant(required, "police_ways")
def nobody_searches_on_a_railway(right: Right) -> Right:
    return lambda *values: [replace(way, task=None) for way in right(*values)]


@noticed_by("a place on the railway adds the British Transport Police")
@mutant(required, "police_ways")
def the_territorial_force_alone(right: Right) -> Right:
    return lambda *values: [way for way in right(*values) if "btp" not in way.key[1]]


@noticed_by("at sea: the force of the port, in danger the coastguard too")
@mutant(required, "coastguard_ways")
def no_coastguard(_: Right) -> Right:
    return lambda *values: []


@noticed_by("where several forces remain the likeliest is told, with a task to check")
@mutant(places, "_likeliest")
def a_guess_taken_for_sure(right: Right) -> Right:
    return lambda *values: replace(right(*values), candidate=False, task=None)


@noticed_by(
    "else to fact 10: the desk, and somebody finds the place",
    "law: every_danger_and_every_child_opens_and_nothing_else",
)
@mutant(required, "_police_fallback")
def an_unknown_place_is_dropped(_: Right) -> Right:
    return lambda *values: set()


# A child


@noticed_by("else the home of the carer it lives with", "at home with its carer")
@mutant(places, "carers_at_home")
def a_carer_has_no_home(_: Right) -> Right:
    return lambda world, child: set()


@noticed_by("a carer with whom it is not recorded to live is no home")
@mutant(places, "carers_at_home")
def every_carer_lives_with_the_child(_: Right) -> Right:
    return lambda world, child: carers(world, {child})


@noticed_by("for a household child the premises only where nothing else is known")
@mutant(places, "found_at_premises")
def every_child_is_found_at_the_premises(_: Right) -> Right:
    return lambda child: True


@noticed_by(
    "found: else the premises for a child of concern", "found: else the premises for a young exploiter"
)
@mutant(places, "found_at_premises")
def no_child_is_found_at_the_premises(_: Right) -> Right:
    return lambda child: False


@noticed_by("a child whom a danger names is found there too")
@mutant(places, "own_found_places")
def a_danger_says_nothing_of_where_a_child_is(right: Right) -> Right:
    return lambda *values: [at for at in right(*values) if at.known_as != "danger"]


@noticed_by("a child leads to council and force of where it lives and of where it is found")
@mutant(required, "found_at")
def where_it_is_found_alone(right: Right) -> Right:
    return lambda *values: right(*values)[1:]


@noticed_by("a home that leads nowhere is not known")
@mutant(places, "leads")
def every_place_leads_somewhere(_: Right) -> Right:
    return lambda place: True


@noticed_by("place unknown: the desk stands for the council too")
@mutant(required, "_care_desk")
def a_desk_that_nobody_agreed_to(_: Right) -> Right:
    return lambda child, book: Way(
        child.fact, ("children_social_care", "council:desk"), "desk", 4, task="find"
    )


@noticed_by("a child found abroad and at home nowhere here")
@mutant(required, "is_found_abroad")
def who_is_found_abroad_is_searched_for(_: Right) -> Right:
    return lambda world, child: False


@noticed_by("a duty that is open does not lapse on a birthday")
@mutant(required, "_still_open")
def a_duty_lapses_on_a_birthday(_: Right) -> Right:
    return lambda world, ways: set()


@noticed_by(
    "a witness: the council of its own place, not the police",
    "law: a_witness_sends_neither_words_nor_premises",
)
@mutant(required, "is_witness")
def the_police_hear_of_every_witness(_: Right) -> Right:
    return lambda person: False


@noticed_by("where its place is unknown, a task and never a desk")
@mutant(places, "is_witness")
def the_premises_are_a_witness_s_place(_: Right) -> Right:
    return lambda person: False
