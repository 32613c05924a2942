"""Hands on the receivers: what each caller does next, by what kind of person they are and what has become of their call."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from komek.adapters.asterisk.queue_log import Journal, Line, Place
from komek.adapters.asterisk.simulating.plan import CALL_BACK_KEY, EMERGENCY_KEY, KEYS, Person
from komek.adapters.asterisk.simulating.sipp import Callers

LOOK_EVERY = 0.1
# What was pressed while the switch did not listen is pressed again.
PRESS_EVERY = 1.5
FIRST_PRESS = 1.5
# Who has come into no queue by then, whatever they pressed, gives up; who has hung up is gone by then.
LONGEST_MENU, LOST_SECONDS = 150.0, 30.0


class Where(StrEnum):
    """Where somebody is with their call; the last two are ends."""

    RINGING = "ringing"
    # Is told how long it takes: the language is chosen, and its key would mean something else now.
    LISTENING = "listening"
    WAITING = "waiting"
    TALKING = "talking"
    TO_CALL_BACK = "to_call_back"
    GONE = "gone"


@dataclass
class Call:
    """What is known of one caller's call."""

    person: Person
    where: Where = Where.RINGING
    since: float = 0.0
    entered: float | None = None
    pressed: float = 0.0
    hung_up: bool = False
    hung_up_at: float = 0.0
    # The call ended though they had not hung up: nobody here ever hangs up on a caller.
    cut_off: bool = False


class Hands:
    """Watches the journal of the queues, as a caller hears what happens to them, and acts."""

    def __init__(self, callers: Callers, people: Sequence[Person], journal: Path) -> None:
        self.callers = callers
        self.calls = [Call(person) for person in people]
        self.began = 0.0
        self._by_number = {_digits(one.person.number): one for one in self.calls}
        self._by_id: dict[str, Call] = {}
        self._journal, self._place = Journal(journal), _end_of(journal)

    def all_are(self, *where: Where) -> bool:
        """Whether everybody is in one of these places."""
        return all(call.where in where for call in self.calls)

    async def run(self) -> None:
        """Act until everybody has hung up, or is hung up on."""
        self.began = time.monotonic()
        while not self.all_are(Where.GONE, Where.TO_CALL_BACK):
            self.look()
            now = time.monotonic() - self.began
            for number, call in enumerate(self.calls, start=1):
                self._act(number, call, now)
            await asyncio.sleep(LOOK_EVERY)

    def look(self) -> None:
        """Read on in the journal."""
        for line, behind in self._journal.since(self._place):
            self._hear(line)
            self._place = behind

    def _hear(self, line: Line) -> None:
        number = {
            "ENTERQUEUE": line.data[1:2],
            "URGENT": line.data[:1],
            "CALLBACK": line.data[:1],
            "TOLD": line.data[2:3],
        }.get(line.event)
        if number and (known := self._by_number.get(_digits(number[0]))):
            self._by_id[line.call] = known
        call = self._by_id.get(line.call)
        where = _WHERE.get(line.event)
        if call is None or where is None or call.where is Where.TO_CALL_BACK:
            return
        call.cut_off |= (
            where is Where.GONE and not call.hung_up and call.where in {Where.LISTENING, Where.WAITING, Where.TALKING}
        )
        call.where, call.since = where, time.monotonic() - self.began
        if where is Where.WAITING and call.entered is None:
            call.entered = call.since

    def _act(self, number: int, call: Call, now: float) -> None:
        person, rang = call.person, now - call.person.after
        if rang < FIRST_PRESS or call.where is Where.GONE:
            return
        if call.hung_up:
            # Their last word was lost on the way, or the journal never heard of them.
            call.where = Where.GONE if now - call.hung_up_at > LOST_SECONDS else call.where
            return
        waits = call.where in {Where.RINGING, Where.LISTENING, Where.WAITING}
        patience = min(person.patience, LONGEST_MENU) if call.where is Where.RINGING else person.patience
        if (waits and rang >= patience) or (call.where is Where.TALKING and now - call.since >= person.talk_seconds):
            self.callers.hang_up(number)
            call.hung_up, call.hung_up_at = True, now
            # Who never came into a queue is in no journal.
            call.where = Where.GONE if call.where is Where.RINGING else call.where
        elif now - call.pressed >= PRESS_EVERY and (key := _key(call, now)):
            self.callers.press(number, key)
            call.pressed = now


def _key(call: Call, now: float) -> str:
    """What this person presses now, if anything."""
    person = call.person
    if call.where is Where.RINGING:
        return EMERGENCY_KEY if person.urgent else KEYS[person.language]
    if call.where is Where.WAITING and person.call_back_after is not None and call.entered is not None:
        return CALL_BACK_KEY if now - call.entered >= person.call_back_after else ""
    return ""


_WHERE = {
    "TOLD": Where.LISTENING,
    "ENTERQUEUE": Where.WAITING,
    "URGENT": Where.WAITING,
    "CONNECT": Where.TALKING,
    "CALLBACK": Where.TO_CALL_BACK,
    "GONE": Where.GONE,
}


def _end_of(journal: Path) -> Place:
    """Behind all that was written: the same numbers may have rung before."""
    if not journal.exists():
        return Place()
    now = journal.stat()
    return Place(now.st_ino, now.st_size)


def _digits(number: str) -> str:
    return number.removeprefix("+")
