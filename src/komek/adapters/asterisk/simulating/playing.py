"""A stretch of the city's life at the telephone, played from beginning to end."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from django.db import Error, close_old_connections, connection

from komek.adapters.asterisk.simulating.hands import Hands
from komek.adapters.asterisk.simulating.plan import Person
from komek.adapters.asterisk.simulating.sipp import SOUND_PORTS, Called, Caller, Callers, Desks
from komek.adapters.asterisk.simulating.working import Working
from komek.platform.clock import now

T = TypeVar("T")

RING_MILLISECONDS = 900
LOOK_EVERY = 0.5
# So long at most the last calls are waited for when everybody goes home.
LAST_CALLS_SECONDS = 60.0


@dataclass(frozen=True)
class Scene:
    """Where everything is: the city's SIP port, ours, the journal of the switch, and what everybody says."""

    folder: Path
    journal: Path
    sound: Path
    city: int
    desks: int
    callers: int
    called: int
    sound_ports: int = 40_000
    # How long somebody talks who was called back.
    talk_seconds: float = 60.0


@asynccontextmanager
async def telephones(scene: Scene) -> AsyncIterator[Desks]:
    """The telephones on the desks, and those of the people who are called back."""
    desks = Desks(scene.folder / "desks", city=scene.city, port=scene.desks, sound_ports=scene.sound_ports)
    called = Called(
        scene.folder / "called", city=scene.city, port=scene.called, sound_ports=scene.sound_ports + SOUND_PORTS
    )
    try:
        await desks.open(sound=scene.sound, ring=RING_MILLISECONDS)
        await called.open(sound=scene.sound, talk=int(scene.talk_seconds * 1000))
        yield desks
    finally:
        await called.end()
        await desks.end()


async def ring(scene: Scene, people: Sequence[Person], *, longest: float | None = None) -> Hands:
    """Have everybody ring, and wait until the last has hung up; whoever still talks after `longest` is cut off."""
    callers = Callers(
        scene.folder / "callers",
        city=scene.city,
        port=scene.callers,
        sound_ports=scene.sound_ports + 2 * SOUND_PORTS,
    )
    hands = Hands(callers, people, scene.journal)
    await callers.ring([Caller(one.after, one.number, scene.sound) for one in people])
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(longest):
                await hands.run()
    finally:
        await callers.end()
        hands.look()
    return hands


@asynccontextmanager
async def at_work(working: Working) -> AsyncIterator[None]:
    """Everybody sits at their desks until the end."""
    await aside(lambda: working.begin(at=now()))
    looking = asyncio.create_task(_look(working))
    try:
        yield
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_CALLS_SECONDS):
                while not await aside(lambda: working.end(at=now())):  # noqa: ASYNC110 - calls end when they end
                    await asyncio.sleep(LOOK_EVERY)


async def _look(working: Working) -> None:
    while True:
        # A database that is away for a moment is no reason to go home.
        with suppress(Error):
            await aside(lambda: working.look(at=now()))
        await asyncio.sleep(LOOK_EVERY)


async def aside(work: Callable[[], T]) -> T:
    """Something of the database, in a thread of its own that leaves no connection behind."""

    def alone() -> T:
        close_old_connections()
        try:
            return work()
        finally:
            connection.close()

    return await asyncio.to_thread(alone)
