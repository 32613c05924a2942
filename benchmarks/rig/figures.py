"""The figures of one aspect: a small table for people, a file for programs."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

OUT = Path(__file__).parents[1] / "out"
NOISY = "noisy"


@dataclass(frozen=True)
class Figure:
    """One measured number; a bar is what it may be at most."""

    name: str
    value: float
    unit: str
    bar: float | None = None
    note: str = ""

    @property
    def is_over(self) -> bool:
        """Whether it is more than it may be."""
        return self.bar is not None and not self.value <= self.bar

    @property
    def verdict(self) -> str:
        """What the last column of the table says."""
        said = "" if self.bar is None else ("OVER" if self.is_over else "ok")
        return "  ".join(filter(None, [said, self.note]))


@dataclass
class Figures:
    """Everything one aspect has measured."""

    aspect: str
    found: list[Figure] = field(default_factory=list)

    def add(self, name: str, value: float, unit: str, *, bar: float | None = None, note: str = "") -> None:
        """Note a figure; bars are the most that it may be."""
        self.found.append(Figure(name, round(float(value), 3), unit, bar, note))

    @property
    def over(self) -> list[Figure]:
        """The figures above their bars."""
        return [figure for figure in self.found if figure.is_over]

    def table(self) -> str:
        """The table as it is printed."""
        header = (self.aspect, "value", "unit", "bar", "")
        rows = [
            (one.name, plain(one.value), one.unit, "" if one.bar is None else f"≤ {plain(one.bar)}", one.verdict)
            for one in self.found
        ]
        widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
        lines = [_line(row, widths) for row in (header, *rows)]
        return "\n".join([lines[0], "─" * sum(widths, 2 * len(widths)), *lines[1:]])

    def write(self, folder: Path) -> Path:
        """Write `NAME.json`: `{figure: {value, unit, bar}}`."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.aspect}.json"
        told = {one.name: {"value": one.value, "unit": one.unit, "bar": one.bar} for one in self.found}
        path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
        return path


def plain(value: float) -> str:
    """A number as short as it is still told."""
    if value == int(value):
        return f"{int(value):,}".replace(",", " ")
    return f"{value:.3g}" if abs(value) < 1 else f"{value:.1f}"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of the values that this share of them does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [row[0].ljust(widths[0]), row[1].rjust(widths[1])]
    cells += [cell.ljust(width) for cell, width in zip(row[2:], widths[2:], strict=True)]
    return "  ".join(cells).rstrip()
