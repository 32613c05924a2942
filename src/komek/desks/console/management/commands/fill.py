"""`komek fill --cards N`: a register of a realistic year, to measure at the size of a capital."""

import os
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from tqdm import tqdm

from komek.desks.console.demo import building, notes
from komek.desks.console.fill import beginning
from komek.desks.console.fill.beginning import CARDS, SEED
from komek.desks.console.fill.city import NoWay
from komek.desks.console.fill.explaining import NotExplained
from komek.desks.console.fill.filling import Filling, Summary
from komek.desks.console.pack import BadPack, Pack, read
from komek.platform import claim, postgres, running
from komek.platform.clock import now

DAYS = 365


class Command(BaseCommand):
    """Fill an empty register; interrupted, it goes on where it was."""

    requires_system_checks: tuple[str, ...] = ()
    help = "Write a year of cards with everything that belongs to them; loads the city where there is none yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A city, and how much of a year."""
        parser.add_argument("--city", type=Path, default=Path("cities/astana"))
        parser.add_argument("--cards", type=int, help=f"how many cards ({CARDS:,})")
        parser.add_argument("--seed", help=f"the same word makes the same year ({SEED})")
        parser.add_argument("--until", type=datetime.fromisoformat, help="when the year ends, with its zone (now)")
        parser.add_argument(
            "--processes", type=int, default=os.cpu_count() or 1, help="how many work on it (all cores)"
        )
        parser.add_argument(
            "--erase",
            action="store_true",
            help="first forget every card, contact, message and resident that is here, for ever",
        )

    def handle(
        self,
        *,
        city: Path,
        cards: int | None,
        seed: str | None,
        until: datetime | None,
        processes: int,
        erase: bool,
        **_: Any,
    ) -> None:
        """Prepare, fill, sum up."""
        if (cards is not None and cards < 1) or processes < 1 or (until and until.tzinfo is None):
            message = "Give at least one card and one process, and an end with its zone, as 2026-11-22T09:00+05:00."
            raise CommandError(message)
        if running.state(settings.HOME) is not None:
            message = f"Komek is running in {settings.HOME}. Stop it with `komek down` while its register is filled."
            raise CommandError(message)
        try:
            with claim.claim(settings.HOME / "run" / "fill.lock"):
                self._fill(read(city), cards, seed, until or now(), processes, erase=erase)
        except BadPack as bad:
            raise CommandError("\n".join(map(str, bad.problems))) from bad
        except (beginning.Refused, building.OtherCity, NotExplained, NoWay, claim.AlreadyClaimed) as refused:
            raise CommandError(str(refused)) from refused

    def _fill(
        self, pack: Pack, cards: int | None, seed: str | None, at: datetime, processes: int, *, erase: bool
    ) -> None:
        began = time.monotonic()
        if "cards_card" not in connection.introspection.table_names():
            postgres.prepare(settings.DATABASE_URL)
            call_command("migrate", interactive=False, verbosity=0)
        building.load(pack, at=at)
        if erase:
            beginning.erase()
        plan = beginning.plan_for(cards=cards, seed=seed, at=at)
        people = notes.read(settings.HOME) or notes.make(settings.HOME, days=DAYS, contacts=plan.cards, at=at)
        done = Filling(pack, plan, password=people.password, processes=processes, bars=_bar).run()
        self._sum_up(done, seconds=time.monotonic() - began)

    def _sum_up(self, done: Summary, *, seconds: float) -> None:
        width = max(map(len, done.rows), default=0)
        for table, rows in sorted(done.rows.items(), key=lambda one: -one[1]):
            self.stdout.write(f"{table:<{width}}  {rows:>12,}")
        self.stdout.write(f"\n{'':<{width}}  {'seconds':>8}  {'ours, CPU':>9}  {'server, CPU':>11}")
        for phase in done.phases:
            cost = phase.cost
            self.stdout.write(f"{phase.name:<{width}}  {phase.seconds:>8.1f}  {cost.ours:>9.1f}  {cost.servers:>11.1f}")
        self.stdout.write(
            f"\n{done.rows.total():,} rows in {seconds:.0f} s, with {done.cost.ours:.0f} s of processor here and "
            f"{done.cost.servers:.0f} s in the server's processes. The database has {done.bytes / 1e9:.2f} GB."
        )


@contextmanager
def _bar(name: str, total: int | None, unit: str) -> Iterator[Any]:
    with tqdm(total=total, desc=f"{name:<9}", unit=unit, smoothing=0.1) as bar:
        yield bar
