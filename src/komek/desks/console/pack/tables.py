"""Tables of a pack: CSV and TSV with a header line, every row knowing the line it stands on."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from komek.desks.console.pack.problems import Problems

LONGEST_CELL = 20_000


@dataclass(frozen=True)
class Row:
    """One row: its cells by lower-case column name, trimmed."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """The cell, empty when the table has no such column."""
        return self.cells.get(column, "")

    def list(self, column: str, separator: str = "+") -> list[str]:
        """The parts of a cell."""
        return [part.strip() for part in self[column].split(separator) if part.strip()]


@dataclass(frozen=True)
class Table:
    """A file of rows; absent files are empty tables."""

    file: str
    rows: tuple[Row, ...] = ()

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def cells(self) -> list[Mapping[str, str]]:
        """The rows as the registers take them."""
        return [row.cells for row in self.rows]

    @property
    def lines(self) -> list[int]:
        """On which line of the file each row stands."""
        return [row.line for row in self.rows]


def read_table(
    folder: Path,
    name: str,
    problems: Problems,
    *,
    required: Iterable[str],
    known: Iterable[str] = (),
    must_exist: bool = False,
) -> Table:
    """Read a table; complains of missing and unknown columns, of bytes that are not UTF-8 and of uneven rows."""
    text = read_text(folder, name, problems, must_exist=must_exist)
    if text is None:
        return Table(name)
    lines = csv.reader(text.splitlines(keepends=True), delimiter="\t" if name.endswith(".tsv") else ",", strict=True)
    try:
        header = [column.strip().lower() for column in next(lines, [])]
        if not _has_columns(header, name, problems, required=set(required), known=set(known)):
            return Table(name)
        return Table(name, tuple(_rows(lines, header, name, problems)))
    except csv.Error as failure:
        problems.add(
            name, lines.line_num, f"The line is not a row: {failure}.", "Close every quotation mark; double it inside."
        )
        return Table(name)


def read_text(folder: Path, name: str, problems: Problems, *, must_exist: bool = False) -> str | None:
    """The text of a file; None when it is not there or cannot be read."""
    path = folder / name
    if not path.is_file():
        if must_exist:
            problems.add(name, 0, "The file is missing.", "Add it: a city cannot do without it.")
        return None
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        line = raw.count(b"\n", 0, failure.start) + 1
        problems.add(name, line, "The text is not UTF-8.", "Save the file as UTF-8.")
        return None
    if "\0" in text:
        problems.add(name, text.count("\n", 0, text.index("\0")) + 1, "A NUL sign stands here.", "Delete it.")
        return None
    return text


def _has_columns(header: list[str], name: str, problems: Problems, *, required: set[str], known: set[str]) -> bool:
    for column in sorted(required - set(header)):
        problems.add(
            name, 1, f"The column «{column}» is missing.", f"The first line names the columns: {_told(required)}."
        )
    if known:
        for column in sorted(set(header) - required - known - {""}):
            problems.add(
                name,
                1,
                f"The column «{column}» is not known.",
                f"Correct its name; known are {_told(required | known)}.",
            )
    for column in sorted({column for column in header if column and header.count(column) > 1}):
        problems.add(name, 1, f"The column «{column}» stands here twice.", "Delete one of the two.")
    return required <= set(header)


def _rows(lines: Iterator[list[str]], header: list[str], name: str, problems: Problems) -> Iterator[Row]:
    ended = 1
    for cells in lines:
        # A cell may hold line ends: a row begins on the line after the one before it.
        began, ended = ended + 1, lines.line_num  # type: ignore[attr-defined]  # csv's readers count lines
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            problems.add(
                name,
                began,
                f"The row has {len(cells)} cells, the header {len(header)}.",
                "Put a cell with a separator in it into quotation marks.",
            )
            continue
        if any(len(cell) > LONGEST_CELL for cell in cells):
            problems.add(name, began, "A cell is endless.", f"Shorten it to {LONGEST_CELL} letters.")
            continue
        yield Row(began, {column: cell.strip() for column, cell in zip(header, cells, strict=True) if column})


def _told(columns: Iterable[str]) -> str:
    return ", ".join(sorted(columns))
