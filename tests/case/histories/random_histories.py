"""Random histories of one case, told to the real service on a real database and to the model."""

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
from tests.case.histories.model_comparison import ModelComparison
from tests.case.histories.towns_and_ages import AGES, TOWNS

towns = st.sampled_from([None, *TOWNS])
ages = st.sampled_from(sorted(AGES))
reporter_ages = st.sampled_from(["adult", "adult", "said to be adult", "no indication", "unasked", "fifteen"])
kinds = st.sampled_from(["police", "children_social_care", "health"])
people = st.integers(0, 4)
recipients = st.integers(0, 5)
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
SECONDS = [1, 45, 61, 541, 3600, 86_400, 3 * 86_400]
STOP_CLOCKS = (
    "UPDATE sharing_duties SET due_at = NULL WHERE recipient_id IN (SELECT id FROM case_recipients WHERE case_id = $1)",
    "UPDATE sharing_permissions SET due_at = NULL"
    " WHERE recipient_id IN (SELECT id FROM case_recipients WHERE case_id = $1)",
)


class RandomHistories(RuleBasedStateMachine):
    """One case for each history. The loop and the service outlive it: a case knows nothing of another."""

    runner: ClassVar[asyncio.Runner]
    cases: ClassVar[CaseWork]
    steps: ClassVar[int] = 0
    noticed: ClassVar[list[str]] = []
    """Words of the first assertion that failed."""

    def __init__(self) -> None:
        super().__init__()
        self.case = ModelComparison(self.cases, marked=uuid4().hex[:8])

    def step(self, name: str, **values: Any) -> None:
        if name == "add_person":
            self.cases.clock.forward(seconds=1)  # nobody is added in the moment in which the report comes in

        async def take_and_compare() -> None:
            await getattr(self.case, name)(**values)
            await self.case.check()

        type(self).steps += 1
        try:
            self.runner.run(take_and_compare())
        except AssertionError as error:
            self.noticed.append(str(error))
            raise

    def teardown(self) -> None:
        """Stop the clocks of a case whose history has ended."""
        for sql in STOP_CLOCKS:
            self.runner.run(self.cases.service.fetch(sql, self.case.case_id))

    def someone(self, number: int) -> str:
        names = sorted(self.case.model.facts.persons)
        return names[number % len(names)]

    @initialize(
        privacy=st.sampled_from([None, "share", "share", "confidential", "anonymous"]), share_with=shares,
        situation=st.sampled_from([None, True, False]), self_report=st.booleans(),
        danger=st.sampled_from(["no", "no", "yes", "p0", "p1"]), people=st.lists(persons, max_size=2),
        place=towns, age=reporter_ages,
    )  # fmt: skip
    def a_report_comes_in(self, **said: Any) -> None:
        self.step("report", **said)

    @rule(who=st.one_of(st.none(), people), place=towns)
    def danger_is_recorded(self, who: int | None, place: str | None) -> None:
        self.step("danger", who=None if who is None else self.someone(who), place=place)

    @rule(who=people, age=ages)
    def an_age_is_recorded(self, who: int, age: str) -> None:
        self.step("age", who=self.someone(who), age=age)

    @rule(who=people)
    def a_name_is_corrected(self, who: int) -> None:
        self.step("name", who=self.someone(who))

    @rule(who=people, lives=towns, found=towns)
    def the_places_of_somebody_are_corrected(self, who: int, lives: str | None, found: str | None) -> None:
        self.step("places", who=self.someone(who), lives=lives, found=found)

    @precondition(lambda self: len(self.case.model.facts.persons) < 5)
    @rule(
        roles=st.sampled_from([["concern"], ["household"], ["exploiter"], ["reporter"], ["reporter", "concern"]]),
        age=ages, carer=st.booleans(), lives=towns, found=towns,
    )  # fmt: skip
    def somebody_is_added(self, **said: Any) -> None:
        self.step("add_person", **said)

    @rule(who=people, word=words)
    def a_choice_is_recorded(self, who: int, word: str) -> None:
        self.step("consent", who=self.someone(who), word=word)

    @rule(kind=kinds)
    def the_reporter_shares(self, kind: str) -> None:
        self._share("p0", kind)

    @precondition(lambda self: len(self.case.model.facts.persons) < 5)
    @rule(kind=kinds)
    def another_reporter_shares(self, kind: str) -> None:
        self.step("add_person", roles=["reporter"], age="adult", carer=False, lives=None, found=None)
        self._share(f"p{len(self.case.model.facts.persons) - 1}", kind)

    def _share(self, who: str, kind: str) -> None:
        self.step("consent", who=who, word="share")
        self.step("consent", who=who, word=f"+{kind}")
        self.step("permit", kind=kind)
        self.step("issue", number=len(self.case.messages) - 1)

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
    def the_place_is_corrected(self, town: str | None) -> None:
        self.step("place", town=town)

    @rule(recipient=recipients, by=advisers)
    def one_signs(self, recipient: int, by: str) -> None:
        self.step("stand_down", recipient=recipient, by=by)

    @rule(recipient=recipients, by=advisers)
    def another_signs(self, recipient: int, by: str) -> None:
        self.step("sign", recipient=recipient, by=by)

    @rule(recipient=recipients)
    def two_sign(self, recipient: int) -> None:
        self.step("stand_down", recipient=recipient, by="ada")
        self.step("sign", recipient=recipient, by="ben")

    @rule(recipient=recipients)
    def somebody_telephones(self, recipient: int) -> None:
        self.step("record_handover", recipient=recipient)

    @rule(kind=kinds)
    def an_adviser_authorises(self, kind: str) -> None:
        self.step("permit", kind=kind)

    @rule(kind=kinds, who=people)
    def a_lead_decides(self, kind: str, who: int) -> None:
        self.step("authorise", kind=kind, who=self.someone(who))

    @rule(number=st.integers(0, 9))
    def referral_asks(self, number: int) -> None:
        self.step("issue", number=number)

    @rule()
    def referral_asks_for_everything(self) -> None:
        for number in range(len(self.case.messages)):
            self.step("issue", number=number)

    @rule(number=st.integers(0, 9))
    def an_agency_acknowledges(self, number: int) -> None:
        self.step("acknowledge", number=number)

    @rule(seconds=st.sampled_from(SECONDS))
    def time_passes(self, seconds: int) -> None:
        self.cases.clock.forward(seconds=seconds)
        self.step("close")


def run(cases: CaseWork, runner: asyncio.Runner, *, histories: int, start: int) -> int:
    """Run so many histories from one seed; return how many steps were compared."""
    return int(_run(_machine(cases, runner), histories, start).steps)


def first_noticed(cases: CaseWork, runner: asyncio.Runner, *, histories: int, start: int) -> str:
    """Run histories until an assertion fails; return its words, or `nothing`.

    A second run of the same history may end otherwise, since the records of the first are still there: the first
    failure counts.
    """
    machine = _machine(cases, runner)
    try:
        _run(machine, histories, start)
    except Exception:
        if not machine.noticed:
            raise
    return str(machine.noticed[0]) if machine.noticed else "nothing"


def _machine(cases: CaseWork, runner: asyncio.Runner) -> Any:
    return type("OneRun", (RandomHistories,), {"steps": 0, "noticed": [], "runner": runner, "cases": cases})


def _run(machine: Any, histories: int, start: int) -> Any:
    """Run a machine. A failure is shown as it happened: to make it smaller takes minutes on a real database."""
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
    return machine
