"""Steps of a history in which somebody answers, calls, signs, or chooses another agency."""

from typing import Any
from uuid import UUID

from shared.events import ReferralAcknowledged, ReferralDeclined
from tests.case.histories.compared_case import key_said
from tests.case.histories.recording_steps import RecordingSteps
from tests.case.histories.towns import FORCES
from tools.simulation.rules_model.places import FALLBACK, Way
from tools.simulation.rules_model.world import DANGER, AgencyKey, Fact


class ActingSteps(RecordingSteps):
    """Case whose duties are handed over, answered, declined, redirected and taken back."""

    async def acknowledge(self, *, key: AgencyKey) -> None:
        """Let an agency acknowledge its newest message; after a decline its receipt ends nothing."""
        if key not in self.newest or self.has_waiting(key):
            return
        about = self._about(key) | {"forced": True, "acknowledged_by": "api"}
        await self.cases.service.given(ReferralAcknowledged.model_validate(about))
        waits = self.recipients()[key]["duty"]["state"] == "waiting"
        declined = any(life.declined for life in self.model.lives_at(key))
        if not waits:
            self.model.act(key, "acknowledged")
        if not waits and not declined:
            for old, way in self.chosen_from(key):
                pair = way.fact, old
                if pair in self.model.lives:
                    self.model.act_on(pair, "acknowledged_elsewhere")

    def has_waiting(self, key: AgencyKey) -> bool:
        """Return whether something waits for a way to this agency, which then answers for none of it."""
        return any(key_said(one) == key for one in self.waiting)

    def chosen_from(self, key: AgencyKey) -> list[tuple[AgencyKey, Way]]:
        return [(old, way) for old, way in self.redirected if way.key == key]

    async def decline(self, *, key: AgencyKey) -> None:
        if key not in self.newest or self.has_waiting(key):
            return
        about = self._about(key) | {"reason": "not_our_area"}
        await self.cases.service.given(ReferralDeclined.model_validate(about))
        self.model.act(key, "declined")

    def _about(self, key: AgencyKey) -> dict[str, Any]:
        recipient = UUID(self.recipients()[key]["id"])
        return {"case_id": self.case_id, "referral_id": recipient, "recipient_id": recipient,
                "disclosure_id": UUID(self.newest[key]), "recipient_kind": key[0], "agency_code": key[1],
                "occurred_at": self.now}  # fmt: skip

    async def redirect(self, *, key: AgencyKey, number: int) -> None:
        """Choose another force after a decline."""
        code = FORCES[number % len(FORCES)]
        path = f"/v1/case-recipients/{self.recipients()[key]['id']}/redirection"
        facts = self.model.facts_at(key)
        declined = all(life.declined and life.is_open for life in self.model.lives_at(key))
        informed = facts <= self.model.facts_at((key[0], code))
        self.cases.clock.forward(seconds=1)
        answer = await self.cases.do("POST", path, {"agency_code": code})
        expected = 201 if declined and not informed and code != key[1] else 409
        assert answer.status_code == expected, f"another agency is chosen wrongly: {answer.text}"
        if answer.status_code == 201:
            for fact in facts:
                way = Way(fact, (key[0], code), "redirected", FALLBACK)
                self.model.chosen.add(way)
                self.redirected.append((key, way))
            self._recorded()

    async def call(self, *, key: AgencyKey) -> None:
        """Record a call: it stops the alarm, the message goes at once, and both together end the duty."""
        lives = self.model.lives_at(key)
        declined = any(life.declined and not life.answered_elsewhere for life in lives)
        is_open = any(life.is_open for life in lives)
        called = all(life.called_by for life in lives)
        path = f"/v1/case-recipients/{self.recipients()[key]['id']}/phone-handover"
        self.cases.clock.forward(seconds=1)
        answer = await self.cases.do("POST", path, {"spoken_to": "Sgt Hale", "reference": "R-1"}, name="ada")
        expected = 200 if is_open and not declined and not called else 409
        assert answer.status_code == expected, f"a call is recorded wrongly: {answer.text}"
        if answer.status_code == 200:
            self.model.act(key, "called", by="ada")
            self.model.settle(self.now)

    async def take_back(self, *, fact: Fact) -> None:
        """Stand a fact down before anybody was told of it, or correct it afterwards: two people sign."""
        if any(self.has_waiting(key) for one, key in self.model.lives if one == fact):
            return  # it is on its way to an agency that nothing reaches: nobody knows whether it was told
        kind, reason = ("danger", "no_danger") if fact[0] == DANGER else ("child", "age_mistaken")
        act = "correct" if self.model.is_known_to_anyone(fact) else "stand_down"
        other = "stand_down" if act == "correct" else "correct"
        about = {"reason": reason, "facts": [{"kind": kind, "subject_id": fact[1]}]}
        refused = await self.of_case("POST", "proposals", {"act": other, **about})
        assert refused.status_code == 409, f"taken back by the wrong act: {refused.text}"
        proposed = await self.of_case("POST", "proposals", {"act": act, **about})
        assert proposed.status_code == 201, f"nobody can propose: {proposed.text}"
        path = f"proposals/{proposed.json()['id']}/signature"
        alone = await self.of_case("POST", path, role="safeguarding_lead", name="ada")
        assert alone.status_code in (403, 409), f"signed twice by one person: {alone.text}"
        signed = await self.of_case("POST", path, role="safeguarding_lead", name="lea")
        assert signed.status_code == 200, f"a lead cannot sign: {signed.text}"
        world = self.model.world
        self.model.stand_down(fact)
        assert world is not self.model.world
        self._recorded()

    async def let_pass(self, *, minutes: int) -> None:
        self.cases.clock.forward(minutes=minutes)

    async def close(self) -> None:
        """Try to close a case with an open duty: it stays open."""
        if any(life.is_open for life in self.model.lives.values()):
            answer = await self.of_case("POST", "closure", {"outcome": "advice_only"})
            assert answer.status_code == 409, "closed with something open"

    # Agencies to which nothing written can go

    async def lose_route(self, *, key: AgencyKey, failing: bool) -> None:
        """Take the way to an agency away. Where its endpoint fails, its newest message did not arrive either."""
        if key in self.routes:
            return
        self.routes[key] = "failing" if failing else "missing"
        newest = [one for one in self.sent if str(one.disclosure_id) == self.newest.get(key)]
        if failing and newest and str(newest[0].disclosure_id) not in self.undeliverable:
            await self.say_undeliverable(newest[0])

    async def find_route(self, *, key: AgencyKey) -> None:
        """Let messages reach an agency again; what waits is brought at once."""
        self.routes.pop(key, None)

    async def countersign_call(self, *, key: AgencyKey) -> None:
        """Countersign a call that nothing written can confirm: a lead, and not the one who called."""
        lives = [one for one in self.model.lives_at(key) if one.is_open]
        waits = bool(lives) and all(one.waits_for_countersignature for one in lives)
        path = f"/v1/case-recipients/{self.recipients()[key]['id']}/phone-handover/countersignature"
        self.cases.clock.forward(seconds=1)
        alone = await self.cases.do("POST", path, role="safeguarding_lead", name="ada")
        assert alone.status_code == 409, f"who called countersigns: {alone.text}"
        adviser = await self.cases.do("POST", path, name="ben")
        assert adviser.status_code == 403, f"no lead countersigns: {adviser.text}"
        answer = await self.cases.do("POST", path, role="safeguarding_lead", name="lea")
        assert answer.status_code == (200 if waits else 409), (
            f"a call is countersigned wrongly: {answer.text}"
        )
        if waits:
            self.model.act(key, "countersigned", by="lea", is_lead=True)
