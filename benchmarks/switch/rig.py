"""A switch with telephones that are answered, people who ring it, and how much of everything."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from komek.adapters.asterisk.configuring import Installation
from komek.adapters.asterisk.layout import Folders, Ports
from komek.adapters.asterisk.simulating.hands import Hands
from komek.adapters.asterisk.simulating.plan import Person
from komek.adapters.asterisk.simulating.sipp import Caller, Callers, Sipp
from komek.adapters.asterisk.switch import Switch
from tests.fixtures.desks import answered
from tests.fixtures.tones import tone

# Below the ports that the kernel lends; several measurements on one machine come one after the other.
FIRST_PORT = 19_900
TONE = 1000


@dataclass
class Size:
    """How much of everything."""

    calls: int = 120
    seconds: float = 30.0
    burst_a_second: float = 5.0
    burst_seconds: float = 60.0
    events: int = 50_000


SHORT = Size(calls=12, seconds=5.0, burst_seconds=6.0, events=5_000)


@asynccontextmanager
async def telephone(folder: Path, *, seats: int) -> AsyncIterator[tuple[Installation, Switch]]:
    """A switch with so many telephones that are answered, all in the Russian queue."""
    installation = Installation(
        Folders(folder / "phones"),
        Ports(sip=FIRST_PORT, browsers=FIRST_PORT + 1, manager=FIRST_PORT + 2, sound=(13_000, 15_999)),
        key="a key for measurements",
    )
    (folder / "tone.alaw").write_bytes(tone(TONE))
    port, sound = FIRST_PORT + 4, tone(TONE)
    async with answered(installation, seats=seats, port=port, sound=sound, sound_ports=20_000) as answering:
        whole, switch, desks = answering
        before_others(desks)
        yield whole, switch


async def ring(
    folder: Path, installation: Installation, people: list[Person]
) -> tuple[Hands, Callers, asyncio.Task[None]]:
    """Have them ring; the task is done when the last has hung up."""
    callers = Callers(folder / "callers", city=installation.ports.sip, port=FIRST_PORT + 5, sound_ports=24_000)
    hands = Hands(callers, people, installation.folders.queue_log)
    await callers.ring([Caller(one.after, one.number, folder / "tone.alaw") for one in people])
    before_others(callers)
    return hands, callers, asyncio.create_task(hands.run())


def processor(pid: int) -> float:
    """Seconds of processor that a process has used, with all its threads."""
    told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def before_others(sipp: Sipp) -> None:
    """Whoever measures must not be late: a packet that sipp sends late is no fault of the switch."""
    with suppress(PermissionError):
        if sipp.process:
            os.setpriority(os.PRIO_PROCESS, sipp.process.pid, -10)
