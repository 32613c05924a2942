"""What a registration costs, each of the three ways: by a resident's form, by another system, by an operator.

The meters run until everything that follows is done: the worker's jobs, the facts the analytics read, the audit's seal.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from benchmarks.rig.bench import Bench
from benchmarks.rig.costs import asked, cost, note_asked, note_cost, tell
from benchmarks.rig.figures import NOISY, Figures, percentile
from benchmarks.rig.inserts import Inserts
from benchmarks.rig.people import Desk, Residents, Systems, Words, words

CPU_BAR, STATEMENTS_BAR = 15.0, 15.0
# Of each way: every connection has met every shape of statement more than five times, and plans it no more.
WARM_UP = 120
INSERT_SECONDS = 3
# Forms beside each turn of pgbench.
BESIDE = 15


async def _nothing(numbers: range) -> None:
    """Nothing has to be made ready, or put away."""


@dataclass(frozen=True)
class Way:
    """One way a card comes about, and what is made ready before and put away after the meters have run."""

    name: str
    create: Callable[[int], Awaitable[object]]
    ready: Callable[[range], Awaitable[None]] = _nothing
    after: Callable[[range], Awaitable[None]] = _nothing

    async def do(self, number: int) -> None:
        """Make one card."""
        await self.create(number)


class Calls:
    """An operator's contacts: entered before the meters run, so that only the making of the card is measured."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.said: list[Words] = words()
        self.contacts: dict[int, int] = {}

    async def ready(self, numbers: range) -> None:
        """Write the calls down."""
        for number in numbers:
            self.contacts[number] = await self.desk.enter(number, self.said)

    async def create(self, number: int) -> None:
        """Make the card of one call."""
        await self.desk.register(self.contacts[number], number, self.said)

    async def after(self, numbers: range) -> None:
        """End the calls."""
        for number in numbers:
            await self.desk.let_go(self.contacts.pop(number))


class Creating:
    """The cards of this run: every one has a number of its own, so that no two are alike."""

    def __init__(self, bench: Bench, figures: Figures) -> None:
        self.bench = bench
        self.figures = figures
        self._made = 0

    async def warm_up(self, way: Way) -> None:
        """Let every cache of a running city be as full as it always is."""
        numbers = self._next(WARM_UP)
        await way.ready(numbers)
        for number in numbers:
            await way.create(number)
        await way.after(numbers)

    async def count(self, way: Way) -> None:
        """What is asked of the database."""
        numbers = self._next(self.bench.times(60, 20))
        await way.ready(numbers)
        found = await asked(self.bench.city, way.do, times=len(numbers), first=numbers.start)
        await way.after(numbers)
        note_asked(self.figures, way.name, found, bar=STATEMENTS_BAR)
        tell(way.name, found)

    async def take(self, way: Way, state: str) -> None:
        """What it costs, quiet or loaded."""
        numbers = self._next(self.bench.times(240, 60))
        await way.ready(numbers)
        found = await cost(
            self.bench.city,
            way.do,
            times=len(numbers),
            follows=True,
            first=numbers.start,
            rounds=self.bench.times(12, 3),
        )
        await way.after(numbers)
        note_cost(self.figures, f"{way.name} {state}", found, bar=CPU_BAR)

    async def beside_inserts(self, way: Way) -> None:
        """One client after the other, turn by turn: pgbench's inserts and a resident's forms."""
        inserts = Inserts(self.bench.city)
        bare: list[float] = []
        made: list[float] = []
        for _ in range(self.bench.times(4, 2)):
            rate = await asyncio.to_thread(inserts.run, clients=1, seconds=INSERT_SECONDS)
            bare.append(rate.ms)
            numbers = self._next(BESIDE)
            found = await cost(self.bench.city, way.do, times=BESIDE, first=numbers.start, rounds=1)
            made.append(percentile(found.wall, 0.5))
        self.figures.add("bare insert wall", percentile(bare, 0.5), "ms", note=NOISY)
        self.figures.add(f"{way.name} wall beside it", percentile(made, 0.5), "ms", note=NOISY)
        ratio = percentile(made, 0.5) / percentile(bare, 0.5)
        self.figures.add(f"{way.name} to bare insert", ratio, "×", note=NOISY)

    def _next(self, many: int) -> range:
        self._made += many
        return range(self._made - many, self._made)


async def measure(bench: Bench) -> Figures:
    """Quiet and loaded, with the statements counted, and beside pgbench on the same server."""
    figures = Figures("create")
    creating = Creating(bench, figures)
    residents, systems = Residents(bench.city.web), Systems(bench.city)
    calls = Calls(await bench.staff.desk("operator", 0))
    await residents.begin()
    await systems.begin(bench.times(2_000, 400))
    form = Way("form", residents.write)
    ways = [form, Way("api", systems.send), Way("operator", calls.create, calls.ready, calls.after)]
    for way in ways:
        await creating.warm_up(way)
        await creating.count(way)
        await creating.take(way, "quiet")
    if not bench.quiet:
        async with bench.loaded():
            for way in ways:
                await creating.take(way, "loaded")
    await creating.beside_inserts(form)
    await residents.end()
    await systems.end()
    return figures
