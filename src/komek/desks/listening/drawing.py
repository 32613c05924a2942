"""The picture of a recording: two sides, one above the other, and where nothing was written down."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, COLUMNS = 1_000, 320
# The middles of the two sides, and how far a loud sound reaches from there.
CALLER_AT, OPERATOR_AT, REACH = 26, 74, 21


@dataclass(frozen=True)
class Wave:
    """What an SVG of 1000 × 100 shows."""

    seconds: float
    caller: str
    operator: str
    gaps: Sequence[tuple[float, float]]
    answered: float | None


def wave(
    caller: bytes, operator: bytes, *, seconds: float, gaps: Iterable[Mapping[str, Any]], answered: float | None
) -> Wave:
    """The lines of both sides; `gaps` say `at` and `seconds`."""
    scale = WIDTH / seconds if seconds else 0.0
    return Wave(
        seconds=seconds,
        caller=_line(caller, CALLER_AT),
        operator=_line(operator, OPERATOR_AT),
        gaps=[(float(gap["at"]) * scale, max(2.0, float(gap["seconds"]) * scale)) for gap in gaps],
        answered=answered * scale if answered is not None else None,
    )


def _line(peaks: bytes, middle: int) -> str:
    """A stroke a column, as long as its loudest moment."""
    each = max(1, -(-len(peaks) // COLUMNS))
    columns = [max(peaks[at : at + each]) for at in range(0, len(peaks), each)]
    step = WIDTH / max(1, len(columns))
    strokes = []
    for number, peak in enumerate(columns):
        reach = max(0.4, peak / 255 * REACH)
        strokes.append(f"M{(number + 0.5) * step:.1f} {middle - reach:.1f}v{2 * reach:.1f}")
    return "".join(strokes)
