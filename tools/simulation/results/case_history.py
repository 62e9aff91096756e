"""Case history: one planned report, and what people then did about it, with the times by the simulation's own clock.

It asks no service. Where a time is uncertain, because a request was under way, what allows sharing counts from when
it was asked for, and what ends sharing from when it was answered.
"""

from dataclasses import dataclass, field

from tools.simulation.reports.planned_report import THE_REPORTER, PlannedPerson, PlannedReport
from tools.simulation.rules_model.world import AgencyKey

__all__ = ["THE_REPORTER", "CaseHistory", "KnownDanger", "Redirected"]


@dataclass(frozen=True)
class KnownDanger:
    """Danger to a person, or to nobody who is named: since when it is known, and who told of it."""

    person: str | None
    since: float = 0.0
    source: str = THE_REPORTER


@dataclass(frozen=True)
class Redirected:
    """Agency that an adviser chose for facts which another one had declined."""

    declined: AgencyKey
    chosen: AgencyKey
    since: float


@dataclass
class CaseHistory:
    """One report and what became of it. Persons are named by their labels; times are in seconds."""

    report: PlannedReport
    places: list[str | None] = field(default_factory=list)
    """Council of the case, as a GSS code: first as reported, then each correction; None: nobody knows it any more."""
    joined: list[tuple[PlannedPerson, float]] = field(default_factory=list)
    """Persons whom an adviser added."""
    homes: dict[str, tuple[str, float]] = field(default_factory=dict)
    """Homes that an adviser recorded, as a GSS code."""
    dangers: list[KnownDanger] = field(default_factory=list)
    children: dict[str, float] = field(default_factory=dict)
    """Persons who are or may be under 18, and since when it is known."""
    proved_adult: set[str] = field(default_factory=set)
    """Persons who were told of as children and are adults, as two people have signed. What was told stays told."""
    authorised: list[tuple[AgencyKey, float]] = field(default_factory=list)
    """Agencies to which an adviser authorised what consent permits."""
    decided_by_lead: list[tuple[AgencyKey, frozenset[str], float]] = field(default_factory=list)
    """Agency, and the persons whose identity may go."""
    consents: list[tuple[str, str, float]] = field(default_factory=list)
    """Person who agreed later, for themselves, and the recipient kind."""
    withdrawn_at: dict[str, float] = field(default_factory=dict)
    source_decisions: list[tuple[str, float]] = field(default_factory=list)
    """Choices of advisers about the reporter as a source: `name`, `leave_out` or `leave_out_with_words`."""
    redirected: list[Redirected] = field(default_factory=list)
    stood_down_at: float | None = None

    def __post_init__(self) -> None:
        """Start with what the report itself says, which counts from the beginning."""
        self.places.append(self.report.place)
        if self.report.danger_somewhere:
            self.dangers.append(KnownDanger(None))
        self.dangers += [KnownDanger(person.label) for person in self.report.people if person.in_danger]
        self.children |= {person.label: 0.0 for person in self.report.people if person.child}

    def add_child(self, label: str, at: float) -> None:
        """Add a person who turns out to be a child. One who was known to be a child stays known from before."""
        self.children.setdefault(label, at)

    def last_known(self, number: int) -> str | None:
        """Return the place that was known before one which is not known."""
        return next((one for one in reversed(self.places[:number]) if one is not None), None)

    @property
    def is_forced(self) -> bool:
        """Return whether anything known about the case must be shared."""
        return self.report.opens_case and bool(self.dangers or self.children)
