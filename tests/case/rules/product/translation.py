"""Translation of a world of the model into the facts that the product's rules look at."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from case_service.sharing.facts import (
    AgeStatement,
    Authorisation,
    CaseFacts,
    ConsentEntry,
    DangerFact,
    FactKind,
    FactRef,
    Person,
    SourceDecision,
)
from case_service.sharing.places import NO_PLACE, KnownPlace
from shared.domain.age import Age
from shared.domain.vocabulary import (
    AgeStatus,
    CodedConcern,
    FieldGroup,
    PersonRole,
    PlaceSetting,
    PrivacyChoice,
    RecipientKind,
    SourceChoice,
)
from tests.case.rules.model.table.world_in_words import NOON
from tools.simulation.rules_model import world as model
from tools.simulation.rules_model.households import household

SOURCE_CHOICES = {
    "added": SourceChoice.NAME,
    "left_out": SourceChoice.LEAVE_OUT,
    "words_left_out": SourceChoice.LEAVE_OUT_WITH_WORDS,
}


def facts_of(world: model.World) -> CaseFacts:
    """Return the facts of a world; everybody's choices were made in the hour before noon."""
    persons = tuple(_person(one, world) for one in world.persons)
    return CaseFacts(
        persons=persons,
        consents=tuple(_entry(one, number) for number, one in enumerate(world.choices)),
        dangers=tuple(_danger(one) for one in world.danger_facts()),
        premises=_place(world.premises),
        last_known_premises=_place(world.last_known),
        known_by_number_only=bool(world.known_by_number),
        source_decisions=tuple(_source_decisions(world)),
        authorisations=tuple(_authorisation(one) for one in world.authorisations if not one.used),
        stood_down=frozenset(fact_of(one) for one in world.stood_down),
        kept_children=frozenset(name for ground, name in world.facts_opened() if ground == model.CHILD),
        received_at=NOON,
    )


def _source_decisions(world: model.World) -> Iterator[SourceDecision]:
    """Yield one decision for each source: words are left out together with the name."""
    for source in dict.fromkeys(one.source for one in world.source_decisions):
        made = [one.what for one in world.source_decisions if one.source == source]
        what = "words_left_out" if "words_left_out" in made else made[-1]
        yield SourceDecision(source, SOURCE_CHOICES[what])


def fact_of(fact: model.Fact) -> FactRef:
    ground, name = fact
    kind = FactKind.DANGER if ground == model.DANGER else FactKind.CHILD
    return FactRef(kind, name, name)


def _person(person: model.Person, world: model.World) -> Person:
    telling = person.first_said
    statement = AgeStatement(
        person.id,
        heard_from=person.sources,
        said_in_report=telling is not None and not telling.by_adviser,
        verified=telling is None or telling.by_adviser or telling.confirmed,
        effective_at=_effective_at(telling),
    )
    harmed = {CodedConcern.HARMED_OR_EXPLOITED} if person.harmed else set()
    missing = {CodedConcern.MISSING} if person.missing else set()
    return Person(
        person.id,
        frozenset(PersonRole(role) for role in person.roles),
        age=age_of(person),
        made_report=person.made_report,
        heard_from=person.sources,
        identity_is_held=person.identity_held,
        home=_place(person.home),
        found=_place(person.found),
        last_known=_place(person.last_known),
        lives_with=frozenset(household(world, {person.id})) - {person.id},
        cares_for=person.cares_for,
        exploits=person.exploits,
        exploits_nobody_in_particular=person.nobodys_in_particular,
        coded_concerns=frozenset(harmed | missing),
        statements=(statement,),
        lives_at_premises=bool({one.name for one in person.home} & {one.name for one in world.premises}),
    )


def _effective_at(telling: model.Telling | None) -> datetime | None:
    if telling is None or not telling.by_adviser:
        return None
    return telling.at if telling.complete else telling.at + timedelta(minutes=15)


def age_of(person: model.Person) -> Age:
    """Return the age with every statement of it."""
    said = [_age(one) for one in person.ages]
    return replace(said[0], earlier=tuple(said[1:])) if said else Age()


def _age(said: model.AgeStatement) -> Age:
    if said.kind == "born":
        return Age(date_of_birth=said.born, stated_on=said.said_on)
    if said.kind == "chosen":
        return Age(chosen=AgeStatus(said.chosen), stated_on=said.said_on)
    if said.kind == "band":
        return Age(lowest=said.lowest, highest=said.highest, stated_on=said.said_on)
    return Age(stated_years=said.lowest, about=said.kind == "about", stated_on=said.said_on)


def _danger(danger: model.Danger) -> DangerFact:
    telling = danger.first_said
    return DangerFact(
        person=danger.person,
        place=_place(danger.places),
        id=danger.id,
        heard_from=danger.sources,
        said_in_report=telling is not None and not telling.by_adviser,
        verified=telling is None or telling.by_adviser or telling.confirmed,
    )


def _place(places: tuple[model.Place, ...]) -> KnownPlace:
    if not places:
        return NO_PLACE
    (place,) = places  # the product knows one place of a kind
    sure = place.sure and len(place.police) <= 1 and len(place.councils) <= 1
    return KnownPlace(
        police=place.police,
        social_care=place.councils,
        area=place.name,
        is_sure=sure,
        abroad=place.setting == model.ABROAD,
        setting=PlaceSetting(place.setting),
    )


def _entry(choice: model.Choice, number: int) -> ConsentEntry:
    return ConsentEntry(
        person=choice.person,
        at=NOON - timedelta(hours=1) + timedelta(seconds=number),
        privacy=PrivacyChoice(choice.privacy) if choice.privacy else None,
        recipient_kind=RecipientKind(choice.kind) if choice.kind else None,
        agrees=choice.agrees,
        situation=choice.situation,
        withdraws=choice.withdraws,
        overheard=choice.overheard,
        relayed=choice.by is not None,
        understood=choice.understood,
        id=str(number),
    )


def _authorisation(decided: model.Authorisation) -> Authorisation:
    kind, code = decided.agency
    groups = frozenset(FieldGroup(one) for one in decided.groups)
    return Authorisation(RecipientKind(kind), decided.persons, code, groups)
