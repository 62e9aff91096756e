"""Consent of a case beside its model: what may go now, what was recalled, which tasks are open."""

from dataclasses import dataclass, field

from shared.events import DisclosureAuthorised
from tests.case.histories.acting_steps import ActingSteps
from tests.case.histories.modelled_consent import ModelledConsent, permitted
from tools.simulation.rules_model.ages import british_day
from tools.simulation.rules_model.recalls import Parts
from tools.simulation.rules_model.world import World

KINDS_ASKED = ("police", "children_social_care")


@dataclass
class ComparedConsent(ActingSteps):
    """Case of which consent is compared too, after every step."""

    consent: ModelledConsent = field(default_factory=ModelledConsent)
    issued_on_consent: list[DisclosureAuthorised] = field(default_factory=list)
    authorised_on_consent: list[DisclosureAuthorised] = field(default_factory=list)
    asked_about: World | None = None
    """World about which the service was asked last: while it stays, so does what may go."""

    def permitted_now(self, kind: str) -> Parts:
        return permitted(self.model.with_households(), kind, british_day(self.now))

    async def compare(self) -> None:
        await super().compare()
        self._compare_recalls()
        self._compare_consent_tasks()
        if self.asked_about != self.model.world:
            for kind in KINDS_ASKED:
                await self._compare_permitted(kind)
            self.asked_about = self.model.world

    async def _compare_permitted(self, kind: str) -> None:
        """Compare what consent lets go to this kind now, part for part."""
        path = f"/v1/cases/{self.case_id}/explanation?recipient_kind={kind}"
        answer = await self.cases.do("GET", path)
        assert answer.status_code == 200, answer.text
        found = {(one["group"], one["person_id"]) for one in answer.json()["included"]}
        may = self.permitted_now(kind)
        assert found == may, f"{kind} may get {found - may} on consent, and not {may - found}"

    def _compare_recalls(self) -> None:
        """Compare each recall of this step: groups and persons, of each copy."""
        found = {
            str(one.disclosure_id): (
                {str(group) for group in one.field_groups},
                {str(person) for person in one.person_ids},
            )
            for one in self.outbox.take_recalled()
        }
        expected = {
            name: ({group for group, _ in parts}, {person for _, person in parts if person})
            for name, parts in self.consent.news.items()
        }
        assert found == expected, f"recalled otherwise than in the model: {found}, not {expected}"
        self.consent.news = {}

    def _compare_consent_tasks(self) -> None:
        open_tasks = {one["kind"] for one in self.case_file["tasks"] if not one["completed_at"]}
        doubted = self.consent.must_check(self.model.with_households(), british_day(self.now))
        assert ("check_withdrawal" in open_tasks) == doubted, (
            f"a withdrawal is checked otherwise than in the model: {not doubted}"
        )
        telephoned, expected = self.open_at("telephone_recall"), self.consent.telephoned()
        assert telephoned == expected, (
            f"recalled by telephone otherwise than in the model: {telephoned}, not {expected}"
        )
        for kind in KINDS_ASKED:
            shared = any(str(one.recipient_kind) == kind for one in self.authorised_on_consent)
            asked = any(self.shares(one.id, kind) for one in self.model.world.persons)
            must = asked and bool(self.permitted_now(kind)) and not shared
            assert not must or "authorise_disclosure" in open_tasks, f"nobody is asked to authorise: {kind}"
