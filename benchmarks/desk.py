"""What the operator's page costs and weighs with a call at hand, and how soon somebody who types is helped."""

import re
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode, urljoin

from benchmarks.rig.bench import Bench
from benchmarks.rig.browser import OK, Browser
from benchmarks.rig.costs import asked, cost, note_asked, note_cost, tell
from benchmarks.rig.figures import NOISY, Figures, percentile
from benchmarks.rig.people import Desk, words

CPU_BAR, STATEMENTS_BAR, WEIGHT_BAR, HELP_BAR = 40.0, 12.0, 150.0, 100.0
LINKED = re.compile(r'<link[^>]+rel="(?:stylesheet|icon|modulepreload)"[^>]+href="([^"]+)"|<script[^>]+src="([^"]+)"')
IMPORTED = re.compile(r'(?:from|import)\s*\(?\s*"([^"]+\.js)"|url\(["\']?([^"\')]+\.woff2)')
# Loaded when they are wanted: the map, and every writing but the one that is shown.
APART = ("/vendor/map", "/vendor/fonts/")
# Every so many letters, as far as people type.
STEP, LETTERS = 6, 60


async def measure(bench: Bench) -> Figures:
    """The page as it stands before an operator who has taken a call."""
    figures = Figures("desk")
    desk = await bench.staff.desk("operator", 0)
    contact = await desk.enter(0, words())
    page = f"/operator/?contact={contact}"
    show, helped = _ask(desk, [page]), _ask(desk, _typed())
    await show(0)
    await _count(bench, figures, "page", show, bar=STATEMENTS_BAR)
    note_cost(figures, "page", await cost(bench.city, show, times=bench.times(120, 30)), bar=CPU_BAR)
    await _count(bench, figures, "help", helped, bar=None)
    found = await cost(bench.city, helped, times=bench.times(300, 40))
    figures.add("help cpu", found.total, "ms")
    figures.add("help wall p95", percentile(found.wall, 0.95), "ms", bar=HELP_BAR, note=NOISY)
    html = (await desk.browser.get(page, headers={"Accept-Encoding": "gzip"})).expect(OK, what=page)
    figures.add("page compressed", len(html.body) / 1000, "kB")
    figures.add("its own assets compressed", await _weight(desk.browser, page) / 1000, "kB", bar=WEIGHT_BAR)
    await desk.let_go(contact)
    return figures


async def _count(
    bench: Bench, figures: Figures, name: str, operation: Callable[[int], Awaitable[None]], *, bar: float | None
) -> None:
    found = await asked(bench.city, operation, times=bench.times(60, 20))
    note_asked(figures, name, found, bar=bar)
    tell(name, found)


def _ask(desk: Desk, paths: list[str]) -> Callable[[int], Awaitable[None]]:
    async def ask(number: int) -> None:
        path = paths[number % len(paths)]
        (await desk.browser.get(path)).expect(OK, what=path)

    return ask


def _typed() -> list[str]:
    """What the workbench asks while a text grows under the hand, with the place at its side."""
    return [
        f"/operator/help/?{urlencode({'text': one.text[:end], 'place_text': one.place, 'language': one.language})}"
        for one in words()
        for end in range(STEP, min(len(one.text), LETTERS) + STEP, STEP)
    ]


async def _weight(browser: Browser, page: str) -> int:
    """Bytes of all styles, scripts and what they import, as they go over the wire."""
    text = (await browser.get(page)).expect(OK, what=page).text
    wanted, seen, bytes_ = [first or second for first, second in LINKED.findall(text)], set[str](), 0
    while wanted:
        path = wanted.pop()
        if path in seen or any(part in path for part in APART):
            continue
        seen.add(path)
        plain = (await browser.get(path)).expect(OK, what=path)
        packed = await browser.get(path, headers={"Accept-Encoding": "gzip"})
        bytes_ += len(packed.expect(OK, what=path).body)
        wanted += [urljoin(path, first or second) for first, second in IMPORTED.findall(plain.text)]
    return bytes_
