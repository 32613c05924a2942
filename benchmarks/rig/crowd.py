"""Many people at once, in a process of their own: desks that listen and look again, residents who write.

`python -m benchmarks.rig.crowd` reads its plan as one line of JSON, says `ready` when everybody is there, goes on until
its input ends, and then tells what it saw.
"""

import asyncio
import json
import re
import secrets
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from html import unescape
from typing import Any
from urllib.parse import quote

from benchmarks.rig.browser import OK, Answer, Browser, NotAnswered, Origin, Unexpected, events
from benchmarks.rig.city import CannotMeasure, City
from benchmarks.rig.people import Desk, Residents

LIVE = re.compile(r'data-live-url="([^"]*)" data-live-page="[^"]*" data-live-pass="([^"]*)" data-live-since="([^"]*)"')
REGION = re.compile(r'data-region="([^"]+)" data-live="([^"]*)"')
# The region of each desk that is its queue.
QUEUES = ("board", "list", "orders", "queue", "status")
WRITERS = 32
PATIENCE = 60.0


@dataclass(frozen=True)
class Seat:
    """Somebody who is signed in elsewhere, and the page they keep open."""

    cookies: dict[str, str]
    address: str
    page: str


@dataclass(frozen=True)
class Plan:
    """What the crowd does.

    Every `every` seconds each desk looks at its queue again; with `follow` each loads the regions that an event names,
    as live.js does. `writes` forms come each second.
    """

    host: str
    port: int
    origin: str
    seats: Sequence[Seat] = ()
    listen: bool = True
    follow: bool = False
    every: float = 0.0
    writes: float = 0.0
    seed: int = 1


@dataclass
class Ear:
    """What one listener may hear, and what it heard: (fact, when); `since` is where the log stood when it opened."""

    topics: list[str]
    since: int
    heard: list[tuple[int, float]] = field(default_factory=list)
    resyncs: int = 0


@dataclass
class Seen:
    """What the crowd saw: what each heard, looks and writes as milliseconds, and what went wrong.

    `fresh` are the milliseconds from an event to the screen that shows it.
    """

    ears: list[Ear] = field(default_factory=list)
    fresh: list[float] = field(default_factory=list)
    looks: list[float] = field(default_factory=list)
    writes: list[float] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


class Crowd:
    """The people of one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.web = Origin(plan.host, plan.port)
        self.seen = Seen()
        self._tasks: set[asyncio.Task[None]] = set()
        self._sending: set[asyncio.Task[None]] = set()
        self._open = asyncio.Semaphore(0)

    async def gather(self) -> None:
        """Everybody opens their page and listens; nobody begins before the last one is there."""
        for number, seat in enumerate(self.plan.seats):
            browser = Browser(self.web, seat.address, cookies=dict(seat.cookies))
            page = (await browser.get(seat.page)).expect(OK, what=f"the page {seat.page}")
            if self.plan.listen:
                self._start(self._listen(page, Screen(browser, seat.page, dict(REGION.findall(page.text)), self.seen)))
                await asyncio.wait_for(self._open.acquire(), PATIENCE)
            if self.plan.every:
                region = next(name for name in QUEUES if name in dict(REGION.findall(page.text)))
                # Not all in the same moment: they opened their pages at different times.
                late = self.plan.every * number / len(self.plan.seats)
                self._start(self._look(browser, seat.page, region, late=late))
        if self.plan.writes:
            self._start(self._write())

    async def leave(self) -> Seen:
        """Stop beginning anything new, finish what was sent, and tell what was seen."""
        for task in self._tasks:
            task.cancel()
        for failure in await asyncio.gather(*self._tasks, return_exceptions=True):
            if isinstance(failure, BaseException) and not isinstance(failure, asyncio.CancelledError):
                self.seen.failures.append(repr(failure))
        await asyncio.gather(*self._sending)
        return self.seen

    def _start(self, work: Any) -> None:
        self._tasks.add(asyncio.ensure_future(work))

    async def _listen(self, page: Answer, screen: "Screen") -> None:
        found = LIVE.search(page.text)
        if found is None:
            self._open.release()
            self.seen.failures.append("a page without live regions")
            return
        url, signed, since = map(unescape, found.groups())
        ear = Ear(sorted(screen.topics), int(since))
        self.seen.ears.append(ear)
        full = f"{url}?pass={quote(signed)}&since={since}"
        async for event in events(full, origin=self.plan.origin, clock=time.time):
            if event.name == "open":
                self._open.release()
                continue
            ear.heard.append((event.id, event.heard_at))
            ear.resyncs += event.name == "resync"
            if self.plan.follow:
                screen.changed(set(event.topics))

    async def _look(self, browser: Browser, page: str, region: str, *, late: float) -> None:
        due = time.perf_counter() + late
        while True:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            began = time.perf_counter()
            answer = await browser.get(page, headers={"X-Region": region})
            self.seen.looks.append((time.perf_counter() - began) * 1000)
            if answer.status != OK:
                self.seen.failures.append(f"{page} {region}: {answer.status}")
            # Who had to wait does not hurry afterwards: they look again so many seconds after they saw something.
            due = max(due + self.plan.every, time.perf_counter())

    async def _write(self) -> None:
        """Send forms by the clock, whether or not those before them were answered."""
        residents = Residents(self.web, at_once=WRITERS, seed=self.plan.seed)
        await residents.begin()
        began, number = time.perf_counter(), 0
        while True:
            due = began + number / self.plan.writes
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            sent = asyncio.ensure_future(self._send(residents, number, due))
            self._sending.add(sent)
            sent.add_done_callback(self._sending.discard)
            number += 1

    async def _send(self, residents: Residents, number: int, due: float) -> None:
        try:
            told, _ = await residents.write(number)
        except (Unexpected, NotAnswered, OSError) as failure:
            self.seen.refused.append(str(failure))
        else:
            self.seen.numbers.append(told)
            self.seen.writes.append((time.perf_counter() - due) * 1000)


class Screen:
    """A page that follows its events as live.js does: a region once a second at most, and soon after its first change."""

    PAUSE, FLOOR = 0.15, 1.0

    def __init__(self, browser: Browser, page: str, regions: dict[str, str], seen: Seen) -> None:
        self.browser = browser
        self.page = page
        self.regions = {name: set(topics.split(" ")) for name, topics in regions.items()}
        self.seen = seen
        # Region → when we heard of the first and of the last change that it does not show yet.
        self._waiting: dict[str, tuple[float, float]] = {}
        self._asked = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._loading: set[asyncio.Task[None]] = set()

    @property
    def topics(self) -> set[str]:
        """What this page may hear."""
        return set().union(*self.regions.values())

    def changed(self, topics: set[str]) -> None:
        """Load soon what shows these topics."""
        for name, shown in self.regions.items():
            if "*" in topics or shown & topics:
                self._wait(name, time.perf_counter())

    def _wait(self, name: str, heard: float) -> None:
        first, _ = self._waiting.get(name, (heard, heard))
        self._waiting[name] = (first, heard)
        if self._timer is None:
            late = max(self.PAUSE, self._asked + self.FLOOR - time.perf_counter())
            late += self.PAUSE * secrets.randbelow(1000) / 1000
            self._timer = asyncio.get_running_loop().call_later(late, self._refresh)

    def _refresh(self) -> None:
        changes, self._waiting, self._timer = self._waiting, {}, None
        self._asked = time.perf_counter()
        for name, (first, last) in changes.items():
            task = asyncio.ensure_future(self._load(name, first, last))
            self._loading.add(task)
            task.add_done_callback(self._loading.discard)

    async def _load(self, name: str, first: float, last: float) -> None:
        sent = time.perf_counter()
        headers = {"X-Region": name, "X-Heard": str(int((sent - first) * 1000))}
        answer = await self.browser.get(self.page, headers=headers)
        now = time.perf_counter()
        self.seen.looks.append((now - sent) * 1000)
        self.seen.fresh.append((now - first) * 1000)
        if answer.status != OK:
            self.seen.failures.append(f"{self.page} {name}: {answer.status}")
        if last > sent - int(answer.headers.get("x-age", 0)) / 1000:
            self._wait(name, last)


def seats_of(desks: Sequence[Desk]) -> list[Seat]:
    """The seats of people who are signed in."""
    return [Seat(dict(desk.browser.cookies), desk.browser.address, desk.page) for desk in desks]


@asynccontextmanager
async def gathered(
    city: City,
    *,
    seats: Sequence[Seat] = (),
    listen: bool = True,
    follow: bool = False,
    every: float = 0.0,
    writes: float = 0.0,
    seed: int = 1,
) -> AsyncIterator["Elsewhere"]:
    """A crowd in a process of its own for the time of a block; what it saw is known after `leave`."""
    plan = Plan(city.web.host, city.web.port, city.origin, seats, listen, follow, every, writes, seed)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.rig.crowd", stdin=subprocess.PIPE, stdout=subprocess.PIPE, limit=2**28
    )
    crowd = Elsewhere(process)
    try:
        await crowd.begin(plan)
        yield crowd
    finally:
        await crowd.leave()


class Elsewhere:
    """A crowd as the measuring process knows it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.seen: Seen | None = None

    async def begin(self, plan: Plan) -> None:
        """Wait until everybody is there."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(asdict(plan)).encode() + b"\n")
        await self.process.stdin.drain()
        if (await self.process.stdout.readline()).strip() != b"ready":
            raise CannotMeasure("The crowd did not gather; what it said stands above.")

    async def leave(self) -> Seen:
        """Let the crowd go home, once, and hear what it saw."""
        if self.seen is None:
            told, _ = await self.process.communicate(b"")
            if self.process.returncode:
                raise CannotMeasure("The crowd fell over; what it said stands above.")
            seen = json.loads(told)
            self.seen = Seen(**seen | {"ears": [Ear(**ear) for ear in seen["ears"]]})
        return self.seen


async def main() -> None:
    """Be the crowd of the plan on standard input."""
    loop = asyncio.get_running_loop()
    told = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    crowd = Crowd(Plan(**told | {"seats": [Seat(**seat) for seat in told["seats"]]}))
    await crowd.gather()
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    print(json.dumps(asdict(await crowd.leave())), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
