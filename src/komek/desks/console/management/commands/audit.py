"""`komek audit verify`: walk the chain of the audit trail."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from komek.platform import audit


class Command(BaseCommand):
    """Verify that nothing in the audit trail was altered, removed or slipped in."""

    help = "Verify the hash chain of the audit trail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One verb so far."""
        parser.add_argument("verb", choices=["verify"])

    def handle(self, **_: Any) -> None:
        """Seal what waits, then walk from the first link to the last."""
        began = time.monotonic()
        audit.seal()
        verdict = audit.verify()
        if verdict.broken_at is not None:
            message = f"The chain is broken at entry {verdict.broken_at}: {verdict.reason}."
            raise CommandError(message)
        seconds = time.monotonic() - began
        self.stdout.write(
            f"The chain holds: {verdict.sealed} entries, {verdict.unsealed} not sealed yet, {seconds:.1f} s."
        )
