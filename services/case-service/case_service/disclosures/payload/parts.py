"""Parts of a payload, each as a keyed digest: they tell what would be news, and nothing without the key."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from shared.crypto.vault import Vault

DIGEST_LENGTH = 12
"""Bytes of each digest: enough to tell the parts of one case apart."""


def digests_of(payload: Mapping[str, Any], vault: Vault, case_id: str) -> frozenset[str]:
    """Return one digest for each value in a payload and its path. The order of a list does not matter."""
    return frozenset(
        vault.fingerprint("disclosure-part", f"{case_id}/{value}".encode())[:DIGEST_LENGTH].hex()
        for value in _values(payload, "")
    )


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
