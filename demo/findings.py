"""What a demonstration found: words that left and should not have, doubled messages, duties nobody answers for."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from demo.oracle import World
from demo.partners import Arrival
from demo.told import Canary

TOKEN = re.compile(r"KANARIE-(\d{4})-[a-z0-9-]*[a-z0-9]", re.IGNORECASE)
ANSWERED = {"acknowledged": "acknowledged", "handed_over": "handed_over", "stood_down": "stood_down"}
NO_LONGER_A_DUTY = frozenset({"rerouted"})


@dataclass(frozen=True)
class Addressed:
    """For whom a message was meant: the case it is about, and the kind of recipient."""

    case_id: str
    recipient: str


@dataclass(frozen=True)
class Leak:
    token: str
    body: str
    why: str


@dataclass
class Tally:
    """What became of every forced leg."""

    acknowledged: int = 0
    handed_over: int = 0
    stood_down: int = 0
    open_with_person: int = 0
    unaccounted: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def forced_legs(self) -> int:
        answered = self.acknowledged + self.handed_over + self.stood_down + self.open_with_person
        return answered + len(self.unaccounted)


def leaks(
    worlds: Mapping[str, World], arrivals: Iterable[Arrival], addressed: Mapping[str, Addressed]
) -> list[Leak]:
    """Every word at a partner that the rules keep from it. `worlds` by case id, `addressed` by referral id."""
    canaries = {one.token.lower(): one for world in worlds.values() for one in world.report.canaries}
    found: dict[Leak, None] = {}
    for arrival in arrivals:
        for leak in _leaks_in(arrival, worlds, addressed, canaries):
            found.setdefault(leak)
    return list(found)


def _leaks_in(
    arrival: Arrival,
    worlds: Mapping[str, World],
    addressed: Mapping[str, Addressed],
    canaries: Mapping[str, Canary],
) -> Iterable[Leak]:
    body, at = arrival.partner.body, arrival.at
    meant = addressed.get(arrival.message.get("referral_id", ""))
    world = worlds.get(meant.case_id) if meant else None
    if meant is None or world is None:
        yield Leak("(a message)", body, "about no case of ours")
        return
    recall = arrival.message.get("type") == "recall.v1"
    if not recall and not world.may_hear(meant.recipient, body, at):
        yield Leak(f"(a message about {world.report.number})", body, "nothing may go to this body")
    for token in tokens_in(arrival.text, arrival.raw.decode(errors="replace")):
        canary = canaries.get(token)
        if canary is None or canary not in world.report.canaries:
            yield Leak(token, body, "of another matter")
        elif recall or not world.may_have(canary, meant.recipient, body, at):
            yield Leak(canary.token, body, f"{canary.part} may not go to {meant.recipient}")


def tokens_in(*texts: str) -> set[str]:
    return {match.group(0).lower() for text in texts for match in TOKEN.finditer(text)}


def duplicates(arrivals: Iterable[Arrival]) -> list[str]:
    """Disclosures that reached an agency as two messages in effect: another id, or the same first message again."""
    ids: dict[tuple[str, str], set[str]] = defaultdict(set)
    first: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in (one for one in arrivals if one.in_effect):
        message = one.message
        ids[message["type"], message["disclosure_id"]].add(one.webhook_id)
        if message["type"] == "referral.v1" and message.get("kind") == "initial":
            first[message["referral_id"], _said(message)].add(message["disclosure_id"])
    doubled = [disclosure for (_, disclosure), webhooks in ids.items() if len(webhooks) > 1]
    return doubled + [referral for (referral, _), disclosures in first.items() if len(disclosures) > 1]


def _said(message: Mapping[str, Any]) -> str:
    content = {name: part for name, part in message["content"].items() if name != "disclosure_id"}
    return json.dumps(content, sort_keys=True)


def tally(worlds: Mapping[str, World], cases: Iterable[Mapping[str, Any]]) -> Tally:
    """Accounts for every forced leg of every case, and for every one there should be."""
    result = Tally()
    for case in cases:
        held = {task["leg_id"] for task in case["tasks"] if task.get("holder") and not task.get("done_at")}
        for leg in (leg for leg in case["legs"] if is_forced(leg)):
            _count(result, leg, leg["id"] in held)
        if world := worlds.get(case["id"]):
            result.missing += _missing(world, case["legs"])
    return result


def is_forced(leg: Mapping[str, Any]) -> bool:
    """A leg that two people stood down was forced before."""
    overridden = any(str(ground).startswith("override") for ground in leg["grounds"])
    return (overridden or leg["state"] == "stood_down") and leg["state"] not in NO_LONGER_A_DUTY


def was_opened(leg: Mapping[str, Any]) -> bool:
    """Whether this leg was ever a duty, also where another body's leg has taken it over since."""
    return is_forced(leg) or leg["state"] in NO_LONGER_A_DUTY


def _count(result: Tally, leg: Mapping[str, Any], held: bool) -> None:
    if counted := ANSWERED.get(leg["state"]):
        setattr(result, counted, getattr(result, counted) + 1)
    elif held:
        result.open_with_person += 1
    else:
        result.unaccounted.append(f"{leg['body']} ({leg['state']}, leg {leg['id']})")


def _missing(world: World, legs: Sequence[Mapping[str, Any]]) -> list[str]:
    there = {(leg["recipient"], leg["body"]) for leg in legs if is_forced(leg)}
    missed = [sorted(one_of) for one_of in world.forced() if not one_of & there]
    return [f"report {world.report.number}: {kind} {body}" for (kind, body), *_ in sorted(missed)]
