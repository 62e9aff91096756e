"""Wrong consents and ends of duties planted into the model, each with the check that must notice it."""

from dataclasses import replace
from typing import Any

from tests.case.rules.model.faults.planted_faults import noticed_by
from tests.case.rules.model.table import rules_under_test, test_life_table
from tests.support.mutants import Right, mutant
from tools.simulation.rules_model import consents, permitted
from tools.simulation.rules_model.duties import duty_life, history
from tools.simulation.rules_model.duties.duty_life import DutyLife
from tools.simulation.rules_model.duties.history import KeptDuty
from tools.simulation.rules_model.world import World

ALL = "law: identity_goes_only_where_something_covers_it"
AWAY = "law: what_only_takes_away_is_never_announced"
MORE = "law: a_gain_takes_nothing_away"
ONE = "law: no_act_of_one_person_ends_a_duty"
IN_STATE = "law: a_duty_is_in_one_state_and_what_ended_stays"
HISTORY = "law: nothing_that_was_sent_is_lost_through_any_door"


# By consent


@noticed_by("a yes while somebody may be listening counts as unasked", "a child's yes without that record")
@mutant(consents, "_counts")
def every_yes_counts(_: Right) -> Right:
    return lambda *values, **named: True


@noticed_by("a self-reporting adult's situation: unasked counts as no")
@mutant(permitted, "passes_situation")
def silence_lets_the_situation_go(right: Right) -> Right:
    def wrong(world: World, name: str, kind: str, on: Any) -> bool:
        return bool(right(world, name, kind, on)) or not any(one.person == name for one in world.choices)

    return wrong


@noticed_by("a more private choice is a withdrawal of the difference")
@mutant(consents, "_with_privacy")
def a_private_choice_keeps_the_kinds(_: Right) -> Right:
    return lambda now, privacy, *, counts: replace(now, privacy=privacy)


@noticed_by("share with another kind", "law: consent_never_sends_more_than_was_agreed")
@mutant(permitted, "agrees")
def the_kind_is_not_looked_at(_: Right) -> Right:
    return lambda world, name, kind, on: bool(consents.effective(world, name, on).kinds)


@noticed_by("withdrawn: nothing further", "law: consent_never_sends_more_than_was_agreed")
@mutant(consents, "_after")
def a_withdrawal_is_not_read(right: Right) -> Right:
    return lambda now, said, person, *, counts: (
        now if said.withdraws else right(now, said, person, counts=counts)
    )


@noticed_by(
    "no reporter's withdrawal stops what she agreed to", "law: consent_never_sends_more_than_was_agreed"
)
@mutant(permitted, "agrees")
def a_reporter_s_withdrawal_stops_everybody(right: Right) -> Right:
    def wrong(world: World, name: str, kind: str, on: Any) -> bool:
        return bool(right(world, name, kind, on)) and not any(one.withdraws for one in world.choices)

    return wrong


@noticed_by("not where one of them has not agreed", "a third party's A only where at least one is recorded")
@mutant(permitted, "_words_may_go")
def words_go_with_every_yes(_: Right) -> Right:
    return lambda world, reporter, agreed: True


@noticed_by("only their council where they are the home of somebody whose identity may not go")
@mutant(permitted, "_premises")
def a_home_is_given_away(right: Right) -> Right:
    return lambda world, passing, going, *, whole: right(
        world, passing, frozenset(one.id for one in world.persons), whole=whole
    )


@noticed_by("each reporter's choice governs what that reporter told")
@mutant(permitted, "_situation")
def one_reporter_s_no_is_overruled(right: Right) -> Right:
    return lambda world, passing, going, *, whole: right(world, passing, going, whole=bool(passing))


@noticed_by("what somebody else says she agreed to is not hers")
@mutant(consents, "_after")
def anybody_says_yes_for_anybody(right: Right) -> Right:
    return lambda now, said, person, *, counts: right(now, replace(said, by=None), person, counts=True)


@noticed_by("for one named agency")
@mutant(rules_under_test, "contents_by_authorisation")
def a_decision_for_every_agency(right: Right) -> Right:
    return lambda world, agency: right(
        replace(world, authorisations=tuple(replace(one, agency=agency) for one in world.authorisations)),
        agency,
    )


# Life of a duty


@noticed_by("not one person", "not one of them twice", "not by one", ONE, IN_STATE)
@mutant(duty_life, "_signed")
def one_person_signs_twice(right: Right) -> Right:
    return lambda duty, act, *, second_must_lead: right(
        right(duty, act, second_must_lead=second_must_lead),
        replace(act, by="", is_lead=True),
        second_must_lead=False,
    )


@noticed_by("not where the second is no lead")
@mutant(duty_life, "_signed")
def the_second_need_not_lead(right: Right) -> Right:
    return lambda duty, act, *, second_must_lead: right(duty, act, second_must_lead=False)


@noticed_by("age_mistaken fits no danger", "no_danger fits no child", "a reason that is none")
@mutant(duty_life, "may_be_stood_down")
def any_reason_fits(_: Right) -> Right:
    return lambda duty, reason: duty.state == "waiting"


@noticed_by("after sending there is no standing down", "nor after a call", IN_STATE)
@mutant(duty_life, "may_be_stood_down")
def stood_down_after_sending(right: Right) -> Right:
    return lambda duty, reason: right(replace(duty, sent=False, called_by=None), reason)


@noticed_by("a call never replaces the message, which goes at once", ONE)
@mutant(DutyLife, "message_due_now")
def a_call_replaces_the_message(_: Right) -> Right:
    return lambda self: False


@noticed_by("a decline is no end", ONE, IN_STATE)
@mutant(duty_life, "_after_decline")
def a_decline_ends(_: Right) -> Right:
    return lambda duty, act: replace(duty, ended=True)


@noticed_by("a call to the agency that declined ends nothing", IN_STATE)
@mutant(duty_life, "_after_call")
def a_call_after_a_decline_ends(_: Right) -> Right:
    return lambda duty, act: replace(duty, called_by=act.by, declined=False)


@noticed_by("not the one who made the call", ONE)
@mutant(duty_life, "_after_countersignature")
def the_caller_countersigns(_: Right) -> Right:
    return lambda duty, act: replace(duty, countersigned=True)


@noticed_by("not before", IN_STATE)
@mutant(duty_life, "_after_search")
def a_search_ends_before_its_fallback_answered(right: Right) -> Right:
    return lambda duty, act: right(replace(duty, answered=True), act)


@noticed_by("an acknowledgement does not", "a call does not")
@mutant(duty_life.Recall, "is_open")
def a_recall_that_any_answer_ends(_: Right) -> Right:
    return lambda self: False


@noticed_by("a place said later in public adds agencies and replaces none", HISTORY)
@mutant(history, "of_fact")
def a_public_place_replaces(right: Right) -> Right:
    return lambda way: right(replace(way, key=("police", "police:one")))


@noticed_by("test_merging_keeps_one_duty_per_fact_and_agency_with_the_earlier_clock_and_all_sources")
@mutant(history, "KeptDuty")
def the_later_clock_stays(_: Right) -> Right:
    return lambda at, sources: KeptDuty(max(at, at.replace(minute=0)), sources - {"rob"})


@noticed_by("if the writer may be under 18, within 60 minutes")
@mutant(test_life_table, "route")
def a_child_waits_in_turn(right: Right) -> Right:
    return lambda contact: right(replace(contact, writer_may_be_child=False))


@noticed_by("but not where its agency was told", HISTORY)
@mutant(history, "_as_open")
def an_agency_that_was_told_is_forgotten(_: Right) -> Right:
    return lambda way: replace(way, key=("police", "police:nobody"))
