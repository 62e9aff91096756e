"""Effects: what follows from a change of the facts, as values; `apply_effects` writes them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from case_service.sharing.duties import AgencyKey
from case_service.sharing.duty import Duty
from case_service.sharing.facts import Classification
from shared.domain.vocabulary import DisclosureKind, Ground, WithheldReason


class TaskKind(StrEnum):
    """Kinds of task that a person must do."""

    IMPORT_REPORT = "import_report"
    """The report cannot be fetched: read it at intake."""
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
    REROUTED = "rerouted"
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
class AuthoriseDisclosure:
    """Let a forced disclosure be sent to the agency of a duty; `about` are the persons of a correction."""

    key: AgencyKey
    kind: DisclosureKind
    grounds: frozenset[Ground]
    about: tuple[str, ...] = ()


@dataclass(frozen=True)
class WithholdUnsent:
    """Send none of the forced disclosures that wait at this agency: another agency's carry them."""

    key: AgencyKey
    reason: WithheldReason


@dataclass(frozen=True)
class RecallDisclosure:
    """Recall a copy that left on consent that was taken back."""

    disclosure_id: str


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
    | MarkUrgency
    | AnnounceClassification
)
