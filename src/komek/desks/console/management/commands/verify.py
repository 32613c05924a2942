"""`komek verify`: whether what the register holds can be true, after a crash, a restore or an upgrade."""

import json
import time
from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from komek.desks.console.verify import Verdict, verify
from komek.platform.clock import now


class Command(BaseCommand):
    """Look for what must never be; it reads only, and the city may go on meanwhile."""

    requires_system_checks: tuple[str, ...] = ()
    help = "Verify the register: numbers, histories, clocks, orders, messages, jobs, facts and the audit trail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much to look at."""
        parser.add_argument("--since", type=_moment, help="only what happened since this day or moment")
        parser.add_argument("--files", action="store_true", help="read every stored file too")
        parser.add_argument("--numbers", action="store_true", help="tell the numbers anew from history and compare")
        parser.add_argument("--json", action="store_true", help="print the verdict as JSON")

    def handle(self, *, since: datetime | None, files: bool, numbers: bool, **options: Any) -> None:
        """Say each finding as it comes; exit 1 when there is one."""
        began = time.monotonic()
        quiet = options["json"]
        verdict = verify(
            at=now(),
            since=since,
            with_files=files,
            with_numbers=numbers,
            tell=(lambda _: None) if quiet else self._tell,
        )
        if quiet:
            self.stdout.write(json.dumps({"in_order": verdict.in_order, **asdict(verdict)}, default=str, indent=1))
        else:
            self._sum_up(verdict, time.monotonic() - began)
        if not verdict.in_order:
            kinds = len(verdict.findings)
            message = "One thing is" if kinds == 1 else f"{kinds} things are"
            message += " not as the register must be."
            raise CommandError(message)

    def _tell(self, text: str) -> None:
        self.stdout.write(text)

    def _sum_up(self, verdict: Verdict, seconds: float) -> None:
        looked = ", ".join(f"{count:,} {name}" for name, count in verdict.counts.items())
        self.stdout.write(f"Looked at {looked} in {seconds:.1f} s.")
        if verdict.in_order:
            self.stdout.write("Everything is as it must be.")


def _moment(text: str) -> datetime:
    """A day of the city or a moment; without an offset it is the city's time."""
    try:
        told = datetime.fromisoformat(text)
    except ValueError as failure:
        message = f"{text} is no day and no moment: write 2026-11-02 or 2026-11-02T09:30"
        raise ArgumentTypeError(message) from failure
    return (told if told.tzinfo else told.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))).astimezone(UTC)
