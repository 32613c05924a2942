"""The figures of what was played, as a terminal says them, each with what it is counted from."""

from collections.abc import Iterator

from komek.adapters.asterisk.simulating.city import Played
from komek.adapters.asterisk.simulating.replay import IN_TIME, SOON, URGENT_IN_TIME

MOST_COMPLAINTS = 10


def lines(played: Played) -> Iterator[str]:
    """One figure a line."""
    found = played.figures
    yield f"rang                 {played.rang}, of whom {played.left_before_a_queue} hung up before a queue"
    yield f"offered              {found.offered} (with those who were called back)"
    yield f"answered             {found.answered}"
    yield f"gave up              {found.abandoned} ({_percent(found.abandoned, found.offered)})"
    yield f"asked for a call     {found.to_call_back}"
    yield (
        f"service level        {found.service_level:.1%}"
        f" = answered within {IN_TIME} s / (offered - gave up within {SOON} s)"
    )
    yield f"ASA                  {found.asa:.1f} s"
    yield f"told wait kept       {found.told_kept:.1%} of {found.told} by the estimate, {found.said_kept:.1%} by the sentence"
    yield f"emergency key        {found.urgent_in_time:.1%} of {found.urgent} answered within {URGENT_IN_TIME} s"
    yield f"to be called back    {sum(played.call_backs.values())}" + "".join(
        f", {number} {state}" for state, number in sorted(played.call_backs.items())
    )
    yield f"wall = replay        {'yes, minute by minute' if played.wall_agrees else 'NO'}"
    yield f"cut off              {played.cut_off}"
    yield f"failed set-ups       {len(played.complaints)}"
    yield from (f"  {line[:300]}" for line in played.complaints[:MOST_COMPLAINTS])


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"
