"""Effects: what follows from a change of the facts, as values; `apply_effects` writes them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from case_service.sharing.decisions.decision import Item
from case_service.sharing.duties.duty import Duty
from case_service.sharing.duties.required import AgencyKey
from case_service.sharing.facts import Classification, FactRef
from shared.domain.vocabulary import DisclosureKind, Ground, WithheldReason


class TaskKind(StrEnum):
    """Kinds of task that a person must do."""

    IMPORT_REPORT = "import_report"
    """The report cannot be fetched: read it at intake."""
    READ_DANGER = "read_danger"
    """A report says that somebody is in danger: read it, and telephone."""
    LOOK_AT_WITNESS = "look_at_witness"
    """A child saw something, and nobody knows where the child lives."""
    MASS_NOTIFICATION = "mass_notification"
    """One unverified report forces very many agencies."""
    SIGN_PROPOSAL = "sign_proposal"
    """A first signature waits for a lead's."""
    COUNTERSIGN_CALL = "countersign_call"
    """Nothing written can go to the agency: a lead countersigns the call."""
    CHECK_WITHDRAWAL = "check_withdrawal"
    """Check that a withdrawal is the person's own wish, before copies are recalled."""
    TELEPHONE_RECALL = "telephone_recall"
    """A copy that went by telephone is recalled by telephone."""
    FIND_PLACE = "find_place"
    TELEPHONE_AGENCY = "telephone_agency"
    TELEPHONE_AGENCY_AGAIN = "telephone_agency_again"
    COUNTERSIGN = "countersign"
    INFORM_PERSON = "inform_person"
    AUTHORISE_DISCLOSURE = "authorise_disclosure"
    DECLINED_BY_AGENCY = "declined_by_agency"
    BLOCKED_EVENTS = "blocked_events"
    """An event about the case is a dead letter: what depends on it is a person's until the replay."""


TELEPHONE_TASKS = (TaskKind.TELEPHONE_AGENCY, TaskKind.TELEPHONE_AGENCY_AGAIN)


class TaskOutcome(StrEnum):
    """Outcomes with which the platform itself ends tasks."""

    STOOD_DOWN = "stood-down"
    HANDED_OVER = "handed-over"
    SIGNED = "signed"
    OVERTAKEN = "overtaken"
    ELSEWHERE = "answered-elsewhere"
    ENDED_BY_TWO = "ended-by-two"
    NOT_FORCED = "not-forced"
    CHECKED = "checked"
    RECALL_ANSWERED = "recall-answered"
    WITHDRAWN = "withdrawn"
    REROUTED = "rerouted"
    MERGED = "merged"
    PLACE_FOUND = "place-found"
    NOTHING_TO_AUTHORISE = "nothing-to-authorise"
    ACKNOWLEDGED = "acknowledged"
    INFORMED = "informed"
    NOT_INFORMED = "not-informed"
    COUNTERSIGNED = "countersigned"
    REPORT_IMPORTED = "report-imported"
    LEFT_WITH_INTAKE = "left-with-intake"
    HANDLED = "handled"


@dataclass(frozen=True)
class ReopenCase:
    """A fact that must be acted on became known about a closed case (facts 7 and 8)."""


@dataclass(frozen=True)
class ChangeDuty:
    """Open the duty of an agency, or change it. `announce`: it is a new duty, or one that forces again."""

    key: AgencyKey
    duty: Duty
    announce: bool = False


@dataclass(frozen=True)
class OfDuplicate:
    """Case that repeats this one, and its facts about which it tells the agency (fact 8)."""

    case_id: str
    facts: frozenset[FactRef] = frozenset()
    verified: bool = True
    """A person confirmed or recorded each of these facts."""


@dataclass(frozen=True)
class AuthoriseDisclosure:
    """Let a forced disclosure be sent to the agency of a duty. A correction takes back the facts in `about`."""

    key: AgencyKey
    kind: DisclosureKind
    grounds: frozenset[Ground]
    about: tuple[FactRef, ...] = ()
    duplicate: OfDuplicate | None = None
    """Case whose content or correction it carries; None for the case's own."""


@dataclass(frozen=True)
class WithholdUnsent:
    """Send none of the forced disclosures that wait at this agency: another agency's carry them."""

    key: AgencyKey
    reason: WithheldReason


@dataclass(frozen=True)
class RecallDisclosure:
    """Recall the groups and persons of a copy that left on consent that was taken back."""

    disclosure_id: str
    items: frozenset[Item]


@dataclass(frozen=True)
class OpenTaskFor:
    """Open a task for the person on call, or make one that is open due no later."""

    kind: TaskKind
    due_at: datetime
    key: AgencyKey | None = None


@dataclass(frozen=True)
class EndTasks:
    """End tasks that have become needless, with the reason."""

    kinds: tuple[TaskKind, ...]
    outcome: TaskOutcome
    key: AgencyKey | None = None


@dataclass(frozen=True)
class ProposeTakingBack:
    """Propose that facts be taken back; whoever recorded what contradicts them has signed first (facts 8 and 14)."""

    facts: frozenset[FactRef]
    was_sent: bool
    signed_by: str


@dataclass(frozen=True)
class MarkUrgency:
    """Mark the case for the order of the list: danger, child."""

    danger: bool
    child: bool


@dataclass(frozen=True)
class AnnounceClassification:
    """Announce the classification and counts of the case to statistics."""

    classification: Classification


Effect = (
    ReopenCase
    | ChangeDuty
    | AuthoriseDisclosure
    | WithholdUnsent
    | RecallDisclosure
    | OpenTaskFor
    | EndTasks
    | ProposeTakingBack
    | MarkUrgency
    | AnnounceClassification
)
