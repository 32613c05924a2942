"""What is wrong with a pack: file, line, what, and what to do; gathered, so that one run names them all."""

from collections.abc import Iterator
from dataclasses import dataclass

from komek.rows import Report


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend; line 0 speaks of the whole file."""

    file: str
    line: int
    reason: str
    remedy: str

    def __str__(self) -> str:
        """One line for a terminal, in the form that editors can jump to."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.reason} {self.remedy}"


class BadPack(Exception):
    """The pack was not taken; nothing of it was loaded."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class Problems:
    """Everything found so far."""

    def __init__(self) -> None:
        self._found: set[Problem] = set()

    def add(self, file: str, line: int, reason: str, remedy: str) -> None:
        """Note one."""
        self._found.add(Problem(file, line, reason, remedy))

    def take(self, file: str, report: Report, lines: list[int]) -> None:
        """Take over what a register refused; it counted rows, `lines` says on which line of the file each stands."""
        for error in report.errors:
            at = error.line - 2
            self.add(file, lines[at] if 0 <= at < len(lines) else error.line, error.reason, error.remedy)

    def __iter__(self) -> Iterator[Problem]:
        return iter(sorted(self._found))

    def __len__(self) -> int:
        return len(self._found)

    def raise_if_any(self) -> None:
        """Stop here when something was found."""
        if self._found:
            raise BadPack(tuple(self))
