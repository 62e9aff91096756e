"""Random histories of one case, told to the real service on a real database and to the plain model."""

import asyncio
from typing import Any, ClassVar
from uuid import uuid4

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.case.conftest import CaseWork
from tests.case.driven import Driven
from tests.case.plain_case import AGES, TOWNS

towns = st.sampled_from([None, "leeds", "bradford", "york", "selby", "hull"])
known_towns = st.sampled_from(sorted(TOWNS))
ages = st.sampled_from(sorted(AGES))
grown = st.sampled_from(["grown", "grown", "said to be grown", "no indication", "unasked", "fifteen"])
kinds = st.sampled_from(["police", "children_social_care", "health"])
people = st.integers(0, 4)
legs = st.integers(0, 5)
advisers = st.sampled_from(["ada", "ben"])
words = st.sampled_from(
    [
        *("share", "share", "confidential", "anonymous", "situation=yes", "situation=no"),
        *("+police", "+police", "+children_social_care", "+health", "-police", "-health"),
    ]
)
persons = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["concern", "concern", "household", "exploiter"]),
        "age": ages,
        "carer": st.booleans(),
        "lives": towns,
        "found": towns,
    }
)
shares = st.lists(st.sampled_from(["police", "children_social_care", "health"]), unique=True, max_size=2)
SECONDS = [1, 45, 61, 541, 3600, 86_400]


class Histories(RuleBasedStateMachine):
    """One case per history. The loop and the service outlive it: a case knows nothing of another."""

    runner: ClassVar[asyncio.Runner]
    cases: ClassVar[CaseWork]
    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.case = Driven(self.cases, marked=uuid4().hex[:8])

    def step(self, name: str, **told: Any) -> None:
        if name == "add_person":
            self.cases.clock.forward(seconds=1)  # nobody is added in the moment in which the report comes in

        async def told_and_compared() -> None:
            await getattr(self.case, name)(**told)
            await self.case.check()

        type(self).steps += 1
        self.runner.run(told_and_compared())

    def teardown(self) -> None:
        """Nobody minds the clocks of a case whose history has ended."""
        sql = "UPDATE legs SET due_at = NULL WHERE case_id = $1"
        self.runner.run(self.cases.service.fetch(sql, self.case.case_id))

    def someone(self, number: int) -> str:
        names = sorted(self.case.plain.world.people)
        return names[number % len(names)]

    @initialize(
        privacy=st.sampled_from([None, "share", "share", "confidential", "anonymous"]), share_with=shares,
        situation=st.sampled_from([None, True, False]), self_report=st.booleans(),
        danger=st.sampled_from(["no", "no", "yes", "p0", "p1"]), people=st.lists(persons, max_size=2),
        place=towns, age=grown,
    )  # fmt: skip
    def a_report_comes_in(self, **told: Any) -> None:
        self.step("report", **told)

    @rule(who=st.one_of(st.none(), people), place=towns)
    def danger_is_recorded(self, who: int | None, place: str | None) -> None:
        self.step("danger", who=None if who is None else self.someone(who), place=place)

    @rule(who=people, age=ages)
    def an_age_is_recorded(self, who: int, age: str) -> None:
        self.step("age", who=self.someone(who), age=age)

    @rule(who=people)
    def a_name_is_set_right(self, who: int) -> None:
        self.step("name", who=self.someone(who))

    @rule(who=people, lives=towns, found=towns)
    def the_places_of_somebody_are_set_right(self, who: int, lives: str | None, found: str | None) -> None:
        self.step("places", who=self.someone(who), lives=lives, found=found)

    @precondition(lambda self: len(self.case.plain.world.people) < 5)
    @rule(
        roles=st.sampled_from([["concern"], ["household"], ["exploiter"], ["reporter"], ["reporter", "concern"]]),
        age=ages, carer=st.booleans(), lives=towns, found=towns,
    )  # fmt: skip
    def somebody_is_added(self, **told: Any) -> None:
        self.step("add_person", **told)

    @rule(who=people, word=words)
    def something_is_agreed_to(self, who: int, word: str) -> None:
        self.step("consent", who=self.someone(who), word=word)

    @rule(kind=kinds)
    def the_reporter_shares(self, kind: str) -> None:
        self.step("consent", who="p0", word="share")
        self.step("consent", who="p0", word=f"+{kind}")
        self.step("permit", kind=kind)
        self.step("release", number=len(self.case.messages) - 1)

    @precondition(lambda self: len(self.case.plain.world.people) < 5)
    @rule(kind=kinds)
    def another_reporter_shares(self, kind: str) -> None:
        self.step("add_person", roles=["reporter"], age="grown", carer=False, lives=None, found=None)
        newest = f"p{len(self.case.plain.world.people) - 1}"
        self.step("consent", who=newest, word="share")
        self.step("consent", who=newest, word=f"+{kind}")
        self.step("permit", kind=kind)
        self.step("release", number=len(self.case.messages) - 1)

    @rule(who=people)
    def consent_is_withdrawn(self, who: int) -> None:
        self.step("withdraw", who=self.someone(who))

    @rule(protection=st.booleans())
    def a_summary_is_written(self, *, protection: bool) -> None:
        self.step("summary", protection=protection)

    @rule(left_out=st.booleans())
    def the_source_is_considered(self, *, left_out: bool) -> None:
        self.step("source", left_out=left_out)

    @rule()
    def the_report_is_confirmed(self) -> None:
        self.step("confirm")

    @rule(town=towns)
    def the_place_is_set_right(self, town: str | None) -> None:
        self.step("place", town=town)

    @rule(leg=legs, by=advisers)
    def one_signs(self, leg: int, by: str) -> None:
        self.step("stand_down", leg=leg, by=by)

    @rule(leg=legs, by=advisers)
    def another_signs(self, leg: int, by: str) -> None:
        self.step("sign", leg=leg, by=by)

    @rule(leg=legs)
    def two_sign(self, leg: int) -> None:
        self.step("stand_down", leg=leg, by="ada")
        self.step("sign", leg=leg, by="ben")

    @rule(leg=legs)
    def somebody_telephones(self, leg: int) -> None:
        self.step("hand_over", leg=leg)

    @rule(kind=kinds)
    def an_adviser_permits(self, kind: str) -> None:
        self.step("permit", kind=kind)

    @rule(kind=kinds, who=people)
    def a_lead_decides(self, kind: str, who: int) -> None:
        self.step("authorise", kind=kind, who=self.someone(who))

    @rule(number=st.integers(0, 9))
    def referral_asks(self, number: int) -> None:
        self.step("release", number=number)

    @rule()
    def referral_asks_for_everything(self) -> None:
        for number in range(len(self.case.messages)):
            self.step("release", number=number)

    @rule(number=st.integers(0, 9))
    def a_body_acknowledges(self, number: int) -> None:
        self.step("acknowledge", number=number)

    @rule(seconds=st.sampled_from(SECONDS))
    def time_passes(self, seconds: int) -> None:
        self.cases.clock.forward(seconds=seconds)
        self.step("close")


def run(cases: CaseWork, runner: asyncio.Runner, *, histories: int, start: int) -> int:
    """So many histories from one seed; answers how many steps were compared. What fails is shown as it happened: to
    make it smaller would take minutes on a real database."""
    machine: Any = type("OneRun", (Histories,), {"steps": 0, "runner": runner, "cases": cases})
    quiet = settings(
        max_examples=histories,
        stateful_step_count=20,
        deadline=None,
        database=None,
        print_blob=False,
        report_multiple_bugs=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(start)(machine), settings=quiet)
    return int(machine.steps)
