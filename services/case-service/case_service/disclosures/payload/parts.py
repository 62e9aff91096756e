"""Parts of a payload, each as a keyed digest: they tell what would be news, and nothing without the key."""

import json
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
