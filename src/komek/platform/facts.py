"""Facts: what happened, said once, heard by the rooms further down the line.

`announce` runs the `@on` reactions, then the `@after` ones, and keeps the fact for the end of the unit of work: there
all its facts are written to the log in the order they were said, and the screens that show them are rung for.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from importlib import import_module
from typing import Any, TypeVar, get_type_hints

import structlog
from django.apps import apps
from django.db import connection, transaction
from django.utils.module_loading import module_has_submodule

from komek.platform import jobs, live, unit
from komek.platform.models import Fact, Unread
from komek.platform.statements import prepared

# In the order they were said, with the topics they touch, and laid before every follower.
LOG = """
WITH logged AS (
    INSERT INTO platform_fact (name, data, topics, at)
    SELECT name, data, topics, at
    FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (name text, data jsonb, topics text[], at timestamptz))
    WITH ORDINALITY AS said (name, data, topics, at, place) ORDER BY place
    RETURNING id
), unread AS (
    INSERT INTO platform_unread (follower, fact_id) SELECT follower, id FROM logged, unnest($2::text[]) AS follower
)
SELECT array_agg(id) FROM logged
"""

log = structlog.get_logger("komek.facts")

Reaction = Callable[[Any], None]
R = TypeVar("R", bound=Callable[..., Any])
F = TypeVar("F")

_on: dict[type, list[Reaction]] = defaultdict(list)
_after: dict[type, list[str]] = defaultdict(list)
_after_by_name: dict[str, tuple[type, Reaction]] = {}
_shows: dict[type, list[Callable[[Any], Iterable[str]]]] = defaultdict(list)
_known: dict[str, type] = {}
_readers: dict[type, list[tuple[str, Callable[[Any], Any]]]] = {}
_followers: dict[str, Callable[[Sequence[tuple[Any, int]]], None]] = {}
_listeners: ContextVar[tuple[list[object], ...]] = ContextVar("listeners", default=())


def on(fact: type) -> Callable[[R], R]:
    """React in the same transaction: for what must not be lost with the card. A failure undoes the fact."""

    def register(reaction: R) -> R:
        _know(fact)
        _on[fact].append(reaction)
        return reaction

    return register


def after(fact: type) -> Callable[[R], R]:
    """React when everything else has: in the same transaction if that works, else by a job.

    For what must never block the card. The reaction is idempotent and asks nobody outside: that is a job of its own.
    """

    def register(reaction: R) -> R:
        _know(fact)
        name = f"{reaction.__module__}.{reaction.__name__}"
        _after[fact].append(name)
        _after_by_name[name] = (fact, reaction)
        return reaction

    return register


def shows(*seen: type) -> Callable[[R], R]:
    """Tell which live topics a fact touches, so that the screens that show them look again."""

    def register(topics: R) -> R:
        for fact in seen:
            _know(fact)
            _shows[fact].append(topics)
        return topics

    return register


def follows(name: str) -> Callable[[R], R]:
    """Read every fact in batches, each exactly once: for counting, where a job a fact would cost too much.

    The follower is called with `[(fact, fact_id), …]` inside the transaction that marks them read.
    """

    def register(follower: R) -> R:
        _followers[name] = follower
        return follower

    return register


def announce(fact: Any) -> None:
    """Say that something happened; call it inside the transaction that made it true."""
    if not connection.in_atomic_block:
        message = f"{type(fact).__name__} was announced outside a transaction"
        raise RuntimeError(message)
    _know(type(fact))
    with unit.opened("announce") as work:
        work.gather(_log, fact)
        for reaction in _on[type(fact)]:
            reaction(fact)
        for name in _after[type(fact)]:
            _try(name, fact, work)


def _try(name: str, fact: Any, work: unit.Unit) -> None:
    """Run a reaction here and now; when it fails without harm to the transaction, a job tries it again."""
    mark = work.mark()
    try:
        _after_by_name[name][1](fact)
    except Exception:
        if connection.needs_rollback or not work.back_to(mark):
            raise
        log.exception("fact.reaction_failed", reaction=name)
        jobs.defer(react, reaction=name, fact=packed(fact))


def _log(facts: list[Any]) -> None:
    """Write facts in the order they were said, and ring for the screens that show them."""
    topics = [sorted({topic for ask in _shows[type(fact)] for topic in ask(fact)}) for fact in facts]
    said = [
        {"name": name_of(type(fact)), "data": packed(fact), "topics": some, "at": fact.at.isoformat()}
        for fact, some in zip(facts, topics, strict=True)
    ]
    with prepared() as cursor:
        cursor.execute(LOG, [json.dumps(said, ensure_ascii=False), list(_followers)])
        ids = cursor.fetchone()[0]
    live.ring_after_commit(ids, {topic for some in topics for topic in some})
    for heard in _listeners.get():
        heard.extend(facts)


@jobs.task
def react(*, reaction: str, fact: dict[str, Any] | None = None, fact_id: int = 0) -> None:
    """Run one `@after` reaction of one fact. Jobs of release 0.1 say only where in the log the fact is."""
    kind, run = _after_by_name[reaction]
    told = fact if fact is not None else Fact.objects.get(id=fact_id).data
    with transaction.atomic():
        run(unpacked(kind, told))


def catch_up(*, batch: int = 500, most: int | None = None) -> int:
    """Let the followers read what they have not read yet, or about so many; returns how many facts were read."""
    read = 0
    for name, follower in _followers.items():
        while rows := _read_batch(name, follower, batch):
            read += rows
            if rows < batch or (most is not None and read >= most):
                break
    return read


def _read_batch(name: str, follower: Callable[[Sequence[tuple[Any, int]]], None], batch: int) -> int:
    with transaction.atomic():
        unread = list(
            Unread.objects.filter(follower=name)
            .order_by("fact_id")
            .select_for_update(skip_locked=True, of=("self",))
            .values_list("id", "fact_id", "fact__name", "fact__data")[:batch]
        )
        heard: list[tuple[Any, int]] = [
            (unpacked(kind, data), fact_id) for _, fact_id, fact, data in unread if (kind := kind_of(fact))
        ]
        if heard:
            follower(heard)
        Unread.objects.filter(id__in=[row[0] for row in unread]).delete()
    return len(unread)


def unread(name: str, *, batch: int = 2_000) -> Iterator[list[tuple[Any, int]]]:
    """What a follower has not read yet, without taking it from it: for a check that counts it and forgets."""
    last = 0
    while rows := list(
        Unread.objects.filter(follower=name, fact_id__gt=last).select_related("fact").order_by("fact_id")[:batch]
    ):
        yield [(unpacked(kind, row.fact.data), row.fact_id) for row in rows if (kind := kind_of(row.fact.name))]
        last = rows[-1].fact_id


def name_of(kind: type) -> str:
    """A fact's name in the log: `cards.CardRegistered`."""
    return f"{kind.__module__.split('.')[-2]}.{kind.__name__}"


def packed(fact: Any) -> dict[str, Any]:
    return {field.name: _plain(getattr(fact, field.name)) for field in fields(fact)}


def unpacked(kind: type[F], data: dict[str, Any]) -> F:
    """The fact again, from its row: times and dates are read back by the annotations of its dataclass."""
    if kind not in _readers:
        hints = get_type_hints(kind)
        _readers[kind] = [(field.name, _reader(str(hints[field.name]))) for field in fields(kind)]  # type: ignore[arg-type]  # every fact is a dataclass
    return kind(**{name: read(data.get(name)) for name, read in _readers[kind]})


def _reader(hint: str) -> Callable[[Any], Any]:
    if "datetime.datetime" in hint:
        return lambda value: datetime.fromisoformat(value) if isinstance(value, str) else value
    if "datetime.date" in hint:
        return lambda value: date.fromisoformat(value) if isinstance(value, str) else value
    if "tuple" in hint:
        return lambda value: tuple(value) if isinstance(value, list) else value
    return lambda value: value


def kind_of(name: str) -> type | None:
    """The dataclass behind a name in the log; None when no room announces it any more."""
    return _known.get(name)


def discover() -> None:
    """Know every fact of every room: a process may follow what nobody in it announces or hears."""
    for config in apps.get_app_configs():
        if not config.name.startswith("komek.") or not module_has_submodule(config.module, "facts"):
            continue
        module = import_module(f"{config.name}.facts")
        for kind in vars(module).values():
            if isinstance(kind, type) and is_dataclass(kind) and kind.__module__.startswith(module.__name__):
                _know(kind)


def known() -> Iterator[tuple[type, list[str], list[str], list[str]]]:
    """Every fact with its `@on` reactions, its `@after` reactions and the desks that show it."""
    for kind in sorted(_known.values(), key=name_of):
        yield (
            kind,
            [f"{r.__module__}.{r.__name__}" for r in _on[kind]],
            list(_after[kind]),
            [f"{s.__module__}.{s.__name__}" for s in _shows[kind]],
        )


@contextmanager
def overheard() -> Iterator[list[object]]:
    """Collect what is announced meanwhile: for tests and for progress bars."""
    heard: list[object] = []
    token = _listeners.set((*_listeners.get(), heard))
    try:
        yield heard
    finally:
        _listeners.reset(token)


def _know(kind: type) -> None:
    if not is_dataclass(kind):
        message = f"{kind!r} is not a dataclass"
        raise TypeError(message)
    _known.setdefault(name_of(kind), kind)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
