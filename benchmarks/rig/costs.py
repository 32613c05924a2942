"""What one operation costs: the meters over many of them, less what the same time costs without them."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from benchmarks.rig import meters, yardstick
from benchmarks.rig.city import City
from benchmarks.rig.figures import NOISY, Figures, percentile
from benchmarks.rig.meters import PROGRAMS, Span, Statement

Operation = Callable[[int], Awaitable[None]]

# An operation is done in rounds, and the calmest of them count: a neighbour of this machine makes the same instructions
# dearer by half and more, for seconds at a time.
ROUNDS, CALM_SHARE = 10, 3
# How often, and for how many turns, the yardstick is laid on between the operations of a round.
LAID_ON, TURNS = 5, 4
# How long a round waits for its neighbours to be calm.
PATIENCE = 1.0
# What nothing costs is looked at so often, for so long each time: shorter, and the ticks of the processor clock would show.
IDLE_STRETCHES, IDLE_SECONDS = 3, 4.0


@dataclass(frozen=True)
class Cost:
    """What one operation costs in milliseconds: of processor time by program, and by the clock on the wall.

    The processor time is that of the calmest third of the rounds, with the yardstick of those.
    """

    cpu: Mapping[str, float]
    wall: tuple[float, ...]
    yardstick: float

    @property
    def total(self) -> float:
        """Milliseconds of processor time of everything together."""
        return sum(self.cpu.values())


@dataclass(frozen=True)
class Side:
    """What one program asks for one operation: statements, transactions begun and ended, foreign keys looked up."""

    statements: float
    control: float
    checks: float
    # times, milliseconds in the server, text; the most milliseconds first
    kinds: tuple[tuple[float, float, str], ...]


@dataclass(frozen=True)
class Asked:
    """What the web asks while somebody waits, and what the worker asks afterwards; with what was left for it to do."""

    web: Side
    worker: Side
    jobs: Mapping[str, float]
    facts: float
    audited: float


async def cost(
    city: City,
    operation: Operation,
    *,
    times: int,
    follows: bool = False,
    settled: bool = True,
    first: int = 0,
    rounds: int = ROUNDS,
) -> Cost:
    """The cost of an operation done one after the other, in rounds with some idle stretches between them.

    With `follows` a round ends when everything that follows from the operations is done as well. A city in which others
    are at work the whole time is never `settled`, and need not be for operations that only read.
    """
    wall: list[float] = []
    busy: list[Round] = []
    idle: list[Span] = []
    if settled:
        await asyncio.to_thread(city.settle)
    for turn in range(rounds):
        if turn * IDLE_STRETCHES // rounds == len(idle):
            idle.append(await asyncio.to_thread(_nothing, city))
        mine = range(first + times * turn // rounds, first + times * (turn + 1) // rounds)
        await asyncio.to_thread(yardstick.await_calm, PATIENCE)
        paces = [yardstick.measure(TURNS)]
        before = city.read()
        for number in mine:
            began = time.perf_counter()
            await operation(number)
            wall.append((time.perf_counter() - began) * 1000)
            if number % LAID_ON == 0:
                paces.append(yardstick.measure(TURNS))
        if follows:
            await asyncio.to_thread(city.settle)
        busy.append(Round(city.read().since(before), len(mine), sum(paces) / len(paces)))
    return replace(calmest(busy, idle), wall=tuple(wall))


@dataclass(frozen=True)
class Round:
    """Some operations one after the other: what was spent on them, how many, and the yardstick laid on between them."""

    span: Span
    operations: int
    yardstick: float


def calmest(busy: Sequence[Round], idle: Sequence[Span]) -> Cost:
    """What one operation costs in the calmest third of the rounds, less what is usual when nothing happens."""
    calm = sorted(busy, key=lambda one: one.yardstick)[: -(-len(busy) // CALM_SHARE)]
    together = sum((one.span for one in calm[1:]), start=calm[0].span).without(usual(idle))
    operations = sum(one.operations for one in calm)
    return Cost(
        {name: ms / operations for name, ms in together.cpu.items()}, (), sum(one.yardstick for one in calm) / len(calm)
    )


def _nothing(city: City) -> Span:
    before = city.read()
    city.hold_still(IDLE_SECONDS)
    return city.read().since(before)


def usual(idle: Sequence[Span]) -> Span:
    """A second without the operation: what a job by the clock does in one of the idle stretches is not taken off."""
    return Span(1.0, {name: median(one.cpu[name] / one.seconds for one in idle) for name in idle[0].cpu})


async def asked(city: City, operation: Operation, *, times: int, first: int = 0) -> Asked:
    """The statements of an operation: the worker rests while the web is counted, then is counted by itself."""
    await asyncio.to_thread(city.settle)
    with city.worker_held():
        log, before = city.log(), city.statements()
        for number in range(first, first + times):
            await operation(number)
        middle, written, jobs = city.statements(), city.log().since(log), city.jobs_since(log)
    began = time.monotonic()
    await asyncio.to_thread(city.settle)
    after, followed = city.statements(), time.monotonic() - began
    began = time.monotonic()
    await asyncio.to_thread(city.hold_still, max(IDLE_SECONDS, followed))
    idle, rested = meters.asked(after, city.statements()), time.monotonic() - began
    return Asked(
        web=_side(meters.asked(before, middle), times),
        worker=_side(meters.without(meters.asked(middle, after), idle, share=followed / rested), times),
        jobs={name: count / times for name, count in jobs.items()},
        facts=written.facts / times,
        audited=written.audited / times,
    )


def note_cost(figures: Figures, name: str, found: Cost, *, bar: float | None, parts: bool = True) -> None:
    """Put a cost into the table: all programs together beside the bar, each by itself, and the noisy clock."""
    figures.add(f"{name} cpu", found.total, "ms", bar=bar)
    if parts:
        for program in PROGRAMS:
            figures.add(f"{name} cpu {program}", found.cpu[program], "ms")
        figures.add(f"{name} yardstick", found.yardstick, "ms", note=NOISY)
    for share in (50, 95, 99):
        figures.add(f"{name} wall p{share}", percentile(found.wall, share / 100), "ms", note=NOISY)


def note_asked(figures: Figures, name: str, found: Asked, *, bar: float | None) -> None:
    """Put the statements into the table: the bar is for those that the web asks while somebody waits."""
    figures.add(f"{name} statements", found.web.statements, "statements", bar=bar)
    figures.add(f"{name} begin and commit", found.web.control, "statements")
    figures.add(f"{name} foreign keys looked up", found.web.checks, "times")
    if found.jobs or found.facts:
        figures.add(f"{name} statements afterwards", found.worker.statements, "statements")
        figures.add(f"{name} begin and commit afterwards", found.worker.control, "statements")
        figures.add(f"{name} jobs", sum(found.jobs.values()), "jobs")
        figures.add(f"{name} facts", found.facts, "facts")
        figures.add(f"{name} audit entries", found.audited, "rows")


def tell(name: str, found: Asked) -> None:
    """Print which statements an operation consists of, and which jobs it leaves."""
    for program, side in (("web", found.web), ("worker", found.worker)):
        print(f"\n{name}, {program}: times, milliseconds in the server, text")
        for calls, ms, text in side.kinds:
            print(f"  {calls:6.2f}  {ms:7.3f}  {' '.join(text.split())[:150]}")
    for task, count in sorted(found.jobs.items()):
        print(f"  {count:6.2f}  job {task}")


def _side(statements: Mapping[int, Statement], times: int) -> Side:
    said = list(statements.values())
    kinds = sorted(((one.ms / times, one.calls / times, one.text) for one in said), reverse=True)
    return Side(
        statements=sum(one.calls for one in said if not one.is_control and not one.is_check) / times,
        control=sum(one.calls for one in said if one.is_control) / times,
        checks=sum(one.calls for one in said if one.is_check) / times,
        kinds=tuple((calls, ms, text) for ms, calls, text in kinds),
    )
