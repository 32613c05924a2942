"""The file of requests: what became of each, in the words and the clock of the city that published it."""

import csv
import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

REQUIRED = {
    "id", "created", "text", "reason_id", "reason", "category_id", "category", "district", "lat", "lon", "address",
    "author", "n_petitions", "n_answers", "h_moderated", "h_first_interim", "h_first_answer", "h_last_answer",
    "h_closed", "responsible_org",
}  # fmt: skip
MOST_COMPLAINTS = 20


class BadRequests(Exception):
    """The file cannot be taken; says where and what to do."""


@dataclass(frozen=True)
class Request:
    """One resident's request with the hours at which things happened to it."""

    outer_id: str
    created_at: datetime
    text: str
    reason: str
    district: str
    lat: float
    lon: float
    address: str
    author: str
    petitions: int
    answers: int
    moderated_at: datetime
    interim_at: datetime | None
    first_answer_at: datetime | None
    last_answer_at: datetime | None
    closed_at: datetime | None
    body: str
    satisfied: bool

    @property
    def answered_at(self) -> list[datetime]:
        """When each answer came; of three the file knows the first and the last, the second is put between them."""
        if self.first_answer_at is None or self.last_answer_at is None:
            return []
        if self.answers == 1:
            return [self.first_answer_at]
        step = (self.last_answer_at - self.first_answer_at) / (self.answers - 1)
        return [self.first_answer_at + step * number for number in range(self.answers)]


def read(path: Path, *, zone: ZoneInfo, limit: int | None = None) -> Iterator[Request]:
    """The requests in the order of the file; raises BadRequests at the end of what is readable."""
    complaints: list[str] = []
    with opened(path) as file:
        rows = csv.DictReader(file)
        missing = REQUIRED - set(rows.fieldnames or ())
        if missing:
            message = f"{path.name}, line 1: the columns {', '.join(sorted(missing))} are missing. Give the whole file."
            raise BadRequests(message)
        for number, row in enumerate(rows):
            if limit is not None and number >= limit:
                break
            try:
                yield _request(row, zone)
            except (TypeError, ValueError) as failure:
                complaints.append(f"{path.name}, line {rows.line_num}: {failure}. Correct the row or delete it.")
                if len(complaints) == MOST_COMPLAINTS:
                    break
    if complaints:
        raise BadRequests("\n".join(complaints))


def count(path: Path) -> int:
    """How many rows there are, for a progress bar."""
    with opened(path) as file:
        return sum(1 for _ in csv.reader(file)) - 1


@contextmanager
def opened(path: Path) -> Iterator[IO[str]]:
    """The file as text, packed or not."""
    try:
        if path.suffix == ".gz":
            with gzip.open(path, "rt", encoding="utf-8", newline="") as packed:
                yield packed
        else:
            with path.open(encoding="utf-8", newline="") as plain:
                yield plain
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as failure:
        message = f"{path}: {failure}. Give a whole CSV file in UTF-8, packed by gzip or not."
        raise BadRequests(message) from failure


def _request(row: dict[str, str], zone: ZoneInfo) -> Request:
    created = datetime.fromisoformat(row["created"]).replace(tzinfo=zone).astimezone(UTC)

    def after(column: str) -> datetime | None:
        return created + timedelta(hours=float(row[column])) if row[column] else None

    moderated = after("h_moderated")
    if moderated is None:
        message = "h_moderated is empty"
        raise ValueError(message)
    return Request(
        outer_id=row["id"],
        created_at=created,
        text=row["text"],
        reason=row["reason"],
        district=row["district"],
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        address=row["address"],
        author=row["author"],
        petitions=int(row["n_petitions"]),
        answers=int(row["n_answers"]),
        moderated_at=moderated,
        interim_at=after("h_first_interim"),
        first_answer_at=after("h_first_answer"),
        last_answer_at=after("h_last_answer"),
        closed_at=after("h_closed"),
        body=row["responsible_org"],
        satisfied="удовлетворен" in row.get("final_status", ""),
    )
