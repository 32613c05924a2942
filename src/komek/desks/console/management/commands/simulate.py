"""`komek simulate`: the demonstration's city goes on living, until somebody stops it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from komek.desks.console.demo import building
from komek.desks.console.demo.history import AlreadyPlaying
from komek.desks.console.demo.living import Living
from komek.desks.console.demo.pace import Brisk
from komek.desks.console.pack import BadPack, read
from komek.platform.clock import now


class Command(BaseCommand):
    """Play residents, operators, dispatchers and controllers, but nobody who is really here."""

    requires_system_checks: tuple[str, ...] = ()
    help = "Let the city of `komek demo` live on: residents reach out, the centre and the services work."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A city, and how fast."""
        parser.add_argument("--city", type=Path, default=Path("cities/astana"))
        parser.add_argument("--speed", type=float, default=1.0, help="how many times faster (1)")

    def handle(self, *, city: Path, speed: float, **_: Any) -> None:
        """Live."""
        if speed <= 0:
            message = "The speed is a number above nothing: 1 as in life, 4 for a hurry."
            raise CommandError(message)
        try:
            stage = building.made(read(city), pace=Brisk(speed), at=now())
            Living(stage, speed=speed).run()
        except BadPack as bad:
            raise CommandError("\n".join(map(str, bad.problems))) from bad
        except AlreadyPlaying as other:
            raise CommandError(str(other)) from other
