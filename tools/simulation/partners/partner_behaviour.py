"""Behaviour of partner agencies: most do well, some fail for a while, some are slow, some never answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

FAILING_REQUESTS = 2
"""Number of first requests that an agency with a fault fails; then it does well."""
KEY_SHARE = 0.2
"""Share of the agencies that registered a key, to which everything for them is sealed."""


class Behaviour(StrEnum):
    """Ways in which a partner agency behaves."""

    WELL = "well"
    SERVER_ERROR = "server error"
    NEVER_ANSWERS = "never answers"
    """It takes the request, and answers nothing."""
    HANGS_UP = "hangs up"
    """It reads everything, closes the connection, and keeps nothing."""
    BUSY = "busy"
    """It answers 429 with Retry-After."""
    ANSWER_LOST = "answer lost"
    """It has the message, but its answer never arrives."""
    ACKNOWLEDGES_LATE = "acknowledges late"
    """It acknowledges after the platform has stopped waiting."""
    NEVER_ACKNOWLEDGES = "never acknowledges"
    DECLINES = "declines"
    PHONE_ONLY = "phone only"
    NO_CONTACT_POINT = "no contact point"
    """No operator ever entered how it is reached."""


_WEIGHTS = {
    Behaviour.WELL: 40,
    Behaviour.SERVER_ERROR: 7,
    Behaviour.NEVER_ANSWERS: 3,
    Behaviour.HANGS_UP: 5,
    Behaviour.BUSY: 6,
    Behaviour.ANSWER_LOST: 7,
    Behaviour.ACKNOWLEDGES_LATE: 8,
    Behaviour.NEVER_ACKNOWLEDGES: 7,
    Behaviour.DECLINES: 7,
    Behaviour.PHONE_ONLY: 6,
    Behaviour.NO_CONTACT_POINT: 4,
}
REACHED_BY_WEBHOOK = frozenset(Behaviour) - {Behaviour.PHONE_ONLY, Behaviour.NO_CONTACT_POINT}


@dataclass(frozen=True)
class Reply:
    """Reply of an endpoint. `hangs_up` closes the connection instead; `delay` is in seconds."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs_up: bool = False
    delay: float = 0.0


TAKEN = Reply()
_REPLY_WITH_FAULT = {
    Behaviour.SERVER_ERROR: Reply(500),
    Behaviour.NEVER_ANSWERS: Reply(hangs_up=True, delay=20.0),
    Behaviour.HANGS_UP: Reply(hangs_up=True),
    Behaviour.BUSY: Reply(429, {"retry-after": "1"}),
    Behaviour.ANSWER_LOST: Reply(hangs_up=True),
}


def behaviour_of(agency_code: str, *, seed: int) -> Behaviour:
    """Return the behaviour of an agency, which is the same in every run with this seed."""
    return Random(f"{seed}/{agency_code}").choices(list(_WEIGHTS), weights=list(_WEIGHTS.values()))[0]


def has_key(agency_code: str, *, seed: int) -> bool:
    """Return whether this agency registers a key to which its messages are sealed."""
    return Random(f"{seed}/key/{agency_code}").random() < KEY_SHARE


def reply_of(behaviour: Behaviour, requests_before: int) -> Reply:
    """Return the reply to the next message, which was signed well."""
    has_fault = requests_before < FAILING_REQUESTS
    return _REPLY_WITH_FAULT.get(behaviour, TAKEN) if has_fault else TAKEN


def stores_message(behaviour: Behaviour, reply: Reply) -> bool:
    """Return whether the agency has the message now, whatever its reply says."""
    return reply is TAKEN or behaviour is Behaviour.ANSWER_LOST


def acknowledges_after(behaviour: Behaviour, random: Random, *, escalates_after: float) -> float | None:
    """Return the seconds until the agency acknowledges; None if it never does.

    `escalates_after` are the seconds after which a person of the helpline is asked to telephone.
    """
    if behaviour is Behaviour.NEVER_ACKNOWLEDGES:
        return None
    if behaviour is Behaviour.ACKNOWLEDGES_LATE:
        return escalates_after + random.uniform(1.0, 3.0)
    return random.uniform(0.02, 0.4)
