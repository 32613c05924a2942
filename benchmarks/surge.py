"""An hour of ten times the normal day: residents write, operators answer, services work, the second line checks.

Everybody works through their own pages, as browsers do. What waits and what grows is sampled each minute; when the hour
is over nobody new arrives, and everything that waits must drain.
"""

import asyncio
import csv
import html
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random
from urllib.parse import quote

from benchmarks.rig.bench import Bench
from benchmarks.rig.browser import FOUND, OK, Answer, NotAnswered, Unexpected, events
from benchmarks.rig.city import PACK, City
from benchmarks.rig.crowd import LIVE
from benchmarks.rig.figures import NOISY, Figures, percentile
from benchmarks.rig.meters import PROGRAMS
from benchmarks.rig.people import Desk, Residents
from benchmarks.rig.samples import Samples

# A capital's year, in the busiest hour of its week (cities/astana/demo/profile.csv), ten times over.
CONTACTS_A_YEAR = 2_300_000
WEEKS_A_YEAR = 365 / 7
TIMES = 10
OPERATORS, CONTROLLERS, WRITERS = 60, 10, 12
# How long a person takes: to talk, to send a crew and have it work, to look at a proof.
TALK, WORK, CHECK = 12.0, 6.0, 4.0
LOOK_AGAIN = 5.0
DRAIN_BAR, MEMORY_BAR, GROWTH_BAR = 600.0, 15.0, 1.0
ACCEPT = re.compile(r"/operator/contact/(\d+)/accept/")
RECEIVED = re.compile(r'name="received"[^>]*value="(\d+)"|value="(\d+)"[^>]*name="received"')
ARTICLE = re.compile(r'data-article="(\d+)"')
ORDER = re.compile(r"/service/order/(\d+)/")
TO_CHECK = re.compile(r'<li data-check="(\d+)"')


@dataclass(frozen=True)
class Said:
    """What a resident writes: a question that an operator answers, or something that needs hands."""

    text: str
    language: str
    kind: str
    topic: str
    place: str


class Surge:
    """One surge: who comes, who works, and what was seen of it."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.city: City = bench.city
        self.chance = Random(bench.city.web.port)  # noqa: S311 - who comes next, not a secret
        self.said = _said()
        self.arrived = self.handled = self.worked = self.checked = 0
        self.writes: list[float] = []
        self.takes: list[float] = []
        self.failures: list[str] = []
        self.by_text = {one.text: one for one in self.said}

    async def residents(self, *, a_second: float, seconds: float) -> None:
        """Come by the clock, each from an address of their own, and wait for an operator."""
        residents = Residents(self.city.web, at_once=WRITERS)
        await residents.begin()
        began = time.perf_counter()
        sending: set[asyncio.Task[None]] = set()
        for number in range(int(a_second * seconds)):
            due = began + number / a_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            task = asyncio.ensure_future(self._write(residents, due))
            sending.add(task)
            task.add_done_callback(sending.discard)
        await asyncio.gather(*sending)
        await residents.end()

    async def _write(self, residents: Residents, due: float) -> None:
        one = self.chance.choice(self.said)
        form = {"text": one.text, "topic_code": "", "place_text": one.place, "phone": "", "key": secrets.token_hex(12)}
        try:
            (await residents.send(form, language=one.language)).expect(FOUND, what="the web form")
        except (Unexpected, NotAnswered, OSError) as failure:
            self.failures.append(str(failure))
        else:
            self.arrived += 1
            self.writes.append((time.perf_counter() - due) * 1000)

    async def operator(self, desk: Desk) -> None:
        """Sit down and take what is offered, one contact after the other."""
        await desk.browser.post("/operator/seat/", {"state": "ready"})
        page = (await desk.browser.get(desk.page)).expect(OK, what="the operator's page")
        rung = asyncio.Event()
        listening = asyncio.ensure_future(self._listen(page, rung))
        try:
            while True:
                rung.clear()
                offer = (await desk.browser.get(desk.page, headers={"X-Region": "offer"})).expect(OK, what="the offer")
                offered = ACCEPT.search(offer.text)
                if offered:
                    await self._handle(desk, int(offered[1]))
                    continue
                try:
                    async with asyncio.timeout(LOOK_AGAIN):
                        await rung.wait()
                except TimeoutError:
                    # Whoever was paused by an offer they missed sits down again.
                    await desk.browser.post("/operator/seat/", {"state": "ready"})
        finally:
            listening.cancel()

    async def _listen(self, page: Answer, rung: asyncio.Event) -> None:
        found = LIVE.search(page.text)
        assert found is not None, "the operator's page has no live regions"
        url, signed, since = map(html.unescape, found.groups())
        address = f"{url}?pass={quote(signed)}&since={since}"
        while True:
            try:
                async for event in events(address, origin=self.city.origin, clock=time.time):
                    if any(topic.startswith("agent:") or topic == "*" for topic in event.topics):
                        rung.set()
            except (NotAnswered, OSError):
                await asyncio.sleep(1)

    async def _handle(self, desk: Desk, contact: int) -> None:
        """Accept, listen, look up, write the card, wrap up."""
        browser, began = desk.browser, time.perf_counter()
        await browser.post(f"/operator/contact/{contact}/accept/", {})
        page = (await browser.get(f"/operator/?contact={contact}")).expect(OK, what="the contact's page")
        self.takes.append((time.perf_counter() - began) * 1000)
        one = next((it for text, it in self.by_text.items() if html.escape(text) in page.text), self.said[0])
        await asyncio.sleep(self.chance.uniform(0.5, 1.5) * TALK)
        form = {"kind": one.kind, "text": one.text, "language": one.language, "topic_code": one.topic}
        form |= {"place_text": one.place, "key": secrets.token_hex(8)}
        if received := RECEIVED.search(page.text):
            form["received"] = received[1] or received[2]
        if one.kind == "question":
            answers = await browser.get(f"/operator/suggest/answers/?q={quote(one.text[:100])}")
            article = ARTICLE.search(answers.text)
            form |= {"article_id": article[1]} if article else {"answer": one.text}
        else:
            await browser.get(f"/operator/suggest/places/?q={quote(one.place)}")
            await browser.get(f"/operator/suggest/topics/?q={quote(one.text[:60])}")
        (await browser.post(f"/operator/finish/{contact}/", form)).expect(FOUND, what="the card of a contact")
        await desk.let_go(contact)
        self.handled += 1

    async def dispatcher(self, desk: Desk) -> None:
        """Take the next order of the service, send a crew, report what was done."""
        while True:
            board = (await desk.browser.get(desk.page, headers={"X-Region": "orders"})).expect(OK, what="the orders")
            orders = ORDER.findall(board.text)
            if not orders:
                await asyncio.sleep(LOOK_AGAIN)
                continue
            order = self.chance.choice(orders)
            for verb in ("accept", "set-out", "arrive"):
                await desk.browser.post(f"/service/order/{order}/{verb}/", {})
            await asyncio.sleep(self.chance.uniform(0.5, 1.5) * WORK)
            report = {
                "outcome": "done",
                "reason_code": "nothing_to_show",
                "text": "Сделано",
                "key": secrets.token_hex(8),
            }
            await desk.browser.post(f"/service/order/{order}/report/", report, multipart=True)
            self.worked += 1

    async def controller(self, desk: Desk) -> None:
        """Look at what services say is done."""
        while True:
            queue = await desk.browser.get("/controller/checks/", headers={"X-Region": "queue"})
            if waiting := TO_CHECK.findall(queue.expect(OK, what="the checks").text):
                check = self.chance.choice(waiting)
                await desk.browser.get(f"/controller/checks/?check={check}")
                await desk.browser.post(f"/controller/checks/{check}/accept/", {"outcome": "done", "check": check})
                self.checked += 1
            await asyncio.sleep(self.chance.uniform(0.5, 1.5) * CHECK)


async def measure(bench: Bench) -> Figures:
    """The hour, then the draining."""
    figures = Figures("surge")
    seconds = 60 * (bench.minutes if not bench.short else min(2.0, bench.minutes))
    rate = TIMES * CONTACTS_A_YEAR / WEEKS_A_YEAR * _busiest_hour() / 3600
    surge = Surge(bench)
    workers = [asyncio.ensure_future(work) for work in await _at_work(surge)]
    samples, began = Samples(bench.city), time.monotonic()
    sampling = asyncio.ensure_future(_sample(surge, samples, every=min(60.0, seconds / 10)))
    try:
        await surge.residents(a_second=rate, seconds=seconds)
        ended = time.monotonic()
        drained = await _drain(samples)
    finally:
        for task in (sampling, *workers):
            task.cancel()
        told = await asyncio.gather(sampling, *workers, return_exceptions=True)
    fallen = [repr(one) for one in told if isinstance(one, Exception)]
    await asyncio.to_thread(bench.city.settle)
    spent = bench.city.read().since(samples.first)
    last = samples.take(arrived=surge.arrived)
    samples.write()
    samples.tell()
    figures.add("arrivals", surge.arrived / (ended - began), "per s")
    figures.add("arrived", surge.arrived, "contacts")
    figures.add("handled", surge.handled, "contacts")
    figures.add("worked and checked", surge.checked, "cards")
    figures.add("waiting at most", max(one.waiting for one in samples.taken), "contacts")
    figures.add("jobs waiting at most", max(one.jobs for one in samples.taken), "jobs")
    figures.add("unread facts at most", max(one.unread for one in samples.taken), "facts")
    figures.add("drained after", drained, "s", bar=DRAIN_BAR)
    figures.add("waiting at the end", last.waiting + last.at_hand, "contacts", bar=0)
    figures.add("jobs waiting at the end", last.jobs + last.unread + last.unsealed, "jobs", bar=0)
    for name, walls in (("form wall p99", surge.writes), ("accept and screen wall p99", surge.takes)):
        # Nothing was done at all: the other figures say so, and an hour's worth of them is not thrown away.
        figures.add(name, percentile(walls, 0.99) if walls else float("nan"), "ms", note=NOISY)
    figures.add("processor", spent.total / spent.seconds / 1000, "cores")
    for program in PROGRAMS:
        figures.add(f"processor {program}", spent.cpu[program] / spent.seconds / 1000, "cores")
    half = samples.taken[len(samples.taken) // 2]
    figures.add("memory", last.memory_mb, "MB")
    figures.add("memory grown in the second half", 100 * (last.memory_mb / half.memory_mb - 1), "%", bar=MEMORY_BAR)
    for name in last.passing:
        figures.add(f"{name} grown in the second half", last.passing[name] - half.passing[name], "MB", bar=GROWTH_BAR)
    figures.add("tables grown", last.tables_mb - samples.taken[0].tables_mb, "MB")
    figures.add("failures", len(surge.failures) + len(fallen), "times", bar=0)
    for failure in [*surge.failures, *fallen][:5]:
        print(f"  failure: {failure}")
    return figures


async def _at_work(surge: Surge) -> list[Awaitable[None]]:
    staff = surge.bench.staff
    dispatchers = sum(person["role"] == "dispatcher" for person in staff.known)
    work: list[tuple[Callable[[Desk], Awaitable[None]], str, int]] = [
        (surge.operator, "operator", OPERATORS),
        (surge.dispatcher, "dispatcher", dispatchers),
        (surge.controller, "controller", CONTROLLERS),
    ]
    return [does(await staff.desk(role, number)) for does, role, many in work for number in range(many)]


async def _sample(surge: Surge, samples: Samples, *, every: float) -> None:
    while True:
        await asyncio.sleep(every)
        samples.take(arrived=surge.arrived)


async def _drain(samples: Samples) -> float:
    """How long until nobody who came waits any more; as long as the bar allows, and no longer than twice that."""
    began = time.monotonic()
    while samples.left() and time.monotonic() - began < 2 * DRAIN_BAR:
        await asyncio.to_thread(samples.city.hold_still, 0.5)
    return time.monotonic() - began


def _said() -> list[Said]:
    with (PACK / "demo" / "contacts.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [
        Said(
            row["text"],
            row["lang"] if row["lang"] in {"kk", "ru", "en"} else "kk",
            row["kind"],
            row["topic"],
            row["place_hint"],
        )
        for row in rows
        if row["kind"] == "question" or (row["kind"] == "request" and row["topic"] and row["place_hint"])
    ]


def _busiest_hour() -> float:
    """The share of a week's contacts that come in its busiest hour."""
    with (PACK / "demo" / "profile.csv").open(encoding="utf-8") as file:
        return max(float(row["weight"]) for row in csv.DictReader(file))
