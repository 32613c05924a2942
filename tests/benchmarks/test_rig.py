"""What measures must itself be right."""

import asyncio
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from benchmarks.rig import meters
from benchmarks.rig.browser import Browser, Origin, Unexpected, events
from benchmarks.rig.costs import Round, calmest, usual
from benchmarks.rig.figures import Figures, percentile
from benchmarks.rig.meters import Span, Statement
from benchmarks.rig.people import form_of, words
from benchmarks.search import probes

BURN = "import time\nwhile time.process_time() < {seconds}: pass\n"
CHILD = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', {burn!r}])\nsys.stdout.write('done')\nsys.stdout.flush()\nsys.stdin.read()"


def told(story):
    """What a story comes to, in a thread of its own: browser tests of the same run keep a loop going in this one."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(lambda: asyncio.run(story())).result()


def test_the_meters_count_children_that_have_ended():
    script = CHILD.format(burn=BURN.format(seconds=0.4))
    before = meters.read({"all": os.getpid()})
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout.read(4) == b"done"
        used = meters.read({"it": parent.pid}).cpu["it"]
        ours = meters.read({"all": os.getpid()}, leave_out={parent.pid}).since(before).cpu["all"]

    assert used >= 400
    assert ours < 400


def test_what_is_idle_is_taken_off_by_the_second():
    busy = Span(10.0, {"web": 500.0})
    idle = Span(5.0, {"web": 100.0})

    assert busy.without(idle).cpu == {"web": 300.0}


def test_a_job_by_the_clock_in_one_idle_stretch_is_not_taken_off():
    stretches = [Span(10.0, {"web": 100.0}), Span(5.0, {"web": 4_000.0}), Span(4.0, {"web": 48.0})]

    assert usual(stretches) == Span(1.0, {"web": 12.0})


def test_the_calmest_third_of_the_rounds_count():
    rounds = [Round(Span(1.0, {"web": 100.0 * pace}), 10, pace) for pace in (5.0, 3.0, 9.0, 4.0)]
    found = calmest(rounds, [Span(1.0, {"web": 10.0})])

    assert found.total == (300 + 400 - 2 * 10) / 20
    assert found.yardstick == 3.5


def test_statements_are_told_apart_by_what_they_are():
    look = 'SELECT $2 FROM ONLY "public"."cards_card" x WHERE "id" OPERATOR(pg_catalog.=) $1 FOR KEY SHARE OF x'

    assert Statement("COMMIT", 1, 0).is_control
    assert Statement(look, 1, 0).is_check
    assert not Statement("SELECT 1", 1, 0).is_control
    assert not Statement("SELECT 1", 1, 0).is_check


def test_only_what_was_asked_between_two_counts_is_counted():
    before = {1: Statement("SELECT 1", 5, 1.0)}
    after = {1: Statement("SELECT 1", 8, 2.5), 2: Statement("COMMIT", 1, 0.1)}
    idle = {1: Statement("SELECT 1", 2, 1.0)}

    asked = meters.asked(before, after)

    assert asked == {1: Statement("SELECT 1", 3, 1.5), 2: Statement("COMMIT", 1, 0.1)}
    assert meters.without(asked, idle, share=0.5)[1] == Statement("SELECT 1", 2.0, 1.0)


def test_a_percentile_is_one_of_the_values():
    assert percentile([5, 1, 4, 2, 3], 0.5) == 3
    assert percentile([5, 1, 4, 2, 3], 0.99) == 5
    assert percentile([7], 0.5) == 7


def test_figures_are_printed_and_written_with_their_bars(tmp_path):
    figures = Figures("pages")
    figures.add("board cpu", 12.3456, "ms", bar=10)
    figures.add("board wall p50", 20, "ms")

    written = json.loads(figures.write(tmp_path / "out").read_text())

    assert written == {
        "board cpu": {"value": 12.346, "unit": "ms", "bar": 10},
        "board wall p50": {"value": 20.0, "unit": "ms", "bar": None},
    }
    assert [one.name for one in figures.over] == ["board cpu"]
    assert "≤ 10  OVER" in figures.table()


def test_a_figure_that_is_no_number_is_over_its_bar():
    figures = Figures("live")
    figures.add("age", float("nan"), "ms", bar=50)

    assert figures.over


def test_a_form_sent_again_is_another_one():
    said = words()

    assert form_of(said, 3, seed=1)["key"] != form_of(said, 3, seed=1)["key"]
    assert form_of(said, 3, seed=1)["phone"] == form_of(said, 3, seed=1)["phone"]


def test_there_are_enough_probes_in_every_box_and_language():
    asked = probes()

    assert len(asked) >= 30
    assert {probe.where for probe in asked} == {"topics", "answers", "places"}
    assert {"көшеде", "мангилик"} <= {probe.query for probe in asked}


class Server:
    """A web server that answers what it is told to, and remembers what it was asked."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.origin = Origin(*self.server.sockets[0].getsockname()[:2])
        return self

    async def __aexit__(self, *_):
        self.server.close()
        await self.server.wait_closed()

    async def serve(self, reader, writer):
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                size = next((int(line[15:]) for line in head.split("\r\n") if line.startswith("Content-Length")), 0)
                self.asked.append((head, (await reader.readexactly(size)).decode()))
                answer = self.answers.pop(0)
                if answer is None:
                    break
                writer.write(answer)
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()
            await writer.wait_closed()


def answer(body=b"", *headers, status="200 OK"):
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(body)}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def test_a_browser_keeps_cookies_and_sends_the_token_of_its_form():
    async def story():
        async with Server(
            answer(b"page", "set-cookie: csrftoken=abc; Path=/", "set-cookie: sessionid=s1; HttpOnly"),
            answer(b"", 'set-cookie: sessionid=""; Max-Age=0', "location: /next/", status="302 Found"),
        ) as server:
            browser = Browser(server.origin, "10.0.0.7")
            await browser.get("/write/")
            sent = await browser.post("/write/", {"text": "су жоқ"})
            await browser.close()
            return server.asked, sent, browser.cookies

    asked, sent, cookies = told(story)

    assert (sent.status, sent.location) == (302, "/next/")
    assert "Cookie: csrftoken=abc; sessionid=s1" in asked[1][0]
    assert "X-Forwarded-For: 10.0.0.7" in asked[1][0]
    assert asked[1][1].startswith("csrfmiddlewaretoken=abc&text=")
    assert cookies == {"csrftoken": "abc"}


def test_a_browser_asks_again_when_its_kept_connection_was_closed():
    async def story():
        async with Server(answer(b"one"), None, answer(b"two")) as server:
            browser = Browser(server.origin, "10.0.0.7")
            found = [(await browser.get("/")).body, (await browser.get("/")).body]
            await browser.close()
            return found

    assert told(story) == [b"one", b"two"]


def test_a_browser_reads_a_page_that_comes_in_chunks():
    chunks = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nSu j\r\n3\r\noq!\r\n0\r\n\r\n"

    async def story():
        async with Server(chunks, answer(b"after")) as server:
            browser = Browser(server.origin, "10.0.0.7")
            found = [(await browser.get("/")).text, (await browser.get("/")).text]
            await browser.close()
            return found

    assert told(story) == ["Su joq!", "after"]


def test_an_unexpected_answer_stops_the_measurement():
    async def story():
        async with Server(answer(b"too many", status="429 Too Many Requests")) as server:
            browser = Browser(server.origin, "10.0.0.7")
            try:
                (await browser.get("/write/")).expect(200, what="the web form")
            finally:
                await browser.close()

    with pytest.raises(Unexpected, match="the web form: status 429: too many"):
        told(story)


def test_events_are_read_as_they_come_whatever_pieces_they_come_in():
    def chunk(text):
        return f"{len(text.encode()):x}\r\n{text}\r\n".encode()

    stream = (
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
        + chunk("retry: 2000\n\n")
        + chunk("id: 7\nevent: changed\nda")
        + chunk("ta: queue board\n\n: still here\n\nid: 9\nevent: resync\ndata: *\n\n")
        + b"0\r\n\r\n"
    )

    async def story():
        async with Server(stream) as server:
            address = f"http://{server.origin}/events?pass=x&since=1"
            return [event async for event in events(address, origin="http://localhost", clock=time.time)]

    opened, changed, resync = told(story)

    assert opened.name == "open"
    assert (changed.id, changed.name, changed.topics) == (7, "changed", ("queue", "board"))
    assert (resync.id, resync.name, resync.topics) == (9, "resync", ("*",))
