"""When a card is registered, corrected, reopened or over, routing follows in the same transaction."""

from komek.platform.facts import on
from komek.rooms.cards.facts import (
    CardAnswered,
    CardClosed,
    CardCorrected,
    CardExplained,
    CardHandedOver,
    CardRegistered,
    CardReopened,
    CardWithdrawn,
)
from komek.rooms.routing import actions

DECIDES_WHERE = frozenset({"topic", "place", "kind"})


@on(CardRegistered)
def route_new_card(fact: CardRegistered) -> None:
    actions.route(fact.card_id, at=fact.at)


@on(CardCorrected)
def look_again(fact: CardCorrected) -> None:
    if DECIDES_WHERE.intersection(fact.changed):
        actions.reroute(fact.card_id, at=fact.at)


@on(CardReopened)
def take_up_the_first_clock(fact: CardReopened) -> None:
    actions.take_up(fact.card_id, at=fact.at)


@on(CardClosed)
@on(CardAnswered)
@on(CardExplained)
@on(CardHandedOver)
@on(CardWithdrawn)
def stop_the_clock(fact: CardClosed | CardAnswered | CardExplained | CardHandedOver | CardWithdrawn) -> None:
    actions.stop(fact.card_id, at=fact.at)
