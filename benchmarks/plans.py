"""What everything hot asks of the database, and whether any of it reads a large table from one end to the other.

No times: what is found here on a small machine is true on a large one. The worker rests meanwhile, because its work is
done here by hand.
"""

import asyncio

from benchmarks.rig.bench import Bench
from benchmarks.rig.figures import Figures


async def measure(bench: Bench) -> Figures:
    """Every hot operation once, with warm caches, each of its statements explained."""
    figures = Figures("plans")
    await asyncio.to_thread(bench.city.settle)
    with bench.city.worker_held():
        told = await asyncio.to_thread(bench.city.ask_inside, "plans")
    for name, operation in told["operations"].items():
        figures.add(f"{name}: statements", operation["statements"], "statements")
        figures.add(f"{name}: scans", len(operation["scans"]), "scans", bar=0)
        print(f"\n{name}")
        for sql in operation["asked"]:
            print(f"  {sql}")
        for scan in operation["scans"]:
            print(f"  SCAN {scan}")
    for table, rows in sorted(told["large"].items()):
        figures.add(f"rows of {table}", rows, "rows")
    return figures
