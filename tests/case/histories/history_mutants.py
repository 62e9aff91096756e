"""Faults planted into the service, each with the words with which histories notice it and a history that does."""

from datetime import timedelta
from typing import Any

from case_service.consent.models import ConsentEntry, ConsentTaken
from case_service.disclosures.payload import message
from case_service.sharing import consent, consented, reconcile
from case_service.sharing.decisions import by_consent, by_override
from case_service.sharing.duties import changes, required, searches
from case_service.sharing.duties.changes import Changes
from case_service.sharing.duties.duty import Duty
from tests.case.histories.random_histories import CONSENT, DUTIES, ROUTES
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


# Consent, its withdrawal, and calls that nothing written confirms


@mutant(by_consent, "agrees_to")
def a_no_is_a_yes(_: Right) -> Right:
    return lambda facts, person, kind, at, **values: True


@mutant(consented, "_lost")
def a_recall_takes_what_is_anothers(right: Right) -> Right:
    """Recall everything of a copy of which something is lost."""

    def everything(after: Any, recipient: Any, disclosure: Any, *values: Any) -> Any:
        lost = right(after, recipient, disclosure, *values)
        issued = frozenset(item for record in disclosure.issued for item in record.items)
        return issued - disclosure.recalled_items if lost else lost

    return everything


@mutant(consented, "_lost")
def nothing_is_recalled(_: Right) -> Right:
    return lambda *values: frozenset()


@mutant(ConsentTaken, "in_call")
def a_withdrawal_in_writing_recalls_at_once(_: Right) -> Right:
    return lambda taken: True


@mutant(ConsentEntry, "add_check")
def what_is_not_the_own_wish_recalls(right: Right) -> Right:
    return lambda entry, *, own_wish, by, at: right(entry, own_wish=True, by=by, at=at)


@mutant(Duty, "found_undeliverable")
def nothing_is_undeliverable(_: Right) -> Right:
    return lambda duty, at: duty


@mutant(Duty, "waits_for_countersignature")
def a_call_needs_no_countersignature(_: Right) -> Right:
    return lambda duty: False


AGENCIES = "other agencies than in the model"
RECALLED = "recalled otherwise than in the model"
ENDED = "otherwise than in the model"
HISTORY_MUTANTS: tuple[tuple[Mutant, str, str, int], ...] = (
    (an_acknowledgement_is_not_heard, ENDED, DUTIES, 0),
    (a_decline_is_an_answer, ENDED, DUTIES, 1),
    (a_call_alone_ends_a_duty, ENDED, DUTIES, 0),
    (what_two_people_took_back_stays, AGENCIES, DUTIES, 0),
    (nobody_has_time_to_confirm, "sent too early", DUTIES, 0),
    (silence_withholds, "not sent in time", DUTIES, 0),
    (a_stand_in_never_gives_way, AGENCIES, DUTIES, 3),
    (another_agency_is_not_told, "other facts than in the model", DUTIES, 6),
    (one_place_of_a_child, AGENCIES, DUTIES, 1),
    (nobody_searches, "other searches than in the model", DUTIES, 17),
    (news_is_not_sent, "was not told the news", DUTIES, 7),
    (every_source_is_named, " read [", DUTIES, 0),
    (nobody_withholds, " read [", DUTIES, 1),
    (nobody_is_shown_in_danger, " read [", DUTIES, 2),
    (a_withdrawal_is_not_read, RECALLED, CONSENT, 1000),
    (nobody_telephones_about_a_new_danger, "nobody telephones", DUTIES, 0),
    (a_no_is_a_yes, "may get {(", CONSENT, 1000),
    (a_recall_takes_what_is_anothers, RECALLED, CONSENT, 1001),
    (nothing_is_recalled, RECALLED, CONSENT, 1000),
    (a_withdrawal_in_writing_recalls_at_once, "is not checked", CONSENT, 1001),
    (what_is_not_the_own_wish_recalls, RECALLED, CONSENT, 1007),
    (nothing_is_undeliverable, ENDED, ROUTES, 2000),
    (a_call_needs_no_countersignature, "countersigned or not", ROUTES, 2000),
)
"""Each fault with the words that tell of it, and the history that shows it: its subject and seed."""
