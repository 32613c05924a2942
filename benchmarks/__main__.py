"""`python -m benchmarks`: every aspect on one city, or those that are named."""

import argparse
import asyncio
import platform
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from benchmarks import (
    create,
    desk,
    live,
    pages,
    plans,
    reads,
    recordings,
    registrations,
    search,
    surge,
    telephone_latency,
)
from benchmarks.rig import yardstick
from benchmarks.rig.bench import Bench, at_home
from benchmarks.rig.city import CannotMeasure
from benchmarks.rig.figures import NOISY, OUT, Figures

ASPECTS: dict[str, Callable[[Bench], Awaitable[Figures]]] = {
    "plans": plans.measure,
    "create": create.measure,
    "pages": pages.measure,
    "reads": reads.measure,
    "search": search.measure,
    "desk": desk.measure,
    "live": live.measure,
    "registrations": registrations.measure,
    "recordings": recordings.measure,
    "surge": surge.measure,
    "telephone": telephone_latency.measure,
}
CARDS, CARDS_SHORT = 2_300_000, 20_000


def main() -> int:
    """Measure, print, write down; figures over their bars are named at the end."""
    parser = argparse.ArgumentParser("python -m benchmarks", description="Measure a real city on this machine.")
    parser.add_argument("--home", type=Path, default=Path(".komek-bench"), help="a home of its own (.komek-bench)")
    parser.add_argument("--cards", type=int, help=f"cards of a new home ({CARDS}; with --short {CARDS_SHORT})")
    parser.add_argument("--only", default="", help=f"aspects, with commas: {', '.join(ASPECTS)}")
    parser.add_argument("--minutes", type=float, default=60.0, help="how long the surge lasts (60)")
    parser.add_argument("--short", action="store_true", help="fewer of everything: to try the benchmarks themselves")
    parser.add_argument("--quiet", action="store_true", help="leave out what is measured among a hundred desks")
    parser.add_argument("--out", type=Path, default=OUT, help="where the figures are written (benchmarks/out)")
    chosen = parser.parse_args()
    # Whoever ends us must not leave a city running behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    names = [name for name in chosen.only.split(",") if name] or list(ASPECTS)
    if unknown := set(names) - set(ASPECTS):
        parser.error(f"no aspect is called {', '.join(sorted(unknown))}; there are {', '.join(ASPECTS)}")
    cards = chosen.cards or (CARDS_SHORT if chosen.short else CARDS)
    try:
        how = {"short": chosen.short, "quiet": chosen.quiet, "minutes": chosen.minutes}
        with at_home(chosen.home.absolute(), cards=cards, **how) as bench:
            return asyncio.run(_run(bench, names, chosen.out))
    except CannotMeasure as failure:
        print(failure, file=sys.stderr)
        return 1


async def _run(bench: Bench, names: list[str], out: Path) -> int:
    over: list[str] = []
    print(
        f"\nPython {platform.python_version()}, plain work: {yardstick.plain():.0f} ms (docs/howto/run.md)", flush=True
    )
    for name in names:
        print(f"\n{name}: measuring, with {bench.city.cards} cards …", flush=True)
        before = yardstick.measure()
        figures = await ASPECTS[name](bench)
        figures.add("yardstick", (before + yardstick.measure()) / 2, "ms", note=NOISY)
        print(f"\n{figures.table()}\n→ {figures.write(out)}", flush=True)
        over += [f"{name}: {figure.name}" for figure in figures.over]
    await bench.staff.end()
    print("\nevery bar is kept" if not over else "\nover the bar:\n  " + "\n  ".join(over))
    return 0


if __name__ == "__main__":
    sys.exit(main())
