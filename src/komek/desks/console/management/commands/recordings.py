"""`komek recordings`: keep what is said on the telephone, and show that nothing of it was altered or left out."""

import os
import time
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections, connection

from komek.platform.claim import AlreadyClaimed, claim
from komek.platform.clock import now
from komek.rooms.recordings import actions, queries

log = structlog.get_logger("komek.recordings")

LOOK_SECONDS = 2.0
REMOVE_SECONDS = 600.0
# Below whatever speaks with somebody.
NICENESS = 15


class Command(BaseCommand):
    """The recordings of an installation."""

    requires_system_checks: tuple[str, ...] = ()
    help = "Keep the recordings of calls (beside the switch), or verify those that are kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do with them."""
        parser.add_argument("verb", choices=["keep", "verify", "head"])
        parser.add_argument("--sound", action="store_true", help="verify: read the stored sound of every recording too")

    def handle(self, *, verb: str, sound: bool, **_: Any) -> None:
        """Keep until stopped; verify exits 1 when something is not as it was kept."""
        if verb == "keep":
            self._keep()
        elif verb == "head":
            found = queries.head()
            self.stdout.write(f"{found.links} recordings, the chain ends in {found.digest}")
        else:
            self._verify(with_sound=sound)

    def _keep(self) -> None:
        """One process beside the switch, which gives way to everything else."""
        legs = queries.legs()
        if legs is None:
            message = "This installation has no telephone: KOMEK_PHONES_SOCKET is not set."
            raise CommandError(message)
        os.nice(NICENESS)
        removed_at, known_taken = 0.0, set[str]()
        try:
            with claim(settings.HOME / "run" / "recordings.lock"), suppress(KeyboardInterrupt):
                while True:
                    close_old_connections()
                    try:
                        actions.look(legs, at=now(), known_taken=known_taken)
                        actions.take_in_waiting(legs, clock=now)
                        if time.monotonic() - removed_at > REMOVE_SECONDS:
                            actions.remove_raw(legs, at=now())
                            removed_at = time.monotonic()
                    except (DatabaseError, OSError) as failure:
                        log.warning("recordings.waits", why=str(failure).strip())
                        connection.close()
                    time.sleep(LOOK_SECONDS)
        except AlreadyClaimed as other:
            raise CommandError(str(other)) from other

    def _verify(self, *, with_sound: bool) -> None:
        began = time.monotonic()
        verdict = queries.verify()
        if verdict.broken_at is not None:
            message = f"The chain of recordings is broken at recording {verdict.broken_at}: {verdict.reason}."
            raise CommandError(message)
        wrong = list(queries.wrong()) if with_sound else []
        for recording_id, why in wrong:
            self.stdout.write(f"Recording {recording_id}: {why}.")
        if wrong:
            message = f"The sound of {len(wrong)} recordings is not as it was kept."
            raise CommandError(message)
        self.stdout.write(f"The chain holds: {verdict.links} recordings, {time.monotonic() - began:.1f} s.")
