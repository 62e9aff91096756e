"""Places as people write them: which councils, police forces and social care authorities they may mean."""

from shared.domain.places.council_names import councils_named
from shared.domain.places.outside import Outside
from shared.domain.places.read import areas_of_place, read_place
from shared.domain.places.reading import PlaceReading
from shared.domain.vocabulary import PlaceSetting

__all__ = ["Outside", "PlaceReading", "PlaceSetting", "areas_of_place", "councils_named", "read_place"]
