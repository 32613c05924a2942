"""`komek phones follow`: the ear at the switch, for as long as it runs."""

import asyncio
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from komek.adapters.asterisk import settings as phone_settings
from komek.adapters.asterisk.following import Follower
from komek.platform.claim import AlreadyClaimed, claim
from komek.platform.live import Hub


class Command(BaseCommand):
    """What the telephone needs besides the switch."""

    requires_system_checks: tuple[str, ...] = ()
    help = "Follow the switch: its journal becomes contacts, its queues hold who is at work, people are called back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One word so far."""
        parser.add_argument("verb", choices=["follow"])

    def handle(self, **_: Any) -> None:
        """Follow until stopped; one process an installation."""
        found = phone_settings.from_environment()
        if found is None:
            message = "This installation has no telephone: KOMEK_PHONES_SOCKET is not set."
            raise CommandError(message)
        try:
            with claim(found.folders.run / "phones.lock"), suppress(KeyboardInterrupt):
                asyncio.run(Follower(found, Hub(settings.DATABASE_URL)).run())
        except AlreadyClaimed as other:
            raise CommandError(str(other)) from other
