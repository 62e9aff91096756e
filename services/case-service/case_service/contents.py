"""What a recipient receives, field by field: only what the decision names, and nothing that slips along with it.

Free text may name people. The situation carries the adviser's summary, and the reporter's own words (when it happened,
how a place or a person was described) only where the account goes too; an adviser's words about a person go with them.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from case_service.pages import Page
from case_service.persons import Person, status_or_none
from case_service.situations import Account, Identity, PlaceKnown
from shared.age import british_date
from shared.geography import NORTHERN_IRELAND, UnknownCouncil, council
from shared.sharing import Decision, Extent, FieldGroup
from shared.vocabulary import Nation, PersonRole

PERSON_FIELDS = ("name", "gender", "languages")
REPORTER_FIELDS = ("name", "phone", "email")


def compose(decision: Decision, page: Page, *, at: datetime) -> dict[str, Any]:
    """The content of a disclosure. An empty member is left out; ages are as of the day on which it leaves."""
    today = british_date(at)
    reporter_goes = {i.person for i in decision.items if i.group is FieldGroup.REPORTER}
    content = {
        "situation": _situation(decision, page, today),
        "account": _account(page) if decision.has(FieldGroup.ACCOUNT) else None,
        "persons": _persons(decision, page, reporter_goes, today),
        "reporter": _reporters(page, reporter_goes),
        "handling": _handling(page, reporter_goes) if decision.has(FieldGroup.HANDLING) else None,
    }
    return {name: part for name, part in content.items() if part}


def correction(about: Sequence[str]) -> dict[str, Any]:
    """That somebody turned out to be an adult: who (by the reference the recipient has) and nothing else."""
    return {"corrects": [{"person": person_id, "turned_out_to_be": "adult"} for person_id in about]}


def _situation(decision: Decision, page: Page, today: date) -> dict[str, Any] | None:
    """The reporter's free text is never assumed to be free of names: it goes where their account goes."""
    extents = {i.extent for i in decision.items if i.group is FieldGroup.SITUATION}
    own_words = decision.has(FieldGroup.ACCOUNT)
    if Extent.FULL in extents:
        return _whole_situation(page, today, own_words=own_words)
    return _childs_situation(decision, page) if extents else None


def _whole_situation(page: Page, today: date, *, own_words: bool) -> dict[str, Any]:
    known = page.situation
    return _without_gaps(
        {
            "exploitation_types": [one.value for one in known.exploitation_types],
            "sectors": [one.value for one in known.sectors],
            "when": known.when_happened if own_words else None,
            "still_happening": known.still_happening,
            "how_many": known.how_many,
            "place": _place(known.place, page.case.place_gss, described=own_words),
            "danger_now": bool(page.dangers),
            "alleged_exploiters": [
                _named(identity, described=own_words) for identity in _alleged_exploiters(page, today)
            ],
            "summary": known.summary,
        }
    )


def _childs_situation(decision: Decision, page: Page) -> dict[str, Any]:
    """Coded facts about the children alone: an adult's own exploitation, and where it is, are not among them
    (fact 5). The premises stand in where a child has no whereabouts of its own."""
    going = {i.person for i in decision.items if i.group is FieldGroup.PERSONS and i.extent is Extent.FULL}
    young = [(person, identity) for person, identity in page.persons if str(person.id) in going]
    types = {one.value for _, identity in young for one in identity.exploitation_types}
    elsewhere = all(person.found_gss for person, _ in young)
    in_danger = {danger.person_id for danger in page.dangers}
    return _without_gaps(
        {
            "children": len(going),
            "exploitation_types": sorted(types),
            "place": None if elsewhere else _premises(page),
            "danger_now": None in in_danger or any(person.id in in_danger for person, _ in young),
            "summary": page.situation.protection_summary,
        }
    )


def _premises(page: Page) -> dict[str, Any] | None:
    return _place(page.situation.place, page.case.place_gss, described=False)


def _alleged_exploiters(page: Page, today: date) -> Iterable[Identity]:
    """Those who are nothing else on the case: someone who may be exploited too, or who was a child when the case
    opened, is not named as an exploiter."""
    for person, identity in page.persons:
        statuses = [status_or_none(identity, day) for day in (british_date(page.case.opened_at), today)]
        grown = not any(status is not None and status.child_path for status in statuses)
        if person.roles == [PersonRole.ALLEGED_EXPLOITER.value] and grown:
            yield identity


def _named(identity: Identity, *, described: bool) -> dict[str, Any]:
    return _without_gaps({"name": identity.name, "description": identity.description if described else None})


def _account(page: Page) -> list[str]:
    return [one.what_happened for one in page.accounts if one.what_happened]


def _persons(decision: Decision, page: Page, reporter_goes: set[str], today: date) -> list[dict[str, Any]]:
    items = {i.person: i for i in decision.items if i.group is FieldGroup.PERSONS}
    return [
        _person(
            person,
            identity,
            page,
            today,
            known_as_reporter=str(person.id) in reporter_goes,
            described=decision.has(FieldGroup.ACCOUNT) or not page.in_the_report(person),
        )
        if items[str(person.id)].extent is Extent.FULL
        else _carer(person, identity)
        for person, identity in page.persons
        if str(person.id) in items
    ]


def _person(
    person: Person,
    identity: Identity,
    page: Page,
    today: date,
    *,
    known_as_reporter: bool,
    described: bool,
) -> dict[str, Any]:
    in_danger = {danger.person_id for danger in page.dangers}
    roles = [role for role in person.roles if role != PersonRole.REPORTER.value or known_as_reporter]
    status = status_or_none(identity, today)
    return _without_gaps(
        {
            "ref": str(person.id),
            "roles": roles,
            **{name: getattr(identity, name) for name in PERSON_FIELDS},
            "description": identity.description if described else None,
            "age_status": status.value if status else None,
            "date_of_birth": identity.age.date_of_birth.isoformat() if identity.age.date_of_birth else None,
            "years": identity.age.years,
            "lives_at": _place(identity.lives_at, person.lives_gss, described=described),
            "found_at": _place(identity.found_at, person.found_gss, described=described),
            "in_danger": person.id in in_danger,
        }
    )


def _carer(person: Person, identity: Identity) -> dict[str, Any]:
    """An adult who lives with or cares for the child: name, relation and place, and nothing of their own matter.

    Where they are found may be where they are exploited: it goes only where no home is known."""
    home = _place(identity.lives_at, person.lives_gss, described=False)
    whereabouts = _place(identity.found_at, person.found_gss, described=False)
    return _without_gaps(
        {
            "ref": str(person.id),
            "name": identity.name,
            "relation_to_child": identity.relation_to_child,
            "lives_at": home,
            "found_at": None if home else whereabouts,
        }
    )


def _reporters(page: Page, going: set[str]) -> list[dict[str, Any]]:
    told = [
        {"ref": str(person.id), **{name: getattr(identity, name) for name in REPORTER_FIELDS}}
        for person, identity in page.persons
        if str(person.id) in going and identity.names_anyone
    ]
    return [_without_gaps(one) for one in told]


def _handling(page: Page, going: set[str]) -> list[dict[str, Any]]:
    """The rules for getting in touch are those of whoever made the report: another reporter's consent tells nothing
    of them."""
    theirs = any(str(person.id) in going for person, _ in page.persons if page.made_the_report(person))
    return [one for one in (_handled(account, theirs) for account in page.accounts) if one]


def _handled(account: Account, reporter_goes: bool) -> dict[str, Any]:
    """How to approach; the reporter's own contact rules only where the reporter's identity goes too."""
    handling: dict[str, Any] = {"risk_to_approach": account.risk_to_approach}
    if reporter_goes:
        handling |= {"language": account.language, "safe_contact": _without_gaps(account.safe_contact)}
    return _without_gaps(handling)


def _place(place: PlaceKnown | None, gss: str | None, *, described: bool) -> dict[str, Any] | None:
    told = place.model_dump(include={"postcode", "address"}) if place else {}
    if place is not None and described:
        told["description"] = place.description
    if gss is not None:
        told |= {"council": gss, "council_name": _council_name(gss)}
    return _without_gaps(told) or None


def _council_name(gss: str) -> str | None:
    if gss == NORTHERN_IRELAND:
        return Nation.NORTHERN_IRELAND.value
    try:
        return council(gss).name
    except UnknownCouncil:
        return None


def _without_gaps(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value not in (None, [], {}, "")}
