"""Generator of synthetic reports, as the public makes them: mostly partial, from all four nations.

The same seed gives the same reports. Every free text and every field about a person carries a word found nowhere
else, so that whatever is sent can be recognised wherever it arrives.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from random import Random
from typing import Any

from shared.domain.geography import council_of_postcode
from tools.simulation.reports import figures, names
from tools.simulation.reports.planned_report import (
    SECOND_REPORTER,
    AdviserPlan,
    Canary,
    PlannedPerson,
    PlannedReport,
    age_of,
)
from tools.simulation.reports.plans import RECIPIENT_KINDS, plan_of, spelling_of
from tools.simulation.reports.scenarios import LAST_SCENARIO, Scenario, scenario_of

POSTCODES = (
    *("M1 1AE", "EH1 1YZ", "CF10 3ND", "SW1A 1AA", "G2 1DU", "LS1 1UR", "B1 1BB", "SA1 3SN"),
    *("AB10 1AB", "NE1 8QH", "BS1 5TR", "L1 8JQ", "DG1 2AD", "LL57 1DT", "PL1 2AA", "IP4 1DE"),
)
NEVER_SENT = "relation-to-reporter"
"""Field of a person that the sharing rules send to nobody."""


def generate(count: int, *, seed: int, today: date) -> list[PlannedReport]:
    """Return so many reports, in the order of the hours at which people report; the scenarios come first."""
    drafts = [_Draft(Random(f"{seed}/{n}"), n, today, scenario_of(n)) for n in range(1, count + 1)]
    return sorted(
        (draft.report() for draft in drafts), key=lambda one: (one.number > LAST_SCENARIO, one.hour)
    )


@dataclass
class _Draft:
    """One report while it is being drawn."""

    random: Random
    number: int
    today: date
    scenario: Scenario
    people: list[PlannedPerson] = field(default_factory=list)
    canaries: list[Canary] = field(default_factory=list)

    def report(self) -> PlannedReport:
        chosen = figures.one_of(self.random, figures.CLASSIFICATIONS)
        kind = self.scenario.classification or chosen
        hour = figures.hour(self.random)
        body = self._question() if kind == "general_information" else self._concern(kind)
        concern = kind != "general_information"
        return PlannedReport(
            number=self.number,
            hour=hour,
            classification=kind,
            body=body,
            people=tuple(self.people),
            canaries=tuple(self.canaries),
            place=_gss(body.get("place")),
            danger_somewhere=concern and body.get("danger_now") == "yes",
            opens_case=concern,
            plan=plan_of(self.random, self.scenario, body) if concern else AdviserPlan(),
            spelling=spelling_of(self.random, self.scenario, body),
        )

    def mark(self, field: str, name: str, words: str) -> str:
        """Return the words with a token at their end; the token is remembered with the field that holds it."""
        token = f"CANARY-{self.number:04d}-{name}"
        self.canaries.append(Canary(token, field))
        return f"{words} {token}"

    def _question(self) -> dict[str, Any]:
        words = self.mark("account", "question", self.random.choice(names.QUESTIONS))
        return {
            "channel": figures.one_of(self.random, figures.CHANNELS),
            "purpose": "training_and_information",
            "caller_type": self.random.choice(("student_or_academic", "business", "education", "media")),
            "what_happened": words,
            "reporter": {
                "name": self.mark("name:reporter", "reporter-name", "Alex Bramwell"),
                "age": {"years": 15} if self.scenario.child_reporter else {},
            },
        }

    def _concern(self, kind: str) -> dict[str, Any]:
        drawn = figures.one_of(self.random, figures.TYPES)
        types = self.scenario.types or (drawn if kind in ("modern_slavery", "labour_abuse") else ())
        near = self.scenario.caller or figures.caller(self.random, types)
        total = figures.how_many(self.random)
        body: dict[str, Any] = {
            "channel": figures.one_of(self.random, figures.CHANNELS),
            "purpose": "access_to_support" if near == "self" else "reporting",
            "caller_type": self.random.choice(figures.CALLER_TYPES[near]),
            "exploitation_types": list(types),
            "privacy": self.scenario.privacy or self._privacy(),
            "place": self._place(),
        }
        body |= self._story(near, total)
        body |= self._danger()
        body["reporter"] = self._reporter(types, body["privacy"], self_report=near == "self")
        described = (
            min(total - (near == "self"), 3) if self.random.random() < 0.85 or self.scenario.people else 0
        )
        people = max(described, self.scenario.people)
        body["persons"] = [self._person(n, types) for n in range(1, people + 1)]
        body["persons"] += self._others()
        self._mark_summaries()
        return body | self._choices(body["privacy"])

    def _mark_summaries(self) -> None:
        """Remember tokens for what advisers will write about this case, also the name of a reporter who calls later."""
        for name in ("summary", "protection-summary"):
            self.mark(name, name, "")
        self.mark(f"name:{SECOND_REPORTER}", f"{SECOND_REPORTER}-name", "")

    def _privacy(self) -> str | None:
        return None if self.random.random() < 0.04 else figures.one_of(self.random, figures.PRIVACY)

    def _story(self, near: str, total: int) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "what_happened": self.mark("account", "account", self.random.choice(names.STORIES)),
            "still_happening": self.random.choice(("yes", "yes", "no", "unknown")),
        }
        if self.random.random() < 0.6:
            fields["when_happened"] = self.mark("when", "when", "since the spring, most nights")
        if self.random.random() < 0.7:
            fields["how_many"] = total
        if self.random.random() < 0.5:
            fields["safe_contact"] = {
                "may_contact": "yes" if near != "unknown" else "unknown",
                "channels": ["phone"],
                "never": self.mark("safe", "never", self.random.choice(names.NEVER_DO)),
                "code_word": self.mark("safe", "code-word", "bluebell"),
            }
        if self.random.random() < 0.3:
            fields["risk_to_approach"] = self.mark("risk", "risk", "a dog in the yard")
        return fields

    def _place(self) -> dict[str, Any]:
        unknown = not self.scenario and self.random.random() < figures.PLACE_UNKNOWN
        if self.scenario.place_unknown or unknown:
            return {"description": self.mark("described", "somewhere", "a town by the sea")}
        place: dict[str, Any] = {"council": self.scenario.place or figures.place(self.random).gss}
        if not self.scenario.place and self.random.random() < 0.3:
            place = {"postcode": self.random.choice(POSTCODES)}
        if self.random.random() < 0.5:
            place["address"] = self.mark("premises", "premises", names.address(self.random))
        return place

    def _danger(self) -> dict[str, Any]:
        if self.scenario.danger or self.random.random() < figures.DANGER_NOW * (not self.scenario):
            return {"danger_now": "yes"}
        return {"danger_now": self.random.choice(("no", "unknown", "unknown"))}

    def _reporter(self, types: tuple[str, ...], privacy: str | None, *, self_report: bool) -> dict[str, Any]:
        person = PlannedPerson("reporter", reporter=True, of_concern=self_report)
        fields: dict[str, Any] = {"is_person_of_concern": self_report}
        gives_identity = privacy in ("share", "confidential") or self.scenario.gives_identity
        if gives_identity or (privacy == "anonymous" and self.random.random() < 0.15):
            name = names.name(self.random, None)
            fields["name"] = self.mark("name:reporter", "reporter-name", name)
            fields["phone"] = self.mark("phone:reporter", "reporter-phone", "+44 7700 900")
            fields["email"] = self.mark("email:reporter", "reporter-email", "write@example.org")
        if self_report or self.scenario.child_reporter:
            fields["age"], person = self._age(person, types, child=self.scenario.child_reporter)
            if self_report and self.random.random() < 0.3 and privacy != "anonymous":
                fields["lives_at"], person = self._home(person)
        self.people.append(person)
        return fields

    def _person(self, n: int, types: tuple[str, ...]) -> dict[str, Any]:
        label = f"person-{n}"
        person = PlannedPerson(label, of_concern=True)
        nationality = figures.nationality(self.random, types)
        fields: dict[str, Any] = {"gender": self._gender()}
        if nationality is not None:
            fields["languages"] = [figures.LANGUAGES[nationality]]
        if self.random.random() < 0.5 or self.scenario.people:
            name = names.name(self.random, nationality)
            fields["name"] = self.mark(f"name:{label}", f"{label}-name", name)
        if self.random.random() < 0.5:
            fields["description"] = self.mark(f"description:{label}", f"{label}-looks", "tired, a grey hood")
        if self.random.random() < 0.4:
            fields["relation_to_reporter"] = self.mark(
                f"{NEVER_SENT}:{label}", f"{label}-relation", "next door"
            )
        adult = self.scenario.mixed and n == 1
        child = self.scenario.child and not adult
        fields["age"], person = self._age(person, types, child=child, adult=adult)
        if self.scenario.lives_elsewhere or (not self.scenario.place_unknown and self.random.random() < 0.2):
            fields["lives_at"], person = self._home(person)
        if self.scenario.person_in_danger and n == 1:
            fields["in_danger"] = "yes"
            person = replace(person, in_danger=True)
        self.people.append(person)
        return fields

    def _others(self) -> list[dict[str, Any]]:
        """Return a carer where the scenario has one, and here and there somebody who is accused."""
        others = [self._carer()] if self.scenario.carer else []
        others += [self._other_reporter()] if self.scenario.other_reporter else []
        if self.scenario.accused or self.random.random() < 0.1:
            self.people.append(PlannedPerson("accused", accused=True))
            name = self.mark("name:accused", "accused-name", names.name(self.random, None))
            looks = self.mark("description:accused", "accused-looks", "drives a red van")
            others.append({"role": "alleged_exploiter", "name": name, "description": looks})
        return others

    def _carer(self) -> dict[str, Any]:
        self.people.append(PlannedPerson("carer", cares_for_child=True, adult=True))
        return {
            "role": "household_member",
            "name": self.mark("name:carer", "carer-name", names.name(self.random, None)),
            "description": self.mark("description:carer", "carer-looks", "limps, works nights too"),
            "relation_to_child": self.mark("relation:carer", "carer-relation", "an aunt"),
            "age": {"years": 41},
            "cares_for_child": True,
        }

    def _other_reporter(self) -> dict[str, Any]:
        """Return somebody who told the maker of the report; only the maker is its source."""
        self.people.append(PlannedPerson("other-reporter", reporter=True, adult=True))
        name = self.mark("name:other-reporter", "other-reporter-name", names.name(self.random, None))
        return {"role": "reporter", "name": name, "age": {"surely_adult": True}}

    def _gender(self) -> str:
        unknown = self.random.random() < figures.GENDER_UNKNOWN
        return "unknown" if unknown else figures.one_of(self.random, figures.GENDERS)

    def _age(
        self, person: PlannedPerson, types: tuple[str, ...], *, child: bool, adult: bool = False
    ) -> tuple[dict[str, Any], PlannedPerson]:
        drawn, young = self.random.random(), figures.child_share(types)
        if child or (not self.scenario and drawn < young):
            return age_of("child", self.random, self.today), replace(person, child=True)
        if not self.scenario and drawn < young + figures.AGE_UNCERTAIN:
            uncertain = replace(person, child=True, age_uncertain=True)
            return age_of("uncertain", self.random, self.today), uncertain
        if not adult and drawn < young + figures.AGE_UNCERTAIN + figures.AGE_UNKNOWN:
            return {}, person
        return age_of("adult", self.random, self.today), replace(person, adult=True)

    def _home(self, person: PlannedPerson) -> tuple[dict[str, Any], PlannedPerson]:
        gss = figures.place(self.random).gss
        words = self.mark(f"home:{person.label}", f"{person.label}-home", names.address(self.random))
        return {"council": gss, "address": words}, replace(person, lives_in=gss)

    def _choices(self, privacy: str | None) -> dict[str, Any]:
        """Return what may be passed on; some are asked, and others not."""
        fields: dict[str, Any] = {}
        if privacy == "share":
            wanted = self.scenario.plan.disclose_to
            fields["share_with"] = [k for k in RECIPIENT_KINDS if k in wanted or self.random.random() < 0.6]
        if self.random.random() < 0.6:
            fields["situation_may_be_passed_on"] = self.random.random() < 0.75
        return fields


def _gss(place: dict[str, Any] | None) -> str | None:
    if not place:
        return None
    if "postcode" in place:
        return council_of_postcode(str(place["postcode"]))
    return place.get("council")
