"""What is said to the switch by the clock: who is to be called, how long one waits, and that somebody listens."""

import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from komek.adapters.asterisk import prompts
from komek.adapters.asterisk.ami import Client, Message, Pair
from komek.adapters.asterisk.layout import LANGUAGES, Folders
from komek.platform.clock import now
from komek.rooms.calls import actions as calls
from komek.rooms.calls import queries, rules
from komek.rooms.calls.queries import DueCall
from komek.rooms.calls.rules import QUEUE

CALLED_BACK = "called-back"
RING_SECONDS = 30
URGENT_PRIORITY, ORDINARY_PRIORITY = 20, 3

Try = Callable[[Callable[[], Any]], Awaitable[Any]]


class Caller:
    """Calls people back and keeps the small database of the switch up to date."""

    def __init__(self, client: Client, folders: Folders) -> None:
        self.client = client
        self.folders = folders
        # The sentence that each queue hears now.
        self._said: dict[str, str] = {}

    def due(self) -> list[DueCall]:
        """Whom to call now; whoever was called and never came is tried again, or given up."""
        calls.give_up(at=now())
        return queries.due_call_backs(at=now())

    async def dial(self, due: list[DueCall], attempt: Try) -> None:
        """Ask the switch to call those whose turn it is: as many as people are free, emergencies always."""
        free = await self._free() if due else 0
        for callback in due:
            if free <= 0 and not callback.urgent:
                continue
            if await attempt(partial(calls.dialled, callback.id, at=now())):
                free -= 1
                await self.client.action("Originate", *_originate(callback))

    def failed(self, message: Message) -> None:
        """Nobody took the call."""
        callback = message.get("Exten")
        if message.get("Context") == CALLED_BACK and callback.isdigit():
            calls.not_reached(int(callback), at=now())

    async def tell(self, attempt: Try) -> None:
        """Say how long one waits, as far as that is known, and that we live."""
        paces = await attempt(queries.paces)
        if paces is None:
            return
        at = int(time.time())
        await self._put("heart", "beat", str(at))
        for language in LANGUAGES:
            seconds = rules.told_seconds(paces[language]) if language in paces else None
            said = rules.bucket(seconds) if seconds is not None and paces[language].waiting else ""
            queue = f"{QUEUE}{language}"
            await self._put("told", queue, f"{said}|{at}|{seconds:.0f}" if said else "")
            self._play(queue, language, said or prompts.WAIT)

    async def _put(self, family: str, key: str, value: str) -> None:
        if value:
            await self.client.action("DBPut", ("Family", family), ("Key", key), ("Val", value))
        else:
            await self.client.action("DBPut", ("Family", family), ("Key", key), ("Val", "|0"))

    def _play(self, queue: str, language: str, sentence: str) -> None:
        """What those who wait hear from time to time; put in place whole, as it may be played this moment."""
        if self._said.get(queue) == sentence:
            return
        prompts.put(
            self.folders.told / language / f"{queue}{prompts.ENDING}",
            (self.folders.prompts / language / f"{sentence}{prompts.ENDING}").read_bytes(),
        )
        self._said[queue] = sentence

    async def _free(self) -> int:
        """How many people could be rung this moment."""
        told = await self.client.action("QueueSummary")
        return max((int(one.get("Available") or 0) for one in told if one.event == "QueueSummary"), default=0)


def _originate(callback: DueCall) -> tuple[Pair, ...]:
    values = {
        "__NUMBER": callback.number,
        "__L": callback.language,
        "QUEUE_PRIO": str(URGENT_PRIORITY if callback.urgent else ORDINARY_PRIORITY),
    }
    return (
        ("Channel", f"PJSIP/{callback.number}@carrier"),
        ("Context", CALLED_BACK),
        ("Exten", str(callback.id)),
        ("Priority", "1"),
        ("Timeout", str(RING_SECONDS * 1000)),
        ("Async", "true"),
        *(("Variable", f"{name}={value}") for name, value in values.items()),
    )
