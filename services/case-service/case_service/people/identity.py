"""Identity of a person, as it is sealed under the person's own key."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import Field

from case_service.cases.content import Place, SealedContent, ShortText
from shared.domain.age import Age
from shared.domain.vocabulary import AgeStatus, ExploitationType, Gender

Years = Annotated[int, Field(ge=0, le=130)]


class AgeStatement(SealedContent):
    """Statement of an age, as far as it is known."""

    date_of_birth: date | None = None
    """Date of birth."""
    years: Years | None = None
    """Age in years."""
    about: bool = False
    """The years, or the ends of the range, are a guess, by two years to either side."""
    lowest: Years | None = None
    """Lower end of a range, in years."""
    highest: Years | None = None
    """Upper end of a range, in years."""
    may_be_under_18: bool = False
    """The person is or may be under 18."""
    surely_adult: bool = False
    """The person is 18 or over, said without a number."""
    chosen: AgeStatus | None = None
    """Status that an adviser chose."""
    said_on: date | None = None
    """Day on which it was said; the person is older by the whole years since."""

    def as_age(self) -> Age:
        return Age(
            chosen=self.chosen,
            date_of_birth=self.date_of_birth,
            stated_years=self.years,
            stated_on=self.said_on,
            about=self.about,
            lowest=self.lowest,
            highest=self.highest,
            may_be_under_18=self.may_be_under_18,
            surely_adult=self.surely_adult,
        )


class Identity(SealedContent):
    """Identity of one person, with everything else that is known of them."""

    name: ShortText | None = None
    """Name."""
    phone: ShortText | None = None
    """Telephone number."""
    email: ShortText | None = None
    """Email address."""
    gender: Gender = Gender.UNKNOWN
    """Gender."""
    description: ShortText | None = None
    """Description of the person."""
    languages: list[ShortText] = []
    """Languages that the person speaks, as BCP 47 tags."""
    lives_at: Place | None = None
    """Home of the person."""
    found_at: Place | None = None
    """Place where the person can be found."""
    last_known_at: Place | None = None
    """Last known place, once neither home nor whereabouts are known."""
    relation_to_reporter: ShortText | None = None
    """Relation to the reporter."""
    relation_to_child: ShortText | None = None
    """Relation to the child."""
    exploitation_types: list[ExploitationType] = []
    """Types of exploitation of this person."""
    age: AgeStatement = AgeStatement()
    """Age."""

    def with_places(self, places: Mapping[str, Place | None]) -> "Identity":
        """Return the same with places replaced. One that is lost stays as the last known place (fact 10)."""
        lost = [getattr(self, name) for name, place in places.items() if place is None]
        changes = dict(places)
        known = [one for one in lost if one is not None]
        if known:
            changes["last_known_at"] = known[-1]
        return self.model_copy(update=changes)

    @property
    def names_anyone(self) -> bool:
        return any((self.name, self.phone, self.email))
