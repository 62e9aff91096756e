"""Case history: one planned report, and what people then did about it, with the times by the simulation's own clock.

It asks no service. Where a time is uncertain, because a request was under way, what allows sharing counts from when
it was asked for, and what ends sharing from when it was answered.
"""

from dataclasses import dataclass, field

from tools.simulation.reports.planned_report import PlannedReport


@dataclass
class CaseHistory:
    """One report and what became of it. Persons are named by their labels; times are in seconds."""

    report: PlannedReport
    places: list[str | None] = field(default_factory=list)
    """Council of the case, as a GSS code: first as reported, then each correction."""
    dangers: list[tuple[str | None, float]] = field(default_factory=list)
    """Person in danger, or None where nobody is named, and since when it is known."""
    children: dict[str, float] = field(default_factory=dict)
    """Persons who are or may be under 18, and since when it is known."""
    authorised: list[tuple[str, float]] = field(default_factory=list)
    """Recipient kinds to which an adviser authorised what consent permits."""
    decided_by_lead: list[tuple[str, frozenset[str], float]] = field(default_factory=list)
    """Recipient kind, and the persons whose identity may go."""
    own_consents: list[tuple[str, str, float]] = field(default_factory=list)
    """Person who agreed for themselves, and the recipient kind."""
    withdrawn_at: dict[str, float] = field(default_factory=dict)
    source_left_out_at: float | None = None
    stood_down_at: float | None = None

    def __post_init__(self) -> None:
        """Start with what the report itself says, which counts from the beginning."""
        self.places.append(self.report.place)
        if self.report.danger_somewhere:
            self.dangers.append((None, 0.0))
        self.dangers += [(person.label, 0.0) for person in self.report.people if person.in_danger]
        self.children |= {person.label: 0.0 for person in self.report.people if person.child}

    def add_child(self, label: str, at: float) -> None:
        """Add a person who turns out to be a child. One who was known to be a child stays known from before."""
        self.children.setdefault(label, at)

    @property
    def is_forced(self) -> bool:
        """Return whether anything known about the case must be shared."""
        return self.report.opens_case and bool(self.dangers or self.children)
