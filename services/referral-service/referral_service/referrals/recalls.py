"""Recalls: an agency is asked to destroy its copy, and only its own answer to that ends the recall."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from referral_service.deliveries.models import Delivery, delivery_of_recall, recall_id
from referral_service.referrals.acts import ActKind, Author, Words, numbered
from referral_service.referrals.record import ReferralRecord
from referral_service.referrals.states import (
    CopyWasReceived,
    NothingToAnswer,
    RecallAnsweredAlready,
    ReferralState,
)
from shared.domain.vocabulary import RecallAnswer, RecallAnswerChannel, RecallKeptReason
from shared.events import RecallAnswered, RecallNotNeeded, ReferralEvent

NOTHING_TO_RECALL = "nothing-to-recall"
ANSWERED = "recall-answered"


class Recalls(ReferralRecord):
    """Rules of recalls: what is recalled, and which answer ends one."""

    def recall(self, disclosure_id: UUID, at: datetime) -> list[ReferralEvent]:
        """Add a recall of a copy that may have arrived; where none did, announce that none is needed.

        What waits before it is due at once, so that nothing holds it up which may not be sent any more.
        """
        copy = next((one for one in self.disclosures if one.disclosure_id == disclosure_id), None)
        recall = self._recall_of(disclosure_id)
        if copy is None or (recall is not None and recall.fault != NOTHING_TO_RECALL):
            return []
        if not copy.may_be_on_its_way:
            return [RecallNotNeeded(**self._facts(copy, at))]
        if copy.is_waiting:
            copy.make_due(at)
        if recall is None:
            self._append(delivery_of_recall(copy, at))
        else:
            self._revive_recall_of(copy, at)
        if copy.may_have_arrived:  # a copy that a worker holds now may still be withheld
            self._reach(ReferralState.RECALLED)
        return []

    def answer_recall(
        self,
        answer: RecallAnswer,
        kept_reason: RecallKeptReason | None,
        author: Author,
        words: Words,
        *,
        disclosure_id: UUID | None = None,
    ) -> list[ReferralEvent]:
        """Record what the agency did with a recalled copy, or with all of them; the first answer stands."""
        known = [one for one in self.known_to_agency if not one.is_disclosure]
        asked = [one for one in known if disclosure_id in {None, one.disclosure_id}]
        if not asked:
            raise NothingToAnswer
        open_ones = [one for one in asked if one.recall_answer is None]
        is_same = all(one.was_answered(answer, kept_reason) for one in asked)
        if not open_ones and not (is_same and self._was_said(asked, author, words)):
            raise RecallAnsweredAlready
        if answer is RecallAnswer.NOT_HELD and self._was_received(open_ones):
            raise CopyWasReceived
        return [self._answer(one, answer, kept_reason, author, words) for one in open_ones]

    def _answer(
        self,
        recall: Delivery,
        answer: RecallAnswer,
        kept_reason: RecallKeptReason | None,
        author: Author,
        words: Words,
    ) -> ReferralEvent:
        recall.keep_recall_answer(answer, kept_reason)
        if not recall.is_over and not recall.is_being_sent:
            recall.withhold(ANSWERED)
        code = kept_reason or answer
        disclosure_id = recall.disclosure_id
        self.record(
            ActKind.RECALL_ANSWERED, author, words=words, disclosure_id=disclosure_id, code=code.value
        )
        return RecallAnswered(
            **self._facts(recall, author.at),
            answer=answer,
            reason=kept_reason,
            answered_by=RecallAnswerChannel(author.channel or RecallAnswerChannel.API),
        )

    def _was_said(self, recalls: Sequence[Delivery], author: Author, words: Words) -> bool:
        """Return whether the name and the reference were given with an answer to these recalls, or are not given."""
        recalled = {str(one.disclosure_id) for one in recalls}
        acts = numbered(self.acts, ActKind.RECALL_ANSWERED)
        said = [words.of(number) for number, act in acts if act["disclosure_id"] in recalled]
        return not author.words or author.words in said

    def _was_received(self, recalls: Sequence[Delivery]) -> bool:
        recalled = {one.disclosure_id for one in recalls}
        return any(one.sent_at is not None for one in self.disclosures if one.disclosure_id in recalled)

    def _drop_recall_of(self, copy: Delivery, at: datetime) -> list[ReferralEvent]:
        """Send no recall of a copy that never arrived: it would show the agency that there was one."""
        recall = self._recall_of(copy.disclosure_id)
        if recall is None or not recall.is_waiting or copy.may_have_arrived:
            return []
        recall.withhold(NOTHING_TO_RECALL)
        self.version += 1
        return [RecallNotNeeded(**self._facts(copy, at))]

    def _revive_recall_of(self, copy: Delivery, at: datetime) -> None:
        """Send a recall after all that was dropped, because the copy may have arrived meanwhile."""
        recall = self._recall_of(copy.disclosure_id)
        if recall is not None and recall.fault == NOTHING_TO_RECALL:
            recall.wait_again(at)
            self.version += 1

    def _recall_of(self, disclosure_id: UUID) -> Delivery | None:
        wanted = recall_id(disclosure_id)
        return next((one for one in self.recalls if one.id == wanted), None)
