"""`komek city check|load DIR`, `komek city from-requests FILE DIR`, `komek city map [FILE]`: a city is a pack of data."""

from argparse import ArgumentParser
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from komek.desks.console import maps
from komek.desks.console.pack import BadPack, loading, read
from komek.desks.console.replay import requests, writing
from komek.platform import audit
from komek.platform.clock import now
from komek.refusal import Refusal
from komek.registers.places import actions as places


class Command(BaseCommand):
    """Check, load or make a city pack."""

    requires_system_checks: tuple[str, ...] = ()
    help = "Check a city pack, load it, make one from a file of another city's requests, or draw the city's map."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Three verbs with a folder, and the map."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        check = verbs.add_parser("check", help="name everything that is wrong with a pack, and load nothing")
        check.add_argument("folder", type=Path)
        load = verbs.add_parser("load", help="load a pack; loading again changes only what differs")
        load.add_argument("folder", type=Path)
        made = verbs.add_parser("from-requests", help="make a pack from a file of requests (CSV, gzip or not)")
        made.add_argument("file", type=Path)
        made.add_argument("folder", type=Path)
        made.add_argument(
            "--until", required=True, type=_day, help="rules are made of what was created before this day"
        )
        made.add_argument("--code", default="spb")
        made.add_argument("--name", default="Санкт-Петербург")
        made.add_argument("--time-zone", default="Europe/Moscow", type=_zone)
        made.add_argument("--country", default="RU", help="whose holidays it keeps")
        made.add_argument("--number", default="004")
        drawn = verbs.add_parser("map", help="draw the map now, of the register or of map data of the city's own")
        drawn.add_argument("file", type=Path, nargs="?", help="GeoJSON; one feature a line for a large one (.geojsonl)")
        drawn.add_argument("--credit", action="append", default=[], help="whose data it is, as the map must say")
        drawn.add_argument(
            "--forget", action="store_true", help="draw the register again instead of the city's own data"
        )

    def handle(self, *, verb: str, **options: Any) -> None:
        """Do one verb."""
        try:
            if verb == "check":
                pack = read(options["folder"])
                self.stdout.write(f"{options['folder']} is in order: {pack.city.code}, {len(pack.topics)} topics.")
            elif verb == "load":
                self._load(options["folder"])
            elif verb == "map":
                self._draw(options["file"], credited=options["credit"], forget=options["forget"])
            else:
                self._make(**options)
        except BadPack as bad:
            for problem in bad.problems:
                self.stderr.write(str(problem))
            message = f"{len(bad.problems)} problems. Mend them and try again."
            raise CommandError(message) from bad
        except requests.BadRequests as bad:
            raise CommandError(str(bad)) from bad
        except (Refusal, OSError) as refused:
            raise CommandError(str(refused)) from refused

    def _load(self, folder: Path) -> None:
        pack = read(folder)
        with audit.acting("console:city load"):
            for name, told in loading.load(pack, at=now()):
                self.stdout.write(f"{name:<10} {told}")
        if loading.keep(pack, settings.SHARED):
            self.stdout.write("The city's name, numbers and time zone are new: restart Komek if it runs.")

    def _draw(self, file: Path | None, *, credited: list[str], forget: bool) -> None:
        if forget:
            places.forget_map()
        if file is not None:
            brought = places.bring_map(maps.read(file), credited)
            self.stdout.write(f"{file}: {brought} things that a map shows.")
        drawn = places.draw_map(settings.CITY.get("credits", ()))
        self.stdout.write(f"{drawn.file}, zoom {drawn.zooms[0]} to {drawn.zooms[1]}. {' '.join(drawn.credits)}")

    def _make(
        self, folder: Path, *, file: Path, until: date, code: str, name: str, time_zone: ZoneInfo, country: str,
        number: str, **_: Any,
    ) -> None:  # fmt: skip
        identity = writing.Identity(code, name, str(time_zone), country, number)
        since_then = datetime(until.year, until.month, until.day, tzinfo=time_zone)
        made = writing.write_pack(
            folder, file, requests.read(file, zone=time_zone), identity=identity, until=since_then
        )
        self.stdout.write(
            f"{folder}: {made.topics} topics, {made.services} services, {made.districts} districts, "
            f"{made.rules} rules made of {made.seen} requests before {until}."
        )


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        message = f"{name} is not a time zone"
        raise ValueError(message) from unknown
