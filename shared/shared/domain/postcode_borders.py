"""Borders between councils, estimated from where postcodes lie: which postcodes may reach into a second council.

The directory has one council for each postcode, that of its central point, although some postcodes have addresses on
both sides of a border. The true list of those is not published openly. This is an estimate: a postcode may be split
where one of the NEIGHBOURS central points nearest to its own lies in another council.
"""

from collections.abc import Iterable, Iterator, Mapping
from heapq import nsmallest
from typing import Final, NamedTuple

NEIGHBOURS: Final = 8
"""With 8, about 2 % of all postcodes may be split; a larger number marks more that are not."""

_CELL: Final = 500
"""Metres. Points are sorted into squares, so that only near ones are compared."""
_ENOUGH: Final = 3 * NEIGHBOURS
_WIDEST: Final = 20


class Point(NamedTuple):
    """Central point of postcodes on the national grid, in metres, with the number of its council."""

    east: int
    north: int
    council: int

    def distance(self, other: "Point") -> int:
        """Return the square of the distance: enough to compare by."""
        return (self.east - other.east) ** 2 + (self.north - other.north) ** 2


class PointMap:
    """Points by the square in which they lie; two at one spot are one."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], set[Point]] = {}

    def add(self, point: Point) -> None:
        self._cells.setdefault((point.east // _CELL, point.north // _CELL), set()).add(point)

    def split_points(self) -> Iterator[tuple[Point, tuple[int, ...]]]:
        """Yield the points near a border with the councils across it, nearest first."""
        for cell, points in self._cells.items():
            near, metres = self._around(cell)
            if len({one.council for one in near}) > 1:
                for point in points:
                    if others := _others(point, near, metres):
                        yield point, others

    def nearest_other(self, point: Point) -> int | None:
        """Return the council nearest to a point other than its own, however far; None if there is no other."""
        others = (one for points in self._cells.values() for one in points if one.council != point.council)
        nearest = min(others, key=point.distance, default=None)
        return nearest.council if nearest else None

    def _around(self, cell: tuple[int, int]) -> tuple[list[Point], int]:
        """Return enough points around a square, and how far in metres they are complete."""
        reach = 1
        near = self._block(cell, reach)
        while len(near) < _ENOUGH and reach < _WIDEST:
            reach += 1
            near = self._block(cell, reach)
        return near, reach * _CELL

    def _block(self, cell: tuple[int, int], reach: int) -> list[Point]:
        east, north = cell
        keys = (
            (x, y)
            for x in range(east - reach, east + reach + 1)
            for y in range(north - reach, north + reach + 1)
        )
        return [point for key in keys for point in self._cells.get(key, ())]


def _others(point: Point, near: Iterable[Point], metres: int) -> tuple[int, ...]:
    nearest_other = min(point.distance(one) for one in near if one.council != point.council)
    if nearest_other > metres**2 or _more_than_neighbours(point, near, nearest_other):
        return ()
    closest = nsmallest(NEIGHBOURS + 1, near, key=point.distance)
    return tuple(dict.fromkeys(one.council for one in closest if one.council != point.council))


def _more_than_neighbours(point: Point, near: Iterable[Point], limit: int) -> bool:
    closer = 0
    for one in near:
        closer += point.distance(one) < limit
        if closer > NEIGHBOURS:
            return True
    return False


def councils_across(points: PointMap, listed: Iterable[Point]) -> Mapping[Point, tuple[int, ...]]:
    """Return the councils across a border for each point that may be split, and for the listed ones."""
    found = dict(points.split_points())
    for point in listed:
        if point not in found and (other := points.nearest_other(point)) is not None:
            found[point] = (other,)
    return found
