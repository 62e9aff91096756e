"""Towns and ages of the histories: their codes, written out, and what the model makes of them."""

from typing import Any

from tests.support.duty_model import ModelAge
from tests.support.sharing_model import ModelAgencies

TOWNS = {
    "leeds": "E08000035",
    "bradford": "E08000032",
    "york": "E06000014",
    "selby": "E06000065",
    "hull": "E06000010",
}
"""GSS code of each town's council."""
POLICE_OF = {
    "leeds": "police:E23000010",
    "bradford": "police:E23000010",
    "york": "police:E23000009",
    "selby": "police:E23000009",
    "hull": "police:E23000012",
}
CARE_OF = {
    "leeds": "social_care:E08000035",
    "bradford": "social_care:E08000032",
    "york": "social_care:E06000014",
    "selby": "social_care:E06000065",
    "hull": "social_care:E06000010",
}
POLICE_DESK, CARE_DESK = "police:nca", "desk:social_care"
AGENCIES = ModelAgencies(POLICE_OF.__getitem__, CARE_OF.__getitem__, POLICE_DESK, CARE_DESK)
AGES: dict[str, tuple[dict[str, Any], ModelAge]] = {
    "adult": ({"years": 40}, ModelAge("adult", child=False, adult=True)),
    "said to be adult": ({"surely_adult": True}, ModelAge("said to be adult", child=False, adult=True)),
    "no indication": ({"chosen": "unknown_no_indication"}, ModelAge("no indication", child=False)),
    "unasked": ({"years": None}, ModelAge("unasked", child=False)),
    "fifteen": ({"years": 15}, ModelAge("fifteen", child=True)),
    "about eighteen": ({"years": 18, "about": True}, ModelAge("about eighteen", child=True)),
    "sixteen to twenty": ({"lowest": 16, "highest": 20}, ModelAge("sixteen to twenty", child=True)),
    "born in 2010": ({"date_of_birth": "2010-01-31"}, ModelAge("born in 2010", child=True)),
}
"""JSON of each age, and whether the child path is taken for it."""
