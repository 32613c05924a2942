"""Rows of a table somebody sends us (a city pack, an import): read with patience, refused with the line and a remedy."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

FIRST_LINE = 2
FALSE_WORDS = frozenset({"", "0", "n", "no", "false", "жоқ", "нет"})


@dataclass(frozen=True)
class RowError:
    """What is wrong with one line, and what to do about it; whoever read the file adds its name."""

    line: int
    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason} {self.remedy}"


@dataclass
class Report:
    """What came of a load: how many rows are in, and which lines are not."""

    loaded: int = 0
    errors: list[RowError] = field(default_factory=list)

    def refuse(self, line: int, reason: str, remedy: str) -> None:
        """Note a line that was left out."""
        self.errors.append(RowError(line, reason, remedy))


def numbered(rows: Iterable[Mapping[str, str | None]]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows with the line they stand on below a header, cells trimmed, NUL signs dropped, empty rows left out."""
    for line, row in enumerate(rows, FIRST_LINE):
        cells = {
            str(column).strip().lower(): value.replace("\0", "").strip()
            for column, value in row.items()
            if column is not None and isinstance(value, str)
        }
        if any(cells.values()):
            yield line, cells


def is_yes(cell: str, *, empty: bool = False) -> bool:
    """Whether a cell says yes; an empty one says what the column says by itself."""
    return empty if cell == "" else cell.lower() not in FALSE_WORDS


def number_in(cell: str) -> float | None:
    """The number in a cell, with a comma or a point; None when it is empty, ValueError when it is not a number."""
    return float(cell.replace(",", ".")) if cell else None
