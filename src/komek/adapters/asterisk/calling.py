"""What is said to the switch by the clock: who is to be called, how long one waits, and that somebody listens."""

import time
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from komek.adapters.asterisk import astdb, prompts
from komek.adapters.asterisk.ami import Client, Message, Pair
from komek.adapters.asterisk.layout import LANGUAGES, Folders
from komek.platform.clock import now
from komek.rooms.calls import actions as calls
from komek.rooms.calls import queries, rules
from komek.rooms.calls.queries import DueCall
from komek.rooms.calls.rules import QUEUE

CALLED_BACK = "called-back"
RING_SECONDS = 30
# After so long without a word from us the switch takes us for dead.
DEAD_SECONDS = 60
URGENT_PRIORITY, ORDINARY_PRIORITY = 20, 3

Try = Callable[[Callable[[], Any]], Awaitable[Any]]


class Caller:
    """Calls people back and keeps the small database of the switch up to date."""

    def __init__(self, client: Client, folders: Folders) -> None:
        self.client = client
        self.folders = folders
        # The sentence that each queue hears now.
        self._said: dict[str, str] = {}
        self._beat = 0

    async def dial(self, attempt: Try) -> None:
        """Ask the switch to call those whose turn it is; lives in danger always."""
        due = await attempt(_due)
        if not due:
            return
        free, paces, rung = await self._free(), await attempt(lambda: queries.paces(at=now())), await attempt(_rung)
        for callback in due if paces and rung is not None else ():
            staffed = paces[callback.language].staffed
            turn = rules.is_their_turn(ahead=callback.ahead, free=free, rung=rung[callback.language], staffed=staffed)
            if (turn or callback.urgent) and await attempt(partial(calls.dialled, callback.id, at=now())):
                rung[callback.language] += 1
                await self.client.action("Originate", *_originate(callback))

    def failed(self, message: Message) -> None:
        """Nobody took the call."""
        callback = message.get("Exten")
        if message.get("Context") == CALLED_BACK and callback.isdigit():
            calls.not_reached(int(callback), at=now())

    async def tell(self, attempt: Try) -> None:
        """Say how long one waits, as far as that is known, and that we live."""
        paces = await attempt(lambda: queries.paces(at=now()))
        if paces is None:
            return
        at = int(time.time())
        if at - self._beat > DEAD_SECONDS:
            # The switch has taken back meanwhile what those who wait are told.
            self._said.clear()
        await astdb.put(self.client, "heart", "beat", str(at))
        self._beat = at
        for language in LANGUAGES:
            said, seconds = rules.sentence(paces[language]), rules.told_seconds(paces[language]) or 0.0
            queue = f"{QUEUE}{language}"
            await astdb.put(self.client, "told", queue, f"{said}|{at}|{seconds:.0f}" if said else "|0")
            self._play(queue, language, said or prompts.WAIT)

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


def _due() -> list[DueCall]:
    """Whom to call now; whoever was called and never came is tried again, or given up."""
    calls.give_up(at=now())
    return queries.due_call_backs(at=now())


def _rung() -> Counter[str]:
    return queries.rung_back(at=now())


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
