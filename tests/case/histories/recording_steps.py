"""Steps of a history in which something is recorded, both by the service and in the model."""

from datetime import datetime
from typing import Any

from shared.domain.vocabulary import PersonRole
from tests.case.histories.compared_case import ComparedCase, Message, has_open_duty
from tests.case.histories.towns_and_ages import AGES, TOWNS
from tests.support.sharing_model import ModelPerson

ROLES = {
    "reporter": PersonRole.REPORTER,
    "concern": PersonRole.PERSON_OF_CONCERN,
    "household": PersonRole.HOUSEHOLD_MEMBER,
    "exploiter": PersonRole.ALLEGED_EXPLOITER,
}
NAMING = ("name", "phone", "email", "description", "home", "found")


class RecordingSteps(ComparedCase):
    """Case on which advisers record what they learn."""

    async def report(self, *, privacy: str | None, share_with: list[str], situation: bool | None, self_report: bool,
                     danger: str, people: list[dict[str, Any]], place: str | None, age: str) -> None:  # fmt: skip
        """Submit a report. `danger`: no, yes, or the name of somebody in danger."""
        model, now = self.model, self.now
        model.facts.place, model.facts.source_reporter_ids = place, {"p0"}
        roles = {ROLES["reporter"], *({ROLES["concern"]} if self_report else ())}
        reporter = self._reporter(privacy, age)
        model.add_person("p0", ModelPerson(roles, AGES[age][1].child), AGES[age][1], now)
        persons = [self._reported(f"p{n}", one, danger) for n, one in enumerate(people, start=1)]
        if danger != "no":
            model.add_danger(danger if danger in model.facts.persons else None, None, now, in_report=True)
        premises = {"council": TOWNS[place]} if place else {}
        body: dict[str, Any] = {
            "what_happened": self.word("account"),
            "when_happened": self.word("when"),
            "risk_to_approach": self.word("risk"),
            "place": {**premises, "address": self.word("premises"), "description": self.word("described")},
            "reporter": reporter
            | {"is_person_of_concern": self_report, "in_danger": "yes" if danger == "p0" else "unknown"},
            "persons": persons,
            "danger_now": "yes" if danger != "no" else "unknown",
            "share_with": share_with,
        }
        if privacy != "anonymous":
            body["safe_contact"] = {"code_word": self.word("safe")}
        self.case_id = await self.cases.report(**body, **self._choices(privacy, share_with, situation, now))
        model.settle(now)
        self.case_file = await self.cases.read(self.case_id)
        self.ids = {one["relation_to_reporter"]: one["id"] for one in self.case_file["persons"]}

    def _choices(
        self, privacy: str | None, share_with: list[str], situation: bool | None, at: datetime
    ) -> dict[str, Any]:
        """Return what the report says about sharing, recorded in the model as well."""
        consents, body = self.model.facts.consents, dict[str, Any]()
        if privacy is not None:
            body["privacy"] = privacy
            consents.append((at, "p0", privacy))
        consents += [(at, "p0", f"+{kind}") for kind in share_with]
        if situation is not None:
            body["situation_may_be_passed_on"] = situation
            consents.append((at, "p0", f"situation={'yes' if situation else 'no'}"))
        return body

    def _reporter(self, privacy: str | None, age: str) -> dict[str, Any]:
        """Return the reporter as intake hands them over: of an anonymous one, no name and no way to reach them."""
        said: dict[str, Any] = {"relation_to_reporter": "p0", "age": AGES[age][0]}
        if privacy != "anonymous":
            said |= {name: self.word(f"{name}:p0") for name in ("name", "phone", "email")}
        return said

    def _reported(self, name: str, one: dict[str, Any], danger: str) -> dict[str, Any]:
        """Return a person of the report, added to the model as well."""
        said = self._identity(name, one["age"], one["lives"], one["found"])
        self._add_to_model(name, [one["role"]], one, in_report=True)
        return said | {
            "role": ROLES[one["role"]],
            "cares_for_child": one["carer"],
            "in_danger": "yes" if danger == name else "unknown",
        }

    def _identity(self, name: str, age: str, lives: str | None, found: str | None) -> dict[str, Any]:
        said: dict[str, Any] = {
            one: self.word(f"{one}:{name}") for one in ("name", "phone", "email", "description")
        }
        said |= {"relation_to_child": self.word(f"relation:{name}"), "relation_to_reporter": name}
        said["age"] = AGES[age][0]
        for at, what, town in (("lives_at", "home", lives), ("found_at", "found", found)):
            if town is not None:
                said[at] = {"council": TOWNS[town], "address": self.word(f"{what}:{name}")}
        return said

    def _add_to_model(self, name: str, roles: list[str], one: dict[str, Any], *, in_report: bool) -> None:
        age = AGES[one["age"]][1]
        person = ModelPerson(
            frozenset(ROLES[role] for role in roles),
            age.child,
            one["carer"],
            lives_in=one["lives"],
            found_in=one["found"],
            in_report=in_report,
        )
        self.model.add_person(name, person, age, self.now)

    async def add_person(
        self, *, roles: list[str], age: str, carer: bool, lives: str | None, found: str | None
    ) -> None:
        name = f"p{len(self.model.facts.persons)}"
        said = self._identity(name, age, lives, found)
        body = said | {"roles": [ROLES[role] for role in roles], "cares_for_child": carer}
        answer = await self.of_case("POST", "persons", body)
        assert answer.status_code == 201, f"a person is not added: {answer.text}"
        self.ids[name] = answer.json()["id"]
        known = {"age": age, "carer": carer, "lives": lives, "found": found}
        self._add_to_model(name, roles, known, in_report=False)
        self._settle()

    def _settle(self) -> None:
        self.model.settle(self.now)
        self.adviser_recorded = True

    async def danger(self, *, who: str | None, place: str | None) -> None:
        body = {"person_id": self.ids[who] if who else None, "council": TOWNS[place] if place else None}
        answer = await self.of_case("POST", "dangers", body)
        assert answer.status_code == 201, f"a danger is not recorded: {answer.text}"
        self.model.add_danger(who, place, self.now, in_report=False)
        self._settle()

    async def age(self, *, who: str, age: str) -> None:
        refused = age == "no indication" and self.model.ages[who][0].child
        answer = await self.of_case("PUT", f"persons/{self.ids[who]}/age", AGES[age][0])
        expected = 422 if refused else 200
        assert answer.status_code == expected, f"an age is not recorded, or wrongly: {answer.text}"
        if refused:
            return
        self.corrections += self.model.state_age(who, AGES[age][1], self.now)
        self._settle()

    async def places(self, *, who: str, lives: str | None, found: str | None) -> None:
        """Correct where somebody lives and is found, or record that it is not known after all."""
        body: dict[str, Any] = {"lives_at": None, "found_at": None}
        words: dict[str, str | None] = {"home": None, "found": None}
        for at, what, town in (("lives_at", "home", lives), ("found_at", "found", found)):
            if town is not None:
                words[what] = self.new_word(f"{what}:{who}")
                body[at] = {"council": TOWNS[town], "address": words[what]}
        anonymous = self.model.facts.chose_anonymity(who, self.now)
        refused = anonymous and any(words.values())
        answer = await self.of_case("PUT", f"persons/{self.ids[who]}/places", body)
        assert answer.status_code == (409 if refused else 200), f"an anonymous home: {answer.text}"
        if refused:
            return
        for what, word in words.items():
            self._keep(f"{what}:{who}", word)
        person = self.model.facts.persons[who]
        person.lives_in, person.found_in = lives, found
        self._settle()

    def _keep(self, name: str, word: str | None) -> None:
        """Keep the word that is held now under a field; None: no longer held."""
        self.words.pop(name, None)
        if word:
            self.words[name] = word

    async def name(self, *, who: str) -> None:
        refused = self.model.facts.chose_anonymity(who, self.now)
        new = self.new_word(f"name:{who}")
        answer = await self.of_case("PUT", f"persons/{self.ids[who]}/name", {"name": new})
        assert answer.status_code == (409 if refused else 200), f"a name of somebody anonymous: {answer.text}"
        if not refused:
            self._keep(f"name:{who}", new)

    async def summary(self, *, protection: bool) -> None:
        field = "protection-summary" if protection else "summary"
        answer = await self.of_case("PUT", field, {"text": self.word(field)})
        assert answer.status_code == 200, f"a summary is not written: {answer.text}"

    async def source(self, *, left_out: bool) -> None:
        reason = "source_at_risk_if_identified" if left_out else None
        answer = await self.of_case("PUT", "source", {"left_out_reason": reason})
        assert answer.status_code == 200, f"a source is not left out: {answer.text}"
        self.model.facts.source_left_out = left_out

    async def confirm(self) -> None:
        answer = await self.of_case("POST", "confirmation")
        assert answer.status_code == 200, f"a report is not confirmed: {answer.text}"
        self.model.confirm(self.now)
        self.was_confirmed = True

    async def place(self, *, town: str | None) -> None:
        council = {"council": TOWNS[town]} if town else {}
        body = council | {"address": self.word("premises"), "description": self.word("described")}
        answer = await self.of_case("PUT", "place", body)
        assert answer.status_code == 200, f"a place is not corrected: {answer.text}"
        facts = self.model.facts
        facts.place, facts.last_known_place = town, town or facts.place or facts.last_known_place
        self.model.settle(self.now)

    # Consent

    async def consent(self, *, who: str, word: str) -> None:
        refused = word == "anonymous" and self._is_still_needed(who)
        before = {one.id: self._items_on_consent(one) for one in self._copies()}
        answer = await self.of_case("POST", f"persons/{self.ids[who]}/consents", _choice(word))
        assert answer.status_code == (409 if refused else 201), f"an identity still needed: {answer.text}"
        if refused:
            return
        self.model.facts.consents.append((self.now, who, word))
        lost = [one for one in self._copies() if one.items & (before[one.id] - self._items_on_consent(one))]
        self._recall(answer, lost)
        if word == "anonymous" and PersonRole.REPORTER in self.model.facts.persons[who].roles:
            for name in NAMING:
                self._keep(f"{name}:{who}", None)
            if who == "p0":
                self._keep("safe", None)

    def _is_still_needed(self, who: str) -> bool:
        """Return whether something held of a reporter would be taken away while a duty is open."""
        known = [f"{name}:{who}" for name in NAMING] + ["safe"] * (who == "p0")
        reports = PersonRole.REPORTER in self.model.facts.persons[who].roles
        is_open = any(has_open_duty(one) for one in self.case_file["recipients"])
        return reports and is_open and any(name in self.words for name in known)

    async def withdraw(self, *, who: str) -> None:
        answer = await self.of_case("POST", f"persons/{self.ids[who]}/withdrawal")
        assert answer.status_code == 201, f"a withdrawal is refused: {answer.text}"
        self.model.facts.consents.append((self.now, who, "withdraws"))
        everything = PersonRole.REPORTER in self.model.facts.persons[who].roles
        self._recall(answer, [one for one in self._copies() if everything or f"P:{who}" in one.items])

    def _copies(self) -> list[Message]:
        """Return what was issued on consent and was not recalled."""
        issued = [one for one in self.messages if one.was_issued and one.state != "recalled"]
        return [one for one in issued if "consent" in one.grounds and not one.is_forced]

    def _items_on_consent(self, one: Message) -> frozenset[str]:
        return frozenset(self.model.items_for(one.key, ["consent"], self.now))

    def _recall(self, answer: Any, recalled: list[Message]) -> None:
        found = set(answer.json()["recalled"])
        assert found == {one.id for one in recalled}, "a copy that is not recalled"
        for one in recalled:
            one.state = "recalled"


def _choice(word: str) -> dict[str, Any]:
    """Return the body that records a word of the ledger."""
    if word.startswith("situation="):
        return {"situation": word == "situation=yes"}
    if word[0] in "+-":
        return {"recipient_kind": word[1:], "agrees": word[0] == "+"}
    return {"privacy": word}
