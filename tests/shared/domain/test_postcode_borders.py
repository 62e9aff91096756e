"""Borders between councils: a postcode near one may be split, one far from it is not."""

from shared.domain.postcode_borders import NEIGHBOURS, Point, PointMap, councils_across
from shared.domain.postcodes import postcode_directory

EAST, WEST = 1, 2


def two_councils(columns: int) -> PointMap:
    """Return a field of points every 100 metres, of which the western half is in another council."""
    points = PointMap()
    for x in range(-columns, columns):
        for y in range(30):
            points.add(Point(500_000 + 100 * x, 200_000 + 100 * y, EAST if x >= 0 else WEST))
    return points


def test_only_postcodes_beside_a_border_may_reach_across_it() -> None:
    found = councils_across(two_councils(30), [])
    assert {point.east for point in found} == {499_900, 500_000, 499_800, 500_100} & {
        point.east for point in found
    }
    assert found[Point(500_000, 201_500, EAST)] == (WEST,)
    assert Point(502_000, 201_500, EAST) not in found


def test_a_listed_postcode_far_from_a_border_reaches_into_the_nearest_other_council() -> None:
    listed = Point(502_500, 201_500, EAST)
    points = two_councils(30)
    assert listed not in councils_across(points, [])
    assert councils_across(points, [listed])[listed] == (WEST,)


def test_a_country_of_one_council_has_no_border() -> None:
    points = PointMap()
    for x in range(40):
        points.add(Point(500_000 + 100 * x, 200_000, EAST))
    assert councils_across(points, [Point(500_000, 200_000, EAST)]) == {}


def test_less_than_three_of_a_hundred_postcodes_are_marked_as_perhaps_split() -> None:
    table = postcode_directory()._table
    [every] = table.execute("SELECT count(*) FROM postcodes").fetchone()
    [marked] = table.execute("SELECT count(DISTINCT postcode) FROM across_border").fetchone()
    assert NEIGHBOURS == 8
    assert 0.01 < marked / every < 0.03
