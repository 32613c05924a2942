"""What searching costs while somebody types, in three languages, and whether it is right.

Topics, articles and addresses are asked by the operator's own boxes; what must be found stands in `probes.tsv`.
"""

import csv
import html
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from benchmarks.rig.bench import Bench
from benchmarks.rig.browser import OK
from benchmarks.rig.costs import asked, cost, note_asked
from benchmarks.rig.figures import NOISY, Figures, percentile
from benchmarks.rig.people import Desk, words

PROBES = Path(__file__).parent / "probes.tsv"
P95_BAR = 60.0
# Among so many suggestions, as many as the box shows, the right one must stand.
SHOWN = 5


@dataclass(frozen=True)
class Probe:
    """What is typed where, and what one of the suggestions must contain."""

    where: str
    query: str
    expected: str
    why: str


def probes() -> list[Probe]:
    """The questions with known answers."""
    with PROBES.open(encoding="utf-8") as file:
        return [Probe(**row) for row in csv.DictReader(file, delimiter="\t")]


async def measure(bench: Bench) -> Figures:
    """Right or wrong first, then the costs of whole questions and of every letter on the way to an address."""
    figures = Figures("search")
    desk = await bench.staff.desk("operator", 0)
    wrong = [probe for probe in probes() if not await _is_right(desk, probe)]
    figures.add("probes", len(probes()), "questions")
    figures.add("answered wrongly", len(wrong), "questions", bar=0)
    for probe in wrong:
        print(f"  wrong: {probe.where} «{probe.query}» should find «{probe.expected}» ({probe.why})")
    typed = _typed()
    await _take(bench, figures, desk, typed, "quiet")
    if not bench.quiet:
        async with bench.loaded():
            await _take(bench, figures, desk, typed, "loaded")
    return figures


async def _take(bench: Bench, figures: Figures, desk: Desk, typed: dict[str, list[str]], state: str) -> None:
    everything: list[float] = []
    for where, queries in typed.items():
        times = bench.times(max(len(queries), 150), 40)
        ask = _ask(desk, where, queries)
        if state == "quiet":
            note_asked(figures, where, await asked(bench.city, ask, times=bench.times(40, 10)), bar=None)
        found = await cost(bench.city, ask, times=times, rounds=1)
        everything += found.wall
        figures.add(f"{where} {state} cpu", found.total, "ms")
        figures.add(f"{where} {state} wall p50", percentile(found.wall, 0.5), "ms", note=NOISY)
        figures.add(f"{where} {state} wall p95", percentile(found.wall, 0.95), "ms", note=NOISY)
    bar = P95_BAR if state == "quiet" else None
    figures.add(f"search {state} wall p95", percentile(everything, 0.95), "ms", bar=bar, note=NOISY)


def _typed() -> dict[str, list[str]]:
    """What people type: the probes, the words of residents, and addresses letter by letter."""
    typed: dict[str, list[str]] = defaultdict(list)
    for probe in probes():
        typed[probe.where].append(probe.query)
    for one in words():
        typed["answers"].append(one.text[:80])
        typed["topics"].append(one.text[:40])
        typed["places"] += [one.place[:end] for end in range(3, len(one.place) + 1, 4)]
    return typed


def _ask(desk: Desk, where: str, queries: Sequence[str]) -> Callable[[int], Awaitable[None]]:
    async def ask(number: int) -> None:
        await _suggestions(desk, where, queries[number % len(queries)])

    return ask


async def _suggestions(desk: Desk, where: str, query: str) -> str:
    answer = await desk.browser.get(f"/operator/suggest/{where}/?q={quote(query)}")
    return html.unescape(answer.expect(OK, what=f"suggestions for «{query}»").text)


async def _is_right(desk: Desk, probe: Probe) -> bool:
    shown = (await _suggestions(desk, probe.where, probe.query)).split("<li")[1 : SHOWN + 1]
    return any(probe.expected.casefold() in one.casefold() for one in shown)
