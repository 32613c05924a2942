"""Which facts change what a resident sees of their card."""

from collections.abc import Iterable

from komek.platform.facts import shows
from komek.rooms.cards import facts as cards
from komek.rooms.feedback import facts as feedback
from komek.rooms.routing import facts as routing
from komek.rooms.workorders import facts as workorders


@shows(
    cards.CardReceived,
    cards.CardRegistered,
    cards.CardAnswered,
    cards.CardExplained,
    cards.CardHandedOver,
    cards.CardTakenIntoWork,
    cards.CardDone,
    cards.CardSentBack,
    cards.CardClosed,
    cards.CardReopened,
    cards.CardCorrected,
    cards.CardWithdrawn,
    routing.CardRouted,
    routing.AssignmentWithdrawn,
    routing.ClockStarted,
    routing.ClockPaused,
    routing.ClockResumed,
    routing.DeadlineExtended,
    routing.DeadlineMissed,
    workorders.OrderAccepted,
    workorders.CrewOnTheWay,
    workorders.CrewOnSite,
    workorders.WorkReported,
    feedback.ResidentNotified,
    feedback.ConfirmationAsked,
    feedback.ResultConfirmed,
    feedback.ResultRefuted,
)
def the_status(fact: cards.CardRegistered) -> Iterable[str]:
    yield f"status:{fact.card_id}"
