"""Rows of facts 7 to 10, 13 and 15, a sentence each: times, and what becomes of a duty."""

from dataclasses import replace
from datetime import UTC, datetime

from tests.case.rules.model.table.world_in_words import NOON, world
from tools.simulation.rules_model.contacts import CASE, IN_TURN, WITHIN_THE_HOUR, Contact
from tools.simulation.rules_model.duties.duty_life import Act, DutyLife
from tools.simulation.rules_model.world import CHILD, DANGER, Telling, World

MinuteRow = tuple[str, World, str, str]
LifeRow = tuple[str, DutyLife, str, str]
RUTH, PAUL, KID = "ruth reporter adult", "paul concern adult", "kid household child home=leeds"


def by_adviser(case: World, *facts: str, complete: bool = True, confirmed: bool = False) -> World:
    """Return the world in which an adviser recorded these facts, or confirmed what was said."""
    said = Telling(NOON, by_adviser=not confirmed, complete=complete, confirmed=confirmed)
    return replace(
        case,
        persons=tuple(replace(one, first_said=said) if one.id in facts else one for one in case.persons),
        dangers=tuple(replace(one, first_said=said) if one.id in facts else one for one in case.dangers),
    )


# fmt: off
MINUTE_ROWS: list[MinuteRow] = [
    ("a danger in public: 10 minutes", world(RUTH, PAUL, dangers=["paul@leeds"]), "police:west-yorkshire", "10 urgent"),
    ("a danger that an adviser records takes effect at once",
     by_adviser(world(RUTH, PAUL, dangers=["paul@leeds"]), "d0"), "police:west-yorkshire", "0 urgent"),
    ("a danger that an adviser confirms goes then",
     by_adviser(world(RUTH, PAUL, dangers=["paul@leeds"]), "d0", confirmed=True), "police:west-yorkshire", "0 urgent"),
    ("a child in public: 60 minutes", world(RUTH, KID), "council:leeds", "60"),
    ("a child that an adviser records, once complete", by_adviser(world(RUTH, KID), "kid"), "council:leeds", "0"),
    ("and by itself 15 minutes after it was begun", by_adviser(world(RUTH, KID), "kid", complete=False),
     "council:leeds", "15"),
    ("a danger to that child at once",
     by_adviser(world(RUTH, KID, dangers=["kid"]), "kid", "d0", complete=False), "council:leeds", "0 urgent"),
    ("10 minutes for every agency of a child that counts as in danger",
     world(RUTH, KID, dangers=["kid@hull"]), "council:leeds", "10 urgent"),
    ("a child of the household of who is in danger counts",
     world(RUTH, PAUL + " with=kid", KID, dangers=["paul@hull"]), "council:leeds", "10 urgent"),
    ("a child of concern counts where the danger names nobody",
     world(RUTH, "kid concern child home=leeds", dangers=["?@hull"]), "council:leeds", "10 urgent"),
    ("another child does not", world(RUTH, PAUL, KID, dangers=["paul@hull"]), "council:leeds", "60"),
    ("the strictest time of an agency's facts", world(RUTH, PAUL, KID, dangers=["paul@leeds"]), "police:west-yorkshire",
     "10 urgent"),
    ("each fact by itself: what an adviser confirmed does not wait for the other",
     by_adviser(world(RUTH, KID, "tim household child home=leeds"), "tim"), "council:leeds", "0"),
]

SIGN = {"ada": ("ada", False), "lea": ("lea", True), "lou": ("lou", True)}


def act(said: str) -> Act:
    """Return an act from words such as `stand_down lea no_danger`."""
    what, *rest = said.split()
    by, is_lead = SIGN.get(rest[0], (rest[0], False)) if rest else ("", False)
    return Act(what, by, is_lead=is_lead, reason=rest[1] if len(rest) > 1 else "")


DANGER_DUTY, CHILD_DUTY = DutyLife(DANGER), DutyLife(CHILD)
UNSENDABLE = DutyLife(DANGER, can_be_sent=False)
SEARCH = DutyLife(DANGER, is_search=True)
LIFE_ROWS: list[LifeRow] = [
    ("waiting within its window", DANGER_DUTY, "", "waiting"),
    ("sent", DANGER_DUTY, "sent", "told open telephone"),
    ("delivered means acknowledged", DANGER_DUTY, "sent, acknowledged", "acknowledged"),
    ("nobody acknowledges what was not sent", DANGER_DUTY, "acknowledged", "waiting"),
    ("a call never replaces the message, which goes at once", DANGER_DUTY, "called ada", "told open send-now"),
    ("the duty ends when both exist: call, message", DANGER_DUTY, "called ada, sent", "handed_over"),
    ("the duty ends when both exist: message, call", DANGER_DUTY, "sent, called ada", "handed_over"),
    ("a later acknowledgement replaces handed over", DANGER_DUTY, "sent, called ada, acknowledged", "acknowledged"),
    ("where nothing written can go: not by a call alone", UNSENDABLE, "called ada", "told open"),
    ("where nothing written can go: a lead countersigns", UNSENDABLE, "called ada, countersigned lea", "handed_over"),
    ("not the one who made the call", UNSENDABLE, "called lea, countersigned lea", "told open"),
    ("not one who is no lead", UNSENDABLE, "called ada, countersigned ben", "told open"),
    ("no signature before a call", UNSENDABLE, "countersigned lea", "waiting"),
    ("a decline is no end", DANGER_DUTY, "sent, declined", "told open telephone"),
    ("a decline after a call is no end", DANGER_DUTY, "sent, called ada, declined", "told open telephone"),
    ("a decline after an acknowledgement is no end", DANGER_DUTY, "sent, acknowledged, declined",
     "told open telephone"),
    ("until another agency has acknowledged", DANGER_DUTY, "sent, declined, acknowledged_elsewhere", "elsewhere"),
    ("or two named people end it", DANGER_DUTY,
     "sent, declined, end_after_decline ada cannot_be_reached, end_after_decline ben cannot_be_reached", "ended"),
    ("not one of them twice", DANGER_DUTY,
     "sent, declined, end_after_decline ada cannot_be_reached, end_after_decline ada cannot_be_reached",
     "told open telephone"),
    ("with a coded reason", DANGER_DUTY, "sent, declined, end_after_decline ada because, end_after_decline ben because",
     "told open telephone"),
    ("a call to the agency that declined ends nothing", DANGER_DUTY, "sent, declined, called ada",
     "told open telephone"),
    ("nor is there an end like this without a decline", DANGER_DUTY,
     "sent, end_after_decline ada cannot_be_reached, end_after_decline ben cannot_be_reached", "told open telephone"),
    ("two people stand down, the second a lead", DANGER_DUTY, "stand_down ada no_danger, stand_down lea no_danger",
     "ended"),
    ("not one person", DANGER_DUTY, "stand_down lea no_danger, stand_down lea no_danger", "waiting"),
    ("not where the second is no lead", DANGER_DUTY, "stand_down lea no_danger, stand_down ada no_danger", "waiting"),
    ("until the second has signed, the clock runs", DANGER_DUTY, "stand_down ada no_danger, sent",
     "told open telephone"),
    ("after sending there is no standing down", DANGER_DUTY,
     "sent, stand_down ada no_danger, stand_down lea no_danger", "told open telephone"),
    ("nor after a call", DANGER_DUTY, "called ada, stand_down ada no_danger, stand_down lea no_danger",
     "told open send-now"),
    ("not half before and half after sending", DANGER_DUTY,
     "stand_down ada no_danger, sent, stand_down lea no_danger", "told open telephone"),
    ("for one reason", DANGER_DUTY, "stand_down ada no_danger, stand_down lea not_a_report", "waiting"),
    ("age_mistaken fits a child", CHILD_DUTY, "stand_down ada age_mistaken, stand_down lea age_mistaken", "ended"),
    ("age_mistaken fits no danger", DANGER_DUTY, "stand_down ada age_mistaken, stand_down lea age_mistaken", "waiting"),
    ("no_danger fits no child", CHILD_DUTY, "stand_down ada no_danger, stand_down lea no_danger", "waiting"),
    ("not_a_report fits both", CHILD_DUTY, "stand_down ada not_a_report, stand_down lea not_a_report", "ended"),
    ("no_person_at_risk fits both", DANGER_DUTY,
     "stand_down ada no_person_at_risk, stand_down lea no_person_at_risk", "ended"),
    ("witness_only fits a witness", DutyLife(CHILD, of_witness=True),
     "stand_down ada witness_only, stand_down lea witness_only", "ended"),
    ("witness_only fits no other child", CHILD_DUTY, "stand_down ada witness_only, stand_down lea witness_only",
     "waiting"),
    ("a reason that is none", DANGER_DUTY, "stand_down ada because, stand_down lea because", "waiting"),
    ("a search is ended by two people after the fallback has acknowledged", SEARCH,
     "sent, acknowledged, end_search ada, end_search lea", "ended"),
    ("not before", SEARCH, "sent, end_search ada, end_search lea", "told open telephone"),
    ("not by one", SEARCH, "sent, acknowledged, end_search ada, end_search ada", "acknowledged"),
    ("what is no search is not ended so", DANGER_DUTY, "sent, acknowledged, end_search ada, end_search lea",
     "acknowledged"),
    ("nothing follows an end", DANGER_DUTY, "stand_down ada no_danger, stand_down lea no_danger, sent", "ended"),
]

RECALL_ROWS: list[tuple[str, str, bool]] = [
    ("destroyed ends a recall", "destroyed", False),
    ("kept with the lawful reason ends a recall", "kept agency legal_claim", False),
    ("kept without a reason does not", "kept agency", True),
    ("an acknowledgement does not", "acknowledged", True),
    ("a call does not", "called ada", True),
]

CONTACT_ROWS: list[tuple[str, Contact, str]] = [
    ("nothing but the writer: in turn", Contact(), IN_TURN),
    ("if the writer may be under 18, within 60 minutes", Contact(writer_may_be_child=True), WITHIN_THE_HOUR),
    ("a way to be reached does not change this",
     Contact(writer_may_be_child=True, way_to_be_reached=True, topic=True), WITHIN_THE_HOUR),
    ("somebody else is named", Contact(names_others=True), CASE),
    ("a place", Contact(place=True), CASE),
    ("a danger", Contact(danger=True), CASE),
    ("whereabouts", Contact(whereabouts=True), CASE),
    ("a yes to a kind of recipient", Contact(agrees_to_a_kind=True), CASE),
    ("it happens to the writer", Contact(happens_to_writer=True, writer_may_be_child=True), CASE),
]

TELEPHONE_ROWS: list[tuple[str, datetime, bool, datetime]] = [
    ("a danger within 60 seconds", NOON, True, datetime(2026, 11, 4, 12, 1, tzinfo=UTC)),
    ("a child by the end of the UK day", NOON, False, datetime(2026, 11, 4, 23, 59, 59, tzinfo=UTC)),
    ("a summer day ends an hour earlier", datetime(2026, 7, 1, 12, tzinfo=UTC), False,
     datetime(2026, 7, 1, 22, 59, 59, tzinfo=UTC)),
    ("the day of the United Kingdom", datetime(2026, 7, 1, 23, 30, tzinfo=UTC), False,
     datetime(2026, 7, 2, 22, 59, 59, tzinfo=UTC)),
    ("not within two hours of sending", datetime(2026, 11, 4, 23, tzinfo=UTC), False,
     datetime(2026, 11, 5, 1, tzinfo=UTC)),
]
# fmt: on
