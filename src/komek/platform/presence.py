"""Who is looking at what just now: a page says where its reader is, and the stream keeps it while the page is open.

Each process of the stream holds its readers in memory and as rows of an unlogged table, written through one session.
A row counts while that session lives, so nothing beats like a heart and nobody stays after a crash
(docs/decisions/0012-presence.md).
"""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
import structlog
from django.core import signing

from komek.platform import clock
from komek.platform.statements import prepared

# Under this name the server knows the session that keeps the rows of one process.
NAME = "komek-stream-presence"
SIGNED_FOR_SECONDS = 24 * 3600
# Whoever loads a page anew, or whose stream is opened anew, has not left.
LINGER_SECONDS = 5.0
# How often rows of sessions that died are looked for; usually there are none, and nothing is written.
SWEEP_SECONDS = 15.0
# PostgreSQL takes so many topics in one ring.
AT_ONCE = 100
# A host that vanished is noticed by the server in half a minute, not in two hours.
KEEPALIVES = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"

LIVES = "EXISTS (SELECT FROM pg_stat_get_activity(holder) held WHERE held.backend_start = held_since)"
CAME = """
INSERT INTO platform_presence (place, agent_id, desk, since, holder, held_since)
SELECT place, agent_id, desk, since, me.pid, me.backend_start
FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::timestamptz[]) AS came (place, agent_id, desk, since),
     pg_stat_get_activity(pg_backend_pid()) AS me
RETURNING id, place, agent_id, desk
"""
WENT = "DELETE FROM platform_presence WHERE id = ANY(%s)"
DIED = f"DELETE FROM platform_presence WHERE NOT {LIVES} RETURNING place"  # noqa: S608 - our own words
PRESENT = f"""
SELECT agent_id, desk, min(since) FROM platform_presence WHERE place = $1 AND {LIVES}
GROUP BY agent_id, desk ORDER BY min(since), agent_id
"""  # noqa: S608 - our own words

log = structlog.get_logger()


@dataclass(frozen=True)
class Here:
    """Somebody at a desk looks at a place: `card:17`."""

    place: str
    agent_id: int
    desk: str


@dataclass(frozen=True)
class Present:
    """Who is there, from which desk and since when."""

    agent_id: int
    desk: str
    since: datetime


def topic(place: str) -> str:
    """Rung when somebody comes to a place or leaves it; no fact of the log."""
    return f"~here:{place}"


def present(place: str) -> list[Present]:
    """Everybody who looks at a place now, the longest there first; one statement."""
    with prepared() as cursor:
        cursor.execute(PRESENT, [place])
        return [Present(*row) for row in cursor.fetchall()]


def note_for(here: Here) -> str:
    """What a page hands to its browser to say to the stream."""
    return signing.dumps([here.place, here.agent_id, here.desk], salt="komek.presence")


def read(signed: str) -> Here | None:
    """What a browser says of its reader; what nobody has signed is not believed."""
    try:
        place, agent_id, desk = signing.loads(signed, salt="komek.presence", max_age=SIGNED_FOR_SECONDS)
    except signing.BadSignature:
        return None
    return Here(place, agent_id, desk)


class RollCall:
    """The readers of one process, and their rows: whatever breaks in between, the rows follow the readers."""

    def __init__(self, conninfo: str, *, channel: str, newest: Callable[[], int]) -> None:
        self.conninfo = conninfo
        self.channel = channel
        self.newest = newest
        self._readers: Counter[Here] = Counter()
        self._since: dict[Here, datetime] = {}
        self._rows: dict[Here, int] = {}
        self._changed = asyncio.Event()

    def come(self, here: Here) -> None:
        """A page was opened."""
        self._readers[here] += 1
        self._since.setdefault(here, clock.now())
        self._changed.set()

    def go(self, here: Here) -> None:
        """A page was closed; its reader may be back at once."""
        asyncio.get_running_loop().call_later(LINGER_SECONDS, self._gone, here)

    def _gone(self, here: Here) -> None:
        self._readers[here] -= 1
        if not self._readers[here]:
            del self._readers[here], self._since[here]
            self._changed.set()

    async def run(self) -> None:
        """Keep the rows for ever; a new session begins with all readers anew."""
        while True:
            try:
                await self._keep()
            except (psycopg.OperationalError, OSError) as failure:
                log.warning("presence.connection_lost", failure=str(failure))
                await asyncio.sleep(1)

    async def _keep(self) -> None:
        self._rows.clear()
        async with await psycopg.AsyncConnection.connect(
            self.conninfo, autocommit=True, application_name=NAME, options=KEEPALIVES
        ) as conn:
            await self._sweep(conn)
            while True:
                self._changed.clear()
                await self._write(conn)
                try:
                    # Not wait_for, which in Python 3.11 may forget that it was cancelled.
                    async with asyncio.timeout(SWEEP_SECONDS):
                        await self._changed.wait()
                except TimeoutError:
                    await self._sweep(conn)

    async def _write(self, conn: psycopg.AsyncConnection[Any]) -> None:
        came = [here for here in self._readers if here not in self._rows][:AT_ONCE]
        if came:
            columns = [
                [here.place for here in came],
                [here.agent_id for here in came],
                [here.desk for here in came],
                [self._since[here] for here in came],
            ]
            rows = await (await conn.execute(CAME, columns)).fetchall()
            self._rows |= {Here(place, agent_id, desk): row for row, place, agent_id, desk in rows}
        went = [here for here in self._rows if here not in self._readers][:AT_ONCE]
        if went:
            await conn.execute(WENT, [[self._rows.pop(here) for here in went]])
        if came or went:
            await self._ring(conn, {here.place for here in (*came, *went)})
            # There may be more of them than were written at once.
            self._changed.set()

    async def _sweep(self, conn: psycopg.AsyncConnection[Any]) -> None:
        died = {row[0] for row in await (await conn.execute(DIED)).fetchall()}
        if died:
            await self._ring(conn, died)

    async def _ring(self, conn: psycopg.AsyncConnection[Any], places: Collection[str]) -> None:
        topics = sorted(topic(place) for place in places)
        for part in range(0, len(topics), AT_ONCE):
            told = json.dumps([[self.newest()], topics[part : part + AT_ONCE]])
            await conn.execute("SELECT pg_notify(%s, %s)", [self.channel, told])
