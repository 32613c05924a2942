"""`komek phones`: the ear at the switch. The journal tells what happened; the manager interface only rings a bell for it."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TypeVar

import structlog
from django.db import Error, close_old_connections, connection

from komek.adapters.asterisk import binaries, handing_over, joining, words
from komek.adapters.asterisk.ami import AMIError, Client, Found, Heard, Message
from komek.adapters.asterisk.announcing import Announcer
from komek.adapters.asterisk.calling import Caller
from komek.adapters.asterisk.ending import Endings
from komek.adapters.asterisk.layout import seat_name
from komek.adapters.asterisk.members import Queues
from komek.adapters.asterisk.pausing import Pauses
from komek.adapters.asterisk.queue_log import Journal
from komek.adapters.asterisk.queue_log import Place as JournalPlace
from komek.adapters.asterisk.settings import PhoneSettings
from komek.platform.clock import now
from komek.platform.live import Hub, Listener
from komek.rooms.calls import actions as calls
from komek.rooms.calls import queries
from komek.rooms.calls.rules import Place

log = structlog.get_logger("komek.phones")

T = TypeVar("T")

# So many lines are taken in together: a night's journal is no single transaction.
BATCH = 200
# How long after a bell its line may take to be written.
SOON = (0.0, 0.02, 0.05, 0.1, 0.3)
QUIET_SECONDS = 1.0
COMPARE_SECONDS = 10.0
# A call that is missing twice in a row, so long apart, has ended.
ENDINGS_SECONDS = 15.0
RETRY_SECONDS = 1.0
BELLS = frozenset(
    {
        "QueueCallerJoin",
        "QueueCallerLeave",
        "QueueCallerAbandon",
        "AgentConnect",
        "AgentComplete",
        "AgentRingNoAnswer",
        "Hangup",
    }
)


class Follower:
    """One for an installation: it reads, compares, and calls back."""

    def __init__(self, settings: PhoneSettings, hub: Hub) -> None:
        self.client = Client(settings.login)
        self.journal = Journal(settings.folders.queue_log)
        self.hub = hub
        self.caller = Caller(self.client, settings.folders)
        self.queues = Queues(self.client)
        self.announcer = Announcer(self.client, settings.folders, _speaker())
        self.endings = Endings(self.client)
        self.pauses = Pauses(self.client, settings.login)
        self._bell = asyncio.Event()
        self._seats = asyncio.Event()
        # Whether everything that the journal says is known here.
        self._is_read = False
        # One thread, one connection: what is told one after the other is written so.
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="journal")

    async def run(self) -> None:
        """Follow until cancelled."""
        parts = (self._hear, self._read, self._listen, self._compare, self._end, self._asked, self._pause, self._call)
        try:
            async with asyncio.TaskGroup() as tasks:
                for part in (self.client.run, self.hub.run, *parts):
                    tasks.create_task(part())
        finally:
            self._writing.submit(_leave)
            self._writing.shutdown()

    async def _hear(self) -> None:
        async for told in self.client.told():
            if isinstance(told, Found):
                self.queues.found()
                self.announcer.found()
                self._bell.set()
                self._seats.set()
            elif isinstance(told, Heard):
                await self._sort(told.message)

    async def _sort(self, message: Message) -> None:
        if message.event == "AgentCalled":
            agent_id = words.agent_id(message.get("MemberName"))
            if agent_id is not None:
                await self._try(lambda: _rang(message, agent_id))
        elif message.event == "OriginateResponse" and message.get("Response") == "Failure":
            await self._try(lambda: self._not_originated(message))
        elif message.event in BELLS:
            self._bell.set()

    async def _read(self) -> None:
        """The journal, line by line as it grows; what cannot be written now is read again."""
        while True:
            with_bell = await _either(self._bell, QUIET_SECONDS)
            self._bell.clear()
            for pause in SOON if with_bell else SOON[:1]:
                await asyncio.sleep(pause)
                while taken := await self._try(self._take_in):
                    self._is_read = False
                self._is_read = taken == 0

    def _take_in(self) -> int:
        place = queries.place()
        lines = []
        for line, behind in self.journal.since(JournalPlace(place.file, place.offset)):
            lines.append(line)
            place = Place(behind.file, behind.offset)
            if len(lines) == BATCH:
                break
        if not lines:
            return 0
        entries = [entry for line in lines if (entry := words.entry(line)) is not None]
        calls.read(entries, place=place, at=now())
        return len(lines)

    async def _listen(self) -> None:
        """Somebody came, went or paused: the queues are compared at once."""
        listener = Listener(frozenset({"seats"}))
        self.hub.listeners.add(listener)
        while True:
            await listener.queue.get()
            self._seats.set()

    async def _compare(self) -> None:
        patience = COMPARE_SECONDS
        while True:
            await _either(self._seats, patience)
            self._seats.clear()
            wanted = await self._try(lambda: queries.members(at=now()))
            if wanted is None:
                continue
            patience = 1.0 if any(one.turn for one in wanted) else COMPARE_SECONDS
            try:
                await self.queues.put_right(wanted)
            except (AMIError, TimeoutError) as failure:
                log.info("phones_queues_not_compared", why=str(failure))

    async def _end(self) -> None:
        """Calls of which the journal will not tell the end."""
        while True:
            await asyncio.sleep(ENDINGS_SECONDS)
            going_on = await self._try(lambda: queries.going_on(at=now())) if self._is_read else None
            if going_on is None:
                continue
            try:
                await self.endings.put_right(going_on)
            except (AMIError, TimeoutError) as failure:
                log.info("phones_endings_not_compared", why=str(failure))

    def _not_originated(self, message: Message) -> None:
        joining_id = joining.failed(message)
        if joining_id is not None:
            calls.not_joined(joining_id, why="not answered", at=now())
        else:
            self.caller.failed(message)

    async def _asked(self) -> None:
        """What people ask of the switch, a life in danger first: at once, and again after we were away."""
        listener = Listener(frozenset({"phones"}))
        self.hub.listeners.add(listener)
        while True:
            await self._hand_over()
            await self._invite()
            await self._join()
            with suppress(TimeoutError):
                async with asyncio.timeout(QUIET_SECONDS):
                    await listener.queue.get()

    async def _hand_over(self) -> None:
        for handover_id, unique_id, service in await self._try(queries.hand_overs_to_begin) or ():
            try:
                await handing_over.begin(self.client, unique_id=unique_id, service=service)
            except handing_over.Gone as gone:
                await self._try(partial(calls.failed, handover_id, why=str(gone), at=now()))
            except (AMIError, TimeoutError) as failure:
                log.warning("phones_handover_waits", call=unique_id, why=str(failure))
            else:
                await self._try(partial(calls.begun, handover_id, at=now()))

    async def _invite(self) -> None:
        for invitation_id, unique_id, seat in await self._try(queries.invitations_to_begin) or ():
            try:
                await handing_over.begin(self.client, unique_id=unique_id, service=seat_name(seat))
            except (handing_over.Gone, AMIError, TimeoutError) as failure:
                await self._try(partial(calls.not_invited, invitation_id, why=str(failure), at=now()))
            else:
                await self._try(partial(calls.invited, invitation_id, at=now()))

    async def _join(self) -> None:
        for rung in await self._try(queries.to_join) or ():
            if await self._try(partial(calls.rung, rung.id, at=now())):
                try:
                    await joining.ring(self.client, rung)
                except (AMIError, TimeoutError) as failure:
                    await self._try(partial(calls.not_joined, rung.id, why=str(failure), at=now()))

    async def _pause(self) -> None:
        """Recordings that are to pause or to go on: at once, and again after we were away."""
        listener = Listener(frozenset({"phones"}))
        self.hub.listeners.add(listener)
        while True:
            try:
                await self.pauses.put_right(self._try)
            except (AMIError, TimeoutError) as failure:
                log.info("phones_recordings_wait", why=str(failure))
            with suppress(TimeoutError):
                async with asyncio.timeout(QUIET_SECONDS):
                    await listener.queue.get()

    async def _call(self) -> None:
        """What goes by the clock: call-backs, the told wait, and that we live."""
        while True:
            began = time.monotonic()
            # That we live comes first, and no failure of one keeps the others from being done.
            for work in (self.caller.tell, self.caller.dial, self.announcer.tell):
                try:
                    await work(self._try)
                except (AMIError, TimeoutError, OSError) as failure:
                    log.info("phones_not_told", why=str(failure))
            await asyncio.sleep(max(0.0, 2.0 - (time.monotonic() - began)))

    async def _try(self, work: Callable[[], T]) -> T | None:
        """Work with the database; None when it is not there, after a moment."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._writing, _alone, work)
        except Error as failure:
            log.warning("phones_database_away", why=str(failure))
            await asyncio.sleep(RETRY_SECONDS)
            return None


def _speaker() -> tuple[str, ...] | None:
    try:
        return binaries.speaker(binaries.place())
    except binaries.CannotHave:
        return None


def _alone(work: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return work()
    except Error:
        connection.close()
        raise


def _leave() -> None:
    """Close the connection of the thread that calls this."""
    connection.close()


def _rang(message: Message, agent_id: int) -> None:
    calls.rang(
        message.get("Uniqueid"),
        number=message.get("CallerIDNum"),
        queue=message.get("Queue"),
        agent_id=agent_id,
        at=now(),
    )


async def _either(event: asyncio.Event, seconds: float) -> bool:
    """Whether the event came before the time was over."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
