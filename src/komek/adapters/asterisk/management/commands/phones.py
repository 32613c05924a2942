"""`komek phones follow`: the ear at the switch, for as long as it runs. `komek phones simulate`: people who ring and answer."""

import asyncio
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from komek.adapters.asterisk import settings as phone_settings
from komek.adapters.asterisk.binaries import CannotHave
from komek.adapters.asterisk.following import Follower
from komek.adapters.asterisk.layout import PLAYED_SEATS
from komek.adapters.asterisk.simulating.city import CannotPlay, Wanted, play
from komek.adapters.asterisk.simulating.plan import Profile
from komek.adapters.asterisk.simulating.telling import lines
from komek.platform.claim import AlreadyClaimed, claim
from komek.platform.live import Hub


class Command(BaseCommand):
    """What the telephone needs besides the switch."""

    requires_system_checks: tuple[str, ...] = ()
    help = "follow: the switch's journal becomes contacts, people are called back. simulate: callers and operators are played."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do, and of a simulation how much of it."""
        parser.add_argument("verb", choices=["follow", "simulate"])
        parser.add_argument("--profile", choices=[one.value for one in Profile], default=Profile.DAY.value)
        parser.add_argument("--seconds", type=float, help="so much of the profile (all of it)")
        parser.add_argument("--speed", type=float, default=1.0, help="every time shortened by so much (1)")
        parser.add_argument("--scale", type=float, default=1.0, help="so many times the callers of the profile (1)")
        parser.add_argument("--operators", type=int, default=40, help=f"who answers, at most {len(PLAYED_SEATS)} (40)")
        parser.add_argument(
            "--call-backs", type=float, default=0.0, help="so many seconds the last call-backs are waited for (0)"
        )
        parser.add_argument("--seed", type=int, default=1, help="the same seed is the same day (1)")

    def handle(self, *, verb: str, **told: Any) -> None:
        """Do it until it is done, or stopped."""
        if verb == "follow":
            self._follow()
        else:
            self._simulate(**told)

    def _simulate(self, *, profile: str, speed: float, scale: float, operators: int, **told: Any) -> None:
        if speed <= 0 or scale <= 0 or not 1 <= operators <= len(PLAYED_SEATS):
            message = f"Speed and scale are more than nothing, and 1 to {len(PLAYED_SEATS)} people answer."
            raise CommandError(message)
        wanted = Wanted(Profile(profile), operators, told["seed"], told["seconds"], speed, scale, told["call_backs"])
        try:
            played = asyncio.run(play(settings.HOME, wanted))
        except (CannotPlay, CannotHave) as failure:
            raise CommandError(str(failure)) from failure
        self.stdout.write("\n".join(lines(played)))

    def _follow(self) -> None:
        found = phone_settings.from_environment()
        if found is None:
            message = "This installation has no telephone: KOMEK_PHONES_SOCKET is not set."
            raise CommandError(message)
        try:
            with claim(found.folders.run / "phones.lock"), suppress(KeyboardInterrupt):
                asyncio.run(Follower(found, Hub(settings.DATABASE_URL)).run())
        except AlreadyClaimed as other:
            raise CommandError(str(other)) from other
