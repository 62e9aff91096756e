"""Laws of section 6 over random worlds. Each yields a complaint for everything that breaks it."""

import random
from collections.abc import Iterator

from tests.case.rules.model.laws import laws_of_duties, laws_of_histories, laws_of_silence
from tests.case.rules.model.laws.random_worlds import a_world
from tests.case.rules.model.laws.worlds_asked import Law

LAWS: tuple[Law, ...] = (
    laws_of_duties.every_danger_and_every_child_opens_and_nothing_else,
    laws_of_duties.a_gain_takes_nothing_away,
    laws_of_duties.an_override_heeds_no_choice,
    laws_of_duties.identity_goes_only_where_something_covers_it,
    laws_of_duties.nobody_is_shown_as_not_in_danger,
    laws_of_duties.what_an_adult_withholds_stays,
    laws_of_duties.a_witness_sends_neither_words_nor_premises,
    laws_of_histories.nothing_that_was_sent_is_lost_through_any_door,
    laws_of_histories.no_act_of_one_person_ends_a_duty,
    laws_of_histories.a_duty_is_in_one_state_and_what_ended_stays,
    laws_of_silence.what_is_withheld_makes_no_difference,
    laws_of_silence.what_only_takes_away_is_never_announced,
    laws_of_silence.consent_never_sends_more_than_was_agreed,
    laws_of_silence.decisions_at_a_time_rest_on_what_was_said_before,
)


def broken(law: Law, *, worlds: int, start: int = 0) -> Iterator[str]:
    """Yield the complaints of a law about so many random worlds, each with its seed."""
    for number in range(start, start + worlds):
        chance = random.Random(number)
        world = a_world(chance)
        yield from (f"{number}: {complaint}" for complaint in law(world, chance))
