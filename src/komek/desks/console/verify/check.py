"""What a check is: a question to the database whose every row is something wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

# How long work may wait for a worker that lives before it counts as forgotten.
PATIENCE_SECONDS = 300
EXAMPLES = 5

COUNTED = """
WITH found AS MATERIALIZED ({sql})
SELECT (SELECT count(*) FROM found), ARRAY(SELECT who FROM found ORDER BY who LIMIT {examples})
"""


@dataclass(frozen=True)
class Check:
    """One thing that must never be: `sql` names each offender in a column `who`, the way a person looks it up.

    In `sql` a name in braces is a table, or the part of it that is asked about. What is only `remarkable` is told
    without being wrong.
    """

    name: str
    what: str
    sql: str
    given: Mapping[str, Any] = field(default_factory=dict)
    remarkable: bool = False


@dataclass(frozen=True)
class Finding:
    """What a check found: how many, and the first few by name."""

    name: str
    what: str
    count: int
    examples: tuple[str, ...]

    def __str__(self) -> str:
        more = ", …" if self.count > len(self.examples) else ""
        return f"{self.what}: {self.count:,} ({'; '.join(self.examples)}{more})"


@dataclass(frozen=True)
class Tables:
    """Which rows are looked at: all of them, or those of cards, contacts and messages in which something happened."""

    since: datetime | None
    sources: Mapping[str, str]


# The last sign of life of any worker: what has waited since longer than that was not forgotten, the city was stopped.
_LIVED = """(
    SELECT least(now(), coalesce(greatest(
        (SELECT max(last_heartbeat) FROM procrastinate_workers),
        (SELECT to_timestamp(max(defer_timestamp)) FROM procrastinate_periodic_defers)), '-infinity')) AS until
)"""
WHOLE = {
    "cards": "cards_card",
    "entries": "cards_entry",
    "clocks": "routing_clock",
    "assignments": "routing_assignment",
    "orders": "workorders_order",
    "order_entries": "workorders_orderentry",
    "checks": "control_check",
    "escalations": "control_escalation",
    "surveys": "feedback_survey",
    "notices": "feedback_notice",
    "messages": "channels_message",
    "contacts": "intake_contact",
    "drafts": "intake_draft",
    "facts": "platform_fact",
    "files": "platform_storedfile",
    "lived": _LIVED,
}
# Which column leads from a table to its card, where a part of the cards is asked about.
_OF_CARDS = {
    "cards": "id",
    "entries": "card_id",
    "clocks": "card_id",
    "assignments": "card_id",
    "orders": "card_id",
    "checks": "card_id",
    "escalations": "card_id",
    "surveys": "card_id",
    "notices": "card_id",
}


def tables(since: datetime | None) -> Tables:
    """The tables as they are, or the part of each that belongs to what happened since a moment."""
    if since is None:
        return Tables(None, WHOLE)
    touched = f"SELECT card_id FROM cards_entry WHERE id >= {_first('cards_entry', 'at', since)}"  # noqa: S608 - a number
    parts = {name: f"(SELECT * FROM {WHOLE[name]} WHERE {key} IN ({touched}))" for name, key in _OF_CARDS.items()}  # noqa: S608
    orders = f"SELECT id FROM workorders_order WHERE card_id IN ({touched})"  # noqa: S608 - as above
    arrived = f"SELECT id FROM intake_contact WHERE id >= {_first('intake_contact', 'arrived_at', since)}"  # noqa: S608
    parts |= {
        "lived": _LIVED,
        "order_entries": f"(SELECT * FROM workorders_orderentry WHERE order_id IN ({orders}))",  # noqa: S608
        "contacts": f"(SELECT * FROM intake_contact WHERE id IN ({arrived}))",  # noqa: S608
        "drafts": f"(SELECT * FROM intake_draft WHERE contact_id IN ({arrived}))",  # noqa: S608
        **{name: _newer(WHOLE[name], since) for name in ("messages", "facts", "files")},
    }
    return Tables(since, parts)


def ask(check: Check, within: Tables) -> Finding | None:
    """Put one question; None when nothing is wrong."""
    sql = COUNTED.format(sql=check.sql.format_map(within.sources), examples=EXAMPLES)
    with connection.cursor() as cursor:
        cursor.execute(sql, {"patience": PATIENCE_SECONDS, **check.given})
        count, examples = cursor.fetchone()
    return Finding(check.name, check.what, count, tuple(examples)) if count else None


def first_position(table: str, key: str, column: str, since: datetime) -> int:
    """The smallest key from which on the rows are not older than this, found in as many looks as its number has bits.

    Keys grow with time, if not quite evenly; that is why those who use this begin a little before it.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(min({key}), 1), coalesce(max({key}), 0) FROM {table}")  # noqa: S608 - our own names
        low, high = cursor.fetchone()
        while low <= high:
            middle = (low + high) // 2
            cursor.execute(
                f"SELECT {column} FROM {table} WHERE {key} >= %s ORDER BY {key} LIMIT 1",  # noqa: S608 - our own names
                [middle],
            )
            if cursor.fetchone()[0] < since:
                low = middle + 1
            else:
                high = middle - 1
    return int(low)


# Rows whose transactions ended late stand a little before the place that their time would give them.
_LATE = 200
_TIMES = {"messages": "at", "facts": "recorded_at", "files": "stored_at"}


def _first(table: str, column: str, since: datetime) -> int:
    return max(1, first_position(table, "id", column, since) - _LATE)


def _newer(table: str, since: datetime) -> str:
    column = next(_TIMES[name] for name, known in WHOLE.items() if known == table)
    return f"(SELECT * FROM {table} WHERE id >= {_first(table, column, since)})"  # noqa: S608 - our own names
