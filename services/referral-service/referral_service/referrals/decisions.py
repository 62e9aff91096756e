"""Decisions of an agency: it acknowledges, accepts or declines, and reports outcomes. Nothing said is overwritten."""

from collections.abc import Sequence
from uuid import UUID

from referral_service.deliveries.models import Delivery
from referral_service.referrals.acknowledged_messages import acknowledged_messages
from referral_service.referrals.acts import DECISIONS, ActKind, Author, Words, numbered
from referral_service.referrals.record import ReferralRecord
from referral_service.referrals.states import (
    MAY_FOLLOW,
    STEPS,
    Decision,
    DeclinedBefore,
    NotAnOutcome,
    ReferenceGivenBefore,
    ReferralDecidedAlready,
    ReferralState,
)
from shared.domain.vocabulary import AcknowledgementChannel, DeclineReason, ReferralOutcome
from shared.errors import NotFound
from shared.events import (
    ReferralAccepted,
    ReferralAcknowledged,
    ReferralDeclined,
    ReferralEvent,
    ReferralOutcomeReported,
)


class Decisions(ReferralRecord):
    """Rules of what an agency may say about a referral, and what it announces."""

    def acknowledge(
        self, author: Author, words: Words, *, disclosure_id: UUID | None = None
    ) -> list[ReferralEvent]:
        """Record that the agency has a message, even if its answer to the sending was lost.

        A reference or a name is recorded with it. The same again changes nothing, and another reference is refused.
        """
        meant = self._meant(disclosure_id)
        events = self._acknowledge(meant, author, words)
        if not events:
            self._acknowledge_again(meant, author, words)
        return events

    def accept(self, author: Author, words: Words) -> list[ReferralEvent]:
        return self._decide(Decision.ACCEPTED, None, author, words)

    def decline(self, reason: DeclineReason, author: Author, words: Words) -> list[ReferralEvent]:
        return self._decide(Decision.DECLINED, reason, author, words)

    def report_outcome(self, outcome: ReferralOutcome, author: Author, words: Words) -> list[ReferralEvent]:
        """Record an outcome. It acknowledges as well; the same outcome again changes nothing."""
        if outcome in STEPS:
            raise NotAnOutcome(invalid=[{"field": "outcome", "rule": "step"}])
        meant = self._meant()
        if self.decision is Decision.DECLINED:
            raise ReferralDecidedAlready
        events = self._acknowledge(meant, author, words, code=ActKind.OUTCOME_REPORTED.value)
        if any(one["outcome"] == outcome.value for one in self.outcomes):
            return events
        newest = meant[-1]
        self.outcomes = [*self.outcomes, {"outcome": outcome.value, "at": author.at.isoformat()}]
        self.record(ActKind.OUTCOME_REPORTED, author, disclosure_id=newest.disclosure_id, code=outcome.value)
        self._reach(ReferralState.OUTCOME)
        return [*events, ReferralOutcomeReported(**self._facts(newest, author.at), outcome=outcome)]

    def _meant(self, disclosure_id: UUID | None = None) -> list[Delivery]:
        meant = acknowledged_messages(self.arrived, disclosure_id)
        if not meant:
            raise NotFound
        return meant

    def _acknowledge(
        self,
        meant: Sequence[Delivery],
        author: Author,
        words: Words,
        *,
        code: str | None = None,
        declined: bool | None = None,
    ) -> list[ReferralEvent]:
        """Acknowledge what was not before, and return the event of each; `code` names the act that says so."""
        declined = self.decision is Decision.DECLINED if declined is None else declined
        channel = AcknowledgementChannel(author.channel or AcknowledgementChannel.API)
        events: list[ReferralEvent] = []
        for one in meant:
            if one.acknowledged_at is None:
                one.acknowledge(author.at)
                self.record(
                    ActKind.ACKNOWLEDGED, author, words=words, disclosure_id=one.disclosure_id, code=code
                )
                events.append(
                    ReferralAcknowledged(
                        **self._facts(one, author.at),
                        forced=one.forced,
                        acknowledged_by=channel,
                        declined=declined,
                    )
                )
        if events:
            self._reach(ReferralState.ACKNOWLEDGED)
        return events

    def _acknowledge_again(self, meant: Sequence[Delivery], author: Author, words: Words) -> None:
        """Add a name or a first reference to what was acknowledged; refuse what would replace or change nothing."""
        ids = {str(one.disclosure_id) for one in meant}
        acts = [one for one in numbered(self.acts, ActKind.ACKNOWLEDGED) if one[1]["disclosure_id"] in ids]
        references = {words.of(number).get("reference") for number, _ in acts} - {None}
        names = {words.of(number).get("name") for number, _ in acts}
        is_new_reference = author.reference is not None and author.reference not in references
        if is_new_reference and references:
            raise ReferenceGivenBefore
        if is_new_reference or (author.name is not None and author.name not in names):
            newest = meant[-1].disclosure_id
            self.record(ActKind.ACKNOWLEDGED, author, words=words, disclosure_id=newest)
        elif self.decision is Decision.DECLINED and all("code" in act for _, act in acts):
            raise DeclinedBefore

    def _decide(
        self, decision: Decision, reason: DeclineReason | None, author: Author, words: Words
    ) -> list[ReferralEvent]:
        """Record a decision. It acknowledges as well; the same decision on the same messages changes nothing."""
        meant = self._meant()
        if not self._has_undecided(meant):
            if (decision, reason) == (self.decision, self.decline_reason):
                return []
            if decision not in MAY_FOLLOW[self.decision]:
                raise ReferralDecidedAlready
        is_decline = decision is Decision.DECLINED
        events = self._acknowledge(meant, author, words, code=decision.value, declined=is_decline)
        self.decision, self.decline_reason = decision, reason
        newest = meant[-1]
        self.record(ActKind(decision.value), author, disclosure_id=newest.disclosure_id, code=reason)
        self._reach(ReferralState.OUTCOME if self.outcomes and not is_decline else ReferralState(decision))
        facts = self._facts(newest, author.at)
        made = ReferralAccepted(**facts) if reason is None else ReferralDeclined(**facts, reason=reason)
        return [*events, made]

    def _has_undecided(self, meant: Sequence[Delivery]) -> bool:
        """Return whether one of the messages came to the agency's notice after its newest decision."""
        decided = max((number for number, _ in numbered(self.acts, *DECISIONS)), default=-1)
        noticed: dict[str, int] = {}
        for number, act in numbered(self.acts, ActKind.ACKNOWLEDGED):
            noticed.setdefault(act["disclosure_id"], number)
        return any(noticed.get(str(one.disclosure_id), decided + 1) > decided for one in meant)
