"""Work log: counts of what people did, for the tables at the end."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class WorkLog:
    """Counts of acts that were done, refused by the rules, or too late."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    too_late: Counter[str] = field(default_factory=Counter)
