"""Tables laid bare for a bulk load, and dressed again: indexes, keys and triggers as they were, word for word.

What is dropped is asked of the database, not of the models, and written down in the transaction that drops it; so
whatever kills the fill, everything comes back. Foreign keys that are made anew are checked by the database itself: no
row that was copied points to nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from komek.desks.console.fill import tables

AUDIT = "komek_audit"
# Made anew in this order: what is found by an index, what must be there once, what points to something else.
INDEX, UNIQUE, REFERENCE = range(3)

DROPPED = """
SELECT 0, c.relname, pg_get_indexdef(i.indexrelid), format('DROP INDEX %%I', c.relname)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = %(table)s::regclass
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid)
UNION ALL
SELECT CASE k.contype WHEN 'u' THEN 1 ELSE 2 END, k.conname,
       format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)),
       format('ALTER TABLE %%s DROP CONSTRAINT %%I', k.conrelid::regclass, k.conname)
FROM pg_constraint k WHERE k.conrelid = %(table)s::regclass AND k.contype IN ('u', 'f')
ORDER BY 1 DESC, 2
"""


@dataclass(frozen=True)
class Garment:
    """Something that a table wears: what it is, and the statement that puts it on again."""

    order: int
    name: str
    table: str
    statement: str


def undress(labels: Iterable[str]) -> list[Garment]:
    """Take off everything that slows a load down, but for primary keys; call it inside a transaction."""
    taken = []
    with connection.cursor() as cursor:
        for label in labels:
            table = tables.name_of(label)
            cursor.execute(DROPPED, {"table": table})
            for order, name, again, drop in cursor.fetchall():
                cursor.execute(drop)
                taken.append(Garment(order, name, table, again))
            if _is_audited(table):
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {AUDIT}")
    return sorted(taken, key=lambda one: (one.order, one.table, one.name))


def dress(garment: Garment) -> None:
    """Put one thing on again."""
    with connection.cursor() as cursor:
        cursor.execute(garment.statement)


def audit_again(labels: Iterable[str]) -> None:
    """Let the triggers write down every change from now on."""
    with connection.cursor() as cursor:
        for label in labels:
            table = tables.name_of(label)
            if _is_audited(table):
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {AUDIT}")


def _is_audited(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = %s)", [table, AUDIT]
        )
        return bool(cursor.fetchone()[0])
