"""Parts of a payload, each as a keyed digest: they tell what would be news, and nothing without the key."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from case_service.sharing.shared_so_far import Part
from shared.crypto.vault import Vault

DIGEST_LENGTH = 12
"""Bytes of each digest: enough to tell the parts of one case apart."""


def digests_of(payload: Mapping[str, Any], vault: Vault, case_id: UUID) -> frozenset[str]:
    """Return one digest for each value in a payload and its path. The order of a list does not matter."""
    return frozenset(_digest(value, vault, case_id) for value in _values(payload, ""))


def parts_of(payload: Mapping[str, Any], vault: Vault, case_ids: Iterable[UUID]) -> frozenset[Part]:
    """Return each part of a payload, by its digest on this case and on each part of it."""
    ids = tuple(case_ids)
    return frozenset(
        frozenset(_digest(value, vault, case_id) for case_id in ids) for value in _values(payload, "")
    )


def _digest(value: str, vault: Vault, case_id: UUID) -> str:
    return vault.fingerprint("disclosure-part", f"{case_id}/{value}".encode())[:DIGEST_LENGTH].hex()


def named(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return a payload whose persons are told apart by their names, so that what two cases say can be compared.

    Who has no name, or shares it, is told apart by everything that is said of them: doubt counts as news.
    """
    said: dict[str, dict[str, Any]] = {}
    for entry in (*payload.get("persons", ()), *payload.get("reporter", ())):
        said[entry["ref"]] = {**said.get(entry["ref"], {}), **entry}
    names = {ref: _name_of(entry) for ref, entry in said.items()}
    shared = Counter(names.values())
    known = {ref: f"name:{name}" for ref, name in names.items() if name and shared[name] == 1}
    return {part: _with_names(value, known, said) for part, value in payload.items()}


def _name_of(entry: Mapping[str, Any]) -> str:
    return " ".join(str(entry.get("name") or "").casefold().split())


def _with_names(part: Any, known: Mapping[str, str], said: Mapping[str, Mapping[str, Any]]) -> Any:
    return [_with_name(entry, known, said) for entry in part] if isinstance(part, list) else part


def _with_name(entry: Any, known: Mapping[str, str], said: Mapping[str, Mapping[str, Any]]) -> Any:
    if not isinstance(entry, Mapping) or "ref" not in entry:
        return entry
    ref = entry["ref"]
    about = {name: value for name, value in said.get(ref, entry).items() if name != "ref"}
    return {**entry, "ref": known.get(ref) or json.dumps(about, sort_keys=True)}


def _values(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from _values(one, f"{path}/{name}")
    elif isinstance(value, list):
        for one in value:
            ref = one.get("ref", "") if isinstance(one, Mapping) else ""
            yield from _values(one, f"{path}[{ref}]")
    else:
        yield f"{path}={json.dumps(value, ensure_ascii=False)}"
