"""What every aspect is given: the city, the people, whether to be short."""

import json
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.rig import crowd
from benchmarks.rig.city import CannotMeasure, City, running_city
from benchmarks.rig.people import Staff
from komek.platform import postgres

NOTE = "benchmark.json"
# The centre of the issue: a hundred desks, each looking at its queue every five seconds.
DESKS = {"operator": 60, "controller": 10, "dispatcher": 30}
LOOK_EVERY = 5.0


@dataclass
class Bench:
    """One run of the benchmarks on one city."""

    city: City
    staff: Staff
    short: bool = False
    quiet: bool = False
    minutes: float = 60.0

    def times(self, full: int, short: int) -> int:
        """How often to do something."""
        return short if self.short else full

    @asynccontextmanager
    async def loaded(self, *, writes: float = 0.0) -> AsyncIterator[crowd.Elsewhere]:
        """A hundred desks that listen and look again; with `writes`, so many residents a second write meanwhile."""
        desks = await self.staff.desks(**DESKS)
        async with crowd.gathered(self.city, seats=crowd.seats_of(desks), every=LOOK_EVERY, writes=writes) as there:
            yield there

    def material(self, many: int) -> dict[str, Any]:
        """Cards, phones and points to ask about."""
        found: dict[str, Any] = self.city.ask_inside("material", many=many)
        return found


@contextmanager
def at_home(home: Path, *, cards: int, **how: Any) -> Iterator[Bench]:
    """A bench on the city of this home; a home that was not made for measurements is left alone."""
    note = home / NOTE
    if not note.exists():
        if postgres.exists(home / "postgres"):
            raise CannotMeasure(
                f"{home} was not made by the benchmarks, and they write into it: choose another --home."
            )
        home.mkdir(parents=True, exist_ok=True)
        note.touch(mode=0o600)
        note.write_text(json.dumps({"password": secrets.token_urlsafe(16), "cards": cards}))
    password = json.loads(note.read_text())["password"]
    with running_city(home, cards=cards) as city:
        staff = Staff(city, password)
        staff.hire()
        yield Bench(city, staff, **how)
