"""Work on sharing: sources, what people agree to for themselves, disclosures, decisions of leads, withdrawals."""

import asyncio
import time

from shared.domain.geography import police_force_of, social_care_of
from tools.simulation.api_client import RequestRefused
from tools.simulation.results.case_history import THE_REPORTER
from tools.simulation.rules_model.world import AgencyKey
from tools.simulation.work.case_desk import CaseDesk

GENERAL_REASONS = frozenset(
    {"nothing_opens_this_to_this_recipient", "recipient_does_not_need_it", "another_adult_has_not_agreed"}
)
"""Reasons that accompany every refusal and explain none."""
SENT_WITHIN = 8.0
SOURCE_REASONS = {
    "name": "needed_to_find_the_person",
    "leave_out": "source_at_risk_if_identified",
    "leave_out_with_words": "words_would_identify_the_source",
}
WITHOUT_EFFECT = ("not-a-source", "source-goes-anyway", "decision-has-no-effect")


def agency_of_place(kind: str, gss: str) -> str:
    """Return the agency of a recipient kind that an adviser chooses: the one of the place."""
    return police_force_of(gss) if kind == "police" else social_care_of(gss)


class SharingWork:
    """Records choices about one case, and shares what they permit."""

    def __init__(self, desk: CaseDesk) -> None:
        self._desk, self._history = desk, desk.history
        self._plan = desk.history.report.plan
        self._log = desk.log

    async def share(self) -> None:
        """Do what is planned, with the agencies of the place; where it is unknown there is nobody to choose."""
        if self._plan.source_decision:
            await self._decide_about_source(self._plan.source_decision)
        if self._plan.own_consent:
            await self._record_own_consent()
        place = self._history.places[-1]
        if place is not None and (self._plan.disclose_to or self._plan.lead_shares_with):
            await self._share_with_agencies_of(place)

    async def _decide_about_source(self, choice: str) -> None:
        reporter = self._desk.person(THE_REPORTER)
        assert reporter is not None  # whoever made the report
        decided = (choice, time.time())
        if choice == "name":
            self._history.source_decisions.append(decided)
        try:
            body = {"choice": choice, "reason": SOURCE_REASONS[choice]}
            await self._desk.change(f"persons/{reporter['id']}/source-decision", body)
        except RequestRefused as refused:
            self._history.source_decisions = [
                one for one in self._history.source_decisions if one is not decided
            ]
            self._desk.too_late(refused, *WITHOUT_EFFECT)
            return
        if choice != "name":
            self._history.source_decisions.append((choice, time.time()))
        self._log.done[f"source: {choice.replace('_', ' ')}"] += 1

    async def _record_own_consent(self) -> None:
        """Record that a person of concern agrees for themselves, to the police."""
        if person := self._desk.person("person-1"):
            self._history.consents.append(("person-1", "police", time.time()))
            choice = {"recipient_kind": "police", "agrees": True, "given_how": "phone"}
            await self._desk.post(f"persons/{person['id']}/consents", choice)
            self._log.done["own consent recorded"] += 1

    async def _share_with_agencies_of(self, place: str) -> None:
        token = self._history.report.token("summary")
        await self._desk.change("summary", {"text": f"Several people are made to work there. {token}"})
        keys = [(kind, agency_of_place(kind, place)) for kind in self._plan.disclose_to]
        authorised = [await self._authorise(key) for key in keys]
        if kind := self._plan.lead_shares_with:
            await self._share_as_lead((kind, agency_of_place(kind, place)))
        if not self._plan.withdraw:
            return
        if self._plan.withdraw == "after":
            await self._until_sent({disclosure for disclosure in authorised if disclosure})
        await self._withdraw()
        for key in keys:
            await self._authorise(key)

    async def _authorise(self, key: AgencyKey) -> str | None:
        """Authorise what consent permits; return the id of the disclosure, or None where the rules refused."""
        kind, agency_code = key
        entry = (key, time.time())
        self._history.authorised.append(entry)
        try:
            answer = await self._desk.post(
                "disclosures", {"recipient_kind": kind, "agency_code": agency_code}
            )
        except RequestRefused as refused:
            self._history.authorised.remove(entry)
            self._count_refusal(refused)
            return None
        self._log.done["disclosure authorised"] += 1
        return str(answer["id"])

    def _count_refusal(self, refused: RequestRefused) -> None:
        if refused.code == "nothing-may-be-shared":
            reasons = {group["reason"] for group in refused.problem.get("withheld", [])} - GENERAL_REASONS
            self._log.refused[", ".join(sorted(reasons)) or refused.code] += 1
        else:
            self._desk.too_late(refused, "nothing-new-to-share")

    async def _share_as_lead(self, key: AgencyKey) -> None:
        person = self._desk.person("person-1")
        if person is None:
            return
        self._history.decided_by_lead.append((key, frozenset({"person-1"}), time.time()))
        kind, agency_code = key
        decision = {"recipient_kind": kind, "agency_code": agency_code, "person_ids": [person["id"]]}
        await self._desk.post("authorisations", {**decision, "reason": "duress"}, as_lead=True)
        self._log.done["a lead decided"] += 1

    async def _until_sent(self, disclosures: set[str]) -> None:
        """Wait until none of these disclosures is still to be sent, or until it has taken too long."""
        until = time.monotonic() + SENT_WITHIN
        while time.monotonic() < until:
            listed = await self._desk.disclosures()
            if not any(one["id"] in disclosures and one["state"] == "authorised" for one in listed):
                return
            await asyncio.sleep(0.3)

    async def _withdraw(self) -> None:
        """Withdraw in a call, or by a message: then a person checks it before copies are recalled."""
        reporter = self._desk.person(THE_REPORTER)
        assert reporter is not None  # whoever made the report
        how = "message" if self._plan.withdraws_in_writing else "phone"
        await self._desk.post(f"persons/{reporter['id']}/withdrawal", {"given_how": how})
        self._history.withdrawn_at[THE_REPORTER] = time.time()
        self._log.done[f"withdrawn {self._plan.withdraw} sending"] += 1
