"""What it costs to keep what was said: packing, sealing and opening again, by the minute of talk.

Measured in this process, with the same code that `komek recordings keep` runs, on noise that comes and goes as talk does.
"""

import asyncio
import os
import random
import tempfile
from itertools import pairwise
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.rig.bench import Bench
from benchmarks.rig.figures import NOISY, Figures, percentile
from komek.platform import sound
from komek.platform.sealed import MasterKeys

RATE = 8_000
MINUTES, MINUTES_SHORT = 8, 1
CALL_MINUTES = 4
OPENINGS = 60
CALLS_A_DAY = 6_000
# Of one call-minute; the design was measured with 425 ms.
CPU_BAR = 600.0
MEGABYTES_BAR = 12.0
FIRST_BYTE_BAR = 60.0


async def measure(bench: Bench) -> Figures:
    """Take in some minutes of talk, then open one call again and again."""
    return await asyncio.to_thread(_measure, MINUTES_SHORT if bench.short else MINUTES)


def _measure(minutes: int) -> Figures:
    figures = Figures("recordings")
    with tempfile.TemporaryDirectory(prefix="komek-bench-recordings-") as folder:
        legs = [Path(folder) / name for name in ("rx.alaw", "tx.alaw")]
        for turn, leg in enumerate(legs):
            leg.write_bytes(talk(minutes * 60, turn=turn))
        kept, keys = Path(folder) / "kept", MasterKeys("bench", {"bench": bytes(32)})
        key_id, wrapped = keys.fresh()
        steps = [process_time()]
        packed = sound.pack(*legs)
        steps.append(process_time())
        sealed = keys.seal(packed.opus, key_id=key_id, wrapped=wrapped)
        steps.append(process_time())
        _store(kept, sealed)
        steps.append(process_time())
        spent = [(until - since) * 1000 / minutes for since, until in pairwise(steps)]
        for name, cpu in zip(("pack", "seal", "store"), spent, strict=True):
            figures.add(f"{name}, CPU per minute of talk", cpu, "ms")
        figures.add("take in, CPU per minute of talk", sum(spent), "ms", bar=CPU_BAR)
        megabytes = len(packed.opus) * 60 / minutes / 1e6
        figures.add("kept per hour of talk", megabytes, "MB", bar=MEGABYTES_BAR)
        figures.add("raw legs per hour of talk", 2 * RATE * 3600 / 1e6, "MB")
        figures.add("a day of 6,000 calls, CPU", sum(spent) * CALL_MINUTES * CALLS_A_DAY / 3.6e6, "h")
        figures.add("a day of 6,000 calls, kept", megabytes / 60 * CALL_MINUTES * CALLS_A_DAY / 1000, "GB")
        one = packed.opus[: len(packed.opus) * CALL_MINUTES // max(minutes, CALL_MINUTES)]
        _store(kept, keys.seal(one, key_id=key_id, wrapped=wrapped))
        walls = []
        for _ in range(OPENINGS):
            began = perf_counter()
            keys.open(kept.read_bytes(), key_id=key_id, wrapped=wrapped)[:1]
            walls.append((perf_counter() - began) * 1000)
        figures.add("first byte of a call of four minutes, p50", percentile(walls, 0.5), "ms", note=NOISY)
        figures.add("first byte, p95", percentile(walls, 0.95), "ms", bar=FIRST_BYTE_BAR, note=NOISY)
    return figures


def _store(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def talk(seconds: int, *, turn: int, seed: int = 109) -> bytes:
    """A-law that is loud while it is somebody's turn and silent while it is not."""
    chance = random.Random(seed + turn)  # noqa: S311 - noise
    said, silent = bytearray(), b"\xd5" * RATE
    while len(said) < seconds * RATE:
        is_mine = (len(said) // RATE // 7) % 2 == turn
        said += bytes(chance.choices(range(0x80, 0xD0), k=RATE)) if is_mine else silent
    return bytes(said[: seconds * RATE])
