"""Composition of a payload from its parts; an empty member is left out."""

from dataclasses import replace
from typing import Any

from case_service.disclosures.payload.message import Message
from case_service.disclosures.payload.persons import accounts, handling, persons, reporters, risk_to_approach
from case_service.disclosures.payload.situation import children, situation
from case_service.sharing.decisions.decision import OVERRIDES
from case_service.sharing.facts import FactKind, FactRef


def compose(message: Message) -> dict[str, Any]:
    """Return the payload; ages are as of the day on which it is issued."""
    forced = bool(message.decision.grounds & OVERRIDES)
    about_children = message.is_about_children
    payload = {
        "situation": situation(message),
        "children": children(message),
        "protection_summary": message.case_file.situation.protection_summary if about_children else None,
        "account": accounts(message),
        "persons": persons(message),
        "reporter": reporters(message),
        "handling": handling(message),
        "risk_to_approach": risk_to_approach(message, forced=forced),
    }
    return {name: part for name, part in payload.items() if part}


def to_compare(message: Message) -> dict[str, Any]:
    """Return what a later message is compared with: what an adviser strikes out of a reporter's words is no news."""
    return {
        **compose(replace(message, keeps_struck=True)),
        "account": [one for said in message.accounts() for one in said.account.whole_sentences()],
    }


def correction(facts: frozenset[FactRef]) -> dict[str, Any]:
    """Return the payload of a correction: by the reference that the recipient has, what proved wrong; nothing else."""
    return {"corrects": [_corrected(fact) for fact in sorted(facts)]}


def _corrected(fact: FactRef) -> dict[str, str]:
    if fact.kind is FactKind.CHILD:
        return {"person": fact.subject_id, "turned_out_to_be": "adult"}
    return {"danger": fact.subject_id, "turned_out_to_be": "no_danger"}
