"""After something became of a card, the resident hears of it; nothing here can hold the card up."""

from komek.platform.facts import after
from komek.rooms.cards.facts import (
    CardAnswered,
    CardClosed,
    CardExplained,
    CardHandedOver,
    CardReceived,
    CardRegistered,
    CardReopened,
)
from komek.rooms.channels.facts import MessageHeard
from komek.rooms.feedback import actions, moments
from komek.rooms.routing.facts import CardRedirected, CardRouted, DeadlineExtended, DeadlineMissed
