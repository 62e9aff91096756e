"""Findings of a simulation: words that must not have been sent, doubled messages, duties that nobody answers for."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tools.simulation.partners.partner_agencies import ReceivedMessage
from tools.simulation.reports.planned_report import Canary
from tools.simulation.results.case_history import CaseHistory
from tools.simulation.results.expected_sharing import (
    may_receive,
    may_receive_anything,
    required_recipients,
)

TOKEN = re.compile(r"CANARY-(\d{4})-[a-z0-9-]*[a-z0-9]", re.IGNORECASE)
ANSWERED = frozenset({"acknowledged", "handed_over", "elsewhere", "ended", "stood_down"})
WITHOUT_WORDS = frozenset({"recall.v1", "correction"})
"""Types and kinds of message that need no ground and carry no words: they speak of what went before."""
REROUTED = "rerouted"


@dataclass(frozen=True)
class Addressee:
    """Case that a message is about, and recipient kind for which it was meant."""

    case_id: str
    recipient_kind: str


@dataclass(frozen=True)
class Leak:
    """Word that reached an agency against the rules."""

    token: str
    agency_code: str
    reason: str


@dataclass
class DutyTally:
    """Counts of how every sharing duty was answered for."""

    acknowledged: int = 0
    handed_over: int = 0
    elsewhere: int = 0
    """Declined, and acknowledged by another agency."""
    ended: int = 0
    """Declined, and ended by two people."""
    stood_down: int = 0
    open_with_person: int = 0
    unaccounted: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def duties(self) -> int:
        answered = sum(int(getattr(self, state)) for state in ANSWERED)
        return answered + self.open_with_person + len(self.unaccounted)


def find_leaks(
    histories: Mapping[str, CaseHistory],
    received: Iterable[ReceivedMessage],
    addressees: Mapping[str, Addressee],
) -> list[Leak]:
    """Return every word at an agency that the rules keep from it.

    `histories` are by the id of the case, `addressees` by the id of the referral.
    """
    canaries = {
        canary.token.lower(): canary for history in histories.values() for canary in history.report.canaries
    }
    found: dict[Leak, None] = {}
    for message in received:
        for leak in _leaks_in(message, histories, addressees, canaries):
            found.setdefault(leak)
    return list(found)


def _leaks_in(
    message: ReceivedMessage,
    histories: Mapping[str, CaseHistory],
    addressees: Mapping[str, Addressee],
    canaries: Mapping[str, Canary],
) -> Iterable[Leak]:
    agency_code, at = message.agency.agency_code, message.at
    addressee = addressees.get(message.content.get("referral_id", ""))
    history = histories.get(addressee.case_id) if addressee else None
    if addressee is None or history is None:
        yield Leak("(a message)", agency_code, "it is about no case of this simulation")
        return
    key = (addressee.recipient_kind, agency_code)
    wordless = bool({message.content.get("type"), message.content.get("kind")} & WITHOUT_WORDS)
    if not wordless and not may_receive_anything(history, key, at):
        about = f"(a message about report {history.report.number})"
        yield Leak(about, agency_code, "nothing may go to this agency")
    for token in tokens_in(message.text, message.raw.decode(errors="replace")):
        canary = canaries.get(token)
        if canary is None or canary not in history.report.canaries:
            yield Leak(token, agency_code, "it is of another case")
        elif wordless or not may_receive(history, canary, key, at):
            reason = f"{canary.field} may not go to {addressee.recipient_kind}"
            yield Leak(canary.token, agency_code, reason)


def tokens_in(*texts: str) -> set[str]:
    return {match.group(0).lower() for text in texts for match in TOKEN.finditer(text)}


def find_duplicates(received: Iterable[ReceivedMessage]) -> list[str]:
    """Return what reached an agency as two messages in effect.

    A disclosure under two webhook ids, or a referral whose first message came again as another disclosure.
    """
    ids: dict[tuple[str, str], set[str]] = defaultdict(set)
    first: dict[tuple[str, str], set[str]] = defaultdict(set)
    for message in (one for one in received if one.in_effect):
        content = message.content
        ids[content["type"], content["disclosure_id"]].add(message.webhook_id)
        if content["type"] == "referral.v1" and content.get("kind") == "initial":
            first[content["referral_id"], _payload(content)].add(content["disclosure_id"])
    doubled = [disclosure for (_, disclosure), webhook_ids in ids.items() if len(webhook_ids) > 1]
    return doubled + [referral for (referral, _), disclosures in first.items() if len(disclosures) > 1]


def _payload(content: Mapping[str, Any]) -> str:
    payload = {name: part for name, part in content["content"].items() if name != "disclosure_id"}
    return json.dumps(payload, sort_keys=True)


def tally_duties(histories: Mapping[str, CaseHistory], cases: Iterable[Mapping[str, Any]]) -> DutyTally:
    """Account for every sharing duty of every case, and for every one that there should be."""
    result = DutyTally()
    for case in cases:
        claimed = {
            task["recipient_id"] for task in case["tasks"] if task["holder"] and not task["completed_at"]
        }
        for recipient in (one for one in case["recipients"] if is_forced(one)):
            _count(result, recipient, claimed=recipient["id"] in claimed)
        if history := histories.get(case["id"]):
            result.missing += _missing(history, case["recipients"])
    return result


def has_duty(recipient: Mapping[str, Any]) -> bool:
    """Return whether a duty was ever opened for this case recipient."""
    return recipient["duty"] is not None


def is_forced(recipient: Mapping[str, Any]) -> bool:
    """Return whether it has a duty that another agency's has not replaced; also one that two people stood down."""
    return has_duty(recipient) and recipient["duty"]["state"] != REROUTED


def _count(result: DutyTally, recipient: Mapping[str, Any], *, claimed: bool) -> None:
    state = recipient["duty"]["state"]
    if state in ANSWERED:
        setattr(result, state, getattr(result, state) + 1)
    elif claimed:
        result.open_with_person += 1
    else:
        result.unaccounted.append(f"{recipient['agency_code']} ({state}, case recipient {recipient['id']})")


def _missing(history: CaseHistory, recipients: Sequence[Mapping[str, Any]]) -> list[str]:
    there = {(one["recipient_kind"], one["agency_code"]) for one in recipients if is_forced(one)}
    missing = sorted(required_recipients(history) - there)
    return [f"report {history.report.number}: {kind} {agency_code}" for kind, agency_code in missing]
