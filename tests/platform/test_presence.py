"""Who looks at what: known while their page is open, to everybody, whatever breaks in between."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from tests.fixtures.database import address

from komek.platform import live, presence
from komek.platform.models import Presence
from komek.platform.presence import Here

pytestmark = pytest.mark.django_db(transaction=True)

OLZHAS, GULNARA = Here("card:1", 7, "controller"), Here("card:1", 8, "operator")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(presence, "LINGER_SECONDS", 0.05)
    monkeypatch.setattr(presence, "SWEEP_SECONDS", 0.2)


class Page:
    """One page of one reader on the stream, without the network in between."""

    def __init__(self, stream, here, signed=None):
        told = f"pass={live.pass_for([presence.topic(here.place)])}&here={signed or presence.note_for(here)}"
        self.scope = {"type": "http", "path": "/events", "query_string": told.encode(), "headers": []}
        self.stream, self.said, self.closed = stream, asyncio.Queue(), asyncio.Event()

    async def __aenter__(self):
        self.task = asyncio.create_task(self.stream(self.scope, self._receive, self.said.put))
        return self

    async def __aexit__(self, *_):
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def _receive(self):
        await self.closed.wait()
        return {"type": "http.disconnect"}

    async def rings(self):
        while True:
            body = (await asyncio.wait_for(self.said.get(), 20)).get("body", b"").decode()
            if body.startswith("id:"):
                return body.strip().rpartition("data: ")[2]


@asynccontextmanager
async def process():
    """One process of the stream."""
    stream = live.Stream(address())
    tasks = [asyncio.create_task(part.run()) for part in (stream.hub, stream.readers)]
    await asyncio.wait_for(stream.hub.connected.wait(), 20)
    try:
        yield stream
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def run(story):
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(asyncio.run, story()).result()


@sync_to_async
def agents_at(place):
    found = [one.agent_id for one in presence.present(place)]
    connection.close()
    return found


async def until(page, wanted):
    """Look again at each ring, as a screen does, until those are there who are expected."""
    while await agents_at("card:1") != wanted:
        await page.rings()


def test_two_processes_know_of_each_others_readers_and_ring_for_them():
    async def story():
        async with process() as one, process() as another, Page(one, OLZHAS) as first:
            await until(first, [7])
            async with Page(another, GULNARA) as second:
                await until(first, [7, 8])
                await until(second, [7, 8])
            await until(first, [7])

    run(story)


def test_a_page_loaded_anew_has_not_left(monkeypatch):
    monkeypatch.setattr(presence, "LINGER_SECONDS", 30)

    async def story():
        async with process() as stream:
            async with Page(stream, OLZHAS) as page:
                await until(page, [7])
            (row,) = await sync_to_async(list)(Presence.objects.values_list("id", flat=True))
            async with Page(stream, OLZHAS):
                async with Page(stream, GULNARA) as page:
                    await until(page, [7, 8])
                assert row in await sync_to_async(list)(Presence.objects.values_list("id", flat=True))

    run(story)


def test_nobody_stays_after_a_process_that_died():
    async def story():
        async with process() as survivor, Page(survivor, GULNARA) as page:
            await until(page, [8])
            dying = live.Stream(address())
            task = asyncio.create_task(dying.readers.run())
            dying.readers.come(OLZHAS)
            await until(page, [8, 7])
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            # Its row counts for nothing from now on; then the survivor takes it away and rings.
            while await Presence.objects.acount() > 1:
                await page.rings()
            assert await agents_at("card:1") == [8]

    run(story)


def test_a_session_that_was_lost_is_written_anew():
    async def story():
        async with process() as stream, Page(stream, OLZHAS) as page:
            await until(page, [7])
            (was,) = await sync_to_async(list)(Presence.objects.values_list("holder", "since"))
            async with await psycopg.AsyncConnection.connect(address(), autocommit=True) as conn:
                await conn.execute("SELECT pg_terminate_backend(%s)", [was[0]])
            while (now_is := await Presence.objects.values_list("holder", "since").afirst()) in {None, was}:
                await page.rings()
            assert await agents_at("card:1") == [7]
            assert now_is[1] == was[1], "they have been here all the time"

    run(story)


def test_a_stream_with_a_reader_is_opened_anew_every_minute(monkeypatch):
    monkeypatch.setattr(live, "STAYS_SECONDS", 0.1)

    async def story():
        async with process() as stream, Page(stream, OLZHAS) as page:
            await asyncio.wait_for(page.task, 20)
            assert b"retry: 100" in [part.get("body", b"").strip() for part in page.said._queue]

    run(story)


def test_nobody_says_for_somebody_else_where_they_are():
    async def story():
        async with process() as stream, Page(stream, OLZHAS, signed="card:1.7.controller") as stranger:
            async with Page(stream, GULNARA) as page:
                await until(page, [8])
            assert stranger.said.qsize() >= 1

    run(story)


def test_the_table_survives_no_crash_and_is_sent_nowhere():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'platform_presence'")
        assert cursor.fetchone() == ("u",)
