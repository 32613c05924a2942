"""`komek partner add|withdraw|list`: who may use the JSON API, and with what."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from komek.platform import audit
from komek.platform.clock import now
from komek.registers.staff import actions as staff
from komek.registers.staff import queries
from komek.registers.staff.rules import Scope


class Command(BaseCommand):
    """Give another system a key, take it away, or list them."""

    help = "Give another system a key to the JSON API, withdraw it, or list who has one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A verb, then a name and scopes where they belong."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add", help="make a key; it is shown once")
        add.add_argument("name")
        add.add_argument("--scope", action="append", choices=[scope.value for scope in Scope], required=True)
        withdraw = verbs.add_parser("withdraw", help="the key opens nothing any more")
        withdraw.add_argument("name")
        verbs.add_parser("list", help="who has a key")

    def handle(self, *, verb: str, name: str = "", scope: list[str] | None = None, **_: Any) -> None:
        """Do the verb, written down as done by the console."""
        with audit.acting("console"):
            if verb == "add":
                key = staff.issue_key(staff.register_partner(name=name, at=now()), scopes=scope or [])
                self.stdout.write(f"The key of {name}, shown only now: {key}")
            elif verb == "withdraw":
                found = queries.partners().filter(name=name).first()
                if found is None:
                    message = f"No partner is called {name!r}."
                    raise CommandError(message)
                staff.withdraw_key(found)
                self.stdout.write(f"The key of {name} opens nothing any more.")
            else:
                for partner in queries.partners():
                    state = "active" if partner.active and partner.key_hash else "withdrawn"
                    self.stdout.write(f"{partner.name}\t{state}\t{', '.join(partner.scopes)}")
