"""How far a fill has come, in the database itself: whatever kills it, the next run knows what is there.

The table is there only while a register is being filled. Each part of the register is written in the transaction that
notes it here, so a part is there whole or not at all.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from django.db import connection

from komek.desks.console.fill.bare import Garment

# What is counted and what is logged waits here until all of it is there.
TALLIES, LOG = "console_fill_tally", "console_fill_fact"
MAKE = """
CREATE TABLE console_fill (
    kind text, place integer, told jsonb NOT NULL, done boolean NOT NULL, PRIMARY KEY (kind, place)
);
CREATE TABLE console_fill_tally (day date, measure text, dimension text, value text, count bigint);
CREATE TABLE console_fill_fact (LIKE platform_fact);
ALTER TABLE console_fill_fact DROP COLUMN id, ADD COLUMN place bigserial;
"""
PLAN, PART, GARMENT = "plan", "part", "garment"


@dataclass(frozen=True)
class Plan:
    """What one fill is to be; a fill that was interrupted goes on with the same."""

    cards: int
    seed: str
    until: datetime
    cards_a_part: int
    # How many rows of each table a card may have, so that the ids of a second run fit those of the first.
    most: dict[str, list[int]]

    @property
    def parts(self) -> list[range]:
        """The cards of each part."""
        return [
            range(first, min(first + self.cards_a_part, self.cards))
            for first in range(0, self.cards, self.cards_a_part)
        ]

    def told(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self) | {"until": self.until.isoformat()}

    @classmethod
    def read(cls, told: dict[str, Any]) -> Self:
        """From how it was kept."""
        return cls(**told | {"until": datetime.fromisoformat(told["until"])})


def exists() -> bool:
    """Whether a fill has begun and not ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('console_fill') IS NOT NULL")
        return bool(cursor.fetchone()[0])


def begin(plan: Plan, garments: Iterable[Garment]) -> None:
    """Open the journal; call it in the transaction that lays the tables bare."""
    with connection.cursor() as cursor:
        cursor.execute(MAKE)
    _note(PLAN, 0, plan.told(), done=True)
    for place in range(len(plan.parts)):
        _note(PART, place, {}, done=False)
    for place, garment in enumerate(garments):
        _note(GARMENT, place, asdict(garment), done=False)


def plan() -> Plan:
    """What is being filled."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT told::text FROM console_fill WHERE kind = %s", [PLAN])
        return Plan.read(json.loads(cursor.fetchone()[0]))


def missing_parts() -> list[int]:
    """The parts that are not there yet."""
    return [place for place, _ in _open(PART)]


def missing_garments() -> list[tuple[int, Garment]]:
    """What the tables have not put on again yet, each with its place."""
    return [(place, Garment(**told)) for place, told in _open(GARMENT)]


def take(kind: str, place: int) -> bool:
    """Note something in the transaction that does it; False when somebody else has done it, or is doing it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE console_fill SET done = true WHERE (kind, place) IN (SELECT kind, place FROM console_fill"
            " WHERE kind = %s AND place = %s AND NOT done FOR UPDATE SKIP LOCKED)",
            [kind, place],
        )
        return cursor.rowcount == 1


def end() -> None:
    """Close the journal; call it in the transaction that opens the register to everybody."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE console_fill, console_fill_tally, console_fill_fact")


def _note(kind: str, place: int, told: dict[str, Any], *, done: bool) -> None:
    with connection.cursor() as cursor:
        values = (kind, place, json.dumps(told, ensure_ascii=False), done)
        cursor.execute("INSERT INTO console_fill VALUES (%s, %s, %s::jsonb, %s)", values)


def _open(kind: str) -> Iterator[tuple[int, dict[str, Any]]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT place, told::text FROM console_fill WHERE kind = %s AND NOT done ORDER BY place", [kind])
        return iter([(place, json.loads(told)) for place, told in cursor.fetchall()])
