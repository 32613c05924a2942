"""So many new calls a second, and how many of them failed."""

import asyncio
import time
from pathlib import Path

from benchmarks.rig.figures import Figures
from benchmarks.switch.rig import Size, processor, ring, telephone
from komek.adapters.asterisk.simulating.plan import Person


async def burst(size: Size, folder: Path) -> Figures:
    """So many new calls a second; each waits ten seconds in the queue and is gone."""
    figures = Figures("switch-burst")
    many = int(size.burst_a_second * size.burst_seconds)
    people = [
        Person(place / size.burst_a_second, f"+7700555{place:04}", "ru", talk_seconds=1, patience=10)
        for place in range(many)
    ]
    async with telephone(folder, seats=0) as (installation, switch):
        before, began = processor(switch.pid), time.monotonic()
        hands, callers, ringing = await ring(folder, installation, people)
        try:
            async with asyncio.timeout(size.burst_seconds + 120):
                await ringing
                await callers.process.wait() if callers.process else None
        finally:
            await callers.end()
        cores = (processor(switch.pid) - before) / (time.monotonic() - began)
    gone = installation.folders.queue_log.read_text().count("|GONE|")
    figures.add("new calls", size.burst_a_second, "per s")
    figures.add("calls", many, "calls")
    figures.add("came into a queue", sum(call.entered is not None for call in hands.calls), "calls")
    figures.add("failed set-ups", many - gone, "calls", bar=0)
    figures.add("complaints of the callers", len(callers.complaints()), "calls", bar=0)
    figures.add("processor of the switch", cores, "cores")
    return figures
