"""Life of a duty in the model: one fact at one agency, from waiting to an end.

Facts 8 and 9, property 2.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tools.simulation.rules_model.world import CHILD, DANGER, AgencyKey

WAITING, TOLD, ACKNOWLEDGED, HANDED_OVER = "waiting", "told", "acknowledged", "handed_over"
ELSEWHERE, ENDED = "elsewhere", "ended"
FITS_ANY = frozenset({"not_a_report", "no_person_at_risk", "duplicate_of"})
FITS = {DANGER: FITS_ANY | {"no_danger"}, CHILD: FITS_ANY | {"age_mistaken"}}
CARRIES_DUPLICATE = frozenset({WAITING, TOLD, ACKNOWLEDGED, HANDED_OVER})
AFTER_DECLINE = frozenset({"nobody_answers_for_it", "no_person_at_risk", "cannot_be_reached"})
"""Reasons with which two people end a duty that was declined."""


@dataclass(frozen=True)
class Act:
    """Act on one duty: sent, undeliverable, acknowledged, called, countersigned, declined, signed, end of a search."""

    what: str
    by: str = ""
    is_lead: bool = False
    reason: str = ""


@dataclass(frozen=True)
class DutyLife:
    """One duty and what happened to it; an act without effect leaves it as it is."""

    ground: str = DANGER
    of_witness: bool = False
    can_be_sent: bool = True
    is_search: bool = False
    sent: bool = False
    called_by: str | None = None
    countersigned: bool = False
    answered: bool = False
    declined: bool = False
    answered_elsewhere: bool = False
    signed: tuple[tuple[str, str, str], ...] = ()
    """Signatures that wait for a second: what is signed, who, and with which reason."""
    ended: bool = False

    @property
    def state(self) -> str:
        if self.ended:
            return ENDED
        if self.answered_elsewhere:
            return ELSEWHERE
        if self.declined:
            return TOLD
        if self.answered:
            return ACKNOWLEDGED
        if self.called_by and (self.sent if self.can_be_sent else self.countersigned):
            return HANDED_OVER
        return TOLD if self.sent or self.called_by else WAITING

    @property
    def is_open(self) -> bool:
        """Return whether somebody must still do something."""
        return self.state in (WAITING, TOLD)

    @property
    def message_due_now(self) -> bool:
        """Return whether the message must go without waiting for its window: a call was made."""
        return self.called_by is not None and self.can_be_sent and not self.sent and not self.ended

    @property
    def waits_for_countersignature(self) -> bool:
        """Return whether a call was made, and nothing written can confirm it."""
        return self.is_open and not (self.declined or self.can_be_sent) and self.called_by is not None

    @property
    def telephone_task(self) -> bool:
        """Return whether somebody must still telephone: after a call nobody need, but for a decline."""
        return self.is_open and (self.declined or self.called_by is None)


def lived(duty: DutyLife, acts: Iterable[Act]) -> DutyLife:
    """Return the duty after these acts, in order."""
    for act in acts:
        duty = after(duty, act)
    return duty


def after(duty: DutyLife, act: Act) -> DutyLife:
    """Return the duty after one act; the same where it has no effect."""
    changes = {
        "sent": _after_sending,
        "undeliverable": _after_failure,
        "route_found": _after_route,
        "called": _after_call,
        "acknowledged": _after_acknowledgement,
        "declined": _after_decline,
        "acknowledged_elsewhere": _after_other_answer,
        "countersigned": _after_countersignature,
        "stand_down": _after_stand_down,
        "end_after_decline": _after_end,
        "end_search": _after_search,
    }
    return duty if duty.ended else changes[act.what](duty, act)


def _after_sending(duty: DutyLife, act: Act) -> DutyLife:
    del act
    return replace(duty, sent=True, signed=()) if duty.can_be_sent else duty


def _after_failure(duty: DutyLife, act: Act) -> DutyLife:
    """Learn that nothing written can go: a call that a message seemed to confirm is a call alone."""
    del act
    return replace(duty, can_be_sent=False)


def _after_route(duty: DutyLife, act: Act) -> DutyLife:
    """Learn that something written can go again."""
    del act
    return replace(duty, can_be_sent=True)


def _after_call(duty: DutyLife, act: Act) -> DutyLife:
    """Take over a call; one to an agency that declined ends nothing, a second replaces nothing."""
    called = duty.called_by is not None
    return duty if duty.declined or called or not act.by else replace(duty, called_by=act.by, signed=())


def _after_acknowledgement(duty: DutyLife, act: Act) -> DutyLife:
    del act
    return replace(duty, answered=True) if duty.sent and not duty.declined else duty


def _after_decline(duty: DutyLife, act: Act) -> DutyLife:
    del act
    was_reached = duty.sent or duty.called_by is not None
    return replace(duty, declined=True, signed=()) if was_reached and not duty.declined else duty


def _after_other_answer(duty: DutyLife, act: Act) -> DutyLife:
    del act
    return replace(duty, answered_elsewhere=True) if duty.declined else duty


def _after_countersignature(duty: DutyLife, act: Act) -> DutyLife:
    """Take over the signature of a lead who did not make the call."""
    counts = act.is_lead and duty.called_by not in (None, act.by)
    return replace(duty, countersigned=True) if counts else duty


def may_be_stood_down(duty: DutyLife, reason: str) -> bool:
    """Return whether nobody was reached yet and the reason fits the fact."""
    fits = reason in FITS[duty.ground] or (reason == "witness_only" and duty.of_witness)
    return duty.state == WAITING and fits


def _after_stand_down(duty: DutyLife, act: Act) -> DutyLife:
    if not may_be_stood_down(duty, act.reason):
        return duty
    return _signed(duty, act, second_must_lead=True)


def _after_end(duty: DutyLife, act: Act) -> DutyLife:
    may = duty.declined and not duty.answered_elsewhere and act.reason in AFTER_DECLINE
    return _signed(duty, act, second_must_lead=False) if may else duty


def _after_search(duty: DutyLife, act: Act) -> DutyLife:
    """End a search that cannot succeed, once its fallback has acknowledged."""
    may = duty.is_search and duty.answered
    return _signed(duty, act, second_must_lead=False) if may else duty


def _signed(duty: DutyLife, act: Act, *, second_must_lead: bool) -> DutyLife:
    """Add a signature; the second of another person, for the same reason, ends the duty."""
    others = [one for one in duty.signed if one[0] == act.what and one[2] == act.reason and one[1] != act.by]
    if others and (act.is_lead or not second_must_lead):
        return replace(duty, ended=True)
    return replace(duty, signed=(*duty.signed, (act.what, act.by, act.reason))) if act.by else duty


def is_duplicate(keys: Iterable[AgencyKey], states_there: Mapping[AgencyKey, str]) -> bool:
    """Return whether another case carries this fact at each of its agencies."""
    return all(states_there.get(key) in CARRIES_DUPLICATE for key in keys)


@dataclass(frozen=True)
class Recall:
    """Recall of what an agency holds: ended by its own answer alone."""

    answer: str | None = None

    @property
    def is_open(self) -> bool:
        return self.answer is None


def after_recall(recall: Recall, act: Act) -> Recall:
    """Take over `destroyed`, or `kept` with the lawful reason; nothing else ends a recall."""
    ends = act.what == "destroyed" or (act.what == "kept" and bool(act.reason))
    return Recall(act.what) if ends and recall.is_open else recall
