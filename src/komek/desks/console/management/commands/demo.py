"""`komek demo`: Astana with its people, thirty days of history, and then a living day."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from komek.desks.console.demo import building
from komek.desks.console.demo.history import AlreadyPlaying
from komek.desks.console.pack import BadPack, read
from komek.platform.clock import now


class Command(BaseCommand):
    """Make the past of the demonstration; made already, only what has happened since."""

    requires_system_checks: tuple[str, ...] = ()
    help = "Load a city, hire its people and play its past; interrupted, it goes on where it was."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A city, and how much of a past."""
        parser.add_argument("--city", type=Path, default=Path("cities/astana"))
        parser.add_argument("--days", type=int, default=30, help="how long the city has lived (30)")
        parser.add_argument("--contacts", type=int, default=2_000, help="how many residents have reached out (2000)")

    def handle(self, *, city: Path, days: int, contacts: int, **_: Any) -> None:
        """Build phase by phase, each with a bar."""
        try:
            building.build(read(city), days=days, contacts=contacts, at=now())
        except BadPack as bad:
            raise CommandError("\n".join(map(str, bad.problems))) from bad
        except (AlreadyPlaying, building.OtherCity) as wrong:
            raise CommandError(str(wrong)) from wrong
