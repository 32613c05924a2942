"""A contact that brings its own card: from a form or from another system, nobody has to type it again."""

from datetime import datetime

from komek.platform.transactions import together
from komek.rooms.cards import queries
from komek.rooms.cards.actions.registering import receive, register
from komek.rooms.cards.models import Card
from komek.rooms.cards.rules import CardDraft
from komek.rooms.intake import actions as intake
from komek.rooms.intake.rules import Arrival


@together
def take_in(arrival: Arrival, *, draft: CardDraft, at: datetime) -> Card:
    """One contact, one card: with a topic it goes its way at once, without one it waits for an operator to read it.

    The same `outer_id` is the same contact and the same card, however often it is sent.
    """
    contact = intake.arrive(arrival, at=at, offer=draft.topic_code is None)
    if made := queries.of_contact(contact):
        return made[0]
    if draft.topic_code is None:
        return receive(contact=contact, text=draft.text, place=draft.place, at=at)
    card = register(draft, contact=contact, channel=contact.channel, by=None, at=at, key="itself")
    intake.settle(contact.id, at=at)
    return card
