"""One of us rings a resident, as the journal of the switch tells it."""

from komek.platform import unit
from komek.platform.facts import announce
from komek.rooms.calls import queries, rules
from komek.rooms.calls.facts import OutgoingEnded, ResidentDialled
from komek.rooms.calls.models import Outgoing
from komek.rooms.calls.rules import Entry


def began(entry: Entry) -> None:
    """`number|line|card`: it rings there."""
    number, line, about = (*entry.data, "", "", "")[:3]
    if queries.outgoing(entry.unique_id) is not None:
        return
    who = queries.at_seat(line)
    made = unit.add(
        Outgoing(
            unique_id=entry.unique_id,
            number=rules.tidy_number(number),
            about=about[:16],
            agent=who,
            dialled_at=entry.at,
        )
    )
    announce(ResidentDialled(made.pk, made.unique_id, made.about, who.pk if who else None, entry.at))


def answered(entry: Entry) -> None:
    """They talk."""
    found = queries.outgoing(entry.unique_id)
    if found is not None and found.answered_at is None:
        found.answered_at = entry.at
        unit.save(found, "answered_at")


def over(entry: Entry) -> None:
    """Nobody talks any more; of a call that came in, nothing is known here."""
    found = queries.outgoing(entry.unique_id)
    if found is None or found.ended_at is not None:
        return
    found.ended_at = entry.at
    unit.save(found, "ended_at")
    seconds = int((entry.at - found.answered_at).total_seconds()) if found.answered_at else 0
    announce(OutgoingEnded(found.pk, found.unique_id, found.about, found.agent_id, seconds, entry.at))
