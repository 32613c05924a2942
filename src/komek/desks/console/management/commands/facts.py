"""`komek facts`: every fact, who reacts to it and which desks show it; also written to docs/facts.md."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from komek.desks.console import facts_page


class Command(BaseCommand):
    """Print the page of facts and bring the file up to date."""

    help = "Print every fact with its reactions, and write the page docs/facts.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The page may stand elsewhere."""
        parser.add_argument("--page", type=Path, default=Path("docs/facts.md"))

    def handle(self, *, page: Path, **_: Any) -> None:
        """Write only where the page has its folder: an installation without the clone just prints."""
        text = facts_page.text()
        if page.parent.is_dir():
            page.write_text(text, encoding="utf-8")
        self.stdout.write(text)
