"""What a demonstration comes to: the figures of its last line, and whatever makes it fail, each in one sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from demo.findings import Leak, Tally, is_forced
from demo.office import Json
from demo.partners import Partners
from demo.stage import Outcome


@dataclass
class Result:
    reports: int
    cases: Sequence[Json]
    tally: Tally
    leaks: list[Leak]
    kept: list[str]
    logged: list[str]
    duplicates: list[str]
    expected: dict[str, int]
    counted: dict[str, int]
    refused_signatures: int
    withheld: int = 0
    seconds: dict[str, list[float]] = field(default_factory=dict)
    """From report to acknowledgement, by ground."""

    def measure(self, outcome: Outcome, partners: Partners, sent_at: Mapping[str, float]) -> None:
        """How long each forced leg took from the report to the agency's own word; and how often the rules said no."""
        acknowledged = partners.acknowledged
        for referral in outcome.referrals.values():
            times = [
                acknowledged[one["disclosure_id"]]
                for one in referral["deliveries"]
                if one["disclosure_id"] in acknowledged
            ]
            leg = self._legs.get(referral["leg_id"])
            if times and leg is not None and is_forced(leg):
                took = min(times) - sent_at[referral["case_id"]]
                ground = "danger" if "override_danger" in leg["grounds"] else "child"
                self.seconds.setdefault(ground, []).append(took)
        disclosures = [one for listed in outcome.disclosures.values() for one in listed]
        self.withheld += sum(one["state"] == "withheld" for one in disclosures)

    @property
    def _legs(self) -> dict[str, Json]:
        return {leg["id"]: leg for case in self.cases for leg in case["legs"]}

    @property
    def overrides(self) -> int:
        """Cases in which something had to be shared."""
        return sum(any(is_forced(leg) for leg in case["legs"]) for case in self.cases)

    @property
    def summary(self) -> dict[str, Any]:
        took = sorted(one for group in self.seconds.values() for one in group)
        return {
            "reports": self.reports,
            "cases": len(self.cases),
            "overrides": self.overrides,
            "forced_legs": self.tally.forced_legs,
            "acknowledged": self.tally.acknowledged,
            "handed_over": self.tally.handed_over,
            "open_with_person": self.tally.open_with_person,
            "withheld": self.withheld,
            "leaks": len(self.leaks) + len(self.kept) + len(self.logged),
            "duplicates": len(self.duplicates),
            "p50_ms": round(1000 * percentile(took, 0.50)),
            "p99_ms": round(1000 * percentile(took, 0.99)),
        }

    @property
    def wrong(self) -> list[str]:
        """A sentence for everything that must not be."""
        said = [f"Leaked: {one.token} to {one.body}: {one.why}" for one in self.leaks]
        said += [f"Kept, although the reporter is anonymous: {one}" for one in self.kept]
        said += [f"In a log: {one}" for one in self.logged]
        said += [f"Sent twice in effect: {one}" for one in self.duplicates]
        said += [f"Nobody answers for {one}" for one in self.tally.unaccounted]
        said += [f"No duty was opened for {one}" for one in self.tally.missing]
        if self.refused_signatures:
            said.append(f"{self.refused_signatures} messages were not signed as their agency expects")
        for measure, number in self.expected.items():
            if self.counted[measure] != number:
                said.append(f"Statistics count {self.counted[measure]} {measure}; there were {number}")
        return said

    @property
    def good(self) -> bool:
        return not self.wrong


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least this share reaches; 0 where there are none."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
