"""Random histories of one case: after each step the rules agree with the plain model and keep section 6's laws."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import cycle
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from shared.vocabulary import AgeStatus, PersonRole, SourceLeftOutReason
from tests.shared import sharing_model, sharing_worlds
from tests.shared.sharing_worlds import (
    CARE_OF,
    GROUNDS,
    KINDS,
    POLICE_OF,
    REAL,
    Rules,
    authorisation,
    entry,
    shown,
)

ROLES = {
    "reporter": PersonRole.REPORTER,
    "concern": PersonRole.PERSON_OF_CONCERN,
    "household": PersonRole.HOUSEHOLD_MEMBER,
    "exploiter": PersonRole.ALLEGED_EXPLOITER,
}
ROLE_SETS = [
    {"reporter"},
    {"concern"},
    {"reporter", "concern"},
    {"household"},
    {"exploiter"},
    {"household", "concern"},
]
PLACES = [None, "york", "selby", "hull", "leeds"]
WORDS = ["share", "confidential", "anonymous", "withdraws", "situation=yes", "situation=no"]
WORDS += ["share", "+police", "+children_social_care", "+health", "-police", "-children_social_care"]
AGES = [
    (AgeStatus.ADULT_STATED, False),
    (AgeStatus.ADULT_CONFIRMED, False),
    (AgeStatus.UNKNOWN_NO_INDICATION, False),
    (None, False),
    (AgeStatus.CHILD_STATED, True),
    (AgeStatus.UNCERTAIN_MAY_BE_CHILD, True),
]
BORN = [
    date(2008, 2, 29),
    date(2008, 11, 4),
    date(2008, 11, 5),
    date(2008, 11, 9),
    date(2008, 7, 1),
    date(1990, 1, 1),
]
STARTS = [datetime(2026, 11, 4, 12, tzinfo=UTC), datetime(2026, 2, 27, 22, tzinfo=UTC)]
STARTS += [datetime(2026, 6, 29, 22, 59, tzinfo=UTC)]
ASKED = [
    ("police", ["danger"]),
    ("children_social_care", ["child"]),
    ("police", ["consent"]),
    ("police", ["child"]),
    ("children_social_care", ["consent", "child"]),
    ("health", ["consent"]),
    ("police", ["danger", "child"]),
    ("health", ["authorised", "consent"]),
    ("children_social_care", ["danger", "child"]),
    ("police", ["consent", "authorised", "danger", "child"]),
    ("health", ["danger", "child"]),
    ("police", []),
]
FORCED = [("police", ["danger", "child"]), ("children_social_care", ["child"]), ("police", ["child"])]


class Histories(RuleBasedStateMachine):
    """One case, told to the rules and to the plain model in the same breath."""

    under_test: ClassVar[Rules] = REAL
    steps: ClassVar[int] = 0
    people = st.integers(0, 4)

    def __init__(self) -> None:
        super().__init__()
        self.plain = sharing_model.Plain()
        self.matter = self.under_test.sharing.Matter(())
        self.now = STARTS[0]
        self.asked = cycle(ASKED)

    def decide(self, matter: Any, kind: str, grounds: list[str], at: datetime | None = None) -> Any:
        opened = [GROUNDS[ground] for ground in grounds]
        return self.under_test.sharing.decide(matter, KINDS[kind], opened, at=at or self.now)

    def someone(self, number: int) -> str:
        names = sorted(self.plain.people)
        return names[number % len(names)]

    def known(self) -> bool:
        return bool(self.plain.people)

    # What may happen on a case

    @precondition(lambda self: len(self.plain.people) < 5)
    @rule(roles=st.sampled_from(ROLE_SETS), age=st.sampled_from([*AGES, *BORN]), carer=st.booleans(),
          places=st.tuples(st.sampled_from(PLACES), st.sampled_from(PLACES)))  # fmt: skip
    def a_person_is_added(
        self, roles: set[str], age: Any, carer: bool, places: tuple[str | None, str | None]
    ) -> None:
        before = self.forced()
        name = f"p{len(self.plain.people)}"
        born, (chosen, child) = (age, (None, False)) if isinstance(age, date) else (None, age)
        self.plain.people[name] = sharing_model.Someone(roles, child, carer, born, *places)
        sharing = self.under_test.sharing
        known = self.under_test.age.Age(chosen=chosen, date_of_birth=born)
        added = sharing.Person(name, frozenset(ROLES[r] for r in roles), known, carer, *places)
        self.matter = replace(self.matter, persons=(*self.matter.persons, added))
        if name in self.plain.children(self.now):
            self.nothing_is_lost(before)

    @precondition(known)
    @rule(who=people, age=st.sampled_from([*AGES, *BORN]))
    def an_age_is_recorded(self, who: int, age: Any) -> None:
        before = self.forced()
        name = self.someone(who)
        born, (chosen, child) = (age, (None, False)) if isinstance(age, date) else (None, age)
        one = self.plain.people[name]
        one.born, one.child = born, child
        known = self.under_test.age.Age(chosen=chosen, date_of_birth=born)
        persons = tuple(replace(p, age=known) if p.id == name else p for p in self.matter.persons)
        self.matter = replace(self.matter, persons=persons)
        if name in self.plain.children(self.now):
            self.nothing_is_lost(before)

    @precondition(known)
    @rule(who=people, word=st.sampled_from(WORDS))
    def something_is_said(self, who: int, word: str) -> None:
        name, earlier = self.someone(who), self.now - timedelta(seconds=1)
        asked = ("police", ["consent", "child"], earlier)
        before = self.decide(self.matter, *asked)
        self.plain.said.append((self.now, name, word))
        said = entry(self.under_test, f"{name} {word}", self.now)
        self.matter = replace(self.matter, consents=(*self.matter.consents, said))
        assert self.decide(self.matter, *asked) == before, "what is said now changed what was decided then"

    @precondition(known)
    @rule(who=st.one_of(st.none(), people), place=st.sampled_from(PLACES))
    def danger_is_recorded(self, who: int | None, place: str | None) -> None:
        before = self.forced()
        name = None if who is None else self.someone(who)
        self.plain.dangers.append((name, place))
        fact = self.under_test.sharing.DangerFact(person=name, place=place)
        self.matter = replace(self.matter, dangers=(*self.matter.dangers, fact))
        self.nothing_is_lost(before)

    @precondition(known)
    @rule(kind=st.sampled_from(["police", "health"]), who=st.sets(people, max_size=2))
    def a_lead_authorises(self, kind: str, who: set[int]) -> None:
        names = frozenset(self.someone(number) for number in who)
        self.plain.authorised.append((kind, names))
        decision = authorisation(self.under_test, f"{kind}: {' '.join(names)}")
        self.matter = replace(self.matter, authorisations=(*self.matter.authorisations, decision))

    @precondition(known)
    @rule(left_out=st.booleans(), told_by=st.one_of(st.none(), people))
    def the_source_is_considered(self, left_out: bool, told_by: int | None) -> None:
        self.plain.left_out = left_out
        self.plain.told_by = None if told_by is None else {self.someone(told_by)}
        reason = SourceLeftOutReason.SOURCE_AT_RISK_IF_IDENTIFIED if left_out else None
        told = None if told_by is None else frozenset(self.plain.told_by or ())
        self.matter = replace(self.matter, source_left_out=reason, told_by=told)

    @rule(place=st.sampled_from(PLACES), last_known=st.sampled_from(PLACES))
    def a_place_is_recorded(self, place: str | None, last_known: str | None) -> None:
        self.plain.place, self.plain.last_known = place, last_known
        self.matter = replace(self.matter, place=place, last_known_place=last_known)

    @precondition(lambda self: self.plain.children(self.now))
    @rule()
    def the_childrens_legs_are_opened(self) -> None:
        self.plain.opened_for = self.plain.children(self.now)
        self.matter = replace(self.matter, opened_for=frozenset(self.plain.opened_for))

    @rule(
        passing=st.sampled_from(
            [timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=200)]
        )
    )
    def time_passes(self, passing: timedelta) -> None:
        self.now += passing

    @precondition(lambda self: not self.plain.said and self.now == STARTS[0])
    @rule(start=st.sampled_from(STARTS))
    def it_is_another_time_of_year(self, start: datetime) -> None:
        self.now = start

    # What must hold whatever happened

    @invariant()
    def the_rules_agree_with_the_plain_model(self) -> None:
        type(self).steps += 1
        for kind, grounds in (next(self.asked), next(self.asked)):
            decision = self.decide(self.matter, kind, grounds)
            expected = sharing_model.leaves(self.plain, kind, grounds, self.now)
            assert set(shown(decision.items).split()) == expected, (
                kind,
                grounds,
                shown(decision.items),
                expected,
            )
            self.every_silence_is_explained(decision)
            self.what_nothing_covers_makes_no_difference(kind, grounds, decision)

    @invariant()
    def exactly_those_are_told_who_must_be(self) -> None:
        found = {
            duty.body: ({g.removeprefix("override_") for g in duty.grounds}, duty.fallback, duty.at_once)
            for duty in self.duties(self.matter)
        }
        assert found == sharing_model.told(self.plain, self.now)
        nobody_at_risk = not self.plain.dangers and not self.plain.children(self.now) & set(self.plain.people)
        assert bool(found) is not nobody_at_risk, "nothing else forces"

    def duties(self, matter: Any) -> Any:
        bodies = self.under_test.duties.Bodies(
            POLICE_OF.__getitem__, CARE_OF.__getitem__, "police:desk", "care:desk"
        )
        return self.under_test.duties.forced_duties(matter, bodies, at=self.now)

    def every_silence_is_explained(self, decision: Any) -> None:
        explained = {group for group, _, _ in decision.withheld} | {item.group for item in decision.items}
        assert len(explained) == 5, "every group that stays has a reason"
        forced = any(ground.startswith("override") for ground in decision.grounds)
        assert decision.protect_source == (forced and decision.has(self.under_test.sharing.R))

    def what_nothing_covers_makes_no_difference(self, kind: str, grounds: list[str], decision: Any) -> None:
        twin = self.decide(self.a_world_that_differs_uncovered(kind), kind, grounds)
        assert (twin.items, twin.grounds, twin.protect_source) == (
            decision.items,
            decision.grounds,
            decision.protect_source,
        )

    def a_world_that_differs_uncovered(self, kind: str) -> Any:
        """The same case, but for an unrelated adult, what others say later or to other recipients, and every place."""
        sharing, young = self.under_test.sharing, self.plain.children(self.now)
        stranger = sharing.Person(
            "zz", frozenset({PersonRole.ALLEGED_EXPLOITER}), self.under_test.age.Age(), False, "hull"
        )
        grown = self.under_test.age.Age(date_of_birth=date(1970, 5, 5))
        persons = [
            p if p.id in young else replace(p, age=grown, lives_in="leeds") for p in self.matter.persons
        ]
        later = self.now + timedelta(seconds=1)
        said = [entry(self.under_test, f"{p.id} withdraws", later) for p in persons]
        said += [entry(self.under_test, f"{p.id} +service_provider", self.now) for p in persons]
        said += [
            entry(self.under_test, f"zz {word}", self.now) for word in ("share", f"+{kind}", "situation=no")
        ]
        elsewhere = sharing_worlds.authorisation(self.under_test, "labour_enforcement: p0 p1")
        return replace(
            self.matter,
            persons=(stranger, *persons),
            consents=(*self.matter.consents, *said),
            authorisations=(*self.matter.authorisations, elsewhere),
            place="leeds",
        )

    def forced(self) -> list[set[str]]:
        told = {f"{d.recipient} {d.body} {g}" for d in self.duties(self.matter) for g in d.grounds}
        return [told, *(self.groups(kind, grounds) for kind, grounds in FORCED)]

    def groups(self, kind: str, grounds: list[str]) -> set[str]:
        """What goes, where the whole of something also counts as its part."""
        words = shown(self.decide(self.matter, kind, grounds).items).split()
        return set(words) | {f"{word}~" for word in words if not word.endswith("~")}

    def nothing_is_lost(self, before: list[set[str]]) -> None:
        for earlier, now in zip(before, self.forced(), strict=True):
            assert earlier <= now, "danger or a child took something away"
