"""Random histories of one case: after each step the rules agree with their model and keep section 6's laws."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import cycle
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from shared.domain.vocabulary import AgeStatus, PersonRole, SourceLeftOutReason
from tests.case.sharing.rules.case_in_words import (
    GROUNDS,
    KINDS,
    MODEL_AGENCIES,
    REAL,
    ROLES,
    Rules,
    items_in_words,
)
from tests.support.sharing_model import ModelFacts, ModelPerson, items_allowed, required_agencies

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


class RuleHistories(RuleBasedStateMachine):
    """One case, recorded both in the facts of the rules and in the model."""

    under_test: ClassVar[Rules] = REAL
    steps: ClassVar[int] = 0
    persons = st.integers(0, 4)

    def __init__(self) -> None:
        super().__init__()
        self.model = ModelFacts()
        self.facts = self.under_test.facts.CaseFacts(())
        self.now = STARTS[0]
        self.asked = cycle(ASKED)

    def decide(self, facts: Any, kind: str, grounds: list[str], at: datetime | None = None) -> Any:
        opened = [GROUNDS[ground] for ground in grounds]
        return self.under_test.rules.decide(facts, KINDS[kind], opened, at=at or self.now)

    def someone(self, number: int) -> str:
        names = sorted(self.model.persons)
        return names[number % len(names)]

    def somebody_is_known(self) -> bool:
        return bool(self.model.persons)

    # Recordings

    @precondition(lambda self: len(self.model.persons) < 5)
    @rule(roles=st.sampled_from(ROLE_SETS), age=st.sampled_from([*AGES, *BORN]), carer=st.booleans(),
          places=st.tuples(st.sampled_from(PLACES), st.sampled_from(PLACES)))  # fmt: skip
    def a_person_is_added(
        self, roles: set[str], age: Any, carer: bool, places: tuple[str | None, str | None]
    ) -> None:
        before = self.forced()
        name = f"p{len(self.model.persons)}"
        born, (chosen, child) = (age, (None, False)) if isinstance(age, date) else (None, age)
        known_roles = frozenset(ROLES[role] for role in roles)
        self.model.persons[name] = ModelPerson(known_roles, child, carer, born, *places)
        known = self.under_test.age.Age(chosen=chosen, date_of_birth=born)
        added = self.under_test.facts.Person(name, known_roles, known, carer, *places)
        self.facts = replace(self.facts, persons=(*self.facts.persons, added))
        if name in self.model.children(self.now):
            self.nothing_is_lost(before)

    @precondition(somebody_is_known)
    @rule(who=persons, age=st.sampled_from([*AGES, *BORN]))
    def an_age_is_recorded(self, who: int, age: Any) -> None:
        before = self.forced()
        name = self.someone(who)
        born, (chosen, child) = (age, (None, False)) if isinstance(age, date) else (None, age)
        one = self.model.persons[name]
        one.born, one.child = born, child
        known = self.under_test.age.Age(chosen=chosen, date_of_birth=born)
        persons = tuple(replace(p, age=known) if p.id == name else p for p in self.facts.persons)
        self.facts = replace(self.facts, persons=persons)
        if name in self.model.children(self.now):
            self.nothing_is_lost(before)

    @precondition(somebody_is_known)
    @rule(who=persons, word=st.sampled_from(WORDS))
    def a_choice_is_recorded(self, who: int, word: str) -> None:
        name, earlier = self.someone(who), self.now - timedelta(seconds=1)
        asked = ("police", ["consent", "child"], earlier)
        before = self.decide(self.facts, *asked)
        self.model.consents.append((self.now, name, word))
        entry = self.under_test.entry(f"{name} {word}", self.now)
        self.facts = replace(self.facts, consents=(*self.facts.consents, entry))
        assert self.decide(self.facts, *asked) == before, "an entry of now changed a decision of before"

    @precondition(somebody_is_known)
    @rule(who=st.one_of(st.none(), persons), place=st.sampled_from(PLACES))
    def danger_is_recorded(self, who: int | None, place: str | None) -> None:
        before = self.forced()
        name = None if who is None else self.someone(who)
        self.model.dangers.append((name, place))
        danger = self.under_test.facts.DangerFact(person=name, place=place)
        self.facts = replace(self.facts, dangers=(*self.facts.dangers, danger))
        self.nothing_is_lost(before)

    @precondition(somebody_is_known)
    @rule(kind=st.sampled_from(["police", "health"]), who=st.sets(persons, max_size=2))
    def a_lead_authorises(self, kind: str, who: set[int]) -> None:
        names = frozenset(self.someone(number) for number in who)
        self.model.authorisations.append((kind, None, names))
        decision = self.under_test.authorisation(f"{kind}: {' '.join(names)}")
        self.facts = replace(self.facts, authorisations=(*self.facts.authorisations, decision))

    @precondition(somebody_is_known)
    @rule(left_out=st.booleans(), source=st.one_of(st.none(), persons))
    def the_source_is_considered(self, left_out: bool, source: int | None) -> None:
        self.model.source_left_out = left_out
        self.model.source_reporter_ids = None if source is None else {self.someone(source)}
        reason = SourceLeftOutReason.SOURCE_AT_RISK_IF_IDENTIFIED if left_out else None
        sources = None if source is None else frozenset(self.model.source_reporter_ids or ())
        self.facts = replace(self.facts, source_left_out=reason, source_reporter_ids=sources)

    @rule(place=st.sampled_from(PLACES), last_known=st.sampled_from(PLACES))
    def a_place_is_recorded(self, place: str | None, last_known: str | None) -> None:
        self.model.place, self.model.last_known_place = place, last_known
        self.facts = replace(self.facts, place=place, last_known_place=last_known)

    @precondition(lambda self: self.model.children(self.now))
    @rule()
    def duties_open_for_the_children(self) -> None:
        self.model.child_ids = self.model.children(self.now)
        self.facts = replace(self.facts, child_ids=frozenset(self.model.child_ids))

    @rule(
        passing=st.sampled_from(
            [timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=200)]
        )
    )
    def time_passes(self, passing: timedelta) -> None:
        self.now += passing

    @precondition(lambda self: not self.model.consents and self.now == STARTS[0])
    @rule(start=st.sampled_from(STARTS))
    def it_is_another_time_of_year(self, start: datetime) -> None:
        self.now = start

    # Laws that hold after every step

    @invariant()
    def the_rules_agree_with_the_model(self) -> None:
        type(self).steps += 1
        for kind, grounds in (next(self.asked), next(self.asked)):
            decision = self.decide(self.facts, kind, grounds)
            opened = [GROUNDS[ground] for ground in grounds]
            expected = items_allowed(self.model, kind, opened, self.now)
            found = items_in_words(decision.items)
            assert found == expected, f"not as the model: {kind} {grounds} {found} {expected}"
            self.every_refusal_is_explained(decision)
            self.what_nothing_covers_makes_no_difference(kind, grounds, decision)

    @invariant()
    def exactly_the_required_agencies_are_told(self) -> None:
        found = {
            one.key: (set(one.grounds), one.fallback, one.acknowledge_at_once)
            for one in self.required(self.facts)
        }
        required = required_agencies(self.model, self.now, MODEL_AGENCIES)
        expected = {key: (one.grounds, one.place_to_find, one.at_once) for key, one in required.items()}
        assert found == expected, f"other agencies than in the model: {found} {expected}"
        children = self.model.children(self.now) & set(self.model.persons)
        nobody_at_risk = not self.model.dangers and not children
        assert bool(found) is not nobody_at_risk, "something else forces"

    def required(self, facts: Any) -> Any:
        return self.under_test.required(facts, self.now)

    def every_refusal_is_explained(self, decision: Any) -> None:
        explained = {group for group, _, _ in decision.withheld} | {item.group for item in decision.items}
        assert len(explained) == 5, "a group is withheld without a reason"
        forced = any(ground.startswith("override") for ground in decision.grounds)
        protected = forced and decision.has(self.under_test.rules.R)
        assert decision.protect_source == protected, "a source is not protected"

    def what_nothing_covers_makes_no_difference(self, kind: str, grounds: list[str], decision: Any) -> None:
        twin = self.decide(self.facts_that_differ_uncovered(kind), kind, grounds)
        assert (twin.items, twin.grounds, twin.protect_source) == (
            decision.items,
            decision.grounds,
            decision.protect_source,
        ), "what nothing covers makes a difference"

    def facts_that_differ_uncovered(self, kind: str) -> Any:
        """Return the same case but for an unrelated adult, later or other entries of the ledger, and every place."""
        facts, children = self.under_test.facts, self.model.children(self.now)
        stranger = facts.Person(
            "zz", frozenset({PersonRole.ALLEGED_EXPLOITER}), self.under_test.age.Age(), False, "hull"
        )
        adult = self.under_test.age.Age(date_of_birth=date(1970, 5, 5))
        persons = [
            p if p.id in children else replace(p, age=adult, lives_in="leeds") for p in self.facts.persons
        ]
        entry, later = self.under_test.entry, self.now + timedelta(seconds=1)
        entries = [entry(f"{p.id} withdraws", later) for p in persons]
        entries += [entry(f"{p.id} +service_provider", self.now) for p in persons]
        entries += [entry(f"zz {word}", self.now) for word in ("share", f"+{kind}", "situation=no")]
        elsewhere = self.under_test.authorisation("labour_enforcement: p0 p1")
        return replace(
            self.facts,
            persons=(stranger, *persons),
            consents=(*self.facts.consents, *entries),
            authorisations=(*self.facts.authorisations, elsewhere),
            place="leeds",
        )

    def forced(self) -> list[set[str]]:
        required = self.required(self.facts)
        required_from = {
            f"{one.recipient_kind} {one.agency_code} {g}" for one in required for g in one.grounds
        }
        return [required_from, *(self.groups(kind, grounds) for kind, grounds in FORCED)]

    def groups(self, kind: str, grounds: list[str]) -> set[str]:
        """Return the items that go, where the whole of something also counts as its part."""
        words = items_in_words(self.decide(self.facts, kind, grounds).items)
        return words | {f"{word}~" for word in words if not word.endswith("~")}

    def nothing_is_lost(self, before: list[set[str]]) -> None:
        for earlier, now in zip(before, self.forced(), strict=True):
            assert earlier <= now, "danger or a child took something away"
