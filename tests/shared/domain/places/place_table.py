"""Table of the documentation: what each nation's kinds of place lead to. Run as a module, it writes the page.

`python -m tests.shared.domain.places.place_table` writes `docs/places.md` from what the code reads.
"""

from datetime import date
from typing import Any, Final

from shared.domain.councils import NORTHERN_IRELAND, council
from shared.domain.geography import agency
from shared.domain.places import PlaceSetting, read_place
from tools.registry import ROOT

DAY: Final = date(2026, 11, 26)
PAGE: Final = ROOT / "docs" / "places.md"

ROWS: Final[tuple[tuple[str, str, dict[str, Any]], ...]] = (
    ("England", "unitary council", {"council": "E06000043"}),
    ("England", "metropolitan district", {"council": "E08000035"}),
    ("England", "London borough", {"council": "E09000033"}),
    ("England", "City of London", {"council": "E09000001"}),
    ("England", "county council", {"council": "E10000030"}),
    ("England", "district: social care is its county's", {"council": "E07000008"}),
    ("England", "council that ended, one successor", {"council": "E07000163"}),
    ("England", "council that ended, several successors", {"council": "E10000006"}),
    ("England", "council to come: those it will replace", {"council": "West Surrey"}),
    ("England", "whole postcode", {"postcode": "SW1A 1AA"}),
    ("England", "whole postcode with a confused letter", {"postcode": "SW1A IAA"}),
    ("England", "split postcode", {"postcode": "SK13 0AD"}),
    ("England", "unknown postcode of a known sector", {"postcode": "LS1 4ZZ"}),
    ("England", "outward code", {"postcode": "SK13"}),
    ("England", "postcode inside an address", {"address": "10 Downing Street, London SW1A 2AA"}),
    ("England", "town at the end of an address", {"address": "12 High Street, Glossop"}),
    ("England", "council and postcode that disagree", {"postcode": "LS1 4AP", "council": "E06000043"}),
    ("England", "on the railway", {"postcode": "LS1 4AP", "setting": PlaceSetting.RAILWAY}),
    ("England", "at sea, by its port", {"council": "Southampton", "setting": PlaceSetting.SEA}),
    ("Wales", "council", {"council": "W06000015"}),
    ("Wales", "council by its Welsh name", {"council": "Ynys Môn"}),
    ("Wales", "split postcode", {"postcode": "SA34 0XX"}),
    ("Scotland", "council", {"council": "S12000049"}),
    ("Scotland", "code before a recoding", {"council": "S12000046"}),
    ("Scotland", "Scotland, no further", {"country": "Scotland"}),
    ("Northern Ireland", "district of one trust", {"council": "N09000003"}),
    ("Northern Ireland", "district that two trusts share", {"council": "N09000009"}),
    ("Northern Ireland", "postcode: its district", {"postcode": "BT47 6AA"}),
    ("Northern Ireland", "as a whole", {"council": NORTHERN_IRELAND}),
    ("Great Britain", "on the railway, no further", {"setting": PlaceSetting.RAILWAY}),
    ("outside", "Isle of Man", {"postcode": "IM1 1AA"}),
    ("outside", "Jersey", {"postcode": "JE2 4WE"}),
    ("outside", "Guernsey", {"postcode": "GY1 1WR"}),
    ("outside", "Gibraltar", {"postcode": "GX11 1AA"}),
    ("outside", "British forces", {"postcode": "BFPO 57"}),
    ("outside", "a country", {"country": "Romania"}),
    ("nowhere", "nothing known", {}),
)

HEAD: Final = """# Places

What a place leads to, as people write it. The table is written from the code by
`python -m tests.shared.domain.places.place_table`, and a test holds it to the code.

The likeliest comes first. Where the last column is not "sure", the likeliest is told at once, every candidate is shown,
and a person checks. Where nothing is known, the national police desk is told and a person searches. Out of hours, the
Regional Emergency Social Work Service is the contact point of every Health and Social Care Trust. In danger at sea, the
coastguard is told beside the police of the port.

| where | kind of place | written | area | police | social care | |
|---|---|---|---|---|---|---|
"""


def page() -> str:
    return HEAD + "".join(_row(*row) for row in ROWS)


def _row(nation: str, kind: str, written: dict[str, Any]) -> str:
    reading = read_place(**written, on=DAY)
    words = ", ".join(f"{name} `{value}`" for name, value in written.items())
    areas = "; ".join(_area(one) for one in reading.areas[:3])
    outside = reading.outside.value.replace("_", " ") if reading.outside else ""
    marks = ["sure" if reading.is_sure else "check"]
    marks += ["guess"] if reading.is_guess else []
    marks += ["contradiction"] if reading.contradiction else []
    more = f"; and {len(reading.areas) - 3} more" if len(reading.areas) > 3 else ""
    police, social_care = (_names(codes) for codes in (reading.police, reading.social_care))
    cells = (nation, kind, words, areas + more or outside, police, social_care, ", ".join(marks))
    return f"| {' | '.join(cells)} |\n"


def _area(gss: str) -> str:
    return "Northern Ireland" if gss == NORTHERN_IRELAND else council(gss).short_name


def _names(codes: tuple[str, ...]) -> str:
    return "; ".join(agency(code).name for code in codes)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
