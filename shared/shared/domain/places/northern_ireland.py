"""Postcode districts of Northern Ireland: which trusts and councils each belongs to, from general knowledge.

The postcodes themselves are not published openly. The districts were written down by the towns whose post they are,
likeliest trust first; a person checks.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from shared.domain.councils import rows_of
from shared.domain.geography import trust_code

ALL_OF_NORTHERN_IRELAND: Final = "BT"


@dataclass(frozen=True)
class District:
    trusts: tuple[str, ...]
    """Agency codes, likeliest first."""
    councils: tuple[str, ...]


def district_of(outward: str) -> str | None:
    """Return the district if this is the first word of a postcode of Northern Ireland, known or not."""
    return outward if re.fullmatch(r"BT[1-9][0-9]?", outward) else None


def districts() -> Mapping[str, District]:
    return _districts()


@cache
def _districts() -> Mapping[str, District]:
    return {
        row["postcode_district"]: District(
            tuple(trust_code(name) for name in row["trusts"].split()), tuple(row["councils"].split())
        )
        for row in rows_of("northern_ireland_districts.csv")
    }
