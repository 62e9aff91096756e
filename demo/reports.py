"""Synthetic reports as the public makes them: mostly partial, in every privacy choice, from all four nations.

The same seed gives the same reports. Every free text and every field about a person carries a word found nowhere
else, so that whatever leaves can be recognised wherever it arrives.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from random import Random
from typing import Any

from demo import figures, names
from demo.scenes import SCENES, Scene, scene_of
from demo.told import Canary, Part, Plan, Planned, Someone, age_of
from shared.geography import council_of_postcode

POSTCODES = (
    *("M1 1AE", "EH1 1YZ", "CF10 3ND", "SW1A 1AA", "G2 1DU", "LS1 1UR", "B1 1BB", "SA1 3SN"),
    *("AB10 1AB", "NE1 8QH", "BS1 5TR", "L1 8JQ", "DG1 2AD", "LL57 1DT", "PL1 2AA", "IP4 1DE"),
)
RECIPIENTS = ("police", "adult_social_care", "children_social_care")


def generate(count: int, *, seed: int, today: date) -> list[Planned]:
    """So many reports, in the order of the hours at which people got in touch; the scenes come first of all."""
    drawn = [_Draft(Random(f"{seed}/{n}"), n, today, scene_of(n)).report() for n in range(1, count + 1)]
    return sorted(drawn, key=lambda one: (one.number > 3 * len(SCENES), one.hour))


@dataclass
class _Draft:
    """One report while it is being drawn."""

    random: Random
    number: int
    today: date
    scene: Scene
    people: list[Someone] = field(default_factory=list)
    canaries: list[Canary] = field(default_factory=list)

    def report(self) -> Planned:
        chosen = figures.one_of(self.random, figures.CLASSES)
        kind = self.scene.classification or chosen
        hour = figures.hour(self.random)
        body = self._question() if kind == "general_information" else self._concern(kind)
        concern = kind != "general_information"
        return Planned(
            number=self.number,
            hour=hour,
            classification=kind,
            body=body,
            people=tuple(self.people),
            canaries=tuple(self.canaries),
            place=_gss(body.get("place")),
            danger_somewhere=concern and body.get("danger_now") == "yes",
            opens_case=concern,
            plan=self._plan(body) if concern else Plan(),
        )

    def mark(self, part: Part, name: str, words: str, who: str = "") -> str:
        """The words, with a token that says whose they are; the token is remembered with what it stands for."""
        token = f"KANARIE-{self.number:04d}-{name}"
        self.canaries.append(Canary(token, part, who))
        return f"{words} {token}"

    def _question(self) -> dict[str, Any]:
        words = self.mark(Part.ACCOUNT, "question", self.random.choice(names.QUESTIONS))
        return {
            "channel": figures.one_of(self.random, figures.CHANNELS),
            "purpose": "training_and_information",
            "caller_type": self.random.choice(("student_or_academic", "business", "education", "media")),
            "what_happened": words,
            "reporter": {
                "name": self.mark(Part.REPORTER, "reporter-name", "Alex Bramwell", "reporter"),
                "age": {"years": 15} if self.scene.child_reporter else {},
            },
        }

    def _concern(self, kind: str) -> dict[str, Any]:
        drawn = figures.one_of(self.random, figures.TYPES)
        types = self.scene.types or (drawn if kind in ("modern_slavery", "labour_abuse") else ())
        near = self.scene.caller or figures.caller(self.random, types)
        total = figures.how_many(self.random)
        body: dict[str, Any] = {
            "channel": figures.one_of(self.random, figures.CHANNELS),
            "purpose": "access_to_support" if near == "self" else "reporting",
            "caller_type": self.random.choice(figures.CALLER_TYPES[near]),
            "exploitation_types": list(types),
            "privacy": self.scene.privacy or self._privacy(),
            "place": self._place(),
        }
        body |= self._story(near, total)
        body |= self._danger()
        body["reporter"] = self._reporter(types, body["privacy"], self_report=near == "self")
        described = (
            min(total - (near == "self"), 3) if self.random.random() < 0.85 or self.scene.people else 0
        )
        body["persons"] = [self._person(n, types) for n in range(1, max(described, self.scene.people) + 1)]
        body["persons"] += self._others()
        self._mark_summaries()
        return body | self._choices(body["privacy"])

    def _mark_summaries(self) -> None:
        """What advisers will write about this matter is marked too."""
        for part in (Part.SUMMARY, Part.PROTECTION):
            self.mark(part, part.value, "")

    def _privacy(self) -> str | None:
        return None if self.random.random() < 0.04 else figures.one_of(self.random, figures.PRIVACY)

    def _story(self, near: str, total: int) -> dict[str, Any]:
        told: dict[str, Any] = {
            "what_happened": self.mark(Part.ACCOUNT, "account", self.random.choice(names.STORIES)),
            "still_happening": self.random.choice(("yes", "yes", "no", "unknown")),
        }
        if self.random.random() < 0.6:
            told["when_happened"] = self.mark(Part.ACCOUNT, "when", "since the spring, most nights")
        if self.random.random() < 0.7:
            told["how_many"] = total
        if self.random.random() < 0.5:
            told["safe_contact"] = {
                "may_contact": "yes" if near != "unknown" else "unknown",
                "channels": ["phone"],
                "never": self.mark(Part.HANDLING, "never", self.random.choice(names.NEVERS)),
                "code_word": self.mark(Part.HANDLING, "code-word", "bluebell"),
            }
        if self.random.random() < 0.3:
            told["risk_to_approach"] = self.mark(Part.HANDLING, "risk", "a dog in the yard")
        return told

    def _place(self) -> dict[str, Any]:
        if self.scene.place_unknown or (not self.scene and self.random.random() < figures.PLACE_UNKNOWN):
            return {"description": self.mark(Part.ACCOUNT, "somewhere", "a town by the sea")}
        council = figures.place(self.random)
        told: dict[str, Any] = {"council": council.gss}
        if self.random.random() < 0.3:
            told = {"postcode": self.random.choice(POSTCODES)}
        if self.random.random() < 0.5:
            told["address"] = self.mark(Part.WHERE, "premises", names.an_address(self.random))
        return told

    def _danger(self) -> dict[str, Any]:
        if self.scene.danger or self.random.random() < figures.DANGER_NOW * (not self.scene):
            return {"danger_now": "yes"}
        return {"danger_now": self.random.choice(("no", "unknown", "unknown"))}

    def _reporter(self, types: tuple[str, ...], privacy: str | None, *, self_report: bool) -> dict[str, Any]:
        person = Someone("reporter", reporter=True, concern=self_report)
        told: dict[str, Any] = {"is_person_of_concern": self_report}
        gives_identity = privacy in ("share", "confidential") or self.scene.gives_identity
        if gives_identity or (privacy == "anonymous" and self.random.random() < 0.15):
            told["name"] = self.mark(
                Part.REPORTER, "reporter-name", names.a_name(self.random, None), "reporter"
            )
            told["phone"] = self.mark(Part.REPORTER, "reporter-phone", "+44 7700 900", "reporter")
            told["email"] = self.mark(Part.REPORTER, "reporter-email", "write@example.org", "reporter")
        if self_report:
            told["age"], person = self._age(person, types, child=self.scene.child_reporter)
            if self.random.random() < 0.3 and privacy != "anonymous":
                told["lives_at"], person = self._home(person, Part.REPORTER, "reporter-home")
        self.people.append(person)
        return told

    def _person(self, n: int, types: tuple[str, ...]) -> dict[str, Any]:
        who = f"person-{n}"
        person = Someone(who, concern=True)
        nationality = figures.nationality(self.random, types)
        told: dict[str, Any] = {"gender": self._gender()}
        if nationality is not None:
            told["languages"] = [figures.LANGUAGES[nationality]]
        if self.random.random() < 0.5 or self.scene.people:
            told["name"] = self.mark(Part.NAME, f"{who}-name", names.a_name(self.random, nationality), who)
        if self.random.random() < 0.5:
            told["description"] = self.mark(Part.DETAIL, f"{who}-looks", "tired, a grey hood", who)
        if self.random.random() < 0.4:
            told["relation_to_reporter"] = self.mark(Part.RELATION, f"{who}-relation", "next door", who)
        adult = self.scene.mixed and n == 1
        told["age"], person = self._age(person, types, child=self.scene.child and not adult, adult=adult)
        if self.scene.lives_elsewhere or (not self.scene.place_unknown and self.random.random() < 0.2):
            told["lives_at"], person = self._home(person, Part.ADDRESS, f"{who}-home")
        if self.scene.person_in_danger and n == 1:
            told["in_danger"] = "yes"
            person = replace(person, in_danger=True)
        self.people.append(person)
        return told

    def _others(self) -> list[dict[str, Any]]:
        """A carer where the scene has one, and here and there somebody who is accused."""
        others = []
        if self.scene.carer:
            who = "carer"
            self.people.append(Someone(who, cares=True, adult=True))
            others.append(
                {
                    "role": "household_member",
                    "name": self.mark(Part.NAME, "carer-name", names.a_name(self.random, None), who),
                    "description": self.mark(Part.DETAIL, "carer-looks", "limps, works nights too", who),
                    "relation_to_reporter": self.mark(Part.RELATION, "carer-relation", "an aunt", who),
                    "age": {"years": 41},
                    "cares_for_child": True,
                }
            )
        if self.scene.accused or self.random.random() < 0.1:
            who = "accused"
            self.people.append(Someone(who, accused=True))
            name = self.mark(Part.NAME, "accused-name", names.a_name(self.random, None), who)
            others.append({"role": "alleged_exploiter", "name": name})
        return others

    def _gender(self) -> str:
        unknown = self.random.random() < figures.GENDER_UNKNOWN
        return "unknown" if unknown else figures.one_of(self.random, figures.GENDERS)

    def _age(
        self, person: Someone, types: tuple[str, ...], *, child: bool, adult: bool = False
    ) -> tuple[dict[str, Any], Someone]:
        drawn, young = self.random.random(), figures.child_share(types)
        if child or (not self.scene and drawn < young):
            return age_of("child", self.random, self.today), replace(person, child=True)
        if not self.scene and drawn < young + figures.AGE_UNCERTAIN:
            return age_of("uncertain", self.random, self.today), replace(person, child=True, uncertain=True)
        if not adult and drawn < young + figures.AGE_UNCERTAIN + figures.AGE_UNKNOWN:
            return {}, person
        return age_of("adult", self.random, self.today), replace(person, adult=True)

    def _home(self, person: Someone, part: Part, name: str) -> tuple[dict[str, Any], Someone]:
        gss = figures.place(self.random).gss
        words = self.mark(part, name, names.an_address(self.random), person.who)
        return {"council": gss, "address": words}, replace(person, lives=gss)

    def _choices(self, privacy: str | None) -> dict[str, Any]:
        """What may be passed on: asked of some, and not of others."""
        told: dict[str, Any] = {}
        if privacy == "share":
            wanted = self.scene.plan.disclose_to
            told["share_with"] = [k for k in RECIPIENTS if k in wanted or self.random.random() < 0.6]
        if self.random.random() < 0.6:
            told["situation_may_be_passed_on"] = self.random.random() < 0.75
        return told

    def _plan(self, body: dict[str, Any]) -> Plan:
        """What people will do about it; the scenes say it themselves."""
        if self.scene:
            return self.scene.plan
        shared, draw = bool(body.get("share_with")), self.random.random
        withdraws = shared and draw() < 0.2
        return Plan(
            answer="confirm" if draw() < 0.6 else "silence",
            disclose_to=tuple(kind for kind in RECIPIENTS[:2] if draw() < 0.45),
            withdraw=("before" if draw() < 0.5 else "after") if withdraws else "",
            own_consent=draw() < 0.05,
            source_left_out=draw() < 0.05,
            learns="child" if draw() < 0.02 else "danger" if draw() < 0.02 else "",
        )


def _gss(place: dict[str, Any] | None) -> str | None:
    if not place:
        return None
    if "postcode" in place:
        return council_of_postcode(str(place["postcode"]))
    return place.get("council")
