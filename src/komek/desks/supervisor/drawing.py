"""The curve of the day as points of an SVG; the page brings the colours, the words and the same as a table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from komek.rooms.analytics.queries import Curve
from komek.rooms.analytics.rules import HALF_HOURS

WIDTH, HEIGHT = 960, 300
STEP = WIDTH / len(HALF_HOURS)
# What a scale may end with, so that its half is a whole number too.
ENDS = (4, 10, 20, 40, 60, 100, 200, 400, 600, 1_000, 2_000, 4_000, 10_000)


@dataclass(frozen=True)
class Picture:
    """What is drawn, and the numbers it was drawn from."""

    today: str
    area: str
    yesterday: str
    norm: str
    now_x: str
    now_y: str
    top: int
    so_far: int
    usual: int
    weeks: int
    rows: Sequence[tuple[str, int | None, int, float | None]]

    @property
    def half(self) -> int:
        return self.top // 2


def picture(curve: Curve) -> Picture:
    """The lines of today, of yesterday and of what is usual, on one scale."""
    # The half hour that runs is not over: it is in the table, but would drag the line down.
    over = curve.today[:-1]
    highest = max([*over, *curve.yesterday, *curve.norm, 1])
    top = next((end for end in ENDS if end >= highest), ENDS[-1])
    today = _points(over, top)
    last = (len(over) - 0.5) * STEP
    return Picture(
        today=today,
        area=f"{STEP / 2:.0f},{HEIGHT} {today} {last:.0f},{HEIGHT}" if over else "",
        yesterday=_points(curve.yesterday, top),
        norm=_points(curve.norm, top),
        now_x=f"{last:.0f}" if over else "",
        now_y=f"{_y(over[-1], top):.0f}" if over else "",
        top=top,
        so_far=sum(curve.today),
        usual=curve.usual_by_now,
        weeks=curve.weeks,
        rows=[
            (
                slot,
                curve.today[number] if number < len(curve.today) else None,
                curve.yesterday[number],
                curve.norm[number] if curve.norm else None,
            )
            for number, slot in enumerate(HALF_HOURS)
        ],
    )


def _points(values: Iterable[float], top: int) -> str:
    return " ".join(f"{(place + 0.5) * STEP:.0f},{_y(value, top):.0f}" for place, value in enumerate(values))


def _y(value: float, top: int) -> float:
    return HEIGHT - min(value, top) / top * HEIGHT
