"""Laws of histories: what stays when more is said (property 5), and what one person may end (property 2)."""

import random
from collections.abc import Iterator

from tests.case.rules.model.laws.random_worlds import gain
from tests.case.rules.model.laws.worlds_asked import sharing
from tools.simulation.rules_model.duties import duty_life, history
from tools.simulation.rules_model.duties.duty_life import Act, DutyLife
from tools.simulation.rules_model.world import CHILD, DANGER, World

ACTS = (
    *("sent", "called", "called", "acknowledged", "declined", "acknowledged_elsewhere", "countersigned"),
    *("stand_down", "stand_down", "end_after_decline", "end_search"),
)
REASONS = ("no_danger", "age_mistaken", "not_a_report", "witness_only", "cannot_be_reached", "because")
STATES = {"waiting", "told", "acknowledged", "handed_over", "elsewhere", "ended"}


def nothing_that_was_sent_is_lost_through_any_door(world: World, chance: random.Random) -> Iterator[str]:
    """Hold fact 0 over a history: through the public door nothing gives way, through the other what stood in."""
    known = sharing(world).ways
    sent = set[history.FactAtAgency]()
    for _ in range(4):
        sent |= {(way.fact, way.key) for way in known if chance.random() < 0.3}
        world, by_adviser = gain(world, chance), chance.random() < 0.5
        now = history.followed(known, sharing(world), by_adviser=by_adviser, already_sent=sent)
        led = {(way.fact, way.key) for way in now}
        lost = {way for way in known if (way.fact, way.key) not in led}
        if lost and not by_adviser:
            yield "what was said in public made something give way"
        if any((way.fact, way.key) in sent or not way.stands_in for way in lost):
            yield "something gave way that was sent, or is known in its own right"
        if {way.fact for way in known} - {way.fact for way in now}:
            yield "a fact lost its duty in a history"
        known = now


def no_act_of_one_person_ends_a_duty(world: World, chance: random.Random) -> Iterator[str]:
    """Hold property 2: one person, a lead or not, whatever they type, ends nothing."""
    del world
    duty, is_lead = _a_duty(chance), chance.random() < 0.5
    acts = [_an_act(chance, "ada", is_lead=is_lead) for _ in range(chance.randrange(1, 9))]
    acts = [one for one in acts if one.what not in ("sent", "acknowledged", "acknowledged_elsewhere")]
    after = duty_life.lived(duty, acts)
    if not after.is_open:
        yield f"one person ended a duty: {after.state}"
    if after.called_by and after.can_be_sent and not after.sent and not after.message_due_now:
        yield "a call stopped the message"


def a_duty_is_in_one_state_and_what_ended_stays(world: World, chance: random.Random) -> Iterator[str]:
    """Hold property 2 over a history of anybody's acts."""
    del world
    duty, signers = _a_duty(chance), set[str]()
    for _ in range(12):
        act = _an_act(chance, chance.choice(("ada", "ben", "lea")), is_lead=chance.random() < 0.5)
        before, duty = duty, duty_life.after(duty, act)
        signers |= {act.by}
        if duty.state not in STATES:
            yield "a duty is in no state"
        if before.ended and duty != before:
            yield "something followed an end"
        if duty.ended and not before.ended:
            yield from _ended_wrongly(before, act, signers)
        if duty.state == "handed_over" and duty.can_be_sent and not (duty.sent and duty.called_by):
            yield "handed over without message and call"
        if duty.answered and not before.answered and act.what != "acknowledged":
            yield "answered by somebody else than the agency"
        if before.declined and not duty.declined:
            yield "a decline was forgotten"


def _ended_wrongly(before: DutyLife, act: Act, signers: set[str]) -> Iterator[str]:
    if len(signers) < 2:
        yield "one person ended a duty"
    if act.what == "stand_down" and (before.sent or before.called_by or not act.is_lead):
        yield "stood down after sending, or without a lead"
    if act.what == "end_after_decline" and not before.declined:
        yield "ended like a decline without one"
    if act.what == "end_search" and not (before.is_search and before.answered):
        yield "a search ended before its fallback answered"


def _a_duty(chance: random.Random) -> DutyLife:
    ground = chance.choice((DANGER, CHILD))
    return DutyLife(
        ground,
        of_witness=ground == CHILD and chance.random() < 0.3,
        can_be_sent=chance.random() < 0.7,
        is_search=chance.random() < 0.4,
    )


def _an_act(chance: random.Random, by: str, *, is_lead: bool) -> Act:
    return Act(chance.choice(ACTS), by, is_lead=is_lead, reason=chance.choice(REASONS))
