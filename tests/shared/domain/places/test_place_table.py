"""Table of places in the documentation: it says what the code does."""

from shared.domain.vocabulary import Nation
from tests.shared.domain.places.place_table import PAGE, ROWS, page


def test_the_documented_table_is_what_the_code_reads() -> None:
    assert PAGE.read_text("utf-8") == page(), "run python -m tests.shared.domain.places.place_table"


def test_every_nation_and_the_places_outside_are_in_the_table() -> None:
    assert {*Nation, "outside", "nowhere", "Great Britain"} == {where for where, _, _ in ROWS}
