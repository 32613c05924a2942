"""What it costs to look something up: by phone, nearby, what is overdue, one card with its story, a resident's status."""

import secrets
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from benchmarks.rig.bench import Bench
from benchmarks.rig.browser import OK, Browser
from benchmarks.rig.costs import asked, cost, note_asked, note_cost
from benchmarks.rig.figures import Figures
from benchmarks.rig.people import Desk, address

CPU_BAR = 10.0
# A background of residents who write while others read.
WRITES = 5.0


async def measure(bench: Bench) -> Figures:
    """Each question about another card each time: quiet, among a hundred desks, and while residents write."""
    figures = Figures("reads")
    times = bench.times(200, 60)
    questions = await _questions(bench, many=max(times, 100))
    for name, ask in questions.items():
        await ask(0)
        note_asked(figures, name, await asked(bench.city, ask, times=bench.times(30, 10)), bar=None)
        found = await cost(bench.city, ask, times=times, rounds=bench.times(10, 3))
        note_cost(figures, f"{name} quiet", found, bar=CPU_BAR, parts=False)
    if not bench.quiet:
        async with bench.loaded(writes=WRITES):
            for name, ask in questions.items():
                found = await cost(bench.city, ask, times=times, rounds=bench.times(10, 3), settled=False)
                note_cost(figures, f"{name} loaded", found, bar=CPU_BAR, parts=False)
    return figures


async def _questions(bench: Bench, *, many: int) -> dict[str, Callable[[int], Awaitable[None]]]:
    told = bench.material(many)
    cards, phones, points = told["cards"], told["phones"], told["points"]
    operator = await bench.staff.desk("operator", 0)
    controller = await bench.staff.desk("controller", 0)
    resident = Browser(bench.city.web, address(3), headers={"Accept-Language": "ru"})

    async def status(number: int) -> None:
        card = cards[number % len(cards)]
        # Each resident asks from home: the page lets one address ask sixty times a minute.
        resident.address = address(1 + secrets.randbelow(2**24 - 1))
        answer = await resident.get(f"/status/{card['number']}/{card['code']}/")
        answer.expect(OK, what="a resident's status")

    return {
        "by phone": _each(operator, [f"/operator/find/?q={quote(phone)}" for phone in phones]),
        "nearby": _each(operator, [f"/operator/suggest/nearby/?lat={lat}&lon={lon}" for lat, lon in points]),
        "overdue counted": _each(controller, ["/controller/"], region="counts"),
        "overdue listed": _each(controller, ["/controller/"], region="board"),
        "card for an operator": _each(operator, [f"/operator/card/{card['number']}/" for card in cards]),
        "card for a controller": _each(controller, [f"/controller/card/{card['number']}/" for card in cards]),
        "status for a resident": status,
    }


def _each(desk: Desk, paths: list[str], *, region: str = "") -> Callable[[int], Awaitable[None]]:
    headers = {"X-Region": region} if region else {}

    async def ask(number: int) -> None:
        path = paths[number % len(paths)]
        (await desk.browser.get(path, headers=headers)).expect(OK, what=path)

    return ask
