"""The same piece of work whenever it is measured: how many milliseconds of processor time it takes here and now.

On a machine that is shared, the same instructions cost more when a neighbour fills the caches or the other half of a
core. Figures of two runs may be compared as far as their yardsticks are alike.
"""

import hashlib
import json
import time

WORK = {str(number): [number, str(number) * 3, {"even": number % 2 == 0}] for number in range(2_000)}
TIMES = 20


def measure() -> float:
    """Milliseconds of processor time for one turn of the work."""
    began = time.process_time()
    for _ in range(TIMES):
        hashlib.sha256(json.dumps(json.loads(json.dumps(WORK)), sort_keys=True).encode()).digest()
    return (time.process_time() - began) * 1000 / TIMES
