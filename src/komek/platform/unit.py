"""The unit of work: what a verb makes and changes is kept in memory and written together when the verb ends.

A registration touches a dozen tables through verbs that call verbs. Written one by one that was fifty statements, most
of them reading again what the same transaction had just written. Inside a unit

- `add` gives a new row its id and keeps it; all new rows are written by one statement when the unit ends;
- `hold` locks a row once: whoever asks for it again in the same unit gets the same object;
- `save` notes a change; a row that is not written yet needs no second statement.

Nobody can read the past by accident: before any other statement that names a table with unwritten rows, they are
written. `komek.platform.transactions.together` opens a unit for the outermost verb.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, TypeVar, cast

from django.apps import apps
from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED
from django.db.transaction import TransactionManagementError
from psycopg.types.json import Jsonb
from psycopg.types.numeric import Int8

from komek.platform import actor
from komek.platform.questions import Question
from komek.platform.statements import prepared

M = TypeVar("M", bound=models.Model)
T = TypeVar("T")

# Who acts, and the next number of each sequence named: one text whatever is asked for, so that it is planned once.
OPENING = """set_config('komek.actor', $1, true), set_config('komek.request_id', $2, true),
array(SELECT nextval(name::regclass) FROM unnest(string_to_array($3, ' ')) AS sequences (name))"""

_unit: ContextVar["Unit | None"] = ContextVar("unit", default=None)


@dataclass
class Usual:
    """What a verb needed when it ran last: it is asked for in one statement, before it is needed."""

    ids: Counter[str] = field(default_factory=Counter)
    tokens: tuple[str, ...] = ()


_usual: dict[str, Usual] = {}
# Name → SQL of one value that changes whenever what is remembered under this name changes.
_token_queries: dict[str, str] = {}


class Unit:
    """What one verb has made, changed and held so far."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.waiting: dict[type[models.Model], list[models.Model]] = {}
        self.changed: dict[tuple[type[models.Model], Any], tuple[models.Model, set[str]]] = {}
        self.held: dict[type[models.Model], dict[Any, models.Model]] = defaultdict(dict)
        self.new: set[tuple[type[models.Model], Any]] = set()
        # Tables that somebody has written past this unit: what is held does not tell all any more.
        self.passed_by: set[type[models.Model]] = set()
        self.gathered: dict[Callable[[list[Any]], None], list[Any]] = {}
        self.spare: dict[str, list[int]] = defaultdict(list)
        self.tokens: dict[str, str] = {}
        self.used = Usual()
        # How often something was written or noted for writing: what cannot be taken back by forgetting.
        self.writes = 0
        self._marks: list[dict[Callable[[list[Any]], None], int]] = []
        self._told = actor.NOBODY
        self._has_asked = False
        self._is_own = False

    # New and changed rows

    def add(self, row: M) -> M:
        """Keep a new row; it has its id at once."""
        if row.pk is None:
            row.pk = self.next_id(sequence_of(type(row)))
        self.held[type(row)][row.pk] = row
        self.new.add((type(row), row.pk))
        return self.append(row)

    def append(self, row: M) -> M:
        """Keep a new row whose id nobody asks for: a line of a history."""
        row._state.adding, row._state.db = False, "default"  # noqa: SLF001 - Django's own mark of a row that exists
        self.waiting.setdefault(type(row), []).append(row)
        return row

    def save(self, row: models.Model, *names: str) -> None:
        """Write these columns when the unit ends; all of them when none is named."""
        key = (type(row), row.pk)
        if any(row is one for one in self.waiting.get(type(row), ())):
            return
        columns = names or tuple(f.name for f in row._meta.concrete_fields if not f.primary_key)
        if key in self.changed and self.changed[key][0] is not row:
            # Another object for the same row: what was noted on the first one is written first.
            self.write_rows([key[0]])
        self.changed.setdefault(key, (row, set()))[1].update(columns)
        self.writes += 1

    def next_id(self, sequence: str) -> int:
        """The next number of a sequence, asked for with all the others that this verb usually needs."""
        self.used.ids[sequence] += 1
        if not self.spare[sequence]:
            self._open(ids=Counter({sequence: 1}))
        return self.spare[sequence].pop(0)

    # Rows that exist

    def hold(self, kind: type[M], key: Any) -> M | None:
        """The row, locked until the transaction ends; None when there is none."""
        found = self.held[kind].get(key)
        if found is None:
            if not connection.in_atomic_block:
                message = f"{kind.__name__} is locked outside of a transaction"
                raise TransactionManagementError(message)
            found = _holding(kind).one(key=key)
            if found is not None:
                self.held[kind][key] = found
        return cast(M | None, found)

    def known(self, kind: type[M], key: Any) -> M | None:
        """The row, if this unit has made or held it."""
        return cast(M | None, self.held[kind].get(key))

    def keep(self, row: M) -> M:
        """Know a row that somebody else has locked; the one known already, if there is one."""
        return cast(M, self.held[type(row)].setdefault(row.pk, row))

    def children(self, parent: models.Model, kind: type[M], column: str) -> list[M] | None:
        """The rows that belong to a row which this unit has made; None when only the database can know."""
        if (type(parent), parent.pk) not in self.new or kind in self.passed_by:
            return None
        return [cast(M, row) for row in self.held[kind].values() if getattr(row, column) == parent.pk]

    # The end

    def gather(self, write: Callable[[list[T]], None], thing: T) -> None:
        """Keep something that `write` will write with everything of its kind."""
        self.gathered.setdefault(write, []).append(thing)

    def end(self) -> None:
        """Write everything."""
        self.write_rows()
        while self.gathered:
            write = next(iter(self.gathered))
            if things := self.gathered.pop(write):
                write(things)
            self.write_rows()
        _usual[self.name] = self.used

    def mark(self) -> "Mark":
        """Where the unit stands, so that what is made from here on can be forgotten again."""
        waiting = {kind: len(rows) for kind, rows in self.waiting.items()}
        return Mark(self.writes, waiting, {write: len(things) for write, things in self.gathered.items()})

    def back_to(self, mark: "Mark") -> bool:
        """Forget what was made since; False when some of it is written or was changed in place and cannot be undone."""
        if self.writes != mark.writes:
            return False
        for kind, rows in self.waiting.items():
            for row in rows[mark.waiting.get(kind, 0) :]:
                self.held[kind].pop(row.pk, None)
                self.new.discard((kind, row.pk))
            del rows[mark.waiting.get(kind, 0) :]
        for write, things in self.gathered.items():
            del things[mark.gathered.get(write, 0) :]
        return True

    def write_rows(self, kinds: Iterable[type[models.Model]] | None = None) -> None:
        """Write the rows that wait, of these kinds or all: the new ones in one statement, then the changed ones."""
        wanted = [kind for kind in (self.waiting if kinds is None else kinds) if self.waiting.get(kind)]
        changed = [key for key in self.changed if kinds is None or key[0] in kinds]
        if not wanted and not changed:
            return
        self._tell_who_acts()
        self.writes += 1
        if wanted:
            insert([(kind, self.waiting.pop(kind)) for kind in wanted])
        for key in changed:
            row, names = self.changed.pop(key)
            with self._writing_itself():
                row.save(update_fields=sorted(names))

    def watch(self, execute: Callable[..., Any], sql: Any, params: Any, *more: Any) -> Any:
        """Before somebody else's statement: nobody reads or writes a table behind the rows that wait for it."""
        if self._is_own:
            return execute(sql, params, *more)
        text = sql if isinstance(sql, str) else str(sql)
        if text.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            self._mark(text)
        else:
            self.write_rows([kind for kind in self._unwritten() if kind._meta.db_table in text])
            if actor.writes(text):
                self._tell_who_acts()
                self.writes += 1
                self._forget_named_in(text)
        return execute(sql, params, *more)

    def _mark(self, text: str) -> None:
        """A savepoint keeps what was made before it; after a rollback nothing that was made since is known."""
        if text.startswith("ROLLBACK"):
            kept = self._marks[-1] if self._marks else {}
            for everything in (self.waiting, self.changed, self.held, self.tokens, self.new):
                everything.clear()
            for write, things in self.gathered.items():
                del things[kept.get(write, 0) :]
            self._told = actor.NOBODY
            return
        self.write_rows()
        if text.startswith("SAVEPOINT"):
            self._marks.append({write: len(things) for write, things in self.gathered.items()})
        elif self._marks:
            self._marks.pop()

    def token(self, name: str) -> str:
        """The token of what is remembered under this name, as it stands in this transaction."""
        if name not in self.used.tokens:
            self.used.tokens += (name,)
        if name not in self.tokens:
            self._open(tokens=(name,))
        return self.tokens[name]

    def _unwritten(self) -> set[type[models.Model]]:
        return {*self.waiting, *(kind for kind, _ in self.changed)}

    def _forget_named_in(self, text: str) -> None:
        for kind in _tables():
            if kind._meta.db_table in text:
                self.held.pop(kind, None)
                self.passed_by.add(kind)
        self.tokens.clear()

    def _tell_who_acts(self) -> None:
        if self._told != actor.current():
            self._open()

    def _open(self, *, ids: Counter[str] | None = None, tokens: tuple[str, ...] = ()) -> None:
        """Say who acts and get ids and tokens, all that is usual the first time, in one statement."""
        usual = Usual() if self._has_asked else _usual.get(self.name, Usual())
        self._has_asked = True
        ids = usual.ids | (ids or Counter())
        names = tuple(dict.fromkeys((*usual.tokens, *tokens)))
        who = self._told = actor.current()
        sequences = sorted(ids.elements())
        asked = [OPENING, *(f"({_token_queries[name]})::text" for name in names)]
        with self._writing_itself(), prepared() as cursor:
            cursor.execute(f"SELECT {', '.join(asked)}", [who.name, who.request_id, " ".join(sequences)])
            numbers, *tokens = cursor.fetchone()[2:]
        for name, number in zip(sequences, numbers, strict=True):
            self.spare[name].append(number)
        self.tokens.update(zip(names, tokens, strict=True))

    @contextmanager
    def _writing_itself(self) -> Iterator[None]:
        was, self._is_own = self._is_own, True
        try:
            yield
        finally:
            self._is_own = was


@cache
def _holding(kind: type[M]) -> Question[M]:
    # Not `first()`: a row found by its key needs no order.
    return Question(lambda key: kind._base_manager.select_for_update(of=("self",)).filter(pk=key)[:1])


@cache
def _tables() -> tuple[type[models.Model], ...]:
    return tuple(kind for kind in apps.get_models() if kind.__module__.startswith("komek."))


@dataclass(frozen=True)
class Mark:
    """Where a unit stood."""

    writes: int
    waiting: dict[type[models.Model], int]
    gathered: dict[Callable[[list[Any]], None], int]


def current() -> Unit | None:
    """The unit that is open, if one is."""
    return _unit.get()


def here() -> Unit:
    """The open unit; raises RuntimeError outside of one."""
    unit = _unit.get()
    if unit is None:
        message = "No unit of work is open: the verb lacks @together"
        raise RuntimeError(message)
    return unit


@contextmanager
def opened(name: str) -> Iterator[Unit]:
    """Open a unit inside a transaction, or go on with the open one; whoever opened it writes everything."""
    unit = _unit.get()
    if unit is not None:
        yield unit
        return
    unit = Unit(name)
    token = _unit.set(unit)
    try:
        # Who acts is the unit's to say, for its transaction.
        with actor.nobody(), connection.execute_wrapper(unit.watch):
            yield unit
            unit.end()
    finally:
        _unit.reset(token)


def add(row: M) -> M:
    """Keep a new row until the verb ends; it has its id at once."""
    return here().add(row)


def append(row: M) -> M:
    """Keep a new row whose id nobody asks for until the verb ends."""
    return here().append(row)


def save(row: models.Model, *names: str) -> None:
    """Write these columns of a held row when the verb ends."""
    here().save(row, *names)


def hold(kind: type[M], key: Any) -> M | None:
    """The row, locked until the transaction ends; the same object for everybody who asks in this unit."""
    unit = _unit.get()
    return unit.hold(kind, key) if unit is not None else Unit("").hold(kind, key)


def known(kind: type[M], key: Any) -> M | None:
    """The row, if the open unit has made or held it."""
    unit = _unit.get()
    return unit.known(kind, key) if unit is not None else None


def keep(row: M) -> M:
    """Know a row that was locked among others; the object known already, if there is one."""
    return here().keep(row)


def children(parent: models.Model, kind: type[M], column: str) -> list[M] | None:
    """The rows that belong to a row which the open unit has made; None when only the database can know."""
    unit = _unit.get()
    return unit.children(parent, kind, column) if unit is not None else None


def is_new(row: models.Model) -> bool:
    """Whether the open unit has made this row: nothing in the database can refer to it yet."""
    unit = _unit.get()
    return unit is not None and (type(row), row.pk) in unit.new


def sequence_of(kind: type[models.Model]) -> str:
    """The sequence behind the ids of a table."""
    return f"{kind._meta.db_table}_{kind._meta.pk.column}_seq"


# Writing

Read = Callable[[models.Model], Any]


@dataclass(frozen=True)
class _Column:
    name: str
    value: Read


_columns: dict[type[models.Model], list[_Column]] = {}


def insert(groups: Iterable[tuple[type[models.Model], list[models.Model]]]) -> None:
    """Write rows of several tables in one statement; foreign keys are checked at the commit."""
    parts: list[str] = []
    params: list[Any] = []
    for kind, rows in groups:
        for has_key in (True, False):
            some = [row for row in rows if (row.pk is not None) is has_key]
            if not some:
                continue
            columns = _columns_of(kind)[0 if has_key else 1 :]
            parts.append(_statement(kind, has_key, len(some), len(params) + 1))
            params += [column.value(row) for row in some for column in columns]
    before, last = parts[:-1], parts[-1]
    steps = ", ".join(f"step_{place} AS ({part})" for place, part in enumerate(before))
    unit = _unit.get()
    with _own(unit), prepared() as cursor:
        cursor.execute(f"WITH {steps} {last}" if steps else last, params)


@lru_cache(maxsize=2_000)
def _statement(kind: type[models.Model], has_key: bool, rows: int, first: int) -> str:  # noqa: FBT001 - a key of the cache
    """The insert of so many rows of a table, its values numbered from `first`."""
    names = [column.name for column in _columns_of(kind)[0 if has_key else 1 :]]
    places = iter(range(first, first + rows * len(names)))
    lines = ", ".join(f"({', '.join(f'${next(places)}' for _ in names)})" for _ in range(rows))
    columns = ", ".join(f'"{name}"' for name in names)
    return f'INSERT INTO "{kind._meta.db_table}" ({columns}) VALUES {lines}'  # noqa: S608 - our own names


@contextmanager
def _own(unit: Unit | None) -> Iterator[None]:
    if unit is None:
        yield
        return
    with unit._writing_itself():  # noqa: SLF001 - this module's own
        yield


def _columns_of(kind: type[models.Model]) -> list[_Column]:
    """The columns that are written, the key first; what the database fills in by itself is left out."""
    if kind not in _columns:
        fields = [one for one in kind._meta.concrete_fields if one.db_default is NOT_PROVIDED]
        fields.sort(key=lambda one: not one.primary_key)
        _columns[kind] = [_Column(str(one.column), _reader(one)) for one in fields]
    return _columns[kind]


def _reader(one: "models.Field[Any, Any]") -> Read:
    """How a field's value is handed to the database: the usual kinds by the shortest way."""
    name = one.attname
    target = one.target_field if isinstance(one, models.ForeignKey) else one
    if isinstance(target, models.JSONField):
        return lambda row: _json(getattr(row, name))
    if isinstance(target, models.IntegerField):
        return lambda row: _int(getattr(row, name))
    if isinstance(target, models.CharField | models.TextField | models.BooleanField | models.DateField):
        return lambda row: getattr(row, name)
    return lambda row: one.get_db_prep_save(getattr(row, name), connection)


def _json(value: Any) -> Any:
    return None if value is None else Jsonb(value)


def _int(value: Any) -> Any:
    # One width for all: the type is part of what the server has prepared.
    return None if value is None else Int8(value)


def watches(name: str, query: str) -> None:
    """Name a query of one value that changes whenever something does that is remembered under this name."""
    _token_queries[name] = query


def fresh_token(name: str) -> str:
    """The token outside of any unit, or of the open one."""
    unit = _unit.get()
    if unit is not None:
        return unit.token(name)
    with prepared() as cursor:
        cursor.execute(f"SELECT ({_token_queries[name]})::text")
        return str(cursor.fetchone()[0])
