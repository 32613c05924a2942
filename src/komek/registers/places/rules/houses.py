"""Houses for a street of which we know only some points: for demonstration and for a city without a register."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

METRES_A_DEGREE = 111_320.0
SPACING, SETBACK = 50.0, 18.0
FEWEST, MOST = 2, 60
EVERY_FRACTION = 7

Point = tuple[float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class HousePoint:
    """A numbered address and its point."""

    number: str
    lat: float
    lon: float


def houses_along(points: Iterable[Point], box: Box | None) -> list[HousePoint]:
    """Number both sides of a street: odd on the left, even on the right, the same houses on every run."""
    line = _line(sorted(set(points)), box)
    if not line:
        return []
    length = sum(_metres(a, b) for a, b in pairwise(line))
    pairs = max(FEWEST // 2, min(MOST, round(length / SPACING)))
    houses = []
    for pair in range(pairs):
        here, (north, east) = _at(line, length * (pair + 0.5) / pairs)
        for side, number in ((1, 2 * pair + 1), (-1, 2 * pair + 2)):
            houses.append(_house(str(number), here, (north, east), side * SETBACK))
            if number % EVERY_FRACTION == 0:
                houses.extend(
                    _house(f"{number}/{part}", here, (north, east), side * SETBACK * (part + 1)) for part in (1, 2)
                )
    return houses


def _line(points: list[Point], box: Box | None) -> list[Point]:
    """The known points in their order along the street; with fewer than two, the diagonal of the box nearest to them."""
    if len(points) > 1:
        return _ordered(points)
    if box is None:
        return points
    min_lat, min_lon, max_lat, max_lon = box
    rising, falling = [(min_lat, min_lon), (max_lat, max_lon)], [(max_lat, min_lon), (min_lat, max_lon)]
    if not points:
        return rising
    return min((rising, falling), key=lambda line: round(_offset(points[0], line), 1))


def _ordered(points: list[Point]) -> list[Point]:
    """Points sorted along their main direction."""
    lat = sum(point[0] for point in points) / len(points)
    lon = sum(point[1] for point in points) / len(points)
    shrink = math.cos(math.radians(lat))
    away = [((point[1] - lon) * shrink, point[0] - lat) for point in points]
    xx, yy, xy = (sum(x * x for x, _ in away), sum(y * y for _, y in away), sum(x * y for x, y in away))
    turn = 0.5 * math.atan2(2 * xy, xx - yy)
    along = [x * math.cos(turn) + y * math.sin(turn) for x, y in away]
    return [point for _, point in sorted(zip(along, points, strict=True))]


def _metres(a: Point, b: Point) -> float:
    shrink = math.cos(math.radians((a[0] + b[0]) / 2))
    return math.hypot((b[0] - a[0]) * METRES_A_DEGREE, (b[1] - a[1]) * METRES_A_DEGREE * shrink)


def _offset(point: Point, line: Sequence[Point]) -> float:
    whole = _metres(line[0], line[1])
    return _metres(line[0], point) + _metres(point, line[1]) - whole


def _at(line: list[Point], distance: float) -> tuple[Point, Point]:
    """The point at a distance along the line and the direction there as (north, east)."""
    last: tuple[Point, Point] = (line[0], (1.0, 0.0))
    for a, b in pairwise(line):
        step = _metres(a, b)
        if step == 0:
            continue
        part = min(1.0, distance / step)
        shrink = math.cos(math.radians(a[0]))
        north, east = (b[0] - a[0]) * METRES_A_DEGREE / step, (b[1] - a[1]) * METRES_A_DEGREE * shrink / step
        last = ((a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part), (north, east))
        if distance <= step:
            return last
        distance -= step
    return last


def _house(number: str, here: Point, direction: Point, aside: float) -> HousePoint:
    north, east = direction
    shrink = math.cos(math.radians(here[0])) or 1.0
    lat = here[0] + east * aside / METRES_A_DEGREE
    lon = here[1] - north * aside / (METRES_A_DEGREE * shrink)
    return HousePoint(number, round(lat, 6), round(lon, 6))
