"""Result of a simulation: the figures of its last line, and a sentence for everything that is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tools.simulation.api_client import Json
from tools.simulation.partners.partner_agencies import PartnerAgencies
from tools.simulation.results.findings import DutyTally, Leak, is_forced
from tools.simulation.results.outcome import Outcome


@dataclass
class Result:
    """All findings of a simulation, with its figures."""

    reports: int
    cases: Sequence[Json]
    tally: DutyTally
    leaks: list[Leak]
    identities_kept: list[str]
    """Words that identify an anonymous reporter and are on a case."""
    words_in_logs: list[str]
    duplicates: list[str]
    expected: dict[str, int]
    """Count of each measure of the statistics, as it should be."""
    counted: dict[str, int]
    refused_messages: int
    withheld: int = 0
    seconds: dict[str, list[float]] = field(default_factory=dict)
    """Seconds from the report to the acknowledgement of each duty, by ground."""

    def measure(self, outcome: Outcome, partners: PartnerAgencies, sent_at: Mapping[str, float]) -> None:
        """Add how long each duty took from the report to the agency's acknowledgement, and what was withheld."""
        for referral in outcome.referrals.values():
            times = [
                partners.acknowledged_at[one["disclosure_id"]]
                for one in referral["deliveries"]
                if one["disclosure_id"] in partners.acknowledged_at
            ]
            recipient = self._recipients.get(referral["recipient_id"])
            if times and recipient is not None and is_forced(recipient):
                took = min(times) - sent_at[referral["case_id"]]
                ground = "danger" if "override_danger" in recipient["duty"]["grounds"] else "child"
                self.seconds.setdefault(ground, []).append(took)
        self.withheld += sum(one["state"] == "withheld" for one in outcome.all_disclosures)

    @property
    def _recipients(self) -> dict[str, Json]:
        return {one["id"]: one for case in self.cases for one in case["recipients"]}

    @property
    def overrides(self) -> int:
        """Number of cases about which something had to be shared."""
        return sum(any(is_forced(one) for one in case["recipients"]) for case in self.cases)

    @property
    def summary(self) -> dict[str, Any]:
        took = sorted(one for group in self.seconds.values() for one in group)
        return {
            "reports": self.reports,
            "cases": len(self.cases),
            "overrides": self.overrides,
            "duties": self.tally.duties,
            "acknowledged": self.tally.acknowledged,
            "handed_over": self.tally.handed_over,
            "elsewhere": self.tally.elsewhere,
            "ended_by_two": self.tally.ended,
            "stood_down": self.tally.stood_down,
            "open_with_person": self.tally.open_with_person,
            "withheld": self.withheld,
            "leaks": len(self.leaks) + len(self.identities_kept) + len(self.words_in_logs),
            "duplicates": len(self.duplicates),
            "p50_ms": round(1000 * percentile(took, 0.50)),
            "p99_ms": round(1000 * percentile(took, 0.99)),
        }

    @property
    def failures(self) -> list[str]:
        """A sentence for everything that must not be."""
        found = [f"Leaked: {one.token} to {one.agency_code}: {one.reason}" for one in self.leaks]
        found += [f"Kept, although the reporter is anonymous: {one}" for one in self.identities_kept]
        found += [f"In a log: {one}" for one in self.words_in_logs]
        found += [f"Took effect twice: {one}" for one in self.duplicates]
        found += [f"Nobody answers for {one}" for one in self.tally.unaccounted]
        found += [f"No duty was opened for {one}" for one in self.tally.missing]
        if self.refused_messages:
            found.append(f"{self.refused_messages} messages were not signed as their agency expects")
        for measure, number in self.expected.items():
            if self.counted[measure] != number:
                found.append(f"Statistics count {self.counted[measure]} {measure}; there were {number}")
        return found


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share does not exceed; 0 where there are none."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
