"""The books: what clients were told, held against the database by plain SQL that shares no code with Komek."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

# What one acknowledged card must have left behind; each column counts what one of them has.
EACH = """
SELECT told.outer_id, told.number,
    (SELECT count(*) FROM cards_card c JOIN channels_conversation v ON v.id = c.conversation_id
        WHERE v.outer_id = told.outer_id AND c.number = told.number) AS found,
    (SELECT count(*) FROM cards_card c JOIN channels_conversation v ON v.id = c.conversation_id
        WHERE v.outer_id = told.outer_id) AS cards,
    (SELECT count(*) FROM routing_assignment a JOIN cards_card c ON c.id = a.card_id
        WHERE c.number = told.number) AS assignments
FROM unnest(%s::text[], %s::text[]) AS told (outer_id, number)
"""
JOBS = "SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1"
WAITING = """
SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' OR (status = 'todo' AND coalesce(scheduled_at, now()) <= now())
"""


@dataclass(frozen=True)
class Books:
    """What the comparison found."""

    acknowledged: int
    lost: Sequence[str]
    doubled: Sequence[str]
    without_service: Sequence[str]
    jobs: Mapping[str, int]

    def faults(self) -> list[str]:
        """What should not be."""
        found = []
        for name in ("lost", "doubled", "without_service"):
            cards = getattr(self, name)
            if cards:
                found.append(f"{len(cards)} acknowledged cards {name.replace('_', ' ')}: {', '.join(cards[:5])}")
        if failed := self.jobs.get("failed", 0):
            found.append(f"{failed} jobs failed for good")
        return found


def compare(url: str, acknowledged: Sequence[Mapping[str, Any]]) -> Books:
    """Look for each acknowledged card, once and with a service that has it."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            EACH, [[told["outer_id"] for told in acknowledged], [told["number"] for told in acknowledged]]
        ).fetchall()
        jobs = {str(status): int(count) for status, count in connection.execute(JOBS)}
    return Books(
        acknowledged=len(acknowledged),
        lost=[number for _, number, found, _, _ in rows if not found],
        doubled=[number for _, number, _, cards, _ in rows if cards > 1],
        without_service=[number for _, number, found, _, assignments in rows if found and not assignments],
        jobs=jobs,
    )


def size(url: str) -> tuple[int, int]:
    """How much has been written to the log of changes so far, and how large the database is, both in bytes."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint, pg_database_size(current_database())"
        ).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def waiting_jobs(url: str) -> int:
    """How many jobs wait or are being done now."""
    with psycopg.connect(url) as connection:
        row = connection.execute(WAITING).fetchone()
    return int(row[0]) if row else 0
