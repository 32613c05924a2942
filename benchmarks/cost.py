"""`python -m benchmarks.cost`: the same figures at every size of a register, as one table and one plot in `docs/`.

Each size is a city of its own, filled, measured and put away again. What was measured stays in `benchmarks/out/cost/`, so
that a size may be measured anew without the others, and `--draw` only writes the table and the plot.
"""

import argparse
import asyncio
import json
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import create, pages, plot, reads
from benchmarks.rig import yardstick
from benchmarks.rig.bench import Bench, at_home
from benchmarks.rig.city import CannotMeasure
from benchmarks.rig.figures import NOISY, OUT, Figures, plain

SIZES = (100_000, 500_000, 2_300_000, 5_000_000)
ASPECTS = {"create": create.measure, "pages": pages.measure, "reads": reads.measure}
DOCS = Path(__file__).parents[1] / "docs"
FOLDER = OUT / "cost"

# What the curve shows: aspect, figure, and what it is called.
PANELS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "Making a card": (
        ("create", "form quiet cpu", "by the web form"),
        ("create", "api quiet cpu", "by the API"),
        ("create", "operator quiet cpu", "by an operator"),
    ),
    "A page of fifty": (
        ("pages", "board quiet cpu", "board"),
        ("pages", "board deep quiet cpu", "board, deep"),
        ("pages", "checks quiet cpu", "to check"),
        ("pages", "escalations quiet cpu", "to decide"),
        ("pages", "service quiet cpu", "a service"),
        ("pages", "service deep quiet cpu", "a service, deep"),
        ("pages", "operator quiet cpu", "an operator"),
    ),
    "Looking something up": (
        ("reads", "by phone quiet cpu", "by phone"),
        ("reads", "nearby quiet cpu", "nearby"),
        ("reads", "overdue counted quiet cpu", "overdue, counted"),
        ("reads", "overdue listed quiet cpu", "overdue, listed"),
        ("reads", "card for an operator quiet cpu", "a card"),
        ("reads", "card for a controller quiet cpu", "a card, to control"),
        ("reads", "status for a resident quiet cpu", "a resident's status"),
    ),
}
BESIDE = (
    ("create", "form statements", "statements of a web form"),
    ("pages", "board deep page", "how deep “deep” is, page"),
    ("city", "database", "database, GB"),
    ("city", "yardstick", "yardstick, ms"),
)
HEAD = """# The cost curve

What the same things cost in registers of different size: milliseconds of processor time of web, stream, worker and
PostgreSQL together for one of each, nobody else being there. How it is measured: [benchmarks.md](benchmarks.md).
The yardstick is one fixed piece of work: where it is higher, the machine was busier, and everything else is higher too.

Written by `make curve` on {day}, {cores} cores. {note}

![The cost curve](cost-curve.svg)

"""


@dataclass(frozen=True)
class Taken:
    """What was measured at one size: aspect → figure → value, unit and bar."""

    cards: int
    figures: Mapping[str, Mapping[str, Mapping[str, Any]]]

    def value(self, aspect: str, name: str) -> float | None:
        """One figure, when it was measured."""
        found = self.figures.get(aspect, {}).get(name)
        return None if found is None else float(found["value"])

    def bar(self, aspect: str, name: str) -> float | None:
        """What it may be at most."""
        return self.figures.get(aspect, {}).get(name, {}).get("bar")


def main() -> int:
    """Measure the sizes that were asked for, then write the table and the plot of all that is known."""
    parser = argparse.ArgumentParser(
        "python -m benchmarks.cost", description="The cost of a card as the register grows."
    )
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="cards, with commas")
    parser.add_argument("--home", type=Path, default=Path(".komek-bench-curve"), help="where the cities are made")
    parser.add_argument("--keep", action="store_true", help="keep the cities: the largest takes tens of gigabytes")
    parser.add_argument("--short", action="store_true", help="fewer of everything")
    parser.add_argument("--draw", action="store_true", help="measure nothing, only write what is known")
    parser.add_argument("--note", default="", help="what a reader should know about how these were taken")
    parser.add_argument("--docs", type=Path, default=DOCS, help="where the table and the plot are written (docs)")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        for size in [] if chosen.draw else [int(size) for size in chosen.sizes.split(",")]:
            _take(chosen.home.absolute() / str(size), size, short=chosen.short, keep=chosen.keep)
    except CannotMeasure as failure:
        print(failure, file=sys.stderr)
        return 1
    taken = known()
    if not taken:
        print(f"Nothing has been measured yet: there is nothing in {FOLDER}.", file=sys.stderr)
        return 1
    for path in write(taken, chosen.docs, note=chosen.note):
        print(path)
    return 0


def known(folder: Path = FOLDER) -> list[Taken]:
    """Everything that was measured so far, the smallest register first."""
    sizes = sorted(int(one.name) for one in folder.glob("*") if one.name.isdigit())
    return [
        Taken(size, {file.stem: json.loads(file.read_text()) for file in (folder / str(size)).glob("*.json")})
        for size in sizes
    ]


def write(taken: Sequence[Taken], folder: Path, *, note: str = "") -> list[Path]:
    """Write the table and the plot."""
    page, picture = folder / "cost-curve.md", folder / "cost-curve.svg"
    page.write_text(_head(taken, note) + _table(taken))
    panels = [
        plot.Panel(
            title,
            [
                plot.Line(
                    called, [(one.cards, value) for one in taken if (value := one.value(aspect, name)) is not None]
                )
                for aspect, name, called in figures
            ],
            bar=next((bar for one in taken for aspect, name, _ in figures if (bar := one.bar(aspect, name))), None),
        )
        for title, figures in PANELS.items()
    ]
    picture.write_text(plot.svg(panels, unit="ms of processor time", across="cards in the register"))
    return [page, picture]


def _take(home: Path, cards: int, *, short: bool, keep: bool) -> None:
    print(f"{cards} cards in {home}", flush=True)
    try:
        with at_home(home, cards=cards, short=short, quiet=True) as bench:
            asyncio.run(_measured(bench, FOLDER / str(cards)))
    finally:
        if not keep:
            shutil.rmtree(home, ignore_errors=True)


async def _measured(bench: Bench, folder: Path) -> None:
    beside = Figures("city")
    before = yardstick.measure()
    for name, measure in ASPECTS.items():
        print(f"  {name} …", flush=True)
        figures = await measure(bench)
        print(figures.table(), flush=True)
        figures.write(folder)
    size = bench.city.sql.execute("SELECT pg_database_size(current_database())").fetchone()
    beside.add("database", size[0] / 2**30 if size else float("nan"), "GB")
    beside.add("yardstick", (before + yardstick.measure()) / 2, "ms", note=NOISY)
    beside.write(folder)
    await bench.staff.end()


def _head(taken: Sequence[Taken], note: str) -> str:
    import os

    measured = {one.cards for one in taken}
    missing = [f"{size:,}".replace(",", " ") for size in SIZES if size not in measured]
    if missing:
        note = f"{note} Not measured yet: {', '.join(missing)} cards.".strip()
    return HEAD.format(day=datetime.now(UTC).date(), cores=os.cpu_count(), note=note)


def _table(taken: Sequence[Taken]) -> str:
    sizes = " | ".join(f"{one.cards / 1e6:g} M" for one in taken)
    lines = [f"| | bar | {sizes} |", f"| --- | ---: |{' ---: |' * len(taken)}"]
    for title, figures in PANELS.items():
        lines.append(f"| **{title}** | | {' | '.join('' for _ in taken)} |")
        lines += [_row(taken, aspect, name, called) for aspect, name, called in figures]
    lines.append(f"| **Beside it** | | {' | '.join('' for _ in taken)} |")
    lines += [_row(taken, aspect, name, called) for aspect, name, called in BESIDE]
    return "\n".join(lines) + "\n"


def _row(taken: Sequence[Taken], aspect: str, name: str, called: str) -> str:
    bar = next((found for one in taken if (found := one.bar(aspect, name)) is not None), None)
    cells = ["–" if (value := one.value(aspect, name)) is None else plain(value) for one in taken]
    return f"| {called} | {'' if bar is None else f'≤ {plain(bar)}'} | {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main())
