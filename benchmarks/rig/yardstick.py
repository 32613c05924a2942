"""The same piece of work whenever it is measured: how many milliseconds of processor time it takes here and now.

On a machine that is shared, the same instructions cost more when a neighbour fills the caches or the other half of a
core. Figures of two runs may be compared as far as their yardsticks are alike.
"""

import hashlib
import json
import math
import time

WORK = {str(number): [number, str(number) * 3, {"even": number % 2 == 0}] for number in range(2_000)}
TIMES = 20
NEARLY, PAUSE = 1.15, 0.5


def measure(times: int = TIMES) -> float:
    """Milliseconds of processor time for one turn of the work, whatever else this process does meanwhile."""
    began = time.thread_time()
    for _ in range(times):
        hashlib.sha256(json.dumps(json.loads(json.dumps(WORK)), sort_keys=True).encode()).digest()
    return (time.thread_time() - began) * 1000 / times


def plain() -> float:
    """Milliseconds for work that is all interpreter: builds of one Python differ by half."""
    return min(_plain() for _ in range(5))


def _plain() -> float:
    began, found = time.thread_time(), 0
    for number in range(60_000):
        told = {"number": number, "words": [str(part) for part in (number, 2, 3)]}
        found += len(f"{told['number']}-{told['words']}") if isinstance(told, dict) else 0
    return (time.thread_time() - began) * 1000


def await_calm(patience: float) -> None:
    """Wait, so many seconds at most, until this machine is nearly as fast as it has been at its best in this run."""
    global _best  # noqa: PLW0603 - of this machine, whoever asks
    until = time.monotonic() + patience
    while True:
        found = measure()
        _best = min(_best, found)
        if found <= NEARLY * _best or time.monotonic() > until:
            return
        time.sleep(PAUSE)


_best = math.inf
