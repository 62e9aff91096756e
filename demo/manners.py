"""How partner agencies behave: most well, some badly for a while, some slowly, some not at all."""

from enum import StrEnum
from random import Random

from demo.loopback import Reply

TROUBLE = 2
"""So many first requests an agency in trouble fails; then it is well again."""


class Manner(StrEnum):
    WELL = "well"
    ERRORS = "errors"  # 500
    HANGS = "hangs"  # takes the request and never answers
    CUTS = "cuts"  # reads everything, then hangs up
    BUSY = "busy"  # 429 with Retry-After
    LOSES_ANSWER = "loses answer"  # has it, but its 2xx never arrives
    LATE = "late"  # acknowledges after we stopped waiting
    SILENT = "silent"  # takes it and never acknowledges
    DECLINES = "declines"
    PHONE_ONLY = "phone only"
    NO_ENTRY = "no entry"  # nobody ever said how to reach it


_SHARES = {
    Manner.WELL: 40,
    Manner.ERRORS: 7,
    Manner.HANGS: 3,
    Manner.CUTS: 5,
    Manner.BUSY: 6,
    Manner.LOSES_ANSWER: 7,
    Manner.LATE: 8,
    Manner.SILENT: 7,
    Manner.DECLINES: 7,
    Manner.PHONE_ONLY: 6,
    Manner.NO_ENTRY: 4,
}
REACHED_BY_WEBHOOK = frozenset(Manner) - {Manner.PHONE_ONLY, Manner.NO_ENTRY}
SEALS = 0.2
"""So many agencies registered a key that everything for them is sealed to."""
WELL = Reply(204)
_IN_TROUBLE = {
    Manner.ERRORS: Reply(500),
    Manner.HANGS: Reply(cut=True, after=20.0),
    Manner.CUTS: Reply(cut=True),
    Manner.BUSY: Reply(429, {"retry-after": "1"}),
    Manner.LOSES_ANSWER: Reply(cut=True),
}
KEEPS_WHAT_IT_READ = frozenset({Manner.LOSES_ANSWER})
"""Of those in trouble, the ones for whom the message has arrived all the same."""


def manner_of(body: str, *, seed: int) -> Manner:
    """The same agency behaves the same way in every run with this seed."""
    return Random(f"{seed}/{body}").choices(list(_SHARES), weights=list(_SHARES.values()))[0]


def seals(body: str, *, seed: int) -> bool:
    return Random(f"{seed}/key/{body}").random() < SEALS


def reply_of(manner: Manner, calls_before: int) -> Reply:
    return _IN_TROUBLE.get(manner, WELL) if calls_before < TROUBLE else WELL


def keeps(manner: Manner, reply: Reply) -> bool:
    """Whether the agency has the message now, whatever its answer says."""
    return reply is WELL or manner in KEEPS_WHAT_IT_READ


def acknowledges_after(manner: Manner, random: Random, *, patience: float) -> float | None:
    """Seconds until it says that it has it; None: it never does. `patience` is how long we wait before telephoning."""
    if manner is Manner.SILENT:
        return None
    return patience + random.uniform(1.0, 3.0) if manner is Manner.LATE else random.uniform(0.02, 0.4)
