"""Where a page of a list by promise ended: the promise and the row, as text for an address."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Cursor:
    """The last row of a page; rows without a promise come last."""

    due_at: datetime | None
    id: int

    def __str__(self) -> str:
        return f"{self.due_at.isoformat() if self.due_at else ''}_{self.id}"

    @classmethod
    def read(cls, text: str | None) -> Self | None:
        """The cursor of a text; whatever is not one means the first page."""
        due, _, row = (text or "").rpartition("_")
        if not row.isascii() or not row.isdigit() or int(row[:20]) > LARGEST_ID:
            return None
        try:
            due_at = datetime.fromisoformat(due) if due else None
            if due_at is not None:
                if due_at.tzinfo is None:
                    return None
                due_at.astimezone(UTC)
        except (ValueError, OverflowError):
            return None
        return cls(due_at, int(row[:20]))
