"""Lines over sizes as SVG, written by hand: a few panels, each line called by its name at its end."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

WIDTH, HEIGHT = 400, 340
LEFT, RIGHT, TOP, BOTTOM = 42, 128, 44, 44
APART = 12.0
COLORS = ("#0b6e99", "#c2410c", "#3f7d20", "#7c3aed", "#be185d", "#111827", "#94a3b8")
STYLE = """
  text { font: 11px system-ui, sans-serif; fill: #1f2937 }
  .title { font-size: 13px; font-weight: 600 }
  .muted { fill: #6b7280 }
  .grid { stroke: #e5e7eb }
  .bar { stroke: #991b1b; stroke-dasharray: 4 3 }
  path { fill: none; stroke-width: 1.8 }
"""


@dataclass(frozen=True)
class Line:
    """One thing at several sizes."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Panel:
    """Some lines that share a scale, and what they may be at most."""

    title: str
    lines: Sequence[Line]
    bar: float | None = None


def svg(panels: Sequence[Panel], *, unit: str, across: str) -> str:
    """All panels side by side, with the same sizes across and a scale of their own upwards."""
    sizes = sorted({size for panel in panels for line in panel.lines for size, _ in line.points})
    if not sizes:
        raise ValueError("there is nothing to draw")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH * len(panels)} {HEIGHT}" role="img">',
        f"<style>{STYLE}</style>",
        f'<rect width="{WIDTH * len(panels)}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    for number, panel in enumerate(panels):
        parts.append(f'<g transform="translate({number * WIDTH},0)">')
        parts += _panel(panel, sizes, unit=unit, across=across)
        parts.append("</g>")
    return "\n".join([*parts, "</svg>", ""])


def _panel(panel: Panel, sizes: Sequence[float], *, unit: str, across: str) -> Iterator[str]:
    # A panel that nothing was measured for is empty, not an error.
    highest = max([value for line in panel.lines for _, value in line.points] + [panel.bar or 0.0]) or 1.0
    step = _step(highest)
    top = step * max(1, math.ceil(highest * 1.05 / step))
    low, high = math.log(sizes[0]), math.log(sizes[-1])

    def x(size: float) -> float:
        share = (math.log(size) - low) / (high - low) if high > low else 0.5
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)

    yield f'<text class="title" x="{LEFT}" y="18">{escape(panel.title)}</text>'
    yield f'<text class="muted" x="{LEFT}" y="34">{escape(unit)}</text>'
    for number in range(round(top / step) + 1):
        value = number * step
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}"/>'
        yield f'<text class="muted" x="{LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{value:g}</text>'
    for size in sizes:
        yield f'<text class="muted" x="{x(size):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{size / 1e6:g} M</text>'
    middle = (LEFT + WIDTH - RIGHT) / 2
    yield f'<text class="muted" x="{middle}" y="{HEIGHT - 10}" text-anchor="middle">{escape(across)}</text>'
    if panel.bar is not None:
        yield f'<line class="bar" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(panel.bar):.1f}" y2="{y(panel.bar):.1f}"/>'
    drawn = [line for line in panel.lines if line.points]
    places = _spread([y(line.points[-1][1]) for line in drawn])
    for number, (line, place) in enumerate(zip(drawn, places, strict=True)):
        color = COLORS[number % len(COLORS)]
        path = " L ".join(f"{x(size):.1f} {y(value):.1f}" for size, value in line.points)
        yield f'<path d="M {path}" stroke="{color}"/>'
        for size, value in line.points:
            told = f"{escape(line.name)}: {value:.1f} at {size / 1e6:g} M"
            yield f'<circle cx="{x(size):.1f}" cy="{y(value):.1f}" r="2.6" fill="{color}"><title>{told}</title></circle>'
        end = x(line.points[-1][0])
        yield f'<text x="{end + 8:.1f}" y="{place + 4:.1f}" style="fill:{color}">{escape(line.name)}</text>'


def _spread(wanted: Sequence[float]) -> list[float]:
    """Heights near the wanted ones, none so near another that their names would run together."""
    order = sorted(range(len(wanted)), key=lambda number: wanted[number])
    placed = list(wanted)
    for before, after in pairwise(order):
        placed[after] = max(placed[after], placed[before] + APART)
    # Those pushed below the lowest line move up again, and push the others up with them.
    floor = HEIGHT - BOTTOM + APART / 2
    for number in reversed(order):
        placed[number] = min(placed[number], floor)
        floor = placed[number] - APART
    return placed


def _step(highest: float) -> float:
    """A round distance of grid lines that gives four to eight of them."""
    rough = max(highest, 1e-9) / 5
    scale = 10 ** math.floor(math.log10(rough))
    return next(scale * factor for factor in (1, 2, 5, 10) if scale * factor >= rough)
