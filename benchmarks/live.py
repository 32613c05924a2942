"""A hundred and fifty signed-in people hold their events open while twenty things a second really happen.

The age of a push is the time from the commit, as the server stamped it, to the last byte on the client's socket; both
clocks are this machine's.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from benchmarks.rig import crowd
from benchmarks.rig.bench import Bench
from benchmarks.rig.browser import FOUND, NotAnswered, Unexpected
from benchmarks.rig.city import CannotMeasure, City
from benchmarks.rig.crowd import Ear
from benchmarks.rig.figures import NOISY, Figures, percentile
from benchmarks.rig.meters import PROGRAMS
from benchmarks.rig.people import Desk, Residents

SESSIONS = {"operator": 60, "controller": 30, "dispatcher": 55, "supervisor": 5}
A_SECOND = 20.0
P50_BAR, P99_BAR, CORES_BAR, MEMORY_BAR = 50.0, 300.0, 1.0, 1024.0
# Of so many deeds each kind is done so often: writes, moves of orders, changes of seats.
MIX = "wosowosoowosoowosoos"
MOVES = ("accept", "set-out", "arrive")
# What is committed last may still be on its way when we stop listening.
LAST_SECONDS = 3.0

RUNG = """
SELECT id, topics, extract(epoch FROM pg_xact_commit_timestamp(xmin))
FROM platform_fact WHERE id > %s ORDER BY id
"""


@dataclass(frozen=True)
class Bell:
    """What one transaction rang for, and when it was committed."""

    ids: tuple[int, ...]
    topics: frozenset[str]
    at: float


@dataclass
class Deeds:
    """Things that really happen, by the doors that people use: forms written, orders moved, seats changed."""

    residents: Residents
    operators: Sequence[Desk]
    dispatchers: Sequence[Desk]
    orders: Sequence[dict[str, object]]
    done: int = 0
    failed: list[str] = field(default_factory=list)
    _next: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    async def go_on(self, *, seconds: float, a_second: float) -> None:
        """Do so many a second by the clock, whether or not those before are done."""
        began = time.perf_counter()
        running: set[asyncio.Task[None]] = set()
        for number in range(int(seconds * a_second)):
            await asyncio.sleep(max(0.0, began + number / a_second - time.perf_counter()))
            task = asyncio.ensure_future(self._do(self._kinds[MIX[number % len(MIX)]]))
            running.add(task)
            task.add_done_callback(running.discard)
        await asyncio.gather(*running)

    @property
    def _kinds(self) -> dict[str, Callable[[int], Awaitable[object]]]:
        return {"w": self.residents.write, "o": self._move_order, "s": self._change_seat}

    async def _do(self, deed: Callable[[int], Awaitable[object]]) -> None:
        number = self._next[deed.__name__]
        self._next[deed.__name__] += 1
        try:
            await deed(number)
        except (Unexpected, NotAnswered, OSError) as failure:
            self.failed.append(str(failure))
        else:
            self.done += 1

    async def _move_order(self, number: int) -> None:
        order = self.orders[number // len(MOVES) % len(self.orders)]
        desk = next(one for one in self.dispatchers if one.service == order["service"])
        answer = await desk.browser.post(f"/service/order/{order['id']}/{MOVES[number % len(MOVES)]}/", {})
        answer.expect(FOUND, what="a move of an order")

    async def _change_seat(self, number: int) -> None:
        desk = self.operators[number // 2 % len(self.operators)]
        state = {"state": "break", "reason": "rest"} if number % 2 else {"state": "ready", "reason": ""}
        (await desk.browser.post("/operator/seat/", state)).expect(FOUND, what="a change of a seat")


async def measure(bench: Bench) -> Figures:
    """First the pushes alone, then with screens that follow them as live.js does."""
    figures = Figures("live")
    seconds = bench.times(60, 15)
    desks = await bench.staff.desks(**SESSIONS)
    deeds = await _deeds(bench, desks, many=int(seconds * A_SECOND))
    await _stage(bench, figures, "pushes", desks, deeds, seconds=seconds, follow=False)
    await _stage(bench, figures, "followed", desks, deeds, seconds=bench.times(30, 10), follow=True)
    await deeds.residents.end()
    return figures


async def _deeds(bench: Bench, desks: Sequence[Desk], *, many: int) -> Deeds:
    residents = Residents(bench.city.web, at_once=4)
    await residents.begin()
    by_role = {role: [desk for desk in desks if desk.role == role] for role in SESSIONS}
    services = sorted({desk.service for desk in by_role["dispatcher"]})
    for number in range(50):
        await residents.write(number)
    orders = bench.city.ask_inside("orders", services=services, many=many)["orders"]
    if not orders:
        raise CannotMeasure("No service with a dispatcher has an order that nobody has accepted.")
    return Deeds(residents, by_role["operator"], by_role["dispatcher"], orders)


async def _stage(
    bench: Bench, figures: Figures, name: str, desks: Sequence[Desk], deeds: Deeds, *, seconds: float, follow: bool
) -> None:
    city = bench.city
    bar = None if follow else 1.0
    await asyncio.to_thread(city.settle)
    async with crowd.gathered(city, seats=crowd.seats_of(desks), follow=follow) as there:
        newest = _newest(city)
        before, began, done, failed = city.read(), time.time(), deeds.done, len(deeds.failed)
        await deeds.go_on(seconds=seconds, a_second=A_SECOND)
        spent, until = city.read().since(before), time.time()
        memory = city.memory()
        await asyncio.to_thread(city.settle)
        await asyncio.sleep(LAST_SECONDS)
        seen = await there.leave()
    bells = _bells(city, since=newest)
    ages, again = _ages(bells, seen.ears)
    lost = _not_heard(bells, seen.ears)
    rung = sum(began <= bell.at <= until and bool(bell.topics) for bell in bells) / (until - began)
    figures.add(f"{name} deeds", (deeds.done - done) / spent.seconds, "per s")
    figures.add(f"{name} events", rung, "per s")
    figures.add(f"{name} sockets reached", len(ages) / (until - began), "per s")
    figures.add(f"{name} age p50", percentile(ages, 0.5), "ms", bar=bar and P50_BAR, note=NOISY)
    figures.add(f"{name} age p99", percentile(ages, 0.99), "ms", bar=bar and P99_BAR, note=NOISY)
    figures.add(f"{name} told again", again / max(1, len(ages)), "× each", bar=bar and 0.01)
    figures.add(f"{name} not heard", len(lost), "events", bar=0)
    figures.add(f"{name} asked to look at everything", sum(ear.resyncs for ear in seen.ears), "times", bar=bar and 0)
    figures.add(f"{name} processor", spent.total / spent.seconds / 1000, "cores", bar=bar and CORES_BAR)
    for program in PROGRAMS:
        figures.add(f"{name} processor {program}", spent.cpu[program] / spent.seconds / 1000, "cores")
    figures.add(f"{name} memory", sum(memory.values()), "MB", bar=bar and MEMORY_BAR)
    for program in PROGRAMS:
        figures.add(f"{name} memory {program}", memory[program], "MB")
    figures.add(f"{name} failures", len(seen.failures) + len(deeds.failed) - failed, "times", bar=0)
    for failure in [*seen.failures, *deeds.failed][:5]:
        print(f"  failure: {failure}")
    for one in lost[:: max(1, len(lost) // 10)][:10]:
        print(f"  not heard: {one}")
    if follow:
        figures.add(f"{name} regions loaded", len(seen.looks) / spent.seconds, "per s")
        for share in (50, 99):
            value = percentile(seen.fresh, share / 100) if seen.fresh else float("nan")
            figures.add(f"{name} screen fresh p{share}", value, "ms", note=NOISY)


def _newest(city: City) -> int:
    row = city.sql.execute("SELECT coalesce(max(id), 0) FROM platform_fact").fetchone()
    return int(row[0]) if row else 0


def _bells(city: City, *, since: int) -> list[Bell]:
    """The transactions that rang, one doorbell each: the parts of one, its savepoints too, have the same moment."""
    found: dict[Decimal, list[tuple[int, list[str]]]] = defaultdict(list)
    for fact_id, topics, at in city.sql.execute(RUNG, [since]).fetchall():
        if at is None:
            raise CannotMeasure("The server does not stamp its commits: track_commit_timestamp must be on.")
        found[at].append((fact_id, topics))
    return [
        Bell(tuple(one for one, _ in of_one), frozenset(topic for _, said in of_one for topic in said), float(at))
        for at, of_one in found.items()
    ]


def _ages(bells: Sequence[Bell], ears: Sequence[Ear]) -> tuple[list[float], int]:
    """How old the news of each transaction was when each listener first heard it, and how often it was told again."""
    rang = {fact_id: bell for bell in bells for fact_id in bell.ids}
    ages: list[float] = []
    again = 0
    for ear in ears:
        known: set[Bell] = set()
        for fact_id, at in ear.heard:
            bell = rang.get(fact_id)
            if bell is None:
                continue
            if bell in known:
                again += 1
            else:
                known.add(bell)
                ages.append((at - bell.at) * 1000)
    return ages, again


def _not_heard(bells: Sequence[Bell], ears: Sequence[Ear]) -> list[str]:
    """Each time somebody was not told of a transaction that touched what their page shows."""
    lost = []
    for ear in ears:
        mine, heard = set(ear.topics), {fact_id for fact_id, _ in ear.heard}
        lost += [
            f"fact {bell.ids[-1]} for {', '.join(sorted(bell.topics & mine))}"
            for bell in bells
            if bell.topics & mine and heard.isdisjoint(bell.ids)
        ]
    return lost
