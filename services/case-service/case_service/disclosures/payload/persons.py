"""Persons in a payload: identity whole or cut down, reporters, and how to approach each of them."""

from typing import Any

from case_service.cases.content import Account
from case_service.disclosures.payload.message import Message
from case_service.disclosures.payload.places import place_out, without_gaps
from case_service.people.models import OpenedPerson
from case_service.sharing.decisions.decision import Extent
from shared.domain.vocabulary import FieldGroup, PersonRole

PERSON_FIELDS = {"name", "phone", "email", "gender", "languages"}
REPORTER_FIELDS = {"name", "phone", "email"}


def persons(message: Message) -> list[dict[str, Any]]:
    whole = message.decision.persons(FieldGroup.PERSONS, Extent.FULL)
    some = message.decision.persons(FieldGroup.PERSONS)
    return [
        _whole(one, message) if str(one.id) in whole else _cut_down(one, message)
        for one in message.case_file.persons
        if str(one.id) in some
    ]


def _whole(person: OpenedPerson, message: Message) -> dict[str, Any]:
    identity = person.identity
    hidden = set() if message.goes_whole(FieldGroup.REPORTER, person) else {PersonRole.REPORTER}
    status = message.age_to_show(person)
    in_danger = message.in_danger().get(str(person.id))
    born = identity.age.date_of_birth if status is not None else None
    return without_gaps(
        {
            "ref": str(person.id),
            "roles": sorted(role.value for role in person.roles - hidden),
            **identity.model_dump(mode="json", include=PERSON_FIELDS),
            "description": message.words_about(person, identity.description),
            "relation_to_child": message.words_about(person, identity.relation_to_child),
            "age_status": status.value if status else None,
            "date_of_birth": born.isoformat() if born else None,
            "years": identity.age.years if status is not None else None,
            "lives_at": place_out(identity.lives_at),
            "found_at": place_out(identity.found_at),
            "last_known_at": place_out(identity.last_known_at),
            "in_danger": in_danger.value if in_danger else None,
        }
    )


def _cut_down(person: OpenedPerson, message: Message) -> dict[str, Any]:
    """Return an adult who lives with or cares for a child: name, relation and place, nothing else about them.

    The place where they are found may be the place where they are exploited: it is sent only where no home is known.
    """
    identity = person.identity
    home = place_out(identity.lives_at)
    cares = bool(message.facts.person(str(person.id)).cares_for & {str(one.id) for one in message.children()})
    return without_gaps(
        {
            "ref": str(person.id),
            "name": identity.name,
            "relation": "carer" if cares else "household_member",
            "relation_to_child": message.words_about(person, identity.relation_to_child),
            "lives_at": home,
            "found_at": None if home else place_out(identity.found_at),
        }
    )


def reporters(message: Message) -> list[dict[str, Any]]:
    named = message.decision.persons(FieldGroup.REPORTER)
    return [
        without_gaps({"ref": str(one.id), **one.identity.model_dump(mode="json", include=REPORTER_FIELDS)})
        for one in message.case_file.persons
        if str(one.id) in named and one.identity.names_anyone
    ]


def handling(message: Message) -> list[dict[str, Any]]:
    """Return how to approach each person whose identity goes; the rules of getting in touch are one person's own."""
    approached = message.decision.persons(FieldGroup.HANDLING)
    return [
        handled
        for one in message.case_file.persons
        if str(one.id) in approached and (handled := _handled(one, message))
    ]


def _handled(person: OpenedPerson, message: Message) -> dict[str, Any] | None:
    own = [one for one in message.case_file.accounts if person.row.is_maker_of(one.row.contact_id)]
    accounts = [one.account for one in own]
    rules = [_contact_rules(one) for one in accounts]
    return {"ref": str(person.id), **rules[0]} if rules and rules[0] else None


def _contact_rules(account: Account) -> dict[str, Any]:
    contact = account.safe_contact.model_dump(mode="json") if account.safe_contact else {}
    return without_gaps({"language": account.language, "safe_contact": without_gaps(contact)})


def accounts(message: Message) -> list[str]:
    """Return the reporters' own words, without the passages that an adviser struck."""
    return message.words_in(lambda account: account.what_happened)


def risk_to_approach(message: Message, *, forced: bool) -> list[str]:
    """Return the risk of approaching the place: an adviser's words with every override, the reporter's with theirs."""
    stated = [message.case_file.situation.risk_to_approach] if forced else []
    return [one for one in stated if one] + message.words_in(lambda account: account.risk_to_approach)
