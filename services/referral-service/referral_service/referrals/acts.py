"""Acts about a referral: what an agency or a person did, who and when. Entries are added and never changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shared.domain.vocabulary import AcknowledgementChannel, RecallAnswerChannel


class ActKind(StrEnum):
    """Kind of an act about a referral."""

    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    OUTCOME_REPORTED = "outcome_reported"
    RECALL_ANSWERED = "recall_answered"
    UNDELIVERABLE = "undeliverable"
    LINK_CREATED = "link_created"
    LINK_OPENED = "link_opened"


class AnswerChannel(StrEnum):
    """Way by which an answer of an agency came: its token, an access link, or the telephone."""

    API = "api"
    LINK = "link"
    TELEPHONE = "telephone"


DECISIONS = frozenset({ActKind.ACCEPTED, ActKind.DECLINED})
OF_ONE_MESSAGE = frozenset({ActKind.ACKNOWLEDGED, ActKind.RECALL_ANSWERED})
OF_THE_AGENCY = OF_ONE_MESSAGE | DECISIONS | {ActKind.OUTCOME_REPORTED}
"""Acts that the agency sees, because they are its own."""

Act = dict[str, str]
"""Entry of the list: `act`, `at`, `by`, and where they apply `channel`, `disclosure_id` and `code`."""


@dataclass(frozen=True)
class Author:
    """Caller who does something at a time, with a name and a reference where these were given. Never printed."""

    actor: str
    at: datetime
    channel: AcknowledgementChannel | RecallAnswerChannel | None = None
    name: str | None = None
    reference: str | None = None

    def __repr__(self) -> str:
        return "<Author>"

    @property
    def words(self) -> dict[str, str]:
        said = {"name": self.name, "reference": self.reference}
        return {key: text for key, text in said.items() if text is not None}


@dataclass
class Words:
    """Names and references that were given with acts, by the number of the act; sealed at rest."""

    by_act: dict[str, dict[str, str]] = field(default_factory=dict)
    changed: bool = False

    def of(self, number: int) -> Mapping[str, str]:
        return self.by_act.get(str(number), {})

    def add(self, number: int, words: dict[str, str]) -> None:
        """Keep the words of a new act."""
        if words:
            self.by_act[str(number)] = words
            self.changed = True

    def first(self, key: str) -> str | None:
        """Return the first reference or name that was given; None where there is none."""
        given = (self.by_act[number].get(key) for number in sorted(self.by_act, key=int))
        return next((text for text in given if text is not None), None)

    def __repr__(self) -> str:
        return "<Words>"


def new_act(kind: ActKind, author: Author, *, disclosure_id: object = None, code: str | None = None) -> Act:
    entry = {"act": kind.value, "at": author.at.isoformat(), "by": author.actor}
    if author.channel is not None:
        entry["channel"] = author.channel.value
    if disclosure_id is not None:
        entry["disclosure_id"] = str(disclosure_id)
    if code is not None:
        entry["code"] = code
    return entry


def numbered(acts: list[Act], *kinds: ActKind) -> Iterator[tuple[int, Act]]:
    """Yield the acts of these kinds with their numbers, in the order in which they were done."""
    return ((number, act) for number, act in enumerate(acts) if act["act"] in kinds)
