"""What a page of fifty costs, of every queue: the first page, and one as deep as page 2,000 where the queue is that long.

As it is asked for all day, when somebody has just been shown the same; and *unshared*, as whoever comes first pays for it.
"""

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from benchmarks.rig.bench import Bench
from benchmarks.rig.browser import OK
from benchmarks.rig.costs import Cost, asked, cost, note_asked, note_cost
from benchmarks.rig.figures import Figures
from benchmarks.rig.people import Desk

CPU_BAR = 10.0
DEEP = 2_000
# The page of each queue, who opens it, and which of its regions is the queue.
QUEUES = {
    "board": ("/controller/", "controller", "board"),
    "checks": ("/controller/checks/", "controller", "queue"),
    "escalations": ("/controller/escalations/", "controller", "list"),
    "service": ("/service/", "dispatcher", "orders"),
    "operator": ("/operator/", "operator", "queue"),
}


async def measure(bench: Bench) -> Figures:
    """Each queue as a whole page and as the region that looks again by itself, quiet and loaded."""
    figures = Figures("pages")
    times = bench.times(150, 60)
    opened = await _opened(bench, figures)
    for name, desk, path, region in opened:
        await _ask(desk, path)(0)
        note_asked(figures, name, await asked(bench.city, _ask(desk, path), times=bench.times(30, 10)), bar=None)
        note_cost(figures, f"{name} quiet", await _cost(bench, _ask(desk, path), times), bar=CPU_BAR, parts=False)
        again = await _cost(bench, _ask(desk, path, region=region), times)
        note_cost(figures, f"{name} region quiet", again, bar=CPU_BAR, parts=False)
        unshared = await _cost(bench, _ask(desk, path, unshared=True), times // 3)
        note_cost(figures, f"{name} unshared quiet", unshared, bar=None, parts=False)
    if not bench.quiet:
        async with bench.loaded():
            for name, desk, path, _ in opened:
                note_cost(
                    figures, f"{name} loaded", await _cost(bench, _ask(desk, path), times), bar=CPU_BAR, parts=False
                )
    return figures


async def _opened(bench: Bench, figures: Figures) -> list[tuple[str, Desk, str, str]]:
    """Every queue at its first page and at its deepest, with who looks at it."""
    tokens = bench.city.ask_inside("pages", page=DEEP, service=bench.staff.service())
    opened = []
    for queue, (path, role, region) in QUEUES.items():
        desk = await bench.staff.desk(role, 0)
        opened.append((queue, desk, path, region))
        deep = tokens.get(queue)
        if deep and deep["token"]:
            figures.add(f"{queue} deep page", deep["page"], "page")
            opened.append((f"{queue} deep", desk, f"{path}?after={quote(deep['token'], safe='')}", region))
    return opened


def _ask(desk: Desk, path: str, *, region: str = "", unshared: bool = False) -> Callable[[int], Awaitable[None]]:
    """Ask for a page; `unshared` by an address of its own, of which nothing was rendered a moment ago for another page."""
    headers = {"X-Region": region} if region else {}

    async def ask(number: int) -> None:
        own = f"{'&' if '?' in path else '?'}asked={number}" if unshared else ""
        (await desk.browser.get(path + own, headers=headers)).expect(OK, what=path)

    return ask


async def _cost(bench: Bench, operation: Callable[[int], Awaitable[None]], times: int) -> Cost:
    return await cost(bench.city, operation, times=times, rounds=bench.times(10, 3))
