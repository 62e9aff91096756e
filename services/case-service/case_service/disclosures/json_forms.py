"""JSON forms of items, reasons and facts, as they are stored on disclosures and their records."""

from collections.abc import Iterable
from typing import Any

from case_service.sharing.decisions.decision import Decision, Extent, GroupWithheldReason, Item
from case_service.sharing.facts import FactKind, FactRef
from shared.domain.vocabulary import FieldGroup


def included_as_json(decision: Decision) -> list[dict[str, Any]]:
    return items_as_json(decision.items)


def items_as_json(items: Iterable[Item]) -> list[dict[str, Any]]:
    return [
        {"group": one.group.value, "person_id": one.person or None, "extent": one.extent.value}
        for one in sorted(items)
    ]


def items_from_json(items: Iterable[dict[str, Any]]) -> frozenset[Item]:
    return frozenset(
        Item(FieldGroup(one["group"]), one["person_id"] or "", Extent(one["extent"])) for one in items
    )


def facts_from_json(facts: Iterable[dict[str, Any]]) -> frozenset[FactRef]:
    return frozenset(FactRef(FactKind(one["kind"]), one["subject_id"], one["id"]) for one in facts)


def withheld_as_json(
    withheld: frozenset[tuple[FieldGroup, str, GroupWithheldReason]],
) -> list[dict[str, Any]]:
    return [
        {"group": group.value, "person_id": person or None, "reason": reason.value}
        for group, person, reason in sorted(withheld)
    ]


def facts_as_json(facts: Iterable[FactRef]) -> list[dict[str, Any]]:
    return [{"kind": fact.kind.value, "subject_id": fact.subject_id, "id": fact.id} for fact in sorted(facts)]
