"""Rows of what goes by force, a second time from the specification (section 4): none is computed."""

from tests.case.sharing.rules.case_in_words import Case
from tests.case.sharing.rules.consent_rows import CSC, KID, PAUL, PIA, RUTH, SARA, Row

# fmt: off
DANGER_ROWS: list[Row] = [
    ("one named", Case((RUTH, PAUL, PIA), dangers=("paul",)), "police", "danger", "S A P:paul R:ruth H"),
    ("two named", Case((RUTH, PAUL, PIA), dangers=("paul", "pia")),
     "police", "danger", "S A P:paul P:pia R:ruth H"),
    ("not recorded who", Case((RUTH, PAUL, PIA, "hal household adult"), dangers=("?",)),
     "police", "danger", "S A P:paul P:pia R:ruth H"),
    ("not recorded who, then one named", Case((RUTH, PAUL, PIA), dangers=("?", "paul")),
     "police", "danger", "S A P:paul P:pia R:ruth H"),
    ("one outside named, then not recorded who",
     Case((RUTH, PAUL, "hal household adult"), dangers=("hal", "?")), "police", "danger",
     "S A P:hal P:paul R:ruth H"),
    ("the household", Case((RUTH, PAUL, "hal household adult"), dangers=("hal",)),
     "police", "danger", "S A P:hal R:ruth H"),
    ("even the exploiter", Case((RUTH, PAUL, "xan exploiter adult"), dangers=("xan",)),
     "police", "danger", "S A P:xan R:ruth H"),
    ("the reporter, who cannot be left out", Case((RUTH, PAUL), dangers=("ruth",), left_out=True),
     "police", "danger", "S A P:ruth R:ruth H"),
    ("the source left out", Case((RUTH, PAUL), dangers=("paul",), left_out=True),
     "police", "danger", "S A P:paul H"),
    ("a self-reporter cannot be left out", Case((SARA,), dangers=("sara",), left_out=True),
     "police", "danger", "S A P:sara R:sara H"),
    ("nor one among those not named", Case((SARA, PAUL), dangers=("?",), left_out=True),
     "police", "danger", "S A P:paul P:sara R:sara H"),
    ("a reporter who is a child cannot be left out",
     Case(("kim reporter child", PAUL), dangers=("paul",), left_out=True), "police", "danger",
     "S A P:paul R:kim H"),
    ("another reporter stays out",
     Case((RUTH, "rob reporter adult", PAUL), dangers=("paul",), sources=("rob",)), "police", "danger",
     "S A P:paul R:rob H"),
    ("everybody withdrew", Case((RUTH, PAUL), ("ruth withdraws", "paul withdraws"), dangers=("paul",)),
     "police", "danger", "S A P:paul R:ruth H"),
    ("no danger is recorded", Case((RUTH, PAUL)), "police", "danger", ""),
    ("danger is police work alone", Case((RUTH, PAUL), dangers=("paul",)),
     "adult_social_care", "danger", ""),
    ("also where a child is in danger", Case((RUTH, KID), dangers=("kid",)), CSC, "danger", ""),
]
# fmt: on

# fmt: off
CHILD_ROWS: list[Row] = [
    ("a child of concern", Case((RUTH, KID)), CSC, "child", "S A P:kid R:ruth H"),
    ("the police hear the same", Case((RUTH, KID)), "police", "child", "S A P:kid R:ruth H"),
    ("a child who reports", Case(("kim reporter child",), left_out=True), CSC, "child", "S A P:kim R:kim H"),
    ("a child who reports about an adult", Case(("kim reporter child", PAUL)),
     CSC, "child", "S~ P:kim R:kim H"),
    ("a child in the household", Case((RUTH, "kid household child")), CSC, "child", "S A P:kid R:ruth H"),
    ("a child who exploits", Case((RUTH, "kid exploiter child")), CSC, "child", "S A P:kid R:ruth H"),
    ("no child is on the case", Case((RUTH, PAUL, "una household unknown")), CSC, "child", ""),
    ("who may be a child", Case((RUTH, "kid concern uncertain")), CSC, "child", "S A P:kid R:ruth H"),
    ("no indication is no child", Case((RUTH, KID, "una concern unknown")),
     CSC, "child", "S~ P:kid R:ruth H"),
    ("unasked is no child", Case((RUTH, KID, "una concern unasked")), CSC, "child", "S~ P:kid R:ruth H"),
    ("several children", Case((RUTH, KID, "leo household child")), CSC, "child", "S A P:kid P:leo R:ruth H"),
    ("the source left out", Case((RUTH, KID), left_out=True), CSC, "child", "S A P:kid H"),
    ("another reporter stays out", Case((RUTH, "rob reporter adult", KID), sources=("ruth",)),
     CSC, "child", "S A P:kid R:ruth H"),
    ("a child who also reported does not", Case((RUTH, "kid reporter concern child"), sources=("ruth",)),
     CSC, "child", "S A P:kid R:kid R:ruth H"),
    ("an adult is silent", Case((RUTH, KID, PAUL)), CSC, "child", "S~ P:kid R:ruth H"),
    ("an adult is confidential",
     Case((RUTH, KID, PAUL), ("paul confidential", "paul +children_social_care")), CSC, "child",
     "S~ P:kid R:ruth H"),
    ("an adult shares", Case((RUTH, KID, PAUL), ("paul share", "paul +children_social_care")),
     CSC, "child", "S A P:kid R:ruth H"),
    ("an adult shares with another kind", Case((RUTH, KID, PAUL), ("paul share", "paul +police")),
     CSC, "child", "S~ P:kid R:ruth H"),
    ("an adult withdrew",
     Case((RUTH, KID, PAUL), ("paul share", "paul +children_social_care", "paul withdraws")), CSC, "child",
     "S~ P:kid R:ruth H"),
    ("one of two adults withholds",
     Case((RUTH, KID, PAUL, PIA), ("paul share", "paul +children_social_care")), CSC, "child",
     "S~ P:kid R:ruth H"),
    ("the reporter's consent is not the adult's",
     Case((RUTH, KID, PAUL), ("ruth share", "ruth +children_social_care")), CSC, "child", "S~ P:kid R:ruth H"),
    ("an adult who cares for the child", Case((RUTH, KID, "mum concern adult carer")),
     CSC, "child", "S~ P:kid P:mum~ R:ruth H"),
    ("who shares: still only what protects",
     Case((RUTH, KID, "mum concern adult carer"), ("mum share", "mum +children_social_care")), CSC, "child",
     "S A P:kid P:mum~ R:ruth H"),
    ("and her own consent adds the rest",
     Case((RUTH, KID, "mum concern adult carer"), ("mum share", "mum +children_social_care")), CSC,
     "child consent", "S A P:kid P:mum R:ruth H"),
    ("a carer of no concern", Case((RUTH, KID, "hal household adult carer")),
     CSC, "child", "S A P:hal~ P:kid R:ruth H"),
    ("a carer who exploits", Case((RUTH, KID, "xan exploiter adult carer")),
     CSC, "child", "S A P:kid P:xan~ R:ruth H"),
    ("an unrelated adult", Case((RUTH, KID, "hal household adult")), CSC, "child", "S A P:kid R:ruth H"),
    ("a child who cares for a child goes whole", Case((RUTH, KID, "ann household child carer")),
     CSC, "child", "S A P:ann P:kid R:ruth H"),
    ("a duty once opened outlives the birthday", Case((RUTH, "kid concern adult"), child_ids=("kid",)),
     CSC, "child", "S A P:kid R:ruth H"),
    ("of no other", Case((RUTH, PAUL, "kid concern adult"), child_ids=("kid",)),
     CSC, "child", "S~ P:kid R:ruth H"),
    ("no other kind", Case((RUTH, KID)), "adult_social_care", "child", ""),
    ("no health service", Case((RUTH, KID)), "health", "child", ""),
    ("in danger too: the council", Case((RUTH, KID, PAUL), dangers=("kid",)),
     CSC, "child danger", "S~ P:kid R:ruth H"),
    ("in danger too: the police", Case((RUTH, KID, PAUL), dangers=("kid",)),
     "police", "child danger", "S A P:kid R:ruth H"),
    ("an adult carer in danger: whole to the police",
     Case((RUTH, KID, "mum concern adult carer"), dangers=("mum",)), "police", "child danger",
     "S A P:kid P:mum R:ruth H"),
    ("an adult carer in danger: part to the council",
     Case((RUTH, KID, "mum concern adult carer"), dangers=("mum",)), CSC, "child danger",
     "S~ P:kid P:mum~ R:ruth H"),
    ("a reporter in danger cannot be left out for the child",
     Case((RUTH, KID), dangers=("ruth",), left_out=True), CSC, "child", "S A P:kid R:ruth H"),
    ("a mother's own report, left out", Case(("mum reporter concern adult carer", KID), left_out=True),
     CSC, "child", "S~ P:kid P:mum~ H"),
]
# fmt: on

OVERRIDE_WHATEVER_WAS_CHOSEN = """
third party | danger       | sent     | S A P:paul R:ruth H
third party | danger       | left out | S A P:paul H
third party | child        | sent     | S~ P:kid R:ruth H
third party | child        | left out | S~ P:kid H
third party | danger child | sent     | S A P:kid P:paul R:ruth H
third party | danger child | left out | S A P:kid P:paul H
self-report | danger       | sent     | S A P:sara R:sara H
self-report | danger       | left out | S A P:sara R:sara H
self-report | child        | sent     | S~ P:kid R:sara H
self-report | child        | left out | S~ P:kid R:sara H
self-report | danger child | sent     | S A P:kid P:sara R:sara H
self-report | danger child | left out | S A P:kid P:sara R:sara H
"""
"""Parts that the police receive, the adult of concern being in danger, whatever the reporter chose or withdrew."""

WHATEVER_WAS_CHOSEN = {
    "third party": Case((RUTH, PAUL, KID), dangers=("paul",)),
    "self-report": Case((SARA, KID), dangers=("sara",)),
}
