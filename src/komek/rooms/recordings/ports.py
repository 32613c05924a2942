"""What the recordings need of a switch."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Found:
    """Both legs of a call as they lie there now: bytes (None: no such leg), and when one of them last grew."""

    unique_id: str
    heard: int | None
    said: int | None
    grown_at: datetime


class Legs(Protocol):
    """The sound of calls as the switch writes it: what it hears of whoever is recorded, and what it says to them."""

    def found(self, *, without: Collection[str] = ()) -> list[Found]:
        """All calls of which there is a leg, but for these."""

    def paths(self, unique_id: str) -> tuple[Path | None, Path | None]:
        """The two legs, heard and said."""

    def remove(self, unique_id: str) -> None:
        """Delete both legs; they may be gone already."""
