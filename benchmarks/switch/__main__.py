"""`python -m benchmarks.switch`: what the switch and our ear at it bear, without a city around them.

recorded: 120 recorded calls at once, what they cost, and whether a sample of the recordings is whole.
burst: five new calls a second for a minute, and how many of them failed.
manager: five thousand events a second through our client of the manager interface, and a stock-taking of a large floor.

What a storm does to those who wait is said by `komek phones simulate --profile storm`.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from benchmarks.rig.figures import OUT, Figures
from benchmarks.switch.burst import burst
from benchmarks.switch.manager import manager
from benchmarks.switch.recorded import recorded
from benchmarks.switch.rig import SHORT, Size

ASPECTS: dict[str, Callable[[Size, Path], Awaitable[Figures]]] = {
    "recorded": recorded,
    "burst": burst,
    "manager": manager,
}


def main() -> int:
    """Measure, print, write down."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.switch", description="What the switch bears.")
    parser.add_argument("--only", default=",".join(ASPECTS), help=f"some of {', '.join(ASPECTS)}")
    parser.add_argument("--calls", type=int, default=Size.calls, help="recorded calls at once (120)")
    parser.add_argument("--short", action="store_true", help="little of everything: to try the benchmark itself")
    chosen = parser.parse_args()
    over = False
    for name in chosen.only.split(","):
        with tempfile.TemporaryDirectory(prefix="komek-phones-") as folder:
            figures = asyncio.run(ASPECTS[name](SHORT if chosen.short else Size(calls=chosen.calls), Path(folder)))
        sys.stdout.write(f"\n{figures.table()}\n→ {figures.write(OUT)}\n")
        over |= bool(figures.over)
    return int(over)


if __name__ == "__main__":
    sys.exit(main())
