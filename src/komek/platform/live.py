"""Live screens: one doorbell per committed transaction, one LISTEN per process, server-sent events to browsers.

An event says only which topics changed; the screen then asks again for the regions that show them, so the first
load and every update come from the same view. The log of facts is the truth: what the doorbell missed, the poll and
the catch-up by `Last-Event-ID` find there.
"""

import asyncio
import json
import math
import os
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import psycopg
import structlog
from django.core import signing
from django.db import connection, transaction
from psycopg.types.numeric import Int8

from komek.platform import presence
from komek.platform.presence import RollCall
from komek.platform.statements import prepared

CHANNEL = "komek_live"
# Under this name the server knows the one connection that listens.
NAME = "komek-stream"
# And under this one the connection that asks what browsers have missed.
ASKING = "komek-stream-asks"
SIGNED_FOR_SECONDS = 24 * 3600
PING_SECONDS = 15
POLL_SECONDS = 2
# A page that says where its reader is opens its stream anew this often: a network that broke says no goodbye.
STAYS_SECONDS = 60
# How far back a poll looks for facts whose transactions ended late.
OVERLAP = 500
# A browser further behind than this is told to look at everything again.
TOO_FAR_BEHIND = 2_000
QUEUE_SIZE = 200
# A topic that begins so is rung without a fact; whoever missed anything may have missed it too.
UNLOGGED = "~"
# PostgreSQL refuses a longer payload and would undo the transaction's doorbell.
PAYLOAD_BYTES = 7_500
# Of more facts than this it is not worth knowing which topics they touched.
MOST_READ = 300
NEVER = 2**62
_SINCE = """
WITH later AS MATERIALIZED (SELECT id, topics FROM platform_fact WHERE id > $1 ORDER BY id LIMIT $2)
SELECT (SELECT coalesce(max(id), 0) FROM platform_fact),
       (SELECT count(*) FROM later),
       (SELECT coalesce(jsonb_object_agg(topic, id), '{}')
        FROM (SELECT topic, max(id) AS id FROM later, unnest(topics) AS topic GROUP BY topic) each)
"""

log = structlog.get_logger()

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Doorbell:
    """What one transaction will ring for once it is committed."""

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.topics: set[str] = set()

    def ring(self) -> None:
        payload = json.dumps([self.ids, sorted(self.topics)], ensure_ascii=False)
        if len(payload.encode()) > PAYLOAD_BYTES:
            payload = json.dumps([[max(self.ids)], ["*"]])
        with prepared() as cursor:
            cursor.execute("SELECT pg_notify($1, $2)", [CHANNEL, payload])


def ring_after_commit(fact_ids: Iterable[int], topics: Iterable[str]) -> None:
    """Ring once after the commit, as a statement of its own: a NOTIFY inside would serialise all commits.

    The bell names every fact it rings for, so that nobody looks for those again.
    """
    bell = next((b for b in _bells() if isinstance(b, Doorbell)), None)
    if bell is None:
        bell = Doorbell()
        transaction.on_commit(bell.ring)
    bell.ids += fact_ids
    bell.topics.update(topics)


def _bells() -> Iterable[object]:
    return (getattr(entry[1], "__self__", None) for entry in reversed(connection.run_on_commit))


def pass_for(topics: Iterable[str]) -> str:
    """A signed pass for these topics: the page that may show them hands it to its own browser."""
    return signing.dumps(sorted(set(topics)), salt="komek.live", compress=True)


def topics_of(signed: str) -> frozenset[str]:
    return frozenset(signing.loads(signed, salt="komek.live", max_age=SIGNED_FOR_SECONDS))


def last_fact_id() -> int:
    """Where the log stands now; a page remembers it and asks for what came after."""
    with prepared() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM platform_fact")
        return int(cursor.fetchone()[0])


@dataclass(frozen=True)
class Since:
    """Where the log stands, and where in it topics were touched last; None when that was more than anybody counts."""

    last: int
    touched: Mapping[str, int] | None

    def is_quiet(self, topics: Iterable[str], mark: int) -> bool:
        """Whether nothing has happened to any of these after this place."""
        if self.touched is None:
            return False
        return not any(self.touched.get(topic, 0) > mark or topic.startswith(UNLOGGED) for topic in (*topics, "*"))


def log_since(mark: int | None) -> Since:
    """Where the log stands now, and what happened after this place; without one nothing is asked."""
    with prepared() as cursor:
        cursor.execute(_SINCE, [Int8(NEVER if mark is None else mark), Int8(MOST_READ + 1)])
        last, read, touched = cursor.fetchone()
    return Since(last, None if mark is None or read > MOST_READ else json.loads(touched))


class CannotCatchUp(Exception):
    """Nobody can say now what a browser has missed; it must come back and not believe that it has missed nothing."""


class Listener:
    """One browser: the topics it may hear and a bounded queue; overflow becomes one `resync`."""

    def __init__(self, topics: frozenset[str]) -> None:
        self.topics = topics
        self.queue: asyncio.Queue[tuple[int, list[str]]] = asyncio.Queue(QUEUE_SIZE)

    def hear(self, fact_id: int, topics: Iterable[str]) -> None:
        mine = ["*"] if "*" in topics else sorted(self.topics.intersection(topics))
        if not mine:
            return
        if self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            mine = ["*"]
        self.queue.put_nowait((fact_id, mine))

    def wake(self) -> None:
        """Let whoever waits at the queue look up, though nothing was heard."""
        if self.queue.empty():
            self.queue.put_nowait((0, []))


class Hub:
    """One LISTEN connection for all the browsers of this process."""

    def __init__(self, conninfo: str) -> None:
        self.conninfo = conninfo
        self.listeners: set[Listener] = set()
        self.newest = 0
        self.told: deque[int] = deque(maxlen=4 * OVERLAP)
        self.connected = asyncio.Event()
        self._asking = asyncio.Lock()
        self._asked: psycopg.AsyncConnection[Any] | None = None

    async def run(self) -> None:
        """Listen for ever; after a lost connection everybody looks again."""
        try:
            while True:
                try:
                    await self._listen()
                except (psycopg.OperationalError, OSError) as failure:
                    self.connected.clear()
                    log.warning("live.connection_lost", failure=str(failure))
                    await asyncio.sleep(1)
        finally:
            await self._ask_no_more()

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(self.conninfo, autocommit=True, application_name=NAME) as conn:
            await conn.execute(f"LISTEN {CHANNEL}")
            if self.newest:
                self._tell(self.newest, ["*"])
            row = await (await conn.execute("SELECT coalesce(max(id), 0) FROM platform_fact")).fetchone()
            self.newest = row[0] if row else 0
            self.connected.set()
            while True:
                async for note in conn.notifies(timeout=POLL_SECONDS):
                    fact_ids, topics = json.loads(note.payload)
                    self.told.extend(fact_ids)
                    self._tell(max(fact_ids), topics)
                await self._poll(conn)

    async def _poll(self, conn: psycopg.AsyncConnection[Any]) -> None:
        """Find facts whose doorbell never rang: the process died between the commit and the ring."""
        rows = await conn.execute(
            "SELECT id, topics FROM platform_fact WHERE id > %s ORDER BY id LIMIT %s",
            [self.newest - OVERLAP, 4 * OVERLAP],
        )
        told = set(self.told)
        for fact_id, topics in await rows.fetchall():
            if fact_id not in told:
                self.told.append(fact_id)
                self._tell(fact_id, topics)

    def _tell(self, fact_id: int, topics: Iterable[str]) -> None:
        self.newest = max(self.newest, fact_id)
        for listener in self.listeners:
            listener.hear(fact_id, topics)

    async def missed(self, topics: frozenset[str], since: int) -> tuple[int, list[str]] | None:
        """What a browser that last heard `since` has missed; None when nothing."""
        async with self._asking:
            found = await self._facts_since(since - OVERLAP // 10)
        if not found:
            return None
        if len(found) == TOO_FAR_BEHIND:
            return max(self.newest, found[-1][0]), ["*"]
        changed = {topic for _, of_one in found for topic in of_one}
        mine = topics & changed | {topic for topic in topics if topic.startswith(UNLOGGED)}
        return (found[-1][0], sorted(mine)) if mine else None

    async def _facts_since(self, since: int) -> list[Any]:
        """On one connection for all: when a node dies, all of its browsers come here at once."""
        last: Exception | None = None
        for _ in range(2):
            if not self.connected.is_set():
                break
            try:
                if self._asked is None:
                    self._asked = await psycopg.AsyncConnection.connect(
                        self.conninfo, autocommit=True, application_name=ASKING
                    )
                rows = await self._asked.execute(
                    "SELECT id, topics FROM platform_fact WHERE id > %s ORDER BY id LIMIT %s", [since, TOO_FAR_BEHIND]
                )
                return await rows.fetchall()
            except (psycopg.OperationalError, OSError) as failure:
                # It may have died since it was last asked; a new one answers, if anybody does.
                last = failure
                await self._ask_no_more()
            except BaseException:
                await self._ask_no_more()
                raise
        raise CannotCatchUp from last

    async def _ask_no_more(self) -> None:
        asked, self._asked = self._asked, None
        if asked is not None:
            await asked.close()


class Stream:
    """The ASGI application that serves `/events` and nothing else."""

    def __init__(self, conninfo: str, allowed_origins: Iterable[str] = ()) -> None:
        self.hub = Hub(conninfo)
        self.readers = RollCall(conninfo, channel=CHANNEL, newest=lambda: self.hub.newest)
        self.allowed_origins = frozenset(allowed_origins)
        self.running: list[asyncio.Task[None]] = []
        self.stopping = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http" and scope["path"] == "/events":
            await self._events(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] == "/healthz":
            await _answer(send, 200 if self.hub.connected.is_set() else 503, b"ok")
        elif scope["type"] == "http":
            await _answer(send, 404, b"not found")

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.running = [asyncio.create_task(part.run()) for part in (self.hub, self.readers)]
                await send({"type": "lifespan.startup.complete"})
            else:
                self.stopping.set()
                for task in self.running:
                    task.cancel()
                    with suppress(asyncio.CancelledError):
                        await task
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _events(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = parse_qs(scope["query_string"].decode())
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        try:
            topics = topics_of(query.get("pass", [""])[0])
        except signing.BadSignature:
            await _answer(send, 403, b"this pass is not valid any more")
            return
        if not self.hub.connected.is_set():
            # Another node may have a database; this one would only seem to be live.
            await _answer(send, 503, b"come back in a moment")
            return
        since = headers.get("last-event-id") or query.get("since", [""])[0]
        here = presence.read(query.get("here", [""])[0])
        await send({"type": "http.response.start", "status": 200, "headers": self._headers(headers.get("origin"))})
        listener = Listener(topics)
        self.hub.listeners.add(listener)
        gone = asyncio.create_task(_gone(receive))
        gone.add_done_callback(lambda _: listener.wake())
        if here:
            self.readers.come(here)
            # Who came or left while this stream was not open was told to nobody.
            listener.hear(self.hub.newest, [presence.topic(here.place)])
        try:
            await send(_part(b"retry: 2000\n\n"))
            if since.isdecimal() and (missed := await self.hub.missed(topics, int(since))):
                await send(_part(_event(*missed)))
            async for event in self._until(gone, listener, STAYS_SECONDS if here else None):
                await send(_part(event))
            if here and not gone.done():
                await send({"type": "http.response.body", "body": b"retry: 100\n\n"})
        except CannotCatchUp:
            # The browser comes back in two seconds, from where it stands now.
            await send({"type": "http.response.body", "body": b""})
        finally:
            self.hub.listeners.discard(listener)
            gone.cancel()
            if here:
                self.readers.go(here)

    async def _until(self, gone: "asyncio.Task[None]", listener: Listener, stays: float | None) -> AsyncIterator[bytes]:
        ends = asyncio.get_running_loop().time() + stays if stays else math.inf
        while not gone.done() and not self.stopping.is_set():
            left = ends - asyncio.get_running_loop().time()
            if left <= 0:
                return
            try:
                # Not wait_for: Python 3.11's forgets to be cancelled when what it waits for comes in the same moment.
                async with asyncio.timeout(min(PING_SECONDS, left)):
                    fact_id, topics = await listener.queue.get()
            except TimeoutError:
                yield b": still here\n\n"
            else:
                if topics:
                    yield _event(fact_id, topics)

    def _headers(self, origin: str | None) -> list[tuple[bytes, bytes]]:
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-cache"),
            (b"x-accel-buffering", b"no"),
        ]
        if origin and origin in self.allowed_origins:
            headers += [(b"access-control-allow-origin", origin.encode()), (b"vary", b"Origin")]
        return headers


def from_environment() -> Stream:
    """The stream of this installation: its database and the origins of its pages come from the settings."""
    from django.conf import settings

    return Stream(
        os.environ.get("KOMEK_LISTEN_URL") or settings.DATABASE_URL,
        allowed_origins=settings.STREAM_ALLOWED_ORIGINS,
    )


def _event(fact_id: int, topics: Iterable[str]) -> bytes:
    name = "resync" if "*" in topics else "changed"
    return f"id: {fact_id}\nevent: {name}\ndata: {' '.join(topics)}\n\n".encode()


def _part(body: bytes) -> MutableMapping[str, Any]:
    return {"type": "http.response.body", "body": body, "more_body": True}


async def _answer(send: Send, status: int, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": body})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
