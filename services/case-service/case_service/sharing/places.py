"""Places as the sharing rules see them: the agencies that answer for each, and how sure that is."""

from dataclasses import dataclass

from shared.domain.vocabulary import PlaceSetting


@dataclass(frozen=True)
class KnownPlace:
    """One recorded place: the agencies that answer for it, the likeliest first.

    `area` is the GSS code of the likeliest council, or of Northern Ireland. `is_sure` is false where several agencies
    remain, so that a person must check. `contradicted`: council and postcode disagree, and the first two are theirs.
    `abroad`: outside the United Kingdom; no agency answers for it.
    """

    police: tuple[str, ...] = ()
    social_care: tuple[str, ...] = ()
    area: str | None = None
    is_sure: bool = True
    contradicted: bool = False
    abroad: bool = False
    setting: PlaceSetting | None = None

    def police_to_tell(self, *, in_danger: bool) -> tuple[str, ...]:
        """Return the forces that are told: the likeliest; each of a contradiction where somebody is in danger."""
        return self._to_tell(self.police, in_danger=in_danger)

    def social_care_to_tell(self, *, in_danger: bool) -> tuple[str, ...]:
        return self._to_tell(self.social_care, in_danger=in_danger)

    def _to_tell(self, agencies: tuple[str, ...], *, in_danger: bool) -> tuple[str, ...]:
        if self.is_sure:
            return agencies
        return agencies[: 2 if self.contradicted and in_danger else 1]


NO_PLACE = KnownPlace()
"""Nothing is known of the place."""


@dataclass(frozen=True)
class NationalAgencies:
    """Agencies that answer where no place decides, from reference data."""

    police_desk: str
    """Police where the place is unknown."""
    railway_police: str
    coastguard: str
