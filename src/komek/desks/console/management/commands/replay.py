"""`komek replay FILE`: another city's real requests through the whole line, and our numbers beside the file's."""

import time
from argparse import ArgumentParser
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from komek.desks.console.replay import comparing, player, requests, running
from komek.desks.console.replay.recount import recount
from komek.platform import facts
from komek.platform.claim import claim

# Facts the numbers read at once: large enough for speed, small enough to see progress.
FACTS_A_BATCH = 4_000


class Command(BaseCommand):
    """Replay a file of requests; interrupted, it goes on where it was."""

    requires_system_checks: tuple[str, ...] = ()
    help = "Take every request of a file through the whole line, then compare the numbers with a recount of the file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A file and how much of it."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--limit", type=int, help="the first N rows only")
        parser.add_argument("--resume", action="store_true", help="the default: what is played already is passed over")
        parser.add_argument("--workers", type=int, default=2, help="processes (2)")
        parser.add_argument(
            "--later-than",
            type=date.fromisoformat,
            default=date(2021, 2, 1),
            help="rows from this day on test the routing rules (2021-02-01)",
        )

    def handle(self, *, file: Path, limit: int | None, workers: int, later_than: date, **_: Any) -> None:
        """Play, count, compare; exit code 1 when a figure differs."""
        zone = ZoneInfo(settings.TIME_ZONE)
        try:
            self._replay(file, limit, workers, zone)
            equal = self._compare(file, limit, zone, later_than)
        except (requests.BadRequests, player.OtherCity) as wrong:
            raise CommandError(str(wrong)) from wrong
        if not equal:
            message = "Some figures differ."
            raise CommandError(message)

    def _replay(self, file: Path, limit: int | None, workers: int, zone: ZoneInfo) -> None:
        total = requests.count(file)
        total = total if limit is None else min(limit, total)
        began = time.monotonic()
        # Two replays at once would both find the same requests missing.
        with (
            claim(settings.HOME / "run" / "replay.lock"),
            tqdm(total=total, unit="request", desc="playing", smoothing=0.05) as bar,
        ):
            played = running.play(file, zone=zone, limit=limit, workers=workers, tell=bar.update)
        if played:
            seconds = time.monotonic() - began
            self.stdout.write(
                f"{played:,} requests played in {seconds:.0f} s ({1000 * seconds / played:.0f} ms each), "
                f"{total - played:,} had been played before."
            )
        with tqdm(unit="fact", desc="counting") as bar:
            while read := facts.catch_up(batch=FACTS_A_BATCH, most=10 * FACTS_A_BATCH):
                bar.update(read)

    def _compare(self, file: Path, limit: int | None, zone: ZoneInfo, later_than: date) -> bool:
        rows = list(requests.read(file, zone=zone, limit=limit))
        if not rows:
            message = f"{file} has no rows."
            raise CommandError(message)
        codes = player.known_codes()
        since = min(row.created_at for row in rows).astimezone(zone).date()
        ends = [row.closed_at or row.last_answer_at or row.moderated_at for row in rows]
        until = max(ends).astimezone(zone).date() + timedelta(days=1)
        lines = comparing.compare(recount(file, limit=limit), codes, since=since, until=until)
        width = max(len(line.what) for line in lines)
        self.stdout.write(f"\n{'':<{width}}  {'Komek':>16}  {'the file':>16}")
        for line in lines:
            verdict = "equal" if line.equal else "NOT EQUAL"
            self.stdout.write(f"{line.what:<{width}}  {line.ours:>16}  {line.theirs:>16}  {verdict}")
        at = datetime(later_than.year, later_than.month, later_than.day, tzinfo=zone)
        foretold = comparing.foretell(rows, codes, later_than=at)
        if foretold.rows:
            self.stdout.write(
                f"\nThe routing rules send {foretold.accuracy:.1%} of the {foretold.rows:,} answered requests since "
                f"{later_than} to the body that really answered; always naming the most frequent body: "
                f"{foretold.baseline:.1%}."
            )
        return all(line.equal for line in lines)
