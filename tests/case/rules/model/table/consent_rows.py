"""Rows of sections 1 and 3, a sentence each: what consent or a lead lets go to a recipient kind."""

from tests.case.rules.model.table.world_in_words import world
from tools.simulation.rules_model.world import World

ConsentRow = tuple[str, World, str, str]
RUTH, ROB, PAUL, PIA = "ruth reporter adult", "rob reporter adult", "paul concern adult", "pia concern adult"
SARA = "sara reporter concern adult"
YES = ("ruth share", "ruth +police")
SARA_YES = ("sara share", "sara +police")

# fmt: off
TABLE: list[ConsentRow] = [
    ("share, yes, situation yes", world(RUTH, choices=[*YES, "ruth situation=yes"]), "police",
     "S R:ruth H:ruth protect"),
    ("share, yes, situation no", world(RUTH, choices=[*YES, "ruth situation=no"]), "police", "S R:ruth H:ruth protect"),
    ("share, yes, unasked: A of a self-report", world(SARA, choices=SARA_YES), "police",
     "S A:sara P:sara R:sara H:sara protect"),
    ("A too, where every person of concern other than the reporter agrees as well",
     world(SARA, PAUL, choices=[*SARA_YES, "paul +police"]), "police",
     "S A:sara P:paul P:sara R:sara H:paul H:sara protect"),
    ("not where one of them has not agreed", world(SARA, PAUL, choices=SARA_YES), "police",
     "S P:sara R:sara H:sara protect"),
    ("nor where one agreed to another kind", world(SARA, PAUL, choices=[*SARA_YES, "paul +health"]), "police",
     "S P:sara R:sara H:sara protect"),
    ("a third party's A where all of them agree", world(RUTH, PAUL, choices=[*YES, "paul +police"]), "police",
     "S A:ruth P:paul R:ruth H:paul H:ruth protect"),
    ("a third party's A only where at least one is recorded", world(RUTH, choices=YES), "police",
     "S R:ruth H:ruth protect"),
    ("a third party's A only where nobody is known by number only",
     world(RUTH, PAUL, choices=[*YES, "paul +police"], known_by_number=4), "police",
     "S P:paul R:ruth H:paul H:ruth protect"),
    ("a third party's own words do not leave by consent alone and name her", world(RUTH, PAUL, choices=YES), "police",
     "S R:ruth H:ruth protect"),
    ("share, no, situation yes", world(RUTH, choices=["ruth share", "ruth situation=yes"]), "police", "S"),
    ("share, no, situation no", world(RUTH, choices=["ruth share", "ruth situation=no"]), "police", ""),
    ("share with another kind", world(RUTH, choices=["ruth share", "ruth +health", "ruth situation=no"]), "police", ""),
    ("confidential, situation yes: never identity", world(RUTH, choices=["ruth confidential"]), "police", "S"),
    ("confidential, situation no", world(RUTH, choices=["ruth confidential", "ruth situation=no"]), "police", ""),
    ("a yes beside confidential binds not", world(RUTH, choices=["ruth confidential", "ruth +police"]), "police", "S"),
    ("not asked, situation yes", world(RUTH), "police", "S"),
    ("not asked, situation no", world(RUTH, choices=["ruth situation=no"]), "police", ""),
    ("not asked binds like confidential", world(RUTH, choices=["ruth +police"]), "police", "S"),
    ("anonymous, situation yes", world(RUTH, choices=["ruth anonymous", "ruth +police"]), "police", "S"),
    ("anonymous, situation no", world(RUTH, choices=["ruth anonymous", "ruth situation=no"]), "police", ""),
    ("withdrawn: nothing further", world(RUTH, choices=[*YES, "ruth withdraws"]), "police", ""),
    ("withdrawn, then the situation anew", world(RUTH, choices=["ruth withdraws", "ruth situation=yes"]), "police",
     "S"),
    ("withdrawn, then shared anew", world(RUTH, choices=["ruth withdraws", *YES]), "police", "S R:ruth H:ruth protect"),
    ("a yes from before a withdrawal does not come back",
     world(RUTH, choices=[*YES, "ruth withdraws", "ruth share", "ruth situation=yes"]), "police", "S"),
    ("a more private choice is a withdrawal of the difference",
     world(RUTH, choices=[*YES, "ruth confidential", "ruth share"]), "police", "S"),
    ("a later no is a withdrawal of the difference", world(RUTH, choices=[*YES, "ruth -police"]), "police", "S"),
    ("a self-reporting adult's situation: unasked counts as no", world(SARA), "police", ""),
    ("a self-reporting adult who says yes", world(SARA, choices=["sara situation=yes"]), "police", "S"),
    ("no action is a choice that is respected", world(SARA, choices=["sara situation=no"]), "police", ""),
    ("each reporter's choice governs what that reporter told",
     world(RUTH, ROB, choices=["rob situation=no"]), "police", "S(said_by:ruth)"),
    ("two who both let it go", world(RUTH, ROB), "police", "S"),
]

PERSON_ROWS: list[ConsentRow] = [
    ("a reporter's consent covers the person of concern only where they are the same",
     world(SARA, PAUL, choices=SARA_YES), "police", "S P:sara R:sara H:sara protect"),
    ("her own yes releases P of hers, H, and S cut down to own",
     world(RUTH, PAUL, choices=["ruth situation=no", "paul +police"]), "police", "S(own:paul) P:paul H:paul"),
    ("all of S only where it may go", world(RUTH, PAUL, choices=["paul +police"]), "police", "S P:paul H:paul"),
    ("no privacy choice is asked of her", world(RUTH, PAUL, choices=["ruth situation=no", "paul +police"]), "police",
     "S(own:paul) P:paul H:paul"),
    ("no reporter's withdrawal stops what she agreed to",
     world(RUTH, PAUL, choices=["paul +police", "ruth withdraws"]), "police", "S(own:paul) P:paul H:paul"),
    ("no reporter's choice to be anonymous stops it",
     world(RUTH, PAUL, choices=["paul +police", "ruth anonymous", "ruth situation=no"]), "police",
     "S(own:paul) P:paul H:paul"),
    ("she withdraws for herself and nobody else",
     world(RUTH, PAUL, choices=[*YES, "paul +police", "paul withdraws"]), "police", "S R:ruth H:ruth protect"),
    ("what somebody else says she agreed to is not hers",
     world(RUTH, PAUL, choices=["ruth situation=no", "paul +police by=ruth"]), "police", ""),
    ("what somebody else says does not withdraw hers either",
     world(RUTH, PAUL, choices=["ruth situation=no", "paul +police", "paul withdraws by=ruth"]), "police",
     "S(own:paul) P:paul H:paul"),
    ("a yes while somebody may be listening counts as unasked",
     world(RUTH, PAUL, choices=["ruth situation=no", "paul +police overheard"]), "police", ""),
    ("until repeated in safety",
     world(RUTH, PAUL, choices=["ruth situation=no", "paul +police overheard", "paul +police"]), "police",
     "S(own:paul) P:paul H:paul"),
    ("a no while somebody may be listening counts",
     world(RUTH, PAUL, choices=["ruth situation=no", "paul +police", "paul -police overheard"]), "police", ""),
    ("a situation yes while somebody may be listening counts as unasked",
     world(SARA, choices=["sara situation=yes overheard"]), "police", ""),
    ("a child's own yes counts where an adviser records that it understands",
     world(RUTH, "kid concern 16", choices=["ruth situation=no", "kid +police understood"]), "police",
     "S(own:kid) P:kid H:kid"),
    ("a child's yes without that record",
     world(RUTH, "kid concern 16", choices=["ruth situation=no", "kid +police"]), "police", ""),
    ("a child in danger does not turn consent into an override",
     world(RUTH, "kid household child", choices=["ruth confidential"], dangers=["kid"]), "police", "S"),
]

SITUATION_ROWS: list[ConsentRow] = [
    *((f"S names an adult alleged exploiter to {kind}", world(RUTH, "xan exploiter adult"), kind, "S names:xan")
      for kind in ("police", "children_social_care", "adult_social_care", "labour_enforcement", "nrm_first_responder")),
    *((f"S names nobody to {kind}", world(RUTH, "xan exploiter adult"), kind, "S")
      for kind in ("health", "service_provider")),
    ("not one who is a person of concern", world(RUTH, "xan exploiter concern adult"), "police", "S"),
    ("not a child", world(RUTH, "xan exploiter 16"), "police", "S"),
    ("the premises", world(RUTH, premises="leeds"), "police", "S at"),
    ("only their council where they are the home of somebody whose identity may not go",
     world(RUTH, PAUL + " home=leeds", premises="leeds"), "police", "S at~"),
    ("whole where that somebody's identity goes", world(RUTH, PAUL + " home=leeds", choices=["paul +police"],
     premises="leeds"), "police", "S P:paul H:paul at"),
    ("a home elsewhere keeps nothing back", world(RUTH, PAUL + " home=hull", premises="leeds"), "police", "S at"),
    ("no premises where nothing may go", world(RUTH, choices=["ruth situation=no"], premises="leeds"), "police", ""),
    ("no premises with what is cut down to own",
     world(RUTH, PAUL, choices=["ruth situation=no", "paul +police"], premises="leeds"), "police",
     "S(own:paul) P:paul H:paul"),
    ("what is not held is not sent", world("ruth reporter adult not-held", choices=YES), "police", "S"),
]

AUTHORISED_ROWS: list[ConsentRow] = [
    ("nothing was decided", world(RUTH, PAUL), "police:met", ""),
    ("for one named agency", world(RUTH, PAUL, authorised=["police:desk S,P paul"]), "police:met", ""),
    ("named groups and persons", world(RUTH, PAUL, PIA, authorised=["police:met S,P paul"]), "police:met",
     "S P:paul H:paul"),
    ("without the situation", world(RUTH, PAUL, authorised=["police:met P paul"]), "police:met", "P:paul H:paul"),
    ("R of a reporter", world(RUTH, PAUL, authorised=["police:met R ruth"]), "police:met", "R:ruth H:ruth protect"),
    ("in spite of a withdrawal", world(RUTH, PAUL, choices=["paul withdraws"], authorised=["police:met S,P paul"]),
     "police:met", "S P:paul H:paul"),
    ("A where it is named", world(RUTH, PAUL, authorised=["police:met A ruth"]), "police:met", "A:ruth protect"),
    ("two decisions join", world(RUTH, PAUL, PIA, authorised=["police:met S,P paul", "police:met P pia"]),
     "police:met", "S P:paul P:pia H:paul H:pia"),
]
# fmt: on
CONSENT_ROWS = [*TABLE, *PERSON_ROWS, *SITUATION_ROWS]
