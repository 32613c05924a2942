"""Which facts change what a service sees."""

from collections.abc import Iterable

from komek.platform.facts import shows
from komek.rooms.cards import facts as cards
from komek.rooms.routing import facts as routing
from komek.rooms.workorders import facts as workorders


@shows(
    workorders.OrderSent,
    workorders.OrderAccepted,
    workorders.OrderDeclined,
    workorders.LinkGiven,
    workorders.CrewOnTheWay,
    workorders.CrewOnSite,
    workorders.WorkReported,
    workorders.OrderReturned,
    workorders.OrderWithdrawn,
    workorders.OrderReminded,
)
def the_orders(fact: workorders.OrderSent) -> Iterable[str]:
    yield f"service:{fact.service_code}"
    yield f"order:{fact.order_id}"
    yield f"orders-of:{fact.card_id}"


@shows(
    cards.CardCorrected,
    cards.CardClosed,
    cards.CardReopened,
    cards.CardSentBack,
    cards.CardWithdrawn,
    routing.ClockPaused,
    routing.ClockResumed,
    routing.DeadlineExtended,
    routing.DeadlineMissed,
)
def the_card_behind_them(fact: cards.CardCorrected) -> Iterable[str]:
    yield f"orders-of:{fact.card_id}"
    yield "clocks"
