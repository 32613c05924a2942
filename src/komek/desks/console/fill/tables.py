"""The one place that knows tables: by their models' own description, and never what a column means."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any, TypeAlias

from django.apps import apps
from django.db import connection, models

from komek.desks.console.fill.copying import cell
from komek.desks.console.fill.marks import FIRST_ID, IDS_A_TABLE

ROOMS = "komek.rooms."
CALENDAR = "komek.registers.calendar."
LOG = "platform.Fact"
# The seats of people and what is counted are no part of a card: seats change all day, and the numbers are told anew.
NO_PART_OF_A_CARD = frozenset({"intake.Seat", "intake.SeatChange"})
COUNTED = "analytics"
JOBS = "procrastinate_jobs"
LINES_AT_ONCE = 2_000

Model = type[models.Model]
Column: TypeAlias = "models.Field[Any, Any]"
Rows = dict[str, dict[int, dict[str, Any]]]


def of_a_card() -> list[Model]:
    """The tables in which verbs may write what belongs to a card, and the log of what was announced."""
    found = [
        model
        for model in apps.get_models()
        if model.__module__.startswith(ROOMS)
        and model._meta.app_label != COUNTED
        and model._meta.label not in NO_PART_OF_A_CARD
        and has_number(model)
    ]
    return [*found, apps.get_model(LOG)]


def has_number(model: Model) -> bool:
    """Whether rows go by a number, or by that of another row; what goes by a name is a setting of the city."""
    key = model._meta.pk
    while isinstance(key, models.ForeignKey):
        key = key.target_field
    return isinstance(key, models.IntegerField)


def shadow() -> None:
    """Put an empty table of the same name before each of ours, until the transaction ends.

    Whatever is asked or written then goes there. Only the calendar stays: a made-up world has the days of the real one.
    Its ids are marks, each table's from a part of its own.
    """
    with connection.cursor() as cursor:
        for place, model in enumerate(model for model in apps.get_models() if model.__module__.startswith("komek.")):
            if model.__module__.startswith(CALENDAR):
                continue
            table, key = model._meta.db_table, model._meta.pk
            cursor.execute(f"CREATE TEMP TABLE {table} (LIKE public.{table} INCLUDING ALL) ON COMMIT DROP")
            if isinstance(key, models.AutoField):
                count_from_marks(f"pg_temp.{table}", str(key.column), place)


def count_from_marks(table: str, key: str, place: int) -> None:
    """Let the ids of a table be marks, until the transaction is undone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, key])
        sequence = cursor.fetchone()[0]
        cursor.execute(f"ALTER SEQUENCE {sequence} RESTART WITH {FIRST_ID + place * IDS_A_TABLE}")


def marked_ids(label: str) -> list[int]:
    """The ids of a table that are marks."""
    found = apps.get_model(label)._base_manager.filter(pk__gte=FIRST_ID).order_by("pk")
    return list(found.values_list("pk", flat=True))


class Marked:
    """The rows of cards whose ids are marks: those that are new since somebody last said `begin`."""

    def __init__(self) -> None:
        self._floors = {model._meta.label: FIRST_ID for model in of_a_card()}
        self._highest = dict(self._floors)

    def begin(self) -> None:
        """What is there now, and what was undone since, is of no interest any more."""
        self.rows()
        self._floors = {label: highest + 1 for label, highest in self._highest.items()}

    def rows(self) -> Rows:
        """By table and id, as the database tells them in JSON; one query."""
        parts = [
            f"SELECT '{label}', to_jsonb(t)::text FROM {_table(label)} t WHERE {_key(label)} >= {floor}"  # noqa: S608
            for label, floor in self._floors.items()
        ]
        found: Rows = {}
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts))
            for label, told in cursor.fetchall():
                row = json.loads(told)
                key = row[_key(label)]
                found.setdefault(label, {})[key] = row
                self._highest[label] = max(self._highest[label], key)
        return found


def _table(label: str) -> str:
    return apps.get_model(label)._meta.db_table


def _key(label: str) -> str:
    return str(apps.get_model(label)._meta.pk.column)


@cache
def columns(label: str) -> tuple[Column, ...]:
    """The columns that somebody has to write, in the order of the model."""
    own = made_by_itself(label)
    return tuple(one for one in apps.get_model(label)._meta.concrete_fields if one.column not in own)


@cache
def made_by_itself(label: str) -> frozenset[str]:
    """The columns that the database computes from others."""
    return frozenset(
        one.column for one in apps.get_model(label)._meta.concrete_fields if getattr(one, "generated", False)
    )


def typed(label: str, column: str, value: Any) -> Any:
    """A value that was told in JSON as what the column holds."""
    if isinstance(value, str):
        found = next(one for one in columns(label) if one.column == column)
        if isinstance(found, models.DateTimeField):
            return datetime.fromisoformat(value)
    return value


def values(label: str) -> Iterator[dict[str, Any]]:
    """All rows of a register, in the order of their ids."""
    rows = apps.get_model(label)._base_manager.order_by("pk").values()
    return iter(rows.iterator(chunk_size=5_000))


def of_the_register() -> list[str]:
    """The tables of residents, of what they said and of everything that hangs on it, in the order of their models."""
    found = {"residents.Resident", "channels.Conversation", "cards.Card"}
    rooms = [model for model in apps.get_models() if model.__module__.startswith("komek.")]
    while True:
        more = {
            model._meta.label
            for model in rooms
            for field in model._meta.concrete_fields
            if field.is_relation and field.related_model and field.related_model._meta.label in found
        }
        if more <= found:
            break
        found |= more
    told = [model._meta.label for model in rooms if model._meta.app_label == COUNTED]
    return [*(model._meta.label for model in rooms if model._meta.label in found), *told]


def name_of(label: str) -> str:
    """The table of a model."""
    return str(apps.get_model(label)._meta.db_table)


def count(label: str) -> int:
    """How many rows a table has."""
    return int(apps.get_model(label)._base_manager.count())


def is_empty(label: str) -> bool:
    """Whether a table has no row."""
    return not apps.get_model(label)._base_manager.exists()


def names(label: str, *, but_key: bool = False) -> tuple[str, ...]:
    """The columns that somebody has to write, by name."""
    return tuple(column_name(one) for one in columns(label) if not (but_key and one.primary_key))


def column_name(column: Column) -> str:
    """What the database calls it."""
    assert column.column is not None
    return column.column


def copy(label: str, lines: Iterable[str]) -> int:
    """Copy lines into the table of a model; returns how many."""
    return copy_into(name_of(label), names(label), lines)


def copy_rows(label: str, rows: Iterable[Mapping[str, Any]]) -> int:
    """Copy rows into the table of a model, each by its columns; returns how many."""
    listed = names(label)
    return copy_into(name_of(label), listed, ("\t".join(cell(row[name]) for name in listed) + "\n" for row in rows))


def copy_into(table: str, listed: Iterable[str], lines: Iterable[str]) -> int:
    """Copy lines into these columns of a table; returns how many."""
    told = ", ".join(f'"{name}"' for name in listed)
    written = 0
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({told}) FROM STDIN") as into:
        for some in _batched(lines):
            into.write("".join(some))
            written += len(some)
    return written


def _batched(lines: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(lines)
    while some := list(islice(rest, LINES_AT_ONCE)):
        yield some


def hurry(*, memory: str = "") -> None:
    """In this transaction nobody waits for the disk: what is lost in a crash is made again."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        if memory:
            cursor.execute("SELECT set_config('maintenance_work_mem', %s, true)", [memory])


def gather_tallies(label: str, source: str) -> int:
    """Add up what the parts have counted; a counter that comes to nothing is not kept."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {name_of(label)} (day, measure, dimension, value, count)"  # noqa: S608 - our own names
            f" SELECT day, measure, dimension, value, sum(count) FROM {source} GROUP BY 1, 2, 3, 4 HAVING sum(count) <> 0"
            " ORDER BY 3, 2, 1, 4"
        )
        return int(cursor.rowcount)


def gather_log(source: str) -> int:
    """Write the log in the order of time, and what was said in one moment in the order in which it was said."""
    listed = ", ".join(f'"{name}"' for name in names(LOG, but_key=True))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {name_of(LOG)} ({listed}) SELECT {listed} FROM {source} ORDER BY at, place"  # noqa: S608 - as above
        )
        return int(cursor.rowcount)


def count_on(sequence: str, last: int) -> None:
    """The next number of a sequence comes after this one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(%s, %s)", [sequence, last])


def count_on_from_rows(labels: Iterable[str]) -> None:
    """The next id of each table comes after those that are there."""
    with connection.cursor() as cursor:
        for label in labels:
            key = apps.get_model(label)._meta.pk
            if isinstance(key, models.AutoField):
                table = name_of(label)
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence(%s, %s), max({key.column})) FROM {table}"  # noqa: S608
                    f" HAVING max({key.column}) IS NOT NULL",
                    [table, key.column],
                )


def tidy(label: str) -> None:
    """Let the database look at a table: how it is filled, and that every row of it may be seen by everybody."""
    whole = "" if connection.in_atomic_block else "VACUUM "
    with connection.cursor() as cursor:
        cursor.execute(f"{whole}ANALYZE {name_of(label)}")


def empty(labels: Iterable[str]) -> None:
    """Forget every row, and what was asked for later about them."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(map(name_of, labels))}, platform_unread, {JOBS} RESTART IDENTITY CASCADE")


def size() -> int:
    """The database in bytes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])
