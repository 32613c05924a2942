"""Which facts change what the second line sees."""

from collections.abc import Iterable

from komek.platform.facts import shows
from komek.rooms.cards import facts as cards
from komek.rooms.control import facts as control
from komek.rooms.feedback import facts as feedback
from komek.rooms.routing import facts as routing
from komek.rooms.workorders import facts as workorders


@shows(
    cards.CardRegistered,
    cards.CardCorrected,
    cards.CardTakenIntoWork,
    cards.CardDone,
    cards.CardSentBack,
    cards.CardClosed,
    cards.CardReopened,
    cards.CardWithdrawn,
    cards.CardAnswered,
    cards.CardExplained,
    cards.CardHandedOver,
    routing.CardRouted,
    routing.RoutingFellBack,
    routing.AssignmentWithdrawn,
    routing.ClockStarted,
    routing.ClockPaused,
    routing.ClockResumed,
    routing.DeadlineExtended,
    routing.DeadlineMissed,
)
def the_board(fact: cards.CardRegistered) -> Iterable[str]:
    yield "board"
    yield f"controlled:{fact.card_id}"


@shows(
    workorders.OrderSent,
    workorders.OrderAccepted,
    workorders.OrderDeclined,
    workorders.CrewOnTheWay,
    workorders.CrewOnSite,
    workorders.WorkReported,
    workorders.OrderReturned,
    workorders.OrderWithdrawn,
    workorders.OrderReminded,
    feedback.ResidentNotified,
    feedback.ConfirmationAsked,
    feedback.ResultConfirmed,
    feedback.ResultRefuted,
)
def the_card(fact: workorders.OrderSent) -> Iterable[str]:
    yield f"controlled:{fact.card_id}"


@shows(
    control.CheckOpened,
    control.WorkAccepted,
    control.WorkReturned,
    control.EscalationOpened,
    control.EscalationResolved,
)
def the_lists(fact: control.CheckOpened) -> Iterable[str]:
    yield "control"
    yield f"controlled:{fact.card_id}"
