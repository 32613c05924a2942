"""What is announced by the numbers."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class FiguresCounted:
    """The counters moved: a wallboard that shows them has to look again. `at` is when the last of it happened."""

    stories: int
    at: datetime
