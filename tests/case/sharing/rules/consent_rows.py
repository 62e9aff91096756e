"""Rows of what may go on consent or on a lead's decision, a second time from the specification. None is computed."""

from tests.case.sharing.rules.case_in_words import Case

SECTION_3 = """
share        | yes | unasked | S A R H | S A P R H
share        | yes | yes     | S A R H | S A P R H
share        | yes | no      | S A R H | S A P R H
share        | no  | unasked | S       |
share        | no  | yes     | S       | S
share        | no  | no      |         |
confidential | yes | unasked | S       |
confidential | yes | yes     | S       | S
confidential | yes | no      |         |
confidential | no  | unasked | S       |
confidential | no  | yes     | S       | S
confidential | no  | no      |         |
anonymous    | yes | unasked | S       |
anonymous    | yes | yes     | S       | S
anonymous    | yes | no      |         |
anonymous    | no  | unasked | S       |
anonymous    | no  | yes     | S       | S
anonymous    | no  | no      |         |
unasked      | yes | unasked | S       |
unasked      | yes | yes     | S       | S
unasked      | yes | no      |         |
unasked      | no  | unasked | S       |
unasked      | no  | yes     | S       | S
unasked      | no  | no      |         |
"""
"""Privacy choice, this kind consented, situation choice; what goes of a third party's report and of a self-report."""

MINIMUM_SET = {
    "police": {"consent": "S A P R H", "authorised": "S P R H", "danger": "S A P R H", "child": "S A P R H"},
    "children_social_care": {
        "consent": "S A P R H",
        "authorised": "S P R H",
        "danger": "",
        "child": "S A P R H",
    },
    "adult_social_care": {"consent": "S A P R H", "authorised": "S P R H", "danger": "", "child": ""},
    "nrm_first_responder": {"consent": "S A P R H", "authorised": "S P R H", "danger": "", "child": ""},
    "service_provider": {"consent": "S A P R H", "authorised": "S P R H", "danger": "", "child": ""},
    "labour_enforcement": {"consent": "S A P R H", "authorised": "S P R H", "danger": "", "child": ""},
    "health": {"consent": "S A P R H", "authorised": "S P R H", "danger": "", "child": ""},
}

RUTH, SARA = "ruth reporter adult", "sara reporter concern adult"
PAUL, PIA = "paul concern adult", "pia concern adult"
KID = "kid concern child"
CSC = "children_social_care"
Row = tuple[str, Case, str, str, str]
"""Name, case, recipient kind, grounds, and the items that may go."""

# fmt: off
CONSENT_ROWS: list[Row] = [
    ("a reporter's consent does not cover another adult", Case((RUTH, PAUL), ("ruth share", "ruth +police")),
     "police", "consent", "S A R:ruth H"),
    ("another adult's own consent releases them, with handling",
     Case((RUTH, PAUL), ("paul share", "paul +police")), "police", "consent", "S P:paul H"),
    ("both consents join", Case((RUTH, PAUL), ("ruth share", "ruth +police", "paul share", "paul +police")),
     "police", "consent", "S A P:paul R:ruth H"),
    ("each adult consents for themselves alone", Case((RUTH, PAUL, PIA), ("paul share", "paul +police")),
     "police", "consent", "S P:paul H"),
    ("a self-reporter's consent does not cover another adult",
     Case((SARA, PAUL), ("sara share", "sara +police")), "police", "consent", "S A P:sara R:sara H"),
    ("another adult's consent to another kind lets nobody go",
     Case((RUTH, PAUL), ("paul share", "paul +health")), "police", "consent", "S"),
    ("another adult who is confidential stays so", Case((RUTH, PAUL), ("paul confidential", "paul +police")),
     "police", "consent", "S"),
    ("a household member's identity is no part of P",
     Case((RUTH, "hal household adult"), ("hal share", "hal +police")), "police", "consent", "S"),
    ("an adult's consent does not undo a reporter's no",
     Case((RUTH, PAUL), ("ruth situation=no", "paul share", "paul +police")), "police", "consent", ""),
    ("one of two reporters forbids the situation",
     Case((RUTH, "rob reporter adult"), ("ruth share", "ruth +police", "rob situation=no")), "police",
     "consent", ""),
    ("one reporter's consent lets nobody read another's words",
     Case((RUTH, "rob reporter adult"), ("ruth share", "ruth +police", "rob confidential")), "police",
     "consent", "S R:ruth H"),
    ("two reporters who share",
     Case((RUTH, "rob reporter adult"), ("ruth share", "ruth +police", "rob share", "rob +police")),
     "police", "consent", "S A R:rob R:ruth H"),
    ("the later privacy choice counts: confidential",
     Case((RUTH,), ("ruth share", "ruth +police", "ruth confidential")), "police", "consent", "S"),
    ("a yes from before another choice does not come back with sharing",
     Case((RUTH,), ("ruth share", "ruth +police", "ruth confidential", "ruth share")), "police", "consent", "S"),
    ("nor one from before being anonymous",
     Case((RUTH,), ("ruth share", "ruth +police", "ruth anonymous", "ruth share")), "police", "consent", "S"),
    ("a yes that was said after another choice counts when somebody shares",
     Case((RUTH,), ("ruth confidential", "ruth +police", "ruth share")), "police", "consent", "S A R:ruth H"),
    ("choosing to share once more takes no yes back",
     Case((RUTH,), ("ruth share", "ruth +police", "ruth share")), "police", "consent", "S A R:ruth H"),
    ("the later privacy choice counts: share",
     Case((RUTH,), ("ruth confidential", "ruth +police", "ruth share")), "police", "consent", "S A R:ruth H"),
    ("a refused kind is no longer consented", Case((RUTH,), ("ruth share", "ruth +police", "ruth -police")),
     "police", "consent", "S"),
    ("refusing one kind keeps another",
     Case((RUTH,), ("ruth share", "ruth +police", "ruth +health", "ruth -health")), "police", "consent",
     "S A R:ruth H"),
    ("the later situation choice counts", Case((SARA,), ("sara situation=yes", "sara situation=no")),
     "police", "consent", ""),
    ("withdrawn, nothing further", Case((RUTH,), ("ruth share", "ruth +police", "ruth withdraws")),
     "police", "consent", ""),
    ("a withdrawal takes the kinds with it", Case((RUTH,), ("ruth +police", "ruth withdraws", "ruth share")),
     "police", "consent", ""),
    ("what is said anew after a withdrawal counts",
     Case((RUTH,), ("ruth withdraws", "ruth share", "ruth +police")), "police", "consent", "S A R:ruth H"),
    ("after a withdrawal the situation needs a new yes: none",
     Case((RUTH,), ("ruth situation=no", "ruth withdraws", "ruth confidential")), "police", "consent", ""),
    ("after a withdrawal the situation needs a new yes: given",
     Case((RUTH,), ("ruth withdraws", "ruth confidential", "ruth situation=yes")), "police", "consent", "S"),
    ("a person of concern who withdraws takes only themselves back",
     Case((RUTH, PAUL), ("ruth share", "ruth +police", "paul share", "paul +police", "paul withdraws")),
     "police", "consent", "S A R:ruth H"),
    ("without any ground nothing goes", Case((SARA,), ("sara share", "sara +police")), "police", "", ""),
    ("a child in the room does not turn consent into an override",
     Case((RUTH, KID), ("ruth confidential",), dangers=("kid",)), "police", "consent", "S"),
]
# fmt: on

# fmt: off
AUTHORISED_ROWS: list[Row] = [
    ("no authorisation", Case((RUTH, PAUL)), "police", "authorised", ""),
    ("for another kind", Case((RUTH, PAUL), authorised=("health: paul",)), "police", "authorised", ""),
    ("nobody named", Case((RUTH, PAUL), authorised=("police:",)), "police", "authorised", "S"),
    ("one named", Case((RUTH, PAUL, PIA), authorised=("police: paul",)),
     "police", "authorised", "S P:paul H"),
    ("the reporter named", Case((RUTH, PAUL), authorised=("police: ruth",)),
     "police", "authorised", "S R:ruth H"),
    ("a self-reporter named", Case((SARA,), authorised=("police: sara",)),
     "police", "authorised", "S P:sara R:sara H"),
    ("in spite of no and withdrawal",
     Case((RUTH, PAUL), ("ruth situation=no", "ruth withdraws"), authorised=("police: paul",)), "police",
     "authorised", "S P:paul H"),
    ("joined with consent", Case((RUTH, PAUL), ("ruth share", "ruth +police"), authorised=("police: paul",)),
     "police", "authorised consent", "S A P:paul R:ruth H"),
    ("two decisions join",
     Case((RUTH, PAUL, PIA), authorised=("police: paul", "police: pia", "health: ruth")), "police",
     "authorised", "S P:paul P:pia H"),
]
# fmt: on
