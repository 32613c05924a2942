"""A call becomes known: from the journal, from a bell of the switch, or from the browser that answered it."""

from datetime import datetime

from komek.platform import unit
from komek.rooms.calls import queries, rules
from komek.rooms.calls.models import Call
from komek.rooms.calls.rules import State
from komek.rooms.intake import actions as intake
from komek.rooms.intake.rules import BY_SWITCH, Arrival, Urgency


def known_or_new(
    unique_id: str, *, number: str, queue: str, at: datetime, urgent: bool = False, language: str = ""
) -> Call:
    """The call of this unique id with its contact; of two who hear of it at once, both get the same."""
    found = queries.by_unique_id(unique_id)
    if found is not None:
        return found
    number, language = rules.tidy_number(number), language or rules.language_of(queue)
    contact = intake.arrive(
        Arrival(
            channel=BY_SWITCH,
            language=language,
            urgency=Urgency.URGENT if urgent else Urgency.NORMAL,
            handle_kind="phone" if number else None,
            handle_value=number or None,
            outer_id=unique_id,
        ),
        at=at,
        offer=False,
    )
    # The same conversation came to both; the one who wrote it first has made the call as well.
    return queries.by_unique_id(unique_id) or unit.add(
        Call(
            unique_id=unique_id,
            contact=contact,
            number=number,
            language=language,
            queue=queue,
            urgent=urgent,
            state=State.WAITING,
            entered_at=at,
        )
    )
