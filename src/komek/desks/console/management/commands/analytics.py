"""`komek analytics rebuild [--check]`: the numbers told anew from history."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from komek.platform import facts
from komek.platform.clock import now
from komek.rooms.analytics import actions as analytics


class Command(BaseCommand):
    """Rebuild the stories and tallies; with --check, only say whether they would come out the same."""

    help = "Tell the numbers anew from history, or check that they would come out the same."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One verb so far."""
        parser.add_argument("verb", choices=["rebuild"])
        parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when something differs")

    def handle(self, *, check: bool, **_: Any) -> None:
        """Hear what waits first, else what is merely not counted yet would look like a difference."""
        facts.catch_up()
        began = time.monotonic()
        if check:
            self._check()
        else:
            done = analytics.rebuild(at=now())
            self.stdout.write(
                f"{done.cards:,} cards, {done.contacts:,} contacts, {done.messages:,} messages told anew."
            )
        self.stdout.write(f"It took {time.monotonic() - began:.1f} s.")

    def _check(self) -> None:
        different = analytics.differences(at=now())
        if different:
            told = ", ".join(f"{rows} rows of {table}" for table, rows in different.items())
            message = f"History tells other numbers: {told} differ. `komek analytics rebuild` tells them anew."
            raise CommandError(message)
        self.stdout.write("History tells the same numbers.")
