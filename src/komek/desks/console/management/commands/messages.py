"""`komek messages [--check] [--drop-unused]`: the catalogs of translations follow the code."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from komek.desks.console import catalogs


class Command(BaseCommand):
    """Collect every message id of the code into the catalogs, and say what still lacks a translation."""

    help = "Add new message ids to the translations, and list what is not translated and what nobody says any more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """To look is not to write, and words of nobody are dropped only when told."""
        parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when something is to be done")
        parser.add_argument("--drop-unused", action="store_true", help="forget the ids that no code uses any more")

    def handle(self, *, check: bool, drop_unused: bool, **_: Any) -> None:
        """Write both catalogs, or only look at them."""
        states = [
            catalogs.state(language, catalogs.read(language))
            if check
            else catalogs.bring_up_to_date(language, drop_unused=drop_unused)
            for language in catalogs.LANGUAGES
        ]
        for state in states:
            for said, messages in (("not translated", state.untranslated), ("nobody says", state.unused)):
                for message in messages:
                    self.stdout.write(f"{state.language}: {said}: {message.text!r}")
            self.stdout.write(
                f"{state.language}: {len(state.added)} new, {len(state.untranslated)} not translated,"
                f" {len(state.unused)} that nobody says"
            )
        if check and any(state.added or state.untranslated or state.unused for state in states):
            raise CommandError(
                "The translations do not follow the code: run `komek messages` and translate what it lists."
            )
