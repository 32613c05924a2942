"""Calls whose end is in no journal: the switch died in the middle of them, or its disk was full.

What is missing is written into the journal itself, so that everybody who counts from it counts the same.
"""

from collections.abc import Sequence

import structlog

from komek.adapters.asterisk.ami import Client
from komek.rooms.calls.queries import GoingOn

log = structlog.get_logger("komek.phones")


class Endings:
    """Compares the calls that go on for us with those that the switch has."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._missing: frozenset[str] = frozenset()

    async def put_right(self, going_on: Sequence[GoingOn]) -> None:
        """Write down the end of whoever was there neither now nor the last time; raises AMIError."""
        there = {one.get("Uniqueid") for one in await self.client.action("CoreShowChannels")} if going_on else set()
        missing = {one.unique_id: one for one in going_on if one.unique_id not in there}
        for unique_id in self._missing & missing.keys():
            log.warning("phones_end_missing", call=unique_id)
            line = (("Queue", missing[unique_id].queue), ("Event", "GONE"), ("Uniqueid", unique_id))
            await self.client.action("QueueLog", *line, ("Interface", "NONE"), ("Message", "0"))
        self._missing = frozenset(missing)
