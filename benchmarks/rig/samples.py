"""How the city stands, sampled while something goes on: what waits, what grows and what it costs."""

import json
import time
from dataclasses import asdict, dataclass, field

from benchmarks.rig.city import City
from benchmarks.rig.figures import OUT

# Tables that pass things on and should not keep them; the rest is the city's memory and grows with what happens.
PASSING = (
    "procrastinate_jobs",
    "procrastinate_events",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
    "platform_unread",
    "platform_bucket",
    "intake_draft",
)

WAITING = """
SELECT count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'offered'),
       count(*) FILTER (WHERE state = 'accepted'), count(*) FILTER (WHERE state = 'wrap_up')
FROM intake_contact WHERE state IN ('waiting', 'offered', 'accepted', 'wrap_up') AND id > %s
"""
OPEN = """
SELECT (SELECT count(*) FROM routing_clock WHERE stopped_at IS NULL),
       (SELECT count(*) FROM control_check WHERE decided_at IS NULL),
       (SELECT count(*) FROM workorders_order WHERE ended_at IS NULL)
"""
SIZES = """
SELECT relname, pg_total_relation_size(oid)::bigint FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""


@dataclass
class Sample:
    """How the city stood at one moment."""

    minute: float
    arrived: int
    waiting: int
    at_hand: int
    jobs: int
    unread: int
    unsealed: int
    open_cards: int
    open_orders: int
    to_check: int
    cores: float
    memory_mb: float
    tables_mb: float
    passing_mb: float
    passing: dict[str, float] = field(default_factory=dict)


class Samples:
    """One after the other, from a beginning on."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.taken: list[Sample] = []
        row = city.sql.execute("SELECT coalesce(max(id), 0) FROM intake_contact").fetchone()
        self._first_contact = int(row[0]) if row else 0
        self._began = time.monotonic()
        self.first = self._last = city.read()

    def take(self, *, arrived: int) -> Sample:
        """How it stands now; the processor since the sample before."""
        now = self.city.read()
        left = self.city.waiting()
        waiting, offered, accepted, wrap_up = self._counts()
        cards, checks, orders = self.city.sql.execute(OPEN).fetchone() or (0, 0, 0)
        sizes = {name: size / 2**20 for name, size in self.city.sql.execute(SIZES).fetchall()}
        passing = {name: sizes[name] for name in PASSING if name in sizes}
        sample = Sample(
            minute=round((time.monotonic() - self._began) / 60, 2),
            arrived=arrived,
            waiting=waiting + offered,
            at_hand=accepted + wrap_up,
            **left,
            open_cards=cards,
            open_orders=orders,
            to_check=checks,
            cores=round(now.since(self._last).total / max(0.001, now.at - self._last.at) / 1000, 3),
            memory_mb=round(sum(self.city.memory().values()), 1),
            tables_mb=round(sum(sizes.values()), 1),
            passing_mb=round(sum(passing.values()), 2),
            passing=passing,
        )
        self._last = now
        self.taken.append(sample)
        return sample

    def left(self) -> int:
        """How many of those who came since the beginning still wait or are being talked to."""
        return sum(self._counts())

    def write(self) -> None:
        """Every sample, for whoever wants to draw them."""
        OUT.mkdir(parents=True, exist_ok=True)
        told = [asdict(one) for one in self.taken]
        (OUT / "surge-samples.json").write_text(json.dumps(told, indent=1) + "\n")

    def tell(self) -> None:
        """Print them as a table."""
        names = [name for name in Sample.__dataclass_fields__ if name != "passing"]
        print("\n" + "  ".join(names))
        for one in self.taken:
            print("  ".join(str(getattr(one, name)).rjust(len(name)) for name in names))

    def _counts(self) -> tuple[int, int, int, int]:
        row = self.city.sql.execute(WAITING, [self._first_contact]).fetchone() or (0, 0, 0, 0)
        return (int(row[0]), int(row[1]), int(row[2]), int(row[3]))
