"""The course of a street of which only some points are known: where other streets cross it, and the box around it."""

import math
from collections.abc import Iterable, Iterator
from itertools import pairwise

METRES_A_DEGREE = 111_320.0
# Farther apart, two points in a row say nothing about what lies between them.
LONGEST_GAP, LONGEST_OF_ALL, TYPICAL_GAPS = 1_600.0, 2_600.0, 5.0
# What sticks out by less is the other carriageway of the same crossing.
SHORTEST_BRANCH = 70.0
# A street goes on beyond its last crossing, but not far.
SHORTEST_END, LONGEST_END = 15.0, 450.0
LONGEST_DIAGONAL = 1_500.0

Point = tuple[float, float]
Box = tuple[float, float, float, float]
Flat = tuple[float, float]
Tree = dict[int, dict[int, float]]


def trace(points: Iterable[Point], box: Box | None) -> list[list[Point]]:
    """The lines of a street, the longest first and each from west to east; points and box are latitude first."""
    known = sorted(set(points))
    if not known:
        return []
    shrink = math.cos(math.radians(known[0][0]))
    flat = [_flat(point, shrink) for point in known]
    around = (*_flat(box[:2], shrink), *_flat(box[2:], shrink)) if box else None
    if len(flat) == 1:
        lines = _diagonal(flat[0], around) if around else []
    else:
        lines = [line for tree in _pieces(flat) for line in _lines(flat, tree)]
        if around:
            lines = [_to_its_ends(line, around) for line in lines]
    lines.sort(key=_length, reverse=True)
    return [[(y / METRES_A_DEGREE, x / (METRES_A_DEGREE * shrink)) for x, y in min(line, line[::-1])] for line in lines]


def _flat(point: Iterable[float], shrink: float) -> Flat:
    lat, lon = point
    return lon * METRES_A_DEGREE * shrink, lat * METRES_A_DEGREE


def _diagonal(point: Flat, around: Box) -> list[list[Flat]]:
    """The diagonal of the box nearest to the one point that is known."""
    west, south, east, north = around
    if math.dist((west, south), (east, north)) > LONGEST_DIAGONAL:
        return []
    both = [[(west, south), (east, north)], [(west, north), (east, south)]]
    return [min(both, key=lambda line: round(math.dist(line[0], point) + math.dist(point, line[1]), 1))]


def _pieces(flat: list[Flat]) -> Iterator[Tree]:
    """The shortest tree over all points, cut where a gap is too long to be known: same name, another place."""
    edges = list(_shortest_tree(flat))
    lengths = sorted(length for length, _, _ in edges)
    usual = lengths[len(lengths) // 2]
    limit = min(LONGEST_OF_ALL, max(LONGEST_GAP, TYPICAL_GAPS * usual))
    near: Tree = {}
    for length, one, other in edges:
        if length <= limit:
            near.setdefault(one, {})[other] = length
            near.setdefault(other, {})[one] = length
    left = set(near)
    while left:
        piece = _reached(near, min(left))
        left -= piece
        yield {index: dict(near[index]) for index in sorted(piece)}


def _shortest_tree(flat: list[Flat]) -> Iterator[tuple[float, int, int]]:
    nearest = {index: (math.dist(flat[0], flat[index]), 0) for index in range(1, len(flat))}
    while nearest:
        index = min(nearest, key=lambda one: (nearest[one], one))
        yield *nearest.pop(index), index
        for other, (length, _) in nearest.items():
            closer = math.dist(flat[index], flat[other])
            if closer < length:
                nearest[other] = (closer, index)


def _reached(near: Tree, start: int) -> set[int]:
    found, waiting = {start}, [start]
    while waiting:
        new = near[waiting.pop()].keys() - found
        found |= new
        waiting += new
    return found


def _lines(flat: list[Flat], tree: Tree) -> Iterator[list[Flat]]:
    """The tree as lines that share no part: its longest way, then what branches off."""
    roots = [_longest_way(tree, min(tree))[-1]]
    shortest = 0.0
    while roots:
        root = roots.pop()
        while tree[root]:
            way = _longest_way(tree, root)
            for one, other in pairwise(way):
                del tree[one][other], tree[other][one]
            roots += way
            line = [flat[index] for index in way]
            if _length(line) > shortest:
                yield line
            shortest = SHORTEST_BRANCH


def _longest_way(tree: Tree, start: int) -> list[int]:
    far, came, waiting, end = {start: 0.0}, {start: start}, [start], start
    while waiting:
        index = waiting.pop()
        end = max(end, index, key=lambda one: far[one])
        for other, length in tree[index].items():
            if other not in far:
                far[other], came[other] = far[index] + length, index
                waiting.append(other)
    way = [end]
    while way[-1] != start:
        way.append(came[way[-1]])
    return way[::-1]


def _to_its_ends(line: list[Flat], around: Box) -> list[Flat]:
    """The line led on to the edge of the street's box, where that is near."""
    before, after = _onward(line[1], line[0], around), _onward(line[-2], line[-1], around)
    return [*before, *line, *after]


def _onward(back: Flat, end: Flat, around: Box) -> list[Flat]:
    step = math.dist(back, end)
    if step == 0:
        return []
    east, north = (end[0] - back[0]) / step, (end[1] - back[1]) / step
    ways = [
        ((high if direction > 0 else low) - at) / direction
        for direction, at, low, high in ((east, end[0], around[0], around[2]), (north, end[1], around[1], around[3]))
        if direction
    ]
    way = min(ways)
    if not SHORTEST_END < way < LONGEST_END:
        return []
    return [(end[0] + east * way, end[1] + north * way)]


def _length(line: list[Flat]) -> float:
    return sum(math.dist(one, other) for one, other in pairwise(line))
