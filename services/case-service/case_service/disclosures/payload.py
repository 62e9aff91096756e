"""Payload of a disclosure, field by field: what the decision names, and nothing that slips along with it.

Free text may name people. The situation carries the adviser's summary, and the reporter's own words (when it happened,
how a place or a person was described) only where the account goes too. An adviser's words about a person go with them.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from case_service.cases.case_file import CaseFile
from case_service.cases.content import Account, Place
from case_service.people.identity import Identity
from case_service.people.models import OpenedPerson
from case_service.sharing.decision import Decision, Extent
from shared.domain.age import british_date
from shared.domain.geography import NORTHERN_IRELAND, UnknownCouncil, council
from shared.domain.vocabulary import FieldGroup, Nation, PersonRole

PERSON_FIELDS = {"name", "gender", "languages"}
REPORTER_FIELDS = {"name", "phone", "email"}


def compose(decision: Decision, case_file: CaseFile, *, at: datetime) -> dict[str, Any]:
    """Return the payload. An empty member is left out; ages are as of the day on which it is issued."""
    today = british_date(at)
    reporter_ids = {item.person for item in decision.items if item.group is FieldGroup.REPORTER}
    payload = {
        "situation": _situation(decision, case_file, today),
        "account": _accounts(case_file) if decision.has(FieldGroup.ACCOUNT) else None,
        "persons": _persons(decision, case_file, reporter_ids, today),
        "reporter": _reporters(case_file, reporter_ids),
        "handling": _handling(case_file, reporter_ids) if decision.has(FieldGroup.HANDLING) else None,
    }
    return {name: part for name, part in payload.items() if part}


def correction(person_ids: Sequence[str]) -> dict[str, Any]:
    """Return the payload of a correction: by the reference that the recipient has, who is an adult; nothing else."""
    return {"corrects": [{"person": person_id, "turned_out_to_be": "adult"} for person_id in person_ids]}


def _situation(decision: Decision, case_file: CaseFile, today: date) -> dict[str, Any] | None:
    """Return the situation; the reporter's free text, never assumed free of names, goes where their account goes."""
    extents = {item.extent for item in decision.items if item.group is FieldGroup.SITUATION}
    own_words = decision.has(FieldGroup.ACCOUNT)
    if Extent.FULL in extents:
        return _whole_situation(case_file, today, own_words=own_words)
    return _childs_situation(decision, case_file) if extents else None


def _whole_situation(case_file: CaseFile, today: date, *, own_words: bool) -> dict[str, Any]:
    known = case_file.situation
    return _without_gaps(
        {
            "exploitation_types": [one.value for one in known.exploitation_types],
            "sectors": [one.value for one in known.sectors],
            "when": known.when_happened if own_words else None,
            "still_happening": known.still_happening.value,
            "how_many": known.how_many,
            "place": _place(known.place, case_file.case.place_gss, described=own_words),
            "danger_now": bool(case_file.dangers),
            "alleged_exploiters": [
                _named(identity, described=own_words) for identity in _alleged_exploiters(case_file, today)
            ],
            "summary": known.summary,
        }
    )


def _childs_situation(decision: Decision, case_file: CaseFile) -> dict[str, Any]:
    """Return coded facts about the children alone (sharing rules, fact 5).

    An adult's own exploitation, and where it is, are not among them. The premises stand in where a child has no
    whereabouts of its own.
    """
    included = {
        item.person
        for item in decision.items
        if item.group is FieldGroup.PERSONS and item.extent is Extent.FULL
    }
    children = [one for one in case_file.persons if str(one.id) in included]
    types = {kind.value for one in children for kind in one.identity.exploitation_types}
    elsewhere = all(one.row.found_in_gss for one in children)
    in_danger = {danger.person_id for danger in case_file.dangers}
    return _without_gaps(
        {
            "children": len(included),
            "exploitation_types": sorted(types),
            "place": None if elsewhere else _premises(case_file),
            "danger_now": None in in_danger or any(one.id in in_danger for one in children),
            "summary": case_file.situation.protection_summary,
        }
    )


def _premises(case_file: CaseFile) -> dict[str, Any] | None:
    return _place(case_file.situation.place, case_file.case.place_gss, described=False)


def _alleged_exploiters(case_file: CaseFile, today: date) -> Iterable[Identity]:
    """Yield those who are nothing else on the case.

    Someone who may be exploited too, or who was a child when the case opened, is not named as an exploiter.
    """
    for person in case_file.persons:
        days = (british_date(case_file.case.opened_at), today)
        statuses = [person.age_status(day) for day in days]
        was_child = any(status is not None and status.child_path for status in statuses)
        if person.row.roles == {PersonRole.ALLEGED_EXPLOITER} and not was_child:
            yield person.identity


def _named(identity: Identity, *, described: bool) -> dict[str, Any]:
    return _without_gaps({"name": identity.name, "description": identity.description if described else None})


def _accounts(case_file: CaseFile) -> list[str]:
    return [one.account.what_happened for one in case_file.accounts if one.account.what_happened]


def _persons(
    decision: Decision, case_file: CaseFile, reporter_ids: set[str], today: date
) -> list[dict[str, Any]]:
    items = {item.person: item for item in decision.items if item.group is FieldGroup.PERSONS}
    return [
        _person(
            person,
            case_file,
            today,
            known_as_reporter=str(person.id) in reporter_ids,
            described=decision.has(FieldGroup.ACCOUNT) or not case_file.is_in_report(person),
        )
        if items[str(person.id)].extent is Extent.FULL
        else _carer(person)
        for person in case_file.persons
        if str(person.id) in items
    ]


def _person(
    person: OpenedPerson, case_file: CaseFile, today: date, *, known_as_reporter: bool, described: bool
) -> dict[str, Any]:
    identity = person.identity
    hidden = set() if known_as_reporter else {PersonRole.REPORTER}
    status = person.age_status(today)
    return _without_gaps(
        {
            "ref": str(person.id),
            "roles": sorted(role.value for role in person.row.roles - hidden),
            **identity.model_dump(mode="json", include=PERSON_FIELDS),
            "description": identity.description if described else None,
            "age_status": status.value if status else None,
            "date_of_birth": identity.age.date_of_birth.isoformat() if identity.age.date_of_birth else None,
            "years": identity.age.years,
            "lives_at": _place(identity.lives_at, person.row.lives_in_gss, described=described),
            "found_at": _place(identity.found_at, person.row.found_in_gss, described=described),
            "in_danger": person.id in {danger.person_id for danger in case_file.dangers},
        }
    )


def _carer(person: OpenedPerson) -> dict[str, Any]:
    """Return an adult who lives with or cares for the child: name, relation and place, nothing else about them.

    The place where they are found may be the place where they are exploited: it is sent only where no home is known.
    """
    identity = person.identity
    home = _place(identity.lives_at, person.row.lives_in_gss, described=False)
    found_at = _place(identity.found_at, person.row.found_in_gss, described=False)
    return _without_gaps(
        {
            "ref": str(person.id),
            "name": identity.name,
            "relation_to_child": identity.relation_to_child,
            "lives_at": home,
            "found_at": None if home else found_at,
        }
    )


def _reporters(case_file: CaseFile, reporter_ids: set[str]) -> list[dict[str, Any]]:
    return [
        _without_gaps({"ref": str(one.id), **one.identity.model_dump(mode="json", include=REPORTER_FIELDS)})
        for one in case_file.persons
        if str(one.id) in reporter_ids and one.identity.names_anyone
    ]


def _handling(case_file: CaseFile, reporter_ids: set[str]) -> list[dict[str, Any]]:
    """Return how to approach.

    The rules for getting in touch are those of whoever made the report: another reporter's consent tells nothing of
    them.
    """
    theirs = any(str(one.id) in reporter_ids for one in case_file.persons if case_file.made_report(one))
    handled = (_handled(one.account, reporter_included=theirs) for one in case_file.accounts)
    return [one for one in handled if one]


def _handled(account: Account, *, reporter_included: bool) -> dict[str, Any]:
    """Return how to approach, and the contact rules only where the reporter's identity goes too."""
    handling: dict[str, Any] = {"risk_to_approach": account.risk_to_approach}
    if reporter_included:
        contact = account.safe_contact.model_dump(mode="json") if account.safe_contact else {}
        handling |= {"language": account.language, "safe_contact": _without_gaps(contact)}
    return _without_gaps(handling)


def _place(place: Place | None, gss: str | None, *, described: bool) -> dict[str, Any] | None:
    known = place.model_dump(include={"postcode", "address"}) if place else {}
    if place is not None and described:
        known["description"] = place.description
    if gss is not None:
        known |= {"council": gss, "council_name": _council_name(gss)}
    return _without_gaps(known) or None


def _council_name(gss: str) -> str | None:
    if gss == NORTHERN_IRELAND:
        return Nation.NORTHERN_IRELAND.value
    try:
        return council(gss).name
    except UnknownCouncil:
        return None


def _without_gaps(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, [], {}, "")}
