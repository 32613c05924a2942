"""Stories on their way between tables and rules: taken out, told on, put back, and what that changed in the counts."""

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, models

from komek.rooms.analytics import rules
from komek.rooms.analytics.models import CardStory, ContactStory, MessageStory, Tally

# Under this name the counting reads the log of facts.
FOLLOWER = "analytics"
# Whoever writes stories holds this lock: two counters at once would each miss what the other adds.
COUNTING_LOCK = 0x6B6F6D65_636E74
ROWS_A_STATEMENT = 2_000

S = TypeVar("S", rules.CardStory, rules.ContactStory, rules.MessageStory)


@dataclass(frozen=True)
class Kind(Generic[S]):
    """One kind of story: its value, its table and what it counts for."""

    value: type[S]
    table: type[Any]
    counts: Callable[..., rules.Tallies]

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The key comes first."""
        return tuple(field.name for field in fields(self.value))

    def rows(self, *conditions: models.Q, **where: Any) -> Iterable[tuple[Any, ...]]:
        """What stands in the table, as its columns."""
        return self.table.objects.filter(*conditions, **where).values_list(*self.columns)

    def story(self, row: Iterable[Any]) -> S:
        """The story of a row, free to be told on without changing the row."""
        own: Any = (copy.copy(value) if isinstance(value, (list, dict)) else value for value in row)
        return self.value(*own)

    def row(self, story: S) -> Any:
        return self.table(**{name: getattr(story, name) for name in self.columns})


CARDS = Kind(rules.CardStory, CardStory, rules.card_counts)
CONTACTS = Kind(rules.ContactStory, ContactStory, rules.contact_counts)
MESSAGES = Kind(rules.MessageStory, MessageStory, rules.message_counts)


class Shelf(Generic[S]):
    """The stories of one kind that somebody works on, beside what they were."""

    def __init__(self, kind: Kind[S]) -> None:
        self.kind: Kind[S] = kind
        self.stories: dict[int, S] = {}
        self._were: dict[int, S] = {}

    def fetch(self, *conditions: models.Q, **where: Any) -> None:
        """Take out the rows that are not out yet."""
        for row in self.kind.rows(*conditions, **where):
            if row[0] not in self.stories:
                self._were[row[0]] = self.kind.story(row)
                self.stories[row[0]] = self.kind.story(row)

    def story(self, number: int) -> S:
        """The story by its id, begun if it is new."""
        if number not in self.stories:
            self.stories[number] = self.kind.value(number)
        return self.stories[number]

    def before(self, number: int) -> S | None:
        """The story as it was when it was taken out; None when it is new."""
        return self._were.get(number)

    def changed(self) -> list[int]:
        return [number for number, story in self.stories.items() if self.before(number) != story]

    def put_back(self) -> rules.Tallies:
        """Write what changed; returns by how much the counts change."""
        zone, difference = city_zone(), rules.Tallies()
        written = []
        for number in self.changed():
            was, now_is = self.before(number), self.stories[number]
            difference.update(self.kind.counts(now_is, zone=zone))
            if was:
                difference.subtract(self.kind.counts(was, zone=zone))
            written.append(self.kind.row(now_is))
        write(self.kind, written)
        return difference


def write(kind: Kind[Any], rows: Iterable[Any]) -> None:
    """Put rows into their table, over those that are there."""
    key, *others = kind.columns
    kind.table.objects.bulk_create(
        rows,
        batch_size=ROWS_A_STATEMENT,
        update_conflicts=True,
        unique_fields=[key],
        update_fields=others,
    )


def add_to_tallies(difference: Mapping[rules.Cell, int]) -> None:
    """Add to the kept counters, all in one statement; those that come to nothing go."""
    cells = [(*cell, amount) for cell, amount in difference.items() if amount]
    if not cells:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO analytics_tally (day, measure, dimension, value, count)"
            " SELECT * FROM unnest(%s::date[], %s::text[], %s::text[], %s::text[], %s::bigint[])"
            " ON CONFLICT (dimension, measure, day, value)"
            " DO UPDATE SET count = analytics_tally.count + EXCLUDED.count",
            [list(column) for column in zip(*cells, strict=True)],
        )
    Tally.objects.filter(count=0).delete()


def take_lock() -> None:
    """Wait until nobody else writes stories, to the end of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [COUNTING_LOCK])


@contextmanager
def nobody_else_counts() -> Iterator[None]:
    """Hold the same lock across transactions, taken before the first of them sees anything."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [COUNTING_LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [COUNTING_LOCK])


def city_zone() -> ZoneInfo:
    """Where a day begins and ends."""
    return ZoneInfo(settings.TIME_ZONE)
