"""Steps of a history in which something is shared on consent, acknowledged, taken back, checked and recalled."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from shared.events import (
    DisclosureAuthorised,
    RecallAnswered,
    ReferralAcknowledged,
    ReferralUndeliverable,
)
from tests.case.histories.compared_case import key_said
from tests.case.histories.compared_consent import ComparedConsent
from tests.case.histories.modelled import shown
from tests.case.histories.recording_steps import body_of, choice_of
from tools.simulation.rules_model.ages import british_day
from tools.simulation.rules_model.consents import effective
from tools.simulation.rules_model.world import REPORTER, Choice


@dataclass
class ConsentedSteps(ComparedConsent):
    """Case on which advisers authorise what consent permits, and persons take back what they agreed to."""

    consented: list[DisclosureAuthorised] = field(default_factory=list)
    """Disclosures on consent that were authorised, and whose content nobody asked for."""
    entries: dict[int, str] = field(default_factory=dict)
    """Ids of the entries of the ledger that wait for a check, by their place in it."""

    async def authorise(self, *, kind: str, code: str) -> None:
        """Authorise what consent permits to one agency."""
        may = self.permitted_now(kind)
        answer = await self.of_case("POST", "disclosures", {"recipient_kind": kind, "agency_code": code})
        if not may:
            assert answer.status_code == 409, f"shared without consent: {answer.text}"
            return
        holds = [one for one in self.consent.held_at((kind, code)) if one.parts - one.recalled]
        expected = (201, 409) if holds else (201,)
        assert answer.status_code in expected, f"what may be shared is refused: {answer.text}"
        await self.outbox.read(self.cases, self.case_id)
        made = self.outbox.take_consented()
        self.consented += made
        self.authorised_on_consent += made

    async def send_consented(self, *, number: int) -> None:
        """Ask for content at the moment of sending: what may go is decided then."""
        event = self.consented.pop(number % len(self.consented))
        name, key = str(event.disclosure_id), key_said(event)
        may = self.permitted_now(key[0])
        self.cases.clock.forward(seconds=1)
        answer = await self.cases.issue(event.disclosure_id)
        expected = 200 if may else 409
        assert answer.status_code == expected, f"consent is read wrongly as it leaves: {answer.text}"
        if answer.status_code == 200:
            self._compare_content(key[0], json.loads(answer.json()["text"]))
            self.consent.hold(name, key, self.model.with_households(), british_day(self.now))
            self.issued_on_consent.append(event)

    def _compare_content(self, kind: str, message: Any) -> None:
        """Compare what the agency reads; of the facts of one person alone nothing is seen here."""
        found, may = shown(message, self.names), self.model.permitted(kind, self.now)
        found, may = ({one for one in words if not one.startswith("S(own")} for words in (found, may))
        may -= set() if "S" in may else {"at"}
        assert found == may, f"{kind} read on consent {sorted(found - may)}, and not {sorted(may - found)}"

    async def acknowledge_consented(self, *, number: int) -> None:
        """Let an agency acknowledge what it was sent on consent: that answers for nothing forced."""
        event = self.issued_on_consent[number % len(self.issued_on_consent)]
        about = self._about_event(event) | {"forced": False, "acknowledged_by": "api"}
        await self.cases.service.given(ReferralAcknowledged.model_validate(about))

    def _about_event(self, event: DisclosureAuthorised) -> dict[str, Any]:
        names = {"case_id", "disclosure_id", "recipient_id", "recipient_kind", "agency_code"}
        about = event.model_dump(include=names)
        return about | {"referral_id": event.recipient_id, "occurred_at": self.now}

    # Choices and withdrawals

    async def choose(self, *, who: str, word: str, in_call: bool = True) -> None:
        """Record a choice; a yes beside a choice that is not to share is refused."""
        person, today = self.model.world.person(who), british_day(self.now)
        shares = effective(self.model.world, who, today).privacy == "share" or not person.has(REPORTER)
        refused = word[0] == "+" and not shares
        body = body_of(word) | ({} if in_call else {"given_how": "web"})
        answer = await self.of_case("POST", f"persons/{who}/consents", body)
        assert answer.status_code == (422 if refused else 201), f"a yes beside another choice: {answer.text}"
        if not refused:
            self._said(choice_of(who, word), answer.json(), in_call=in_call)

    async def withdraw(self, *, who: str, in_call: bool = True) -> None:
        body = {"given_how": "phone" if in_call else "receipt"}
        answer = await self.of_case("POST", f"persons/{who}/withdrawal", body)
        assert answer.status_code == 201, answer.text
        self._said(Choice(who, withdraws=True), answer.json(), in_call=in_call)

    def _said(self, choice: Choice, answer: Any, *, in_call: bool) -> None:
        self._choose(choice)
        self._recorded()
        self.consent.said(self.model.with_households(), british_day(self.now), in_call=in_call)
        number = len(self.model.world.choices) - 1
        if number in self.consent.doubt.unchecked:
            self.entries[number] = answer["id"]

    async def check_withdrawal(self, *, number: int, own_wish: bool) -> None:
        """Check a choice that was not made in a call, once."""
        body, path = {"own_wish": own_wish}, f"consents/{self.entries[number]}/check"
        answer = await self.of_case("POST", path, body, name="ben")
        assert answer.status_code == 201, f"a withdrawal is not checked: {answer.text}"
        self.consent.check(number, self.model.with_households(), british_day(self.now), own_wish=own_wish)
        again = await self.of_case("POST", path, body, name="ben")
        assert again.status_code == 409, f"a withdrawal is checked twice: {again.text}"
        del self.entries[number]

    # Recalls

    async def fail_recall(self, *, name: str) -> None:
        """Let the referral service say that a recall cannot go in writing: somebody telephones."""
        about = self._about_event(self._issued(name)) | {"reason": "no-endpoint"}
        await self.cases.service.given(ReferralUndeliverable.model_validate(about))
        self.consent.by_telephone.add(name)

    async def answer_recall(self, *, name: str, answer: str) -> None:
        """Let the agency answer a recall, and any other that somebody telephones there about: they are one task."""
        key = self.consent.holders[name]
        others = [one for one in self.consent.by_telephone if self.consent.holders[one] == key]
        for one in {name, *others}:
            await self._answer(one, answer)

    async def _answer(self, name: str, answer: str) -> None:
        reason = {"reason": "criminal_investigation"} if answer == "kept" else {}
        about = self._about_event(self._issued(name)) | {"answer": answer} | reason
        await self.cases.service.given(RecallAnswered.model_validate(about))
        self.consent.answer(name, answer)
        self.consent.by_telephone.discard(name)

    def _issued(self, name: str) -> DisclosureAuthorised:
        return next(one for one in self.issued_on_consent if one.disclosure_id == UUID(name))
