"""Comparison of one case with its model: every method is a step of a history, and `check` compares the two."""

import json
from typing import Any
from uuid import UUID

from shared.events import ReferralAcknowledged
from tests.case.builders import SPOKEN_TO
from tests.case.histories.compared_case import WORD, Message, has_open_duty
from tests.case.histories.recording_steps import RecordingSteps
from tests.support.duty_model import ModelDuty, ModelPermission
from tests.support.sharing_model import fields_sent


class ModelComparison(RecordingSteps):
    """Case whose duties are stood down, handed over, issued and answered."""

    def in_order(self) -> list[Message]:
        return sorted(self.messages, key=lambda one: (one.at, one.key, one.kind, one.grounds))

    async def stand_down(self, *, recipient: int, by: str) -> None:
        if (one := self.forced_recipient(recipient)) is None:
            return
        path = f"/v1/case-recipients/{one['id']}/stand-down"
        answer = await self.cases.do("POST", path, {"reason": "not_a_report"}, name=by)
        waiting = one["duty"]["state"] == "waiting"
        assert answer.status_code == (201 if waiting else 409), f"signed away too late: {answer.text}"
        if waiting:
            facts = self.model.duties[_key(one)].facts
            self.proposals.setdefault(one["id"], []).append((by, set(facts)))

    async def sign(self, *, recipient: int, by: str) -> None:
        if (one := self.forced_recipient(recipient)) is None:
            return
        path = f"/v1/case-recipients/{one['id']}/stand-down/signature"
        answer = await self.cases.do("POST", path, role="adviser,safeguarding_lead", name=by)
        mine = self.model.duties[_key(one)]
        others = [facts for first, facts in self.proposals.get(one["id"], []) if first != by]
        signed = one["duty"]["state"] == "waiting" and bool(others) and mine.facts <= others[-1]
        assert (answer.status_code == 200) == signed, f"signed by one person, or too late: {answer.text}"
        if signed:
            self.model.stand_down(mine)
            self.proposals[one["id"]] = []

    async def record_handover(self, *, recipient: int) -> None:
        if (one := self.forced_recipient(recipient)) is None:
            return
        answer = await self.cases.do("POST", f"/v1/case-recipients/{one['id']}/phone-handover", SPOKEN_TO)
        mine, is_duty = self.model.duties[_key(one)], has_open_duty(one)
        meant = self._meant_by_telephone(one["id"], is_duty=is_duty)
        expected = 200 if is_duty or meant else 409
        assert answer.status_code == expected, f"told by telephone wrongly: {answer.text}"
        for each in meant:
            each.items |= self.items_of(each)
            each.state, each.was_issued, each.told_by_phone = "acknowledged", True, True
        if is_duty:
            self.told_first_by_phone |= set() if meant else {one["id"]}
            mine.handed_over, mine.telephoned, mine.waiting = True, True, False
            self.corrections += self.model.correct(mine)
        elif meant and not self.unanswered(one["id"], forced=False):
            self.permissions[_key(one)].end("acknowledged")

    def _meant_by_telephone(self, recipient_id: str, *, is_duty: bool) -> list[Message]:
        """Return everything forced and unanswered, or else everything permitted that still may go.

        A correction of what is told goes in writing.
        """
        waiting = self.unanswered(recipient_id, forced=is_duty)
        if not is_duty:
            return [one for one in waiting if self.items_of(one)]
        return [one for one in waiting if one.kind != "correction"] or waiting

    async def permit(self, *, kind: str) -> None:
        """Authorise what somebody consented to."""
        agency = self.agency_here(kind)
        body = {"recipient_kind": kind, **({"agency_code": agency} if kind == "health" else {})}
        may = self.model.items_for((kind, agency), ["consent"], self.now)
        self._permitted(await self.of_case("POST", "disclosures", body), (kind, agency), may=bool(may))

    async def authorise(self, *, kind: str, who: str) -> None:
        """Decide as a lead."""
        agency = self.agency_here(kind)
        body = {"recipient_kind": kind, "person_ids": [self.ids[who]], "reason": "serious_crime",
                **({"agency_code": agency} if kind == "health" else {})}  # fmt: skip
        answer = await self.of_case("POST", "authorisations", body, role="safeguarding_lead", name="lin")
        self._permitted(answer, (kind, agency), may=True)
        self.model.facts.authorisations.append((kind, agency, frozenset({who})))

    def _permitted(self, answer: Any, key: tuple[str, str], *, may: bool) -> None:
        assert answer.status_code == (201 if may else 409), f"permitted or refused wrongly: {answer.text}"
        if not may:
            return
        if answer.json()["id"] not in self.permitted:
            self.permissions.setdefault(key, ModelPermission()).authorise()
        self.permitted.add(answer.json()["id"])

    # The referral service

    async def issue(self, *, number: int) -> None:
        """Ask for the content of a message at whatever moment: the first time, again, or long after."""
        if not self.messages:
            return
        one = self.in_order()[number % len(self.messages)]
        answer = await self.cases.issue(one.id)
        items = set[str]() if one.kind == "correction" else self.items_of(one)
        may_go = bool(items) or (one.kind == "correction" and not one.has_ended)
        assert answer.status_code == (200 if may_go else 409), (
            f"issued wrongly: {one} {sorted(items)} {answer.text}"
        )
        self.fields_read |= fields_sent(items, self.model.facts)
        self.received.append((one, answer.status_code, answer.json()))
        if may_go:
            self.read_content(answer.json()["text"], items, one)
            self._issued(one, items)
        elif not one.has_ended:
            one.state = "withheld"
            if not one.is_forced and not self.unanswered(one.recipient_id, forced=False):
                self.permissions[one.key].end("withheld")

    def _issued(self, one: Message, items: set[str]) -> None:
        one.items |= items
        if one.state != "authorised":
            return
        one.state, one.was_issued = "issued", True
        if not one.is_forced:
            self.permissions[one.key].mark_sent()
            return
        mine = self.model.duties[one.key]
        mine.sent = True
        if one.kind != "correction":
            self.corrections += self.model.correct(mine)

    def read_content(self, text: str, items: set[str], one: Message) -> None:
        """Read a message: it holds all that the agency may read, and nothing else that was ever said."""
        content, may, found = json.loads(text), self.words_for(items), set(WORD.findall(text))
        assert found - may == set(), f"{one.key} read {found - may} of {sorted(items)}"
        assert may - found == set(), f"{one.key} was not told {may - found} of {sorted(items)}"
        persons = {person["ref"] for person in content.get("persons", [])}
        named = {self.ids[item[2:].rstrip("~")] for item in items if item[0] == "P"}
        assert persons == named, f"{one.key} read of other persons"
        forced = any(ground.startswith("override") for ground in content["grounds"])
        with_reporter = any(item[0] == "R" for item in items)
        protected = forced and with_reporter and one.kind != "correction"
        assert content["protect_source"] == protected, f"{one.key} does not protect the source"
        if not one.is_forced:
            assert content["verified"] is True, "an adviser authorised it"
        elif not self.was_confirmed and not self.adviser_recorded:
            assert content["verified"] is False, "nobody vouched for it"

    async def acknowledge(self, *, number: int) -> None:
        issued = [one for one in self.in_order() if one.state == "issued"]
        if not issued:
            return
        one = issued[number % len(issued)]
        kind, agency = one.key
        answer = ReferralAcknowledged(
            case_id=self.case_id, referral_id=UUID(one.recipient_id), disclosure_id=UUID(one.id),
            recipient_id=UUID(one.recipient_id), recipient_kind=kind, agency_code=agency, occurred_at=self.now,
            forced=one.is_forced, acknowledged_by="api",
        )  # fmt: skip
        await self.cases.service.given(answer)
        for other in self.messages:
            same = other.recipient_id == one.recipient_id and other.state == "issued"
            earlier = other.at <= one.at and (one.is_forced or not other.is_forced)
            if same and (other is one or earlier):
                other.state = "acknowledged"
        self._answered(one)

    def _answered(self, one: Message) -> None:
        recipient = next(r for r in self.case_file["recipients"] if r["id"] == one.recipient_id)
        if one.is_forced and not self.unanswered(one.recipient_id, forced=True):
            mine: ModelDuty = self.model.duties[one.key]
            if has_open_duty(recipient) and recipient["duty"]["state"] != "waiting":
                mine.acknowledged = True
        if one.key in self.permissions and not self.unanswered(one.recipient_id, forced=False):
            self.permissions[one.key].end("acknowledged")

    async def close(self) -> None:
        """Try to close a case that still must tell somebody, or where an age is unasked: it stays open."""
        unasked = any(age.said == "unasked" for age, _ in self.model.ages.values())
        is_open = any(has_open_duty(one) for one in self.case_file["recipients"])
        if unasked or is_open:
            answer = await self.of_case("POST", "closure", {"outcome": "advice_only"})
            assert answer.status_code == 409, "closed with something open"


def _key(recipient: Any) -> tuple[str, str]:
    return recipient["recipient_kind"], recipient["agency_code"]
