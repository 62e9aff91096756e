"""Steps of a history in which something is recorded, both by the service and in the model."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from tests.case.histories.compared_case import ComparedCase
from tests.case.histories.towns import DESCRIBED, known, said
from tools.simulation.rules_model.ages import british_day
from tools.simulation.rules_model.consents import agrees
from tools.simulation.rules_model.world import (
    REPORTER,
    AgeStatement,
    Choice,
    Danger,
    Person,
    SourceDecision,
    Telling,
)

AGES: dict[str, tuple[dict[str, Any], tuple[str, int, int] | None]] = {
    "adult": ({"years": 40}, ("years", 40, 40)),
    "unasked": ({}, None),
    "fifteen": ({"years": 15}, ("years", 15, 15)),
    "sixteen to twenty": ({"lowest": 16, "highest": 20}, ("band", 16, 20)),
}
"""JSON of each age, and the same for the model."""
REASONS = {
    "name": "needed_to_find_the_person",
    "leave_out": "source_at_risk_if_identified",
    "leave_out_with_words": "words_would_identify_the_source",
}
DECIDED = {
    "name": ("added",),
    "leave_out": ("left_out",),
    "leave_out_with_words": ("left_out", "words_left_out"),
}


class RecordingSteps(ComparedCase):
    """Case on which advisers record what they learn."""

    async def report(self, *, role: str, age: str, privacy: str | None, share: bool, danger: bool,
                     named: bool, home: str | None, found: str | None, place: str | None,
                     household: bool) -> None:  # fmt: skip
        """Submit a report about one person."""
        own, other = self._new_name("reporter"), self._new_name("other")
        person = _said_of(other, role, age, home, found) | {"in_danger": "yes" if named else "unknown"}
        body: dict[str, Any] = {
            "persons": [person],
            "danger_now": "yes" if danger else "unknown",
            "place": said(place),
        }
        body |= _said_by(own, privacy, share=share)
        if household:
            for one in (person, body["reporter"]):
                one["household"] = "theirs"
        self.case_id = await self.cases.report(**body)
        await self.look()
        self.names = {one["name"]: one["id"] for one in self.case_file["persons"]}
        ids = [self.names[own], self.names[other]]
        at = Telling(self.now)
        self.model.add_person(
            _person(ids[0], {REPORTER}, "", ids[0], at, made_report=True, ages=_years(50, self.now))
        )
        places = {"home": known(home), "found": known(found)}
        self.model.add_person(_person(ids[1], {role}, age, ids[0], at, ages=_ages(age, self.now), **places))
        if household:
            self.model.change_person(ids[0], lives_with=frozenset({ids[1]}))
            self.model.change_person(ids[1], lives_with=frozenset({ids[0]}))
        for one in self.case_file["dangers"]:
            self.model.add_danger(Danger(one["id"], one["person_id"], (), frozenset({ids[0]}), at))
        self.model.world = replace(self.model.world, premises=known(place))
        self._choose(Choice(ids[0], privacy=privacy) if privacy else None)
        self._choose(Choice(ids[0], kind="police", agrees=True) if share else None)
        self.model.settle(self.now)

    def _new_name(self, said: str) -> str:
        """Return a name that nobody else has."""
        return f"{said}-{len(self.names)}-{uuid4().hex[:8]}"

    def _choose(self, choice: Choice | None) -> None:
        if choice is not None:
            self.model.world = replace(self.model.world, choices=(*self.model.world.choices, choice))

    async def add_person(self, *, role: str, age: str, home: str | None, found: str | None, source: str,
                         complete: bool, lives_with: str | None, cares_for: str | None) -> None:  # fmt: skip
        name = self._new_name("added")
        body: dict[str, Any] = {"name": name, "roles": [role], "age": AGES[age][0], "complete": complete,
                                "source_reporter_id": source}  # fmt: skip
        body |= {"lives_at": said(home)} if home else {}
        body |= {"found_at": said(found)} if found else {}
        body |= {"lives_with": [lives_with]} if lives_with else {}
        body |= {"cares_for": [cares_for]} if cares_for else {}
        answer = await self.of_case("POST", "persons", body)
        assert answer.status_code == 201, f"a person is not added: {answer.text}"
        own = self.names[name] = answer.json()["id"]
        at = Telling(self.now, by_adviser=True, complete=complete)
        relations = {"lives_with": _set(lives_with), "cares_for": _set(cares_for)}
        self.model.add_person(
            _person(own, {role}, age, source, at, ages=_ages(age, self.now), home=known(home), found=known(found),
                    **relations)
        )  # fmt: skip
        self._recorded()

    def _recorded(self) -> None:
        self.content_changed = True
        self.model.settle(self.now)

    async def danger(self, *, who: str | None, place: str | None, source: str) -> None:
        body = {"person_id": who, "place": said(place) or None, "source_reporter_id": source}
        answer = await self.of_case("POST", "dangers", body)
        assert answer.status_code == 201, f"a danger is not recorded: {answer.text}"
        at = Telling(self.now, by_adviser=True)
        self.model.add_danger(Danger(answer.json()["id"], who, known(place), frozenset({source}), at))
        self._recorded()

    async def age(self, *, who: str, age: str, source: str) -> None:
        """State the age of somebody who was not asked."""
        body = AGES[age][0] | {"source_reporter_id": source}
        answer = await self.of_case("PUT", f"persons/{who}/age", body)
        assert answer.status_code == 200, f"an age is not recorded: {answer.text}"
        at = Telling(self.now, by_adviser=True)
        self.model.change_person(who, ages=_ages(age, self.now), sources=frozenset({source}), first_said=at)
        self._recorded()

    async def places(self, *, who: str, home: str | None, found: str | None) -> None:
        """Correct where somebody lives and is found, or record that it is not known after all."""
        body = {"lives_at": said(home) or None, "found_at": said(found) or None}
        answer = await self.of_case("PUT", f"persons/{who}/places", body)
        assert answer.status_code == 200, f"a place is not recorded: {answer.text}"
        person = self.model.world.person(who)
        lost = [old for old, new in ((person.home, home), (person.found, found)) if old and not new]
        last = lost[-1] if lost else person.last_known
        self.model.change_person(who, home=known(home), found=known(found), last_known=last)
        self._recorded()

    async def premises(self, *, town: str | None) -> None:
        answer = await self.of_case("PUT", "place", {**said(town), "description": "behind the market"})
        assert answer.status_code == 200, f"a place is not corrected: {answer.text}"
        world = self.model.world
        last = world.premises if any(one.police for one in world.premises) and not town else world.last_known
        self.model.world = replace(world, premises=known(town) or DESCRIBED, last_known=last)
        self._recorded()

    async def relations(self, *, who: str, lives_with: str | None, cares_for: str | None) -> None:
        body = {
            "lives_with": [lives_with] if lives_with else [],
            "cares_for": [cares_for] if cares_for else [],
        }
        answer = await self.of_case("PUT", f"persons/{who}/relations", body)
        assert answer.status_code == 200, f"a relation is not recorded: {answer.text}"
        self.model.change_person(who, lives_with=_set(lives_with), cares_for=_set(cares_for))
        self._recorded()

    async def confirm(self) -> None:
        answer = await self.of_case("POST", "confirmation")
        assert answer.status_code in (200, 409), answer.text
        if answer.status_code == 200:
            for person in self.model.world.persons:
                self.model.change_person(person.id, first_said=self._confirmed(person.first_said))
            dangers = [
                replace(one, first_said=self._confirmed(one.first_said)) for one in self.model.world.dangers
            ]
            self.model.world = replace(self.model.world, dangers=tuple(dangers))
            self._recorded()

    def _confirmed(self, first_said: Telling | None) -> Telling | None:
        if first_said is None or first_said.by_adviser or first_said.confirmed:
            return first_said
        return Telling(self.now, confirmed=True)

    async def source_decision(self, *, who: str, choice: str) -> None:
        answer = await self.of_case(
            "PUT", f"persons/{who}/source-decision", {"choice": choice, "reason": REASONS[choice]}
        )
        assert answer.status_code in (200, 409), answer.text
        if answer.status_code == 200:
            made = [one for one in self.model.world.source_decisions if one.source != who]
            made += [SourceDecision(who, what) for what in DECIDED[choice]]
            self.model.world = replace(self.model.world, source_decisions=tuple(made))
            self._recorded()

    def shares(self, who: str, kind: str) -> bool:
        return agrees(self.model.world, who, kind, british_day(self.now))


def _said_of(name: str, role: str, age: str, home: str | None, found: str | None) -> dict[str, Any]:
    places = {field: said(town) for field, town in (("lives_at", home), ("found_at", found)) if town}
    return {"name": name, "role": role, "age": AGES[age][0], **places}


def _said_by(name: str, privacy: str | None, *, share: bool) -> dict[str, Any]:
    choices: dict[str, Any] = {"privacy": privacy} if privacy else {}
    choices |= {"share_with": ["police"]} if share else {}
    return {"what_happened": f"{name} tells it.", "reporter": {"name": name, "age": {"years": 50}}, **choices}


def _person(own: str, roles: set[str], age: str, source: str, at: Telling, **known_of: Any) -> Person:
    del age
    return Person(own, frozenset(roles), sources=frozenset({source}), first_said=at, **known_of)


def _years(years: int, now: Any) -> tuple[AgeStatement, ...]:
    return (AgeStatement("years", british_day(now), lowest=years, highest=years),)


def _ages(age: str, now: Any) -> tuple[AgeStatement, ...]:
    stated = AGES[age][1]
    if stated is None:
        return ()
    kind, lowest, highest = stated
    return (AgeStatement(kind, british_day(now), lowest=lowest, highest=highest),)


def _set(name: str | None) -> frozenset[str]:
    return frozenset({name} if name else ())


def choice_of(who: str, word: str) -> Choice:
    if word.startswith("situation="):
        return Choice(who, situation=word == "situation=yes")
    if word[0] in "+-":
        return Choice(who, kind=word[1:], agrees=word[0] == "+")
    return Choice(who, privacy=word)


def body_of(word: str) -> dict[str, Any]:
    if word.startswith("situation="):
        return {"situation": word == "situation=yes"}
    if word[0] in "+-":
        return {"recipient_kind": word[1:], "agrees": word[0] == "+"}
    return {"privacy": word}
