"""So many recorded calls at once: what they cost, and whether a sample of the recordings is whole."""

import asyncio
import math
import random
import time
from pathlib import Path

import numpy as np

from benchmarks.rig.figures import Figures
from benchmarks.switch.rig import TONE, Size, processor, ring, telephone
from komek.adapters.asterisk.configuring import Installation
from komek.adapters.asterisk.simulating import replay
from komek.adapters.asterisk.simulating.hands import Where
from komek.adapters.asterisk.simulating.plan import Person
from tests.fixtures.tones import RATE, decoded

SAMPLE = 20
# How strong the tone is that is played.
LOUD = 0.27
# A gap that is heard: less than half of the tone's strength for longer than this.
GAP_MILLISECONDS = 40
WHOLE = 0.98


async def recorded(size: Size, folder: Path) -> Figures:
    """So many calls talk at once, each recorded."""
    figures = Figures("switch-recorded")
    came = size.calls * 0.2
    people = [
        Person(0.2 * place, f"+7700555{place:04}", "ru", talk_seconds=came - 0.2 * place + size.seconds + 15)
        for place in range(size.calls)
    ]
    async with telephone(folder, seats=size.calls) as (installation, switch):
        hands, callers, ringing = await ring(folder, installation, people)
        try:
            async with asyncio.timeout(came + 120):
                while not hands.all_are(Where.TALKING):  # noqa: ASYNC110 - other programs ring no bell for us
                    await asyncio.sleep(0.2)
            before, began = processor(switch.pid), time.monotonic()
            await asyncio.sleep(size.seconds)
            cores = (processor(switch.pid) - before) / (time.monotonic() - began)
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


def _leg(installation: Installation, call: replay.Story, leg: str) -> Path:
    return installation.folders.raw / f"{call.call}-{leg}.alaw"


def _heard(path: Path) -> tuple[float, float, float]:
    """For how many seconds the tone is heard from when it began, which part of them, and its longest gap in milliseconds."""
    sound = decoded(path.read_bytes())
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
