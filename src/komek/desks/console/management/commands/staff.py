"""`komek staff hire|dismiss|password|list`: the accounts of the people who work here."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from komek.platform import audit
from komek.refusal import Refusal
from komek.registers.staff import actions as staff
from komek.registers.staff import queries
from komek.registers.staff.rules import Role


class Command(BaseCommand):
    """Make and close accounts; nobody signs up by themselves."""

    help = "Make and close the accounts of the people who work here."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A verb, then who."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        hire = verbs.add_parser("hire", help="make an account; its password is shown once")
        hire.add_argument("username")
        hire.add_argument("name")
        hire.add_argument("--role", choices=[role.value for role in Role], required=True)
        hire.add_argument("--service", default="", help="code of the service a dispatcher works for")
        hire.add_argument("--languages", default="kk,ru", help="spoken languages, for example kk,ru,en")
        for verb, what in (
            ("dismiss", "the account opens nothing any more"),
            ("password", "a new password, shown once"),
        ):
            verbs.add_parser(verb, help=what).add_argument("username")
        verbs.add_parser("list", help="who works here")

    def handle(self, *, verb: str, **told: Any) -> None:
        """Do the verb, written down as done by the console."""
        try:
            with audit.acting("console"):
                getattr(self, f"_{verb}")(**told)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal

    def _hire(self, *, username: str, name: str, role: str, service: str, languages: str, **_: Any) -> None:
        password = secrets.token_urlsafe(12)
        staff.hire(
            username=username,
            name=name,
            role=role,
            password=password,
            service_code=service,
            languages=languages.split(","),
        )
        self.stdout.write(f"{name} signs in as {username} with {password} (shown only now).")

    def _dismiss(self, *, username: str, **_: Any) -> None:
        staff.dismiss(queries.agent_named(username))
        self.stdout.write(f"{username} can no longer sign in.")

    def _password(self, *, username: str, **_: Any) -> None:
        password = secrets.token_urlsafe(12)
        staff.set_password(queries.agent_named(username), password=password)
        self.stdout.write(f"{username} signs in with {password} (shown only now).")

    def _list(self, **_: Any) -> None:
        for agent in queries.agents():
            service = agent.service.code if agent.service else ""
            self.stdout.write(f"{agent.username}\t{agent.name}\t{agent.role}\t{service}")
