"""Reading of a place: the areas and agencies that it may mean, and how sure that is."""

from dataclasses import dataclass

from shared.domain.places.outside import Outside
from shared.domain.vocabulary import PlaceSetting


@dataclass(frozen=True)
class PlaceReading:
    areas: tuple[str, ...] = ()
    """Every area it may be in, likeliest first: council codes of the day, or Northern Ireland as a whole."""
    police: tuple[str, ...] = ()
    """Agency codes of the police forces it may belong to, likeliest first."""
    social_care: tuple[str, ...] = ()
    """Agency codes of the social care authorities it may belong to, likeliest first."""
    is_sure: bool = True
    """False where a person must check: a guess, several areas or agencies, a part only, or words that lead nowhere."""
    is_guess: bool = False
    """A character of the postcode was read as another one, such as the letter O for a zero."""
    contradiction: bool = False
    """Council and postcode disagree: the postcode's area is first, the council's second."""
    outside: Outside | None = None
    """Place outside the United Kingdom; areas stand beside it only in a contradiction."""
    setting: PlaceSetting | None = None

    @property
    def is_known(self) -> bool:
        """Return whether anything leads to an agency."""
        return bool(self.police or self.social_care)
