"""Wrong contents and messages planted into the model, each with the check that must notice it."""

from typing import Any

from tests.case.rules.model.faults.planted_faults import noticed_by
from tests.support.mutants import Right, mutant
from tools.simulation.rules_model import forced, messages
from tools.simulation.rules_model.forced import Contents, Sources
from tools.simulation.rules_model.households import children, named_or_concern
from tools.simulation.rules_model.world import CONCERN, EXPLOITER, REPORTER, World

ALL = "law: identity_goes_only_where_something_covers_it"
AWAY = "law: what_only_takes_away_is_never_announced"
MORE = "law: a_gain_takes_nothing_away"

# By force


@noticed_by("and the children of their households, who may be in danger")
@mutant(forced, "counted")
def who_lives_there_does_not_count(_: Right) -> Right:
    return lambda world, danger, on: named_or_concern(world, danger)


@noticed_by("and the children of their households, who may be in danger")
@mutant(forced, "danger_marks")
def everybody_counted_is_shown_in_danger(right: Right) -> Right:
    return lambda *values: dict.fromkeys(right(*values), "in_danger")


@noticed_by("law: nobody_is_shown_as_not_in_danger")
@mutant(forced, "danger_marks")
def somebody_shown_as_not_in_danger(right: Right) -> Right:
    return lambda world, *values: {one.id: "not_in_danger" for one in world.persons} | right(world, *values)


@noticed_by(ALL, "danger receives S, A, P, R and H: a source who did not share stays unnamed")
@mutant(Sources, "_is_named")
def every_source_is_named(_: Right) -> Right:
    return lambda self, name: True


@noticed_by(ALL, "sources are the reporters who told of this fact, no others")
@mutant(Sources, "words_of")
def the_words_of_every_reporter(right: Right) -> Right:
    return lambda self, tellers: right(self, {one.id for one in self.world.with_role(REPORTER)})


@noticed_by("the confidential first reporter of a danger that only a second told of", ALL)
@mutant(Sources, "named")
def the_first_reporter_is_the_source(right: Right) -> Right:
    return lambda self, tellers: right(self, {one.id for one in self.world.with_role(REPORTER)[:1]})


@noticed_by(
    "(b) a source who counts as in danger here", "(c) a source who told of a danger whose place nobody knows"
)
@mutant(Sources, "_named_for_sure")
def nobody_is_named_for_sure(_: Right) -> Right:
    return lambda self: set()


@noticed_by("one who counts as in danger cannot be left out")
@mutant(Sources, "_is_named")
def an_adviser_leaves_anybody_out(right: Right) -> Right:
    return lambda self, name: right(self, name) and "left_out" not in self._decided(name)


@noticed_by("added for one agency only")
@mutant(Sources, "_decided")
def a_decision_counts_everywhere(_: Right) -> Right:
    return lambda self, source: {one.what for one in self.world.source_decisions if one.source == source}


@noticed_by("an anonymous reporter stays anonymous: what is not held cannot be sent", ALL)
@mutant(Sources, "named")
def what_is_not_held_is_recorded_as_sent(_: Right) -> Right:
    return lambda self, tellers: frozenset(name for name in tellers if self._is_named(name))


@noticed_by("an adult of concern withholds, unasked included", "law: what_an_adult_withholds_stays")
@mutant(forced, "withholding")
def nobody_withholds(_: Right) -> Right:
    return lambda world, kind, on: set()


@noticed_by("an adult of concern withholds, unasked included", "law: what_an_adult_withholds_stays")
@mutant(forced, "withholding")
def who_was_not_asked_does_not_withhold(right: Right) -> Right:
    def wrong(world: World, kind: str, on: Any) -> set[str]:
        return {name for name in right(world, kind, on) if any(one.person == name for one in world.choices)}

    return wrong


@noticed_by("who agreed to another kind withholds", "law: what_an_adult_withholds_stays")
@mutant(forced, "withholding")
def a_yes_to_any_kind(right: Right) -> Right:
    return lambda world, kind, on: right(world, "police", on)


@noticed_by("not one who is a person of concern, nor a young one")
@mutant(forced, "exploiters_named")
def every_exploiter_is_named(_: Right) -> Right:
    return lambda world, on: frozenset(one.id for one in world.with_role(EXPLOITER))


@noticed_by("the adult's exploitation does not go, nor its place while the child has a home")
@mutant(forced, "_premises_shown")
def the_adult_s_place_goes_with_the_child(_: Right) -> Right:
    return lambda world, child: bool(world.premises)


@noticed_by("the place goes where the child has none of its own")
@mutant(forced, "_premises_shown")
def the_place_never_goes(_: Right) -> Right:
    return lambda world, child: False


@noticed_by("the children whose place led here and no others", ALL)
@mutant(forced, "_persons_for")
def every_child_of_the_case(right: Right) -> Right:
    def wrong(world: World, child: Any, on: Any) -> Any:
        full, limited = right(world, child, on)
        return full | children(world, on), limited

    return wrong


@noticed_by("the adults of that household and carers by name, relation and place")
@mutant(forced, "_persons_for")
def adults_go_in_full(right: Right) -> Right:
    return lambda *values: (right(*values)[0] | right(*values)[1], right(*values)[1])


@noticed_by("nobody's in particular beside a household child")
@mutant(forced, "_exploits")
def every_exploiter_goes(_: Right) -> Right:
    return lambda one, kids, child: True


@noticed_by(MORE)
@mutant(forced, "_exploits")
def an_exploiter_who_gains_a_relation_is_lost(_: Right) -> Right:
    return lambda one, kids, child: bool(one.exploits & kids) or (not one.exploits and child.has(CONCERN))


@noticed_by("whether the words of an unnamed source go is the adviser's choice")
@mutant(Sources, "words_of")
def words_always_go(_: Right) -> Right:
    return lambda self, tellers: frozenset(name for name in tellers if self.world.person(name).made_report)


@noticed_by("law: what_an_adult_withholds_stays", "missing")
@mutant(forced, "concern_codes")
def no_coded_concern(_: Right) -> Right:
    return lambda world, child: set()


@noticed_by("no A where nobody withholds either", "law: a_witness_sends_neither_words_nor_premises")
@mutant(forced, "is_witness")
def a_witness_like_every_child(_: Right) -> Right:
    return lambda person: False


@noticed_by("danger receives S, A, P, R and H: a source who did not share stays unnamed")
@mutant(Contents, "protect_source")
def words_need_no_protection(_: Right) -> Right:
    return lambda self: bool(self.reporters)


@noticed_by("the adults of that household and carers by name, relation and place")
@mutant(Contents, "handling")
def handling_of_everybody(right: Right) -> Right:
    return lambda self: right(self) | self.limited


@noticed_by("law: an_override_heeds_no_choice")
@mutant(forced, "_by_danger")
def an_override_that_anonymity_stops(right: Right) -> Right:
    def wrong(sources: Sources, dangers: Any) -> Any:
        silent = any(one.privacy == "anonymous" for one in sources.world.choices)
        return Contents() if silent else right(sources, dangers)

    return wrong


# Messages


@noticed_by(AWAY)
@mutant(messages, "supplement")
def what_goes_less_is_announced(right: Right) -> Right:
    return lambda sent, now: right(sent, now) or (now if sent.keys() - now.keys() else None)


@noticed_by(AWAY)
@mutant(messages, "_situation")
def a_cut_down_message_says_so(right: Right) -> Right:
    def wrong(world: World, found: Contents) -> Any:
        yield from right(world, found)
        yield from ("cut_down",) if messages.is_cut_down(found) else ()

    return wrong


@noticed_by("law: what_is_withheld_makes_no_difference")
@mutant(messages, "message")
def as_long_as_what_is_withheld(right: Right) -> Right:
    def wrong(world: World, found: Contents) -> Any:
        return right(world, found) | {"padding": "".join(world.wording.values())}

    return wrong


@noticed_by("law: what_is_withheld_makes_no_difference")
@mutant(messages, "message")
def how_many_are_on_the_case(right: Right) -> Right:
    return lambda world, found: right(world, found) | {"number": str(len(world.persons))}
