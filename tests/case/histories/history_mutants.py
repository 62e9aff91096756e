"""Faults planted into the service, each with the words with which histories notice it and a history that does."""

from datetime import timedelta
from typing import Any

from case_service.disclosures.payload import message
from case_service.sharing import consent, reconcile
from case_service.sharing.decisions import by_override
from case_service.sharing.duties import changes, required, searches
from case_service.sharing.duties.changes import Changes
from case_service.sharing.duties.duty import Duty
from tests.support.mutants import Mutant, Right, mutant


@mutant(Duty, "acknowledged")
def an_acknowledgement_is_not_heard(_: Right) -> Right:
    return lambda duty, at: duty


@mutant(Duty, "declined")
def a_decline_is_an_answer(_: Right) -> Right:
    return lambda duty, at: duty.acknowledged(at)


@mutant(Duty, "handed_over")
def a_call_alone_ends_a_duty(right: Right) -> Right:
    def ends(duty: Duty, **values: Any) -> Duty:
        called: Duty = right(duty, **values)
        return called.acknowledged(values["at"])

    return ends


@mutant(Duty, "without")
def what_two_people_took_back_stays(_: Right) -> Right:
    return lambda duty, facts: duty


@mutant(changes, "send_time")
def nobody_has_time_to_confirm(_: Right) -> Right:
    return lambda fact, facts, now, deadlines: now


@mutant(changes, "send_time")
def silence_withholds(right: Right) -> Right:
    return lambda *values: right(*values) + timedelta(hours=1)


@mutant(changes, "_reroute_unsent")
def a_stand_in_never_gives_way(_: Right) -> Right:
    return lambda changed, required_now: changed


@mutant(required, "_redirected")
def another_agency_is_not_told(_: Right) -> Right:
    return lambda facts: []


@mutant(required, "leads_of_child")
def one_place_of_a_child(right: Right) -> Right:
    def first(*values: Any) -> Any:
        leads = right(*values)
        return type(leads)(leads.police[:1], leads.social_care[:1])

    return first


@mutant(searches, "_find_places")
def nobody_searches(_: Right) -> Right:
    return lambda required_now, shared, now: []


@mutant(reconcile, "supplements")
def news_is_not_sent(_: Right) -> Right:
    return lambda facts, shared, now, deadlines: Changes([], shared)


@mutant(by_override, "is_named")
def every_source_is_named(_: Right) -> Right:
    return lambda standing, choice: True


@mutant(by_override, "adult_withholds")
def nobody_withholds(_: Right) -> Right:
    return lambda facts, kind, at: False


@mutant(message, "shown_in_danger")
def nobody_is_shown_in_danger(_: Right) -> Right:
    return lambda facts, decision, on: {}


@mutant(consent, "_after")
def a_withdrawal_is_not_read(right: Right) -> Right:
    return lambda before, entry, **values: before if entry.withdraws else right(before, entry, **values)


@mutant(changes, "_announced")
def nobody_telephones_about_a_new_danger(_: Right) -> Right:
    return lambda changed, recipient, duty, now: changed.with_duty(recipient, duty, announce=True)


AGENCIES = "other agencies than in the model"
ENDED = "otherwise than in the model"
HISTORY_MUTANTS: tuple[tuple[Mutant, str, int], ...] = (
    (an_acknowledgement_is_not_heard, ENDED, 0),
    (a_decline_is_an_answer, ENDED, 1),
    (a_call_alone_ends_a_duty, ENDED, 0),
    (what_two_people_took_back_stays, AGENCIES, 0),
    (nobody_has_time_to_confirm, "sent too early", 0),
    (silence_withholds, "not sent in time", 0),
    (a_stand_in_never_gives_way, AGENCIES, 3),
    (another_agency_is_not_told, "other facts than in the model", 6),
    (one_place_of_a_child, AGENCIES, 1),
    (nobody_searches, "other searches than in the model", 17),
    (news_is_not_sent, "was not told the news", 7),
    (every_source_is_named, " read [", 0),
    (nobody_withholds, " read [", 1),
    (nobody_is_shown_in_danger, " read [", 2),
    (a_withdrawal_is_not_read, " read [", 4),
    (nobody_telephones_about_a_new_danger, "nobody telephones", 0),
)
"""Each fault with the words that tell of it, and the seed of a history in which it shows."""
