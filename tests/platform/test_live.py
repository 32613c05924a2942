"""The stream: what was committed reaches every open screen that may hear it, whatever breaks in between."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.db import connection, transaction
from tests.fixtures.database import address

from komek.platform import live
from komek.platform.models import Fact

NOON = datetime(2026, 11, 2, 7, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


def happen(*topics, ring=True, undo=False):
    """One fact, committed; with its doorbell or, as after a crash, without."""
    with transaction.atomic():
        fact = Fact.objects.create(name="test.Happened", data={}, topics=list(topics), at=NOON)
        if ring:
            live.ring_after_commit([fact.id], topics)
        if undo:
            transaction.set_rollback(True)
    connection.close()
    return fact.id


class Ear:
    """One browser on the stream, without the network in between."""

    def __init__(self, stream, query, headers=()):
        self.stream = stream
        self.scope = {"type": "http", "path": "/events", "query_string": query.encode(), "headers": list(headers)}
        self.sent = asyncio.Queue()
        self.gone = asyncio.Event()

    async def _receive(self):
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def open(self):
        self.task = asyncio.create_task(self.stream(self.scope, self._receive, self.sent.put))
        return await self.next_part()

    async def next_part(self):
        return await asyncio.wait_for(self.sent.get(), 20)

    async def hear(self):
        """The next event as (id, name, topics); comments and the retry line are passed over."""
        while True:
            body = (await self.next_part())["body"].decode()
            if body.startswith("id:"):
                lines = dict(line.split(": ", 1) for line in body.strip().split("\n"))
                return int(lines["id"]), lines["event"], lines["data"].split(" ")

    async def close(self):
        self.gone.set()
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


@asynccontextmanager
async def streaming():
    stream = live.Stream(address(), allowed_origins=["http://localhost:8109"])
    hub = asyncio.create_task(stream.hub.run())
    await asyncio.wait_for(stream.hub.connected.wait(), 20)
    try:
        yield stream
    finally:
        hub.cancel()
        await asyncio.gather(hub, return_exceptions=True)


def run(story):
    """Each story in a loop of its own; what the database does happens in a thread, as in real life."""

    async def told():
        async with streaming() as stream:
            await story(stream)

    # In a thread of its own: the browser tests of the same run keep a loop going in this one.
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(asyncio.run, told()).result()


def test_a_screen_hears_its_own_topics_and_no_others():
    async def story(stream):
        ear = Ear(stream, f"pass={live.pass_for(['queue', 'card:1'])}")
        assert (await ear.open())["status"] == 200
        await sync_to_async(happen)("card:2")
        wanted = await sync_to_async(happen)("card:1", "card:9")
        assert await ear.hear() == (wanted, "changed", ["card:1"])
        await ear.close()

    run(story)


def test_what_was_rolled_back_is_never_heard():
    async def story(stream):
        ear = Ear(stream, f"pass={live.pass_for(['queue'])}")
        await ear.open()
        await sync_to_async(happen)("queue", undo=True)
        wanted = await sync_to_async(happen)("queue")
        assert (await ear.hear())[0] == wanted
        await ear.close()

    run(story)


def test_browsers_that_come_back_all_at_once_ask_on_one_connection():
    async def story(stream):
        # The connection of the story before may still be on its way out.
        await sync_to_async(end_asking)()
        before = await sync_to_async(happen)("queue")
        missed = await sync_to_async(happen)("card:1")
        away = [(b"last-event-id", str(before).encode())]
        ears = [Ear(stream, f"pass={live.pass_for(['card:1'])}", away) for _ in range(30)]
        await asyncio.gather(*(ear.open() for ear in ears))
        assert await asyncio.gather(*(ear.hear() for ear in ears)) == [(missed, "changed", ["card:1"])] * 30
        assert await sync_to_async(asking)() == 1
        for ear in ears:
            await ear.close()

    run(story)


ASKING = "pg_stat_activity WHERE application_name = %s AND datname = current_database()"


def asking():
    """How many connections of the stream ask what was missed."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {ASKING}", [live.ASKING])
        return cursor.fetchone()[0]


def test_what_was_missed_is_asked_again_when_the_connection_for_it_has_died():
    async def story(stream):
        before = await sync_to_async(happen)("queue")
        assert await stream.hub.missed(frozenset(["queue"]), before - 1) is not None
        await sync_to_async(end_asking)()
        assert await stream.hub.missed(frozenset(["queue"]), before - 1) == (before, ["queue"])

    run(story)


def end_asking():
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_terminate_backend(pid, 5000) FROM {ASKING}", [live.ASKING])


def test_a_stream_that_has_no_database_sends_its_browsers_elsewhere():
    async def story(stream):
        stream.hub.connected.clear()
        ear = Ear(stream, f"pass={live.pass_for(['queue'])}")
        assert (await ear.open())["status"] == 503
        await ear.close()

    run(story)


def test_a_browser_that_was_away_is_told_what_it_missed():
    async def story(stream):
        before = await sync_to_async(happen)("queue")
        missed = await sync_to_async(happen)("card:1")
        ear = Ear(stream, f"pass={live.pass_for(['card:1'])}", [(b"last-event-id", str(before).encode())])
        await ear.open()
        assert await ear.hear() == (missed, "changed", ["card:1"])
        await ear.close()

    run(story)


def test_a_fact_whose_doorbell_never_rang_is_found_by_the_poll():
    async def story(stream):
        ear = Ear(stream, f"pass={live.pass_for(['queue'])}")
        await ear.open()
        wanted = await sync_to_async(happen)("queue", ring=False)
        assert (await ear.hear())[0] == wanted
        await ear.close()

    run(story)


def test_after_a_lost_connection_everybody_looks_again():
    async def story(stream):
        ear = Ear(stream, f"pass={live.pass_for(['queue'])}")
        await ear.open()
        await sync_to_async(happen)("queue")
        await ear.hear()
        async with await psycopg.AsyncConnection.connect(address(), autocommit=True) as other:
            await other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = %s AND datname = current_database()",
                [live.NAME],
            )
        assert (await ear.hear())[1] == "resync"
        await ear.close()

    run(story)


@pytest.mark.parametrize("steps", range(4))
def test_a_stream_that_is_ended_in_the_moment_of_a_ring_does_end(steps):
    async def story(stream):
        ear = Ear(stream, f"pass={live.pass_for(['queue'])}")
        await ear.open()
        await ear.next_part()
        (listener,) = stream.hub.listeners
        listener.hear(7, ["queue"])
        for _ in range(steps):
            await asyncio.sleep(0)
        ear.task.cancel()
        ended, _ = await asyncio.wait([ear.task], timeout=20)
        await ear.close()
        assert ended

    run(story)


def test_a_stream_whose_browser_has_gone_ends_at_once(monkeypatch):
    monkeypatch.setattr(live, "PING_SECONDS", 3600)

    async def story(stream):
        ear = Ear(stream, f"pass={live.pass_for(['queue'])}")
        await ear.open()
        await ear.next_part()
        ear.gone.set()
        ended, _ = await asyncio.wait([ear.task], timeout=20)
        left = set(stream.hub.listeners)
        await ear.close()
        assert ended
        assert left == set()

    run(story)


def test_a_screen_that_cannot_keep_up_is_told_to_look_at_everything():
    listener = live.Listener(frozenset({"queue"}))
    for fact_id in range(live.QUEUE_SIZE + 1):
        listener.hear(fact_id, ["queue"])
    assert listener.queue.qsize() == 1
    assert listener.queue.get_nowait() == (live.QUEUE_SIZE, ["*"])


def test_a_forged_or_expired_pass_opens_nothing():
    async def story(stream):
        for query in ("", "pass=rubbish", f"pass={live.pass_for(['queue'])}x"):
            answer = await Ear(stream, query).open()
            assert answer["status"] == 403

    run(story)


def test_only_our_own_pages_may_listen_from_another_port():
    async def story(stream):
        for origin, allowed in (("http://localhost:8109", True), ("http://evil.example", False)):
            ear = Ear(stream, f"pass={live.pass_for(['queue'])}", [(b"origin", origin.encode())])
            headers = dict((await ear.open())["headers"])
            assert (b"access-control-allow-origin" in headers) is allowed
            await ear.close()

    run(story)


def test_one_transaction_rings_once_with_everything_that_changed(django_capture_on_commit_callbacks):
    with transaction.atomic():
        live.ring_after_commit([1], ["a"])
        live.ring_after_commit([2], ["b", "a"])
        bells = [entry[1].__self__ for entry in connection.run_on_commit]
    assert [(bell.ids, bell.topics) for bell in bells] == [([1, 2], {"a", "b"})]


def test_too_many_topics_for_one_doorbell_ring_for_everybody():
    bell = live.Doorbell()
    bell.ids, bell.topics = [1], {f"карта:{number}" for number in range(2_000)}
    bell.ring()
