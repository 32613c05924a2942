"""`komek analytics rebuild [--check]`: the numbers told anew from history."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Rebuild the stories and tallies; with --check, only say whether they would come out the same."""

    help = "Tell the numbers anew from history, or check that they would come out the same."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One verb so far."""
        parser.add_argument("verb", choices=["rebuild"])
        parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when something differs")
