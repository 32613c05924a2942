"""When routing gives a card to a service, takes it away or moves its time, the order follows."""

from komek.platform.facts import on
from komek.rooms.cards.facts import CardAnswered, CardClosed, CardExplained, CardHandedOver, CardWithdrawn
from komek.rooms.routing.facts import (
    AssignmentWithdrawn,
    CardRouted,
    ClockResumed,
    DeadlineExtended,
    DeadlineRecounted,
)
from komek.rooms.workorders import actions


@on(CardRouted)
def send_the_order(fact: CardRouted) -> None:
    actions.dispatch(fact.assignment_id, at=fact.at)


@on(AssignmentWithdrawn)
def take_the_order_back(fact: AssignmentWithdrawn) -> None:
    actions.withdraw(fact.assignment_id, reason=fact.reason, at=fact.at)


@on(CardClosed)
@on(CardAnswered)
@on(CardExplained)
@on(CardHandedOver)
@on(CardWithdrawn)
def end_the_work(fact: CardClosed | CardAnswered | CardExplained | CardHandedOver | CardWithdrawn) -> None:
    actions.withdraw_open(fact.card_id, at=fact.at)


@on(ClockResumed)
@on(DeadlineExtended)
@on(DeadlineRecounted)
def move_the_times(fact: ClockResumed | DeadlineExtended | DeadlineRecounted) -> None:
    actions.follow_the_clock(fact.card_id)
