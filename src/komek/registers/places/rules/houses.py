"""Houses for a street of which we know only some points: for demonstration and for a city without a register."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, pairwise

from komek.registers.places.rules.tracing import METRES_A_DEGREE, Box, Point, trace

SPACING, SETBACK = 50.0, 18.0
FEWEST, MOST = 2, 60
EVERY_FRACTION = 7


@dataclass(frozen=True)
class HousePoint:
    """A numbered address and its point."""

    number: str
    lat: float
    lon: float


def houses_along(points: Iterable[Point], box: Box | None) -> list[HousePoint]:
    """Number both sides of a street: odd on the left, even on the right, the same houses on every run."""
    lines = trace(points, box) or _unseen(sorted(set(points)), box)
    if not lines:
        return []
    length = sum(_length(line) for line in lines)
    pairs = max(FEWEST // 2, min(MOST, round(length / SPACING)))
    houses = []
    for pair in range(pairs):
        here, (north, east) = _at(lines, length * (pair + 0.5) / pairs)
        for side, number in ((1, 2 * pair + 1), (-1, 2 * pair + 2)):
            houses.append(_house(str(number), here, (north, east), side * SETBACK))
            if number % EVERY_FRACTION == 0:
                houses.extend(
                    _house(f"{number}/{part}", here, (north, east), side * SETBACK * (part + 1)) for part in (1, 2)
                )
    return houses


def _unseen(points: list[Point], box: Box | None) -> list[list[Point]]:
    """A street whose course cannot be told: one point of it, or a diagonal of its box."""
    if points:
        return [points[:1]]
    return [[box[:2], box[2:]]] if box else []


def _length(line: list[Point]) -> float:
    return sum(_metres(a, b) for a, b in pairwise(line))


def _metres(a: Point, b: Point) -> float:
    shrink = math.cos(math.radians((a[0] + b[0]) / 2))
    return math.hypot((b[0] - a[0]) * METRES_A_DEGREE, (b[1] - a[1]) * METRES_A_DEGREE * shrink)


def _at(lines: list[list[Point]], distance: float) -> tuple[Point, Point]:
    """The point at a distance along the lines, one after the other, and the direction there as (north, east)."""
    last: tuple[Point, Point] = (lines[0][0], (1.0, 0.0))
    for a, b in chain.from_iterable(map(pairwise, lines)):
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
