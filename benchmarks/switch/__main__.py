"""`python -m benchmarks.telephone`: what the switch and our ear at it bear, without a city around them.

recorded: 120 recorded calls at once, what they cost, and whether a sample of the recordings is whole.
burst: five new calls a second for a minute, and how many of them failed.
manager: five thousand events a second through our client of the manager interface, and a stock-taking of a large floor.

What a storm does to those who wait is said by `komek phones simulate --profile storm`.
"""

import argparse
import asyncio
import math
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.rig.figures import OUT, Figures, percentile
from komek.adapters.asterisk import ami, binaries
from komek.adapters.asterisk.ami import Client, Heard, Login
from komek.adapters.asterisk.configuring import Installation
from komek.adapters.asterisk.layout import Folders, Ports, secret
from komek.adapters.asterisk.simulating import replay
from komek.adapters.asterisk.simulating.hands import Hands, Where
from komek.adapters.asterisk.simulating.plan import Person
from komek.adapters.asterisk.simulating.sipp import Caller, Callers, Desks, Sipp, telephones
from komek.adapters.asterisk.switch import Switch

RATE = 8000
# Below the ports that the kernel lends; several measurements on one machine come one after the other.
FIRST_PORT = 19_900
SAMPLE = 20
TONE, LOUD = 1000, 0.27
# A gap that is heard: less than half of the tone's strength for longer than this.
GAP_MILLISECONDS = 40
WHOLE = 0.98


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
async def telephone(folder: Path, *, seats: int) -> AsyncIterator[tuple[Installation, Switch, Client]]:
    """A switch with so many telephones that are answered, all in the Russian queue, and our client at it."""
    desks_port = FIRST_PORT + 4
    installation = Installation(
        Folders(folder / "phones"),
        Ports(sip=FIRST_PORT, browsers=FIRST_PORT + 1, manager=FIRST_PORT + 2, sound=(13_000, 15_999)),
        key="a key for measurements",
        telephones=telephones(range(1, seats + 1), port=desks_port),
    )
    place = binaries.place()
    switch = Switch(installation, binaries.find(place), binaries.voice(place), folder / "pbx.log")
    (folder / "tone.alaw").write_bytes(_tone(TONE))
    desks = Desks(folder / "desks", city=FIRST_PORT, port=desks_port, sound_ports=20_000)
    client = Client(Login("127.0.0.1", FIRST_PORT + 2, "komek", secret(installation.key, "manager")))
    switch.start()
    listening = asyncio.create_task(client.run())
    try:
        await asyncio.to_thread(switch.await_ready, 60)
        await asyncio.wait_for(client.up.wait(), 10)
        await desks.open(sound=folder / "tone.alaw", ring=500)
        _before_others(desks)
        for seat in range(1, seats + 1):
            line, name = f"PJSIP/op{seat:03}", f"agent-{seat}"
            await client.action("QueueAdd", ("Queue", "q109-ru"), ("Interface", line), ("MemberName", name))
        yield installation, switch, client
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        await desks.end()
        switch.stop()


async def ring(
    folder: Path, installation: Installation, people: list[Person]
) -> tuple[Hands, Callers, asyncio.Task[None]]:
    """Have them ring; the task is done when the last has hung up."""
    callers = Callers(folder / "callers", city=installation.ports.sip, port=FIRST_PORT + 5, sound_ports=24_000)
    hands = Hands(callers, people, installation.folders.queue_log)
    await callers.ring([Caller(one.after, one.number, folder / "tone.alaw") for one in people])
    _before_others(callers)
    return hands, callers, asyncio.create_task(hands.run())


async def recorded(size: Size, folder: Path) -> Figures:
    """So many calls talk at once, each recorded."""
    figures = Figures("telephone-recorded")
    came = size.calls * 0.2
    people = [
        Person(0.2 * place, f"+7700555{place:04}", "ru", talk_seconds=came - 0.2 * place + size.seconds + 15)
        for place in range(size.calls)
    ]
    async with telephone(folder, seats=size.calls) as (installation, switch, _client):
        hands, callers, ringing = await ring(folder, installation, people)
        try:
            async with asyncio.timeout(came + 120):
                while not hands.all_are(Where.TALKING):  # noqa: ASYNC110 - other programs ring no bell for us
                    await asyncio.sleep(0.2)
            before, began = _processor(switch.pid), time.monotonic()
            await asyncio.sleep(size.seconds)
            cores = (_processor(switch.pid) - before) / (time.monotonic() - began)
            talking = sum(call.where is Where.TALKING for call in hands.calls)
            async with asyncio.timeout(size.seconds + 120):
                await ringing
        finally:
            await callers.end()
    calls = [call for call in replay.stories(installation.folders.queue_log) if "CONNECT" in call.at]
    sample = random.Random(1).sample(calls, min(SAMPLE, len(calls)))  # noqa: S311 - no secret
    legs = [
        (
            leg,
            call.at["GONE"] - call.at["CONNECT" if leg == "tx" else "ENTERQUEUE"],
            *_heard(_leg(installation, call, leg)),
        )
        for call in sample
        for leg in ("rx", "tx")
    ]
    figures.add("calls talking at once", talking, "calls")
    figures.add("not set up", size.calls - len(calls), "calls", bar=0)
    figures.add("processor of the switch", cores, "cores", bar=1.4)
    figures.add("legs looked at", len(legs), "legs")
    # The journal tells whole seconds: a leg may be shorter by one.
    figures.add("legs too short", sum(length < said - 1.5 for _, said, length, _, _ in legs), "legs", bar=0)
    figures.add("least that is heard of a leg", min(share for *_, share, _ in legs) * 100, "%")
    figures.add("legs less than 98 % whole", sum(share < WHOLE for *_, share, _ in legs), "legs", bar=0)
    for leg in ("rx", "tx"):
        figures.add(
            f"longest gap in {leg}", max(gap for one, *_, gap in legs if one == leg), "ms", bar=GAP_MILLISECONDS
        )
    return figures


async def burst(size: Size, folder: Path) -> Figures:
    """So many new calls a second; each waits ten seconds in the queue and is gone."""
    figures = Figures("telephone-burst")
    many = int(size.burst_a_second * size.burst_seconds)
    people = [
        Person(place / size.burst_a_second, f"+7700555{place:04}", "ru", talk_seconds=1, patience=10)
        for place in range(many)
    ]
    async with telephone(folder, seats=0) as (installation, switch, _client):
        before, began = _processor(switch.pid), time.monotonic()
        hands, callers, ringing = await ring(folder, installation, people)
        try:
            async with asyncio.timeout(size.burst_seconds + 120):
                await ringing
                await callers.process.wait() if callers.process else None
        finally:
            await callers.end()
        cores = (_processor(switch.pid) - before) / (time.monotonic() - began)
    gone = installation.folders.queue_log.read_text().count("|GONE|")
    figures.add("new calls", size.burst_a_second, "per s")
    figures.add("calls", many, "calls")
    figures.add("came into a queue", sum(call.entered is not None for call in hands.calls), "calls")
    figures.add("failed set-ups", many - gone, "calls", bar=0)
    figures.add("complaints of the callers", len(callers.complaints()), "calls", bar=0)
    figures.add("processor of the switch", cores, "cores")
    return figures


async def manager(size: Size, _folder: Path) -> Figures:
    """Our client against a server that says more than any switch."""
    figures = Figures("telephone-manager")
    server = await asyncio.start_server(lambda reader, writer: _switch(reader, writer, size.events), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = Client(Login("127.0.0.1", port, "komek", "secret"))
    listening = asyncio.create_task(client.run())
    try:
        await asyncio.wait_for(client.up.wait(), 5)
        began = time.monotonic()
        told_all = await client.action("QueueStatus")
        figures.add("stock-taking, 200 members and 300 callers", (time.monotonic() - began) * 1000, "ms", bar=1000)
        figures.add("members and callers found", len(told_all) - 2, "standings")
        asyncio.create_task(client.action("Flood", seconds=120)).add_done_callback(lambda done: done.exception())
        late, most, heard = [], 0, 0
        began = time.monotonic()
        async for told in client.told():
            if isinstance(told, Heard) and told.message.event == "AgentCalled":
                heard += 1
                most = max(most, client.waiting)
                late.append((time.monotonic() - float(told.message.get("At"))) * 1000)
                if heard == size.events:
                    break
        spent = time.monotonic() - began
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        server.close()
        # Whoever was still saying something is cut off with the others.
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task
    figures.add("events", heard / spent, "per s")
    figures.add("heard late p95", percentile(late, 0.95), "ms")
    figures.add("waiting at most", most, "events", bar=5000)
    figures.add("lost", size.events - heard, "events", bar=0)
    return figures


A_SECOND, BATCH = 5_000, 50


async def _switch(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, events: int) -> None:
    """As much of the manager interface as is asked for: Login, QueueStatus, and a flood."""
    writer.write(ami.BANNER + b"11.0.0\r\n")
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            asked = ami.decode(await reader.readuntil(ami.END))
            number = ("ActionID", asked.get("ActionID"))
            if asked.get("Action") == "QueueStatus":
                writer.write(ami.encode([("Response", "Success"), number, ("EventList", "start")]))
                for one in range(200):
                    writer.write(
                        ami.encode(
                            [
                                *(("Event", "QueueMember"), number, ("Queue", "q109-ru"), ("Name", f"agent-{one}")),
                                *(
                                    ("Location", f"PJSIP/op{one:03}"),
                                    ("Penalty", "0"),
                                    ("Paused", "0"),
                                    ("Status", "1"),
                                ),
                            ]
                        )
                    )
                for one in range(300):
                    place = [("Event", "QueueEntry"), number, ("Queue", "q109-ru"), ("Position", str(one))]
                    writer.write(
                        ami.encode([*place, ("Uniqueid", f"17900.{one}"), ("CallerIDNum", f"+7700555{one:04}")])
                    )
                writer.write(ami.encode([("Event", "QueueStatusComplete"), number, ("EventList", "Complete")]))
            else:
                writer.write(ami.encode([("Response", "Success"), number]))
            if asked.get("Action") == "Flood":
                await _flood(writer, events)


async def _flood(writer: asyncio.StreamWriter, events: int) -> None:
    began = time.monotonic()
    for first in range(0, events, BATCH):
        for one in range(first, first + BATCH):
            said = [
                ("Event", "AgentCalled"),
                ("Queue", "q109-ru"),
                ("Uniqueid", f"17900.{one}"),
                ("MemberName", "agent-1"),
            ]
            writer.write(ami.encode([*said, ("CallerIDName", "Әйгерім"), ("At", str(time.monotonic()))]))
        await writer.drain()
        await asyncio.sleep(max(0.0, began + first / A_SECOND - time.monotonic()))


def _before_others(sipp: Sipp) -> None:
    """Whoever measures must not be late: a packet that sipp sends late is no fault of the switch."""
    with suppress(PermissionError):
        if sipp.process:
            os.setpriority(os.PRIO_PROCESS, sipp.process.pid, -10)


def _leg(installation: Installation, call: replay.Story, leg: str) -> Path:
    return installation.folders.raw / f"{call.call}-{leg}.alaw"


def _processor(pid: int) -> float:
    """Seconds of processor that a process has used, with all its threads."""
    told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def _heard(path: Path) -> tuple[float, float, float]:
    """For how many seconds the tone is heard from when it began, which part of them, and its longest gap in milliseconds."""
    sound = _decoded(path.read_bytes())
    window = RATE // 100
    many = len(sound) // window
    # The strength of the tone alone: what else is heard before, music and sentences, does not count.
    wave = np.exp(-2j * np.pi * TONE * np.arange(window) / RATE)
    strength = np.abs(sound[: many * window].reshape(many, window) @ wave) * 2 / window
    there = strength > LOUD / 2
    # It begins where it lasts for half a second: music has the same tone now and then.
    lasting = np.convolve(there, np.ones(50), "valid") >= 50
    if not lasting.any():
        return 0.0, 0.0, math.inf
    there = there[int(np.argmax(lasting)) :]
    places = np.flatnonzero(there)
    return len(there) / 100, len(places) / len(there), float((np.diff(places).max() - 1) * 10)


def _decoded(alaw: bytes) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """A-law as numbers between -1 and 1 (ITU-T G.711)."""
    codes = np.arange(256, dtype=np.int32) ^ 0x55
    exponent, mantissa = (codes >> 4) & 7, codes & 15
    size = np.where(exponent == 0, (mantissa << 4) + 8, ((mantissa << 4) + 0x108) << np.maximum(exponent - 1, 0))
    table = np.where(codes & 0x80, size, -size) / 32768
    return np.asarray(table[np.frombuffer(alaw, dtype=np.uint8)])


def _tone(hertz: int) -> bytes:
    """Two seconds of a tone, in whole waves."""
    wave = LOUD * np.sin(2 * np.pi * hertz * np.arange(2 * RATE) / RATE)
    table = _decoded(bytes(range(256)))
    return bytes(np.abs(table[None, :] - wave[:, None]).argmin(axis=1).astype(np.uint8))


ASPECTS: dict[str, Callable[[Size, Path], Awaitable[Figures]]] = {
    "recorded": recorded,
    "burst": burst,
    "manager": manager,
}


def main() -> int:
    """Measure, print, write down."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.telephone", description="What the telephone bears.")
    parser.add_argument("--only", default=",".join(ASPECTS), help=f"some of {', '.join(ASPECTS)}")
    parser.add_argument("--calls", type=int, default=Size.calls, help="recorded calls at once (120)")
    parser.add_argument("--short", action="store_true", help="little of everything: to try the benchmark itself")
    chosen = parser.parse_args()
    over = False
    for name in chosen.only.split(","):
        with tempfile.TemporaryDirectory(prefix="komek-phones-") as folder:
            figures = asyncio.run(ASPECTS[name](SHORT if chosen.short else Size(calls=chosen.calls), Path(folder)))
        sys.stdout.write(f"\n{figures.table()}\n→ {figures.write(OUT)}\n")
        over |= bool(figures.over)
    return int(over)


if __name__ == "__main__":
    sys.exit(main())
