"""What may leave, a second time from the specification, as rows (sections 1, 3 and 4): no row is computed."""

from tests.shared.sharing_worlds import World

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
"""Privacy choice, this kind consented, situation choice; what leaves for a third party's and for a self-report."""

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
Row = tuple[str, World, str, str, str]

# fmt: off
CONSENT_ROWS: list[Row] = [
    ("a reporter's consent does not cover another adult", World((RUTH, PAUL), ("ruth share", "ruth +police")),
     "police", "consent", "S A R:ruth H"),
    ("another adult's own consent releases them, with handling",
     World((RUTH, PAUL), ("paul share", "paul +police")), "police", "consent", "S P:paul H"),
    ("both consents join", World((RUTH, PAUL), ("ruth share", "ruth +police", "paul share", "paul +police")),
     "police", "consent", "S A P:paul R:ruth H"),
    ("each adult consents for themselves alone", World((RUTH, PAUL, PIA), ("paul share", "paul +police")),
     "police", "consent", "S P:paul H"),
    ("a self-reporter's consent does not cover another adult",
     World((SARA, PAUL), ("sara share", "sara +police")), "police", "consent", "S A P:sara R:sara H"),
    ("another adult's consent to another kind releases nobody",
     World((RUTH, PAUL), ("paul share", "paul +health")), "police", "consent", "S"),
    ("another adult who is confidential stays so", World((RUTH, PAUL), ("paul confidential", "paul +police")),
     "police", "consent", "S"),
    ("a household member's identity is no part of P",
     World((RUTH, "hal household adult"), ("hal share", "hal +police")), "police", "consent", "S"),
    ("an adult's consent does not undo a reporter's no",
     World((RUTH, PAUL), ("ruth situation=no", "paul share", "paul +police")), "police", "consent", ""),
    ("one of two reporters forbids the situation",
     World((RUTH, "rob reporter adult"), ("ruth share", "ruth +police", "rob situation=no")), "police",
     "consent", ""),
    ("one reporter's consent does not release another's words",
     World((RUTH, "rob reporter adult"), ("ruth share", "ruth +police", "rob confidential")), "police",
     "consent", "S R:ruth H"),
    ("two reporters who share",
     World((RUTH, "rob reporter adult"), ("ruth share", "ruth +police", "rob share", "rob +police")),
     "police", "consent", "S A R:rob R:ruth H"),
    ("the later privacy choice counts: confidential",
     World((RUTH,), ("ruth share", "ruth +police", "ruth confidential")), "police", "consent", "S"),
    ("a yes from before another choice does not come back with sharing",
     World((RUTH,), ("ruth share", "ruth +police", "ruth confidential", "ruth share")), "police", "consent", "S"),
    ("nor one from before being anonymous",
     World((RUTH,), ("ruth share", "ruth +police", "ruth anonymous", "ruth share")), "police", "consent", "S"),
    ("a yes that was said after another choice counts when somebody shares",
     World((RUTH,), ("ruth confidential", "ruth +police", "ruth share")), "police", "consent", "S A R:ruth H"),
    ("choosing to share once more takes no yes back",
     World((RUTH,), ("ruth share", "ruth +police", "ruth share")), "police", "consent", "S A R:ruth H"),
    ("the later privacy choice counts: share",
     World((RUTH,), ("ruth confidential", "ruth +police", "ruth share")), "police", "consent", "S A R:ruth H"),
    ("a refused kind is no longer consented", World((RUTH,), ("ruth share", "ruth +police", "ruth -police")),
     "police", "consent", "S"),
    ("refusing one kind keeps another",
     World((RUTH,), ("ruth share", "ruth +police", "ruth +health", "ruth -health")), "police", "consent",
     "S A R:ruth H"),
    ("the later situation choice counts", World((SARA,), ("sara situation=yes", "sara situation=no")),
     "police", "consent", ""),
    ("withdrawn, nothing further", World((RUTH,), ("ruth share", "ruth +police", "ruth withdraws")),
     "police", "consent", ""),
    ("a withdrawal takes the kinds with it", World((RUTH,), ("ruth +police", "ruth withdraws", "ruth share")),
     "police", "consent", ""),
    ("what is said anew after a withdrawal counts",
     World((RUTH,), ("ruth withdraws", "ruth share", "ruth +police")), "police", "consent", "S A R:ruth H"),
    ("after a withdrawal the situation needs a new yes: none",
     World((RUTH,), ("ruth situation=no", "ruth withdraws", "ruth confidential")), "police", "consent", ""),
    ("after a withdrawal the situation needs a new yes: given",
     World((RUTH,), ("ruth withdraws", "ruth confidential", "ruth situation=yes")), "police", "consent", "S"),
    ("a person of concern who withdraws takes only themselves back",
     World((RUTH, PAUL), ("ruth share", "ruth +police", "paul share", "paul +police", "paul withdraws")),
     "police", "consent", "S A R:ruth H"),
    ("without any ground nothing leaves", World((SARA,), ("sara share", "sara +police")), "police", "", ""),
    ("a child in the room does not turn consent into an override",
     World((RUTH, KID), ("ruth confidential",), dangers=("kid",)), "police", "consent", "S"),
]
# fmt: on

# fmt: off
AUTHORISED_ROWS: list[Row] = [
    ("no authorisation", World((RUTH, PAUL)), "police", "authorised", ""),
    ("for another kind", World((RUTH, PAUL), authorised=("health: paul",)), "police", "authorised", ""),
    ("nobody named", World((RUTH, PAUL), authorised=("police:",)), "police", "authorised", "S"),
    ("one named", World((RUTH, PAUL, PIA), authorised=("police: paul",)),
     "police", "authorised", "S P:paul H"),
    ("the reporter named", World((RUTH, PAUL), authorised=("police: ruth",)),
     "police", "authorised", "S R:ruth H"),
    ("a self-reporter named", World((SARA,), authorised=("police: sara",)),
     "police", "authorised", "S P:sara R:sara H"),
    ("in spite of no and withdrawal",
     World((RUTH, PAUL), ("ruth situation=no", "ruth withdraws"), authorised=("police: paul",)), "police",
     "authorised", "S P:paul H"),
    ("joined with consent", World((RUTH, PAUL), ("ruth share", "ruth +police"), authorised=("police: paul",)),
     "police", "authorised consent", "S A P:paul R:ruth H"),
    ("two decisions join",
     World((RUTH, PAUL, PIA), authorised=("police: paul", "police: pia", "health: ruth")), "police",
     "authorised", "S P:paul P:pia H"),
]
# fmt: on

# fmt: off
DANGER_ROWS: list[Row] = [
    ("one named", World((RUTH, PAUL, PIA), dangers=("paul",)), "police", "danger", "S A P:paul R:ruth H"),
    ("two named", World((RUTH, PAUL, PIA), dangers=("paul", "pia")),
     "police", "danger", "S A P:paul P:pia R:ruth H"),
    ("not recorded who", World((RUTH, PAUL, PIA, "hal household adult"), dangers=("?",)),
     "police", "danger", "S A P:paul P:pia R:ruth H"),
    ("not recorded who, then one named", World((RUTH, PAUL, PIA), dangers=("?", "paul")),
     "police", "danger", "S A P:paul P:pia R:ruth H"),
    ("one outside named, then not recorded who",
     World((RUTH, PAUL, "hal household adult"), dangers=("hal", "?")), "police", "danger",
     "S A P:hal P:paul R:ruth H"),
    ("the household", World((RUTH, PAUL, "hal household adult"), dangers=("hal",)),
     "police", "danger", "S A P:hal R:ruth H"),
    ("even the exploiter", World((RUTH, PAUL, "xan exploiter adult"), dangers=("xan",)),
     "police", "danger", "S A P:xan R:ruth H"),
    ("the reporter, who cannot be left out", World((RUTH, PAUL), dangers=("ruth",), left_out=True),
     "police", "danger", "S A P:ruth R:ruth H"),
    ("the source left out", World((RUTH, PAUL), dangers=("paul",), left_out=True),
     "police", "danger", "S A P:paul H"),
    ("a self-reporter cannot be left out", World((SARA,), dangers=("sara",), left_out=True),
     "police", "danger", "S A P:sara R:sara H"),
    ("nor one among those not named", World((SARA, PAUL), dangers=("?",), left_out=True),
     "police", "danger", "S A P:paul P:sara R:sara H"),
    ("a reporter who is a child cannot be left out",
     World(("kim reporter child", PAUL), dangers=("paul",), left_out=True), "police", "danger",
     "S A P:paul R:kim H"),
    ("another reporter stays out",
     World((RUTH, "rob reporter adult", PAUL), dangers=("paul",), told_by=("rob",)), "police", "danger",
     "S A P:paul R:rob H"),
    ("everybody withdrew", World((RUTH, PAUL), ("ruth withdraws", "paul withdraws"), dangers=("paul",)),
     "police", "danger", "S A P:paul R:ruth H"),
    ("no danger is recorded", World((RUTH, PAUL)), "police", "danger", ""),
    ("danger is police work alone", World((RUTH, PAUL), dangers=("paul",)),
     "adult_social_care", "danger", ""),
    ("also where a child is in danger", World((RUTH, KID), dangers=("kid",)), CSC, "danger", ""),
]
# fmt: on

# fmt: off
CHILD_ROWS: list[Row] = [
    ("a child of concern", World((RUTH, KID)), CSC, "child", "S A P:kid R:ruth H"),
    ("the police hear the same", World((RUTH, KID)), "police", "child", "S A P:kid R:ruth H"),
    ("a child who reports", World(("kim reporter child",), left_out=True), CSC, "child", "S A P:kim R:kim H"),
    ("a child who reports about an adult", World(("kim reporter child", PAUL)),
     CSC, "child", "S~ P:kim R:kim H"),
    ("a child in the household", World((RUTH, "kid household child")), CSC, "child", "S A P:kid R:ruth H"),
    ("a child who exploits", World((RUTH, "kid exploiter child")), CSC, "child", "S A P:kid R:ruth H"),
    ("no child is on the case", World((RUTH, PAUL, "una household unknown")), CSC, "child", ""),
    ("who may be a child", World((RUTH, "kid concern uncertain")), CSC, "child", "S A P:kid R:ruth H"),
    ("no indication is no child", World((RUTH, KID, "una concern unknown")),
     CSC, "child", "S~ P:kid R:ruth H"),
    ("unasked is no child", World((RUTH, KID, "una concern unasked")), CSC, "child", "S~ P:kid R:ruth H"),
    ("several children", World((RUTH, KID, "leo household child")), CSC, "child", "S A P:kid P:leo R:ruth H"),
    ("the source left out", World((RUTH, KID), left_out=True), CSC, "child", "S A P:kid H"),
    ("another reporter stays out", World((RUTH, "rob reporter adult", KID), told_by=("ruth",)),
     CSC, "child", "S A P:kid R:ruth H"),
    ("a child who also reported does not", World((RUTH, "kid reporter concern child"), told_by=("ruth",)),
     CSC, "child", "S A P:kid R:kid R:ruth H"),
    ("an adult is silent", World((RUTH, KID, PAUL)), CSC, "child", "S~ P:kid R:ruth H"),
    ("an adult is confidential",
     World((RUTH, KID, PAUL), ("paul confidential", "paul +children_social_care")), CSC, "child",
     "S~ P:kid R:ruth H"),
    ("an adult shares", World((RUTH, KID, PAUL), ("paul share", "paul +children_social_care")),
     CSC, "child", "S A P:kid R:ruth H"),
    ("an adult shares with another kind", World((RUTH, KID, PAUL), ("paul share", "paul +police")),
     CSC, "child", "S~ P:kid R:ruth H"),
    ("an adult withdrew",
     World((RUTH, KID, PAUL), ("paul share", "paul +children_social_care", "paul withdraws")), CSC, "child",
     "S~ P:kid R:ruth H"),
    ("one of two adults withholds",
     World((RUTH, KID, PAUL, PIA), ("paul share", "paul +children_social_care")), CSC, "child",
     "S~ P:kid R:ruth H"),
    ("the reporter's consent is not the adult's",
     World((RUTH, KID, PAUL), ("ruth share", "ruth +children_social_care")), CSC, "child", "S~ P:kid R:ruth H"),
    ("an adult who cares for the child", World((RUTH, KID, "mum concern adult carer")),
     CSC, "child", "S~ P:kid P:mum~ R:ruth H"),
    ("who shares: still only what protects",
     World((RUTH, KID, "mum concern adult carer"), ("mum share", "mum +children_social_care")), CSC, "child",
     "S A P:kid P:mum~ R:ruth H"),
    ("and her own consent adds the rest",
     World((RUTH, KID, "mum concern adult carer"), ("mum share", "mum +children_social_care")), CSC,
     "child consent", "S A P:kid P:mum R:ruth H"),
    ("a carer of no concern", World((RUTH, KID, "hal household adult carer")),
     CSC, "child", "S A P:hal~ P:kid R:ruth H"),
    ("a carer who exploits", World((RUTH, KID, "xan exploiter adult carer")),
     CSC, "child", "S A P:kid P:xan~ R:ruth H"),
    ("an unrelated adult", World((RUTH, KID, "hal household adult")), CSC, "child", "S A P:kid R:ruth H"),
    ("a child who cares for a child goes whole", World((RUTH, KID, "ann household child carer")),
     CSC, "child", "S A P:ann P:kid R:ruth H"),
    ("a leg once opened outlives the birthday", World((RUTH, "kid concern adult"), opened_for=("kid",)),
     CSC, "child", "S A P:kid R:ruth H"),
    ("of no other", World((RUTH, PAUL, "kid concern adult"), opened_for=("kid",)),
     CSC, "child", "S~ P:kid R:ruth H"),
    ("no other kind", World((RUTH, KID)), "adult_social_care", "child", ""),
    ("no health service", World((RUTH, KID)), "health", "child", ""),
    ("in danger too: the council", World((RUTH, KID, PAUL), dangers=("kid",)),
     CSC, "child danger", "S~ P:kid R:ruth H"),
    ("in danger too: the police", World((RUTH, KID, PAUL), dangers=("kid",)),
     "police", "child danger", "S A P:kid R:ruth H"),
    ("an adult carer in danger: whole to the police",
     World((RUTH, KID, "mum concern adult carer"), dangers=("mum",)), "police", "child danger",
     "S A P:kid P:mum R:ruth H"),
    ("an adult carer in danger: part to the council",
     World((RUTH, KID, "mum concern adult carer"), dangers=("mum",)), CSC, "child danger",
     "S~ P:kid P:mum~ R:ruth H"),
    ("a reporter in danger cannot be left out for the child",
     World((RUTH, KID), dangers=("ruth",), left_out=True), CSC, "child", "S A P:kid R:ruth H"),
    ("a mother's own report, left out", World(("mum reporter concern adult carer", KID), left_out=True),
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
"""What the police receive, the adult of concern being in danger, whatever the reporter chose or withdrew."""

WHATEVER_WAS_CHOSEN = {
    "third party": World((RUTH, PAUL, KID), dangers=("paul",)),
    "self-report": World((SARA, KID), dangers=("sara",)),
}

# fmt: off
RECIPIENT_ROWS: list[tuple[str, World, list[str]]] = [
    ("nothing forces", World((SARA,), ("sara share", "sara +police"), place="leeds"), []),
    ("no indication forces nothing", World(("una concern unknown",), place="leeds"), []),
    ("unasked forces nothing", World(("una concern unasked",), place="leeds"), []),
    ("an authorisation forces nothing", World((PAUL,), authorised=("police: paul",), place="leeds"), []),
    ("danger where the danger is", World((PAUL,), dangers=("paul@hull",), place="leeds"),
     ["police:humberside danger hull at-once"]),
    ("danger where the person is found",
     World(("paul concern adult found=york lives=hull",), dangers=("paul",), place="leeds"),
     ["police:north-yorkshire danger york at-once"]),
    ("danger where it happens", World((PAUL,), dangers=("?",), place="leeds"),
     ["police:west-yorkshire danger leeds at-once"]),
    ("danger at the last known place", World((PAUL,), dangers=("paul",), last_known="york"),
     ["police:north-yorkshire danger york fallback at-once"]),
    ("danger at home, for want of better", World(("paul concern adult lives=hull",), dangers=("paul",)),
     ["police:humberside danger hull fallback at-once"]),
    ("where it was last known comes before a home",
     World(("paul concern adult lives=hull",), dangers=("paul",), last_known="york"),
     ["police:north-yorkshire danger york fallback at-once"]),
    ("another's home is not where the danger is", World(("pia concern adult lives=hull", PAUL), dangers=("paul",)),
     ["police:desk danger nowhere fallback at-once"]),
    ("danger nowhere", World((PAUL,), dangers=("paul",)), ["police:desk danger nowhere fallback at-once"]),
    ("two dangers, two forces", World((PAUL, PIA), dangers=("paul@hull", "pia@york")),
     ["police:humberside danger hull at-once", "police:north-yorkshire danger york at-once"]),
    ("a known place does not hide one to be found",
     World((PAUL, PIA), dangers=("paul", "pia@selby"), last_known="york"),
     ["police:north-yorkshire danger selby fallback at-once"]),
    ("nor the other way round", World((PAUL, PIA), dangers=("pia@selby", "paul"), last_known="york"),
     ["police:north-yorkshire danger selby fallback at-once"]),
    ("a child lives here", World(("kid household child lives=selby",)),
     ["care:north-yorkshire child selby", "police:north-yorkshire child selby"]),
    ("a child is found here", World(("kid household child found=hull",)),
     ["care:hull child hull", "police:humberside child hull"]),
    ("who may be a child", World(("kid concern uncertain found=hull",)),
     ["care:hull child hull", "police:humberside child hull"]),
    ("a child who exploits", World(("kid exploiter child found=hull",)),
     ["care:hull child hull", "police:humberside child hull"]),
    ("a child who reports", World(("kim reporter child found=hull",)),
     ["care:hull child hull", "police:humberside child hull"]),
    ("both councils, the police of the place found", World(("kid concern child lives=york found=hull",)),
     ["care:hull child hull", "care:york child york", "police:humberside child hull"]),
    ("one council when both are one", World(("kid concern child lives=hull found=hull",)),
     ["care:hull child hull", "police:humberside child hull"]),
    ("a child of concern where it happens", World(("kid concern child lives=york",), place="leeds"),
     ["care:leeds child leeds", "care:york child york", "police:west-yorkshire child leeds"]),
    ("another's workplace is not a child's place",
     World((PAUL, "kid household child lives=york"), place="leeds"),
     ["care:york child york", "police:north-yorkshire child york"]),
    ("unless nothing else is known", World((PAUL, "kid household child"), place="leeds"),
     ["care:leeds child leeds", "police:west-yorkshire child leeds"]),
    ("a child last known here", World(("kid concern child",), last_known="york"),
     ["care:york child york fallback", "police:north-yorkshire child york fallback"]),
    ("a child nowhere", World(("kid concern child",)),
     ["care:desk child nowhere fallback", "police:desk child nowhere fallback"]),
    ("two children, two councils, one force",
     World(("kid concern child found=york", "leo household child found=selby")),
     ["care:north-yorkshire child selby", "care:york child york", "police:north-yorkshire child york"]),
    ("danger elsewhere than the child", World(("kid concern child found=york",), dangers=("kid@hull",)),
     ["care:york child york at-once", "police:humberside danger hull at-once",
      "police:north-yorkshire child york at-once"]),
    ("one leg for both grounds", World(("kid concern child found=york",), dangers=("kid",)),
     ["care:york child york at-once", "police:north-yorkshire child+danger york at-once"]),
    ("danger to nobody named may be the child's",
     World(("kid household child found=york",), dangers=("?@hull",)),
     ["care:york child york at-once", "police:humberside danger hull at-once",
      "police:north-yorkshire child york at-once"]),
    ("another's danger leaves the child the day",
     World((PAUL, "kid household child found=york"), dangers=("paul@hull",)),
     ["care:york child york", "police:humberside danger hull at-once", "police:north-yorkshire child york"]),
    ("no choice stops it",
     World(("kid reporter concern child found=york",), ("kid anonymous", "kid situation=no", "kid withdraws"),
      dangers=("kid",)),
     ["care:york child york at-once", "police:north-yorkshire child+danger york at-once"]),
    ("an open leg outlives the birthday", World(("kid concern adult found=york",), opened_for=("kid",)),
     ["care:york child york", "police:north-yorkshire child york"]),
]
# fmt: on
