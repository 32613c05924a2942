"""Fifty registrations a second for a minute while a hundred desks look on: none refused, none lost.

What residents were told is held against the database afterwards. Beside it stands what the same server does with bare
inserts, and how many forms a second it takes when they come as fast as they are answered.
"""

import asyncio
import time

from benchmarks.rig import crowd
from benchmarks.rig.bench import DESKS, LOOK_EVERY, Bench
from benchmarks.rig.city import City
from benchmarks.rig.figures import NOISY, Figures, percentile
from benchmarks.rig.inserts import Inserts
from benchmarks.rig.meters import PROGRAMS
from benchmarks.rig.people import Residents

A_SECOND = 50.0
P99_BAR = 1_000.0
WRITERS = 8
INSERT_SECONDS = 5

# A card is whole when it has a clock, a service or somebody who is asked to find one, a history, and the resident's words.
FOUND = """
SELECT count(*), count(DISTINCT card.number),
       count(*) FILTER (WHERE clock.card_id IS NOT NULL
         AND (EXISTS (SELECT 1 FROM routing_assignment a WHERE a.card_id = card.id)
              OR EXISTS (SELECT 1 FROM control_escalation e WHERE e.card_id = card.id))
         AND EXISTS (SELECT 1 FROM cards_entry e WHERE e.card_id = card.id)
         AND EXISTS (SELECT 1 FROM channels_message m WHERE m.conversation_id = card.conversation_id))
FROM cards_card card LEFT JOIN routing_clock clock ON clock.card_id = card.id WHERE card.number = ANY(%s)
"""


async def measure(bench: Bench) -> Figures:
    """The minute, then the comparison."""
    figures = Figures("registrations")
    seconds = bench.times(60, 10)
    desks = await bench.staff.desks(**DESKS)
    inserts = Inserts(bench.city)
    bare = [(await asyncio.to_thread(inserts.run, clients=WRITERS, seconds=INSERT_SECONDS)).a_second]
    await asyncio.to_thread(bench.city.settle)
    there = crowd.gathered(bench.city, seats=crowd.seats_of(desks), every=LOOK_EVERY, writes=A_SECOND)
    async with there as people:
        before = bench.city.read()
        await asyncio.sleep(seconds)
        seen = await people.leave()
        spent = bench.city.read().since(before)
    began = time.monotonic()
    await asyncio.to_thread(bench.city.settle)
    drained = time.monotonic() - began
    bare.append((await asyncio.to_thread(inserts.run, clients=WRITERS, seconds=INSERT_SECONDS)).a_second)
    found, distinct, whole = _found(bench.city, seen.numbers)
    figures.add("sent", (len(seen.numbers) + len(seen.refused)) / seconds, "per s")
    figures.add("answered", len(seen.numbers) / spent.seconds, "per s")
    figures.add("refused", len(seen.refused), "forms", bar=0)
    figures.add("lost", len(seen.numbers) - found, "cards", bar=0)
    figures.add("told twice", len(seen.numbers) - distinct, "numbers", bar=0)
    figures.add("not whole", found - whole, "cards", bar=0)
    for share, bar in ((50, None), (95, None), (99, P99_BAR)):
        figures.add(f"wall p{share}", percentile(seen.writes, share / 100), "ms", bar=bar, note=NOISY)
    for share in (50, 99):
        figures.add(f"queue looked at p{share}", percentile(seen.looks, share / 100), "ms", note=NOISY)
    figures.add("queue looks failed", len(seen.failures), "times", bar=0)
    figures.add("processor", spent.total / spent.seconds / 1000, "cores")
    for program in PROGRAMS:
        figures.add(f"processor {program}", spent.cpu[program] / spent.seconds / 1000, "cores")
    figures.add("afterwards until all was done", drained, "s", note=NOISY)
    for refusal in seen.refused[:5]:
        print(f"  refused: {refusal}")
    await _as_fast_as_answered(bench, figures, bare)
    return figures


async def _as_fast_as_answered(bench: Bench, figures: Figures, bare: list[float]) -> None:
    """The most that eight residents at once bring in, nobody looking on, beside eight clients of pgbench."""
    seconds = bench.times(15, 5)
    residents = Residents(bench.city.web, at_once=WRITERS)
    await residents.begin()
    until = time.perf_counter() + seconds

    async def keep_writing(first: int) -> int:
        written = 0
        while time.perf_counter() < until:
            await residents.write(first + written)
            written += 1
        return written

    written = sum(await asyncio.gather(*(keep_writing(10_000 * number) for number in range(WRITERS))))
    await residents.end()
    await asyncio.to_thread(bench.city.settle)
    most, inserted = written / seconds, sum(bare) / len(bare)
    figures.add("at most", most, "per s", note=NOISY)
    figures.add("bare inserts", inserted, "per s", note=NOISY)
    figures.add("bare inserts to registrations", inserted / most, "×", note=NOISY)


def _found(city: City, numbers: list[str]) -> tuple[int, int, int]:
    found, distinct, whole = city.sql.execute(FOUND, [numbers]).fetchone() or (0, 0, 0)
    return int(found), int(distinct), int(whole)
