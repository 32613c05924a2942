"""Which facts change what an operator sees."""

from collections.abc import Iterable

from komek.platform.facts import shows
from komek.rooms.calls import facts as calls
from komek.rooms.cards import facts as cards
from komek.rooms.channels import facts as channels
from komek.rooms.channels.rules import SPOKEN
from komek.rooms.control import facts as control
from komek.rooms.feedback import facts as feedback
from komek.rooms.intake import facts as intake
from komek.rooms.knowledge import facts as knowledge
from komek.rooms.recordings import facts as recordings
from komek.rooms.routing import facts as routing
from komek.rooms.workorders import facts as workorders


@shows(
    intake.ContactArrived,
    intake.ContactHastened,
    intake.ContactOffered,
    intake.OfferWithdrawn,
    intake.ContactAccepted,
    intake.ContactAbandoned,
    intake.ContactEnded,
    intake.ContactWrappedUp,
)
def the_queue(fact: intake.ContactArrived) -> Iterable[str]:
    yield "queue"
    yield f"contact:{fact.contact_id}"
    if agent := getattr(fact, "agent_id", None):
        yield f"agent:{agent}"


@shows(intake.SeatChanged)
def the_seat(fact: intake.SeatChanged) -> Iterable[str]:
    yield "seats"
    yield f"agent:{fact.agent_id}"


@shows(channels.MessageHeard, channels.MessageQueued, channels.MessageSent, channels.MessageFailed)
def the_conversation(fact: channels.MessageHeard) -> Iterable[str]:
    yield f"conversation:{fact.conversation_id}"


@shows(channels.MessageKept, channels.CallDue, channels.MessageSent, channels.MessageFailed)
def the_calls_to_make(fact: channels.MessageKept) -> Iterable[str]:
    if fact.channel in SPOKEN:
        yield "to_tell"
        yield f"to_tell:{fact.conversation_id}"


@shows(
    cards.CardReceived,
    cards.CardRegistered,
    cards.CardAnswered,
    cards.CardExplained,
    cards.CardHandedOver,
    cards.CardCorrected,
    cards.CardTakenIntoWork,
    cards.CardDone,
    cards.CardSentBack,
    cards.CardClosed,
    cards.CardReopened,
    cards.CardWithdrawn,
    routing.CardRouted,
    routing.AssignmentWithdrawn,
    routing.RoutingFellBack,
    routing.ClockStarted,
    routing.ClockPaused,
    routing.ClockResumed,
    routing.DeadlineExtended,
    routing.DeadlineMissed,
    workorders.OrderSent,
    workorders.OrderAccepted,
    workorders.OrderDeclined,
    workorders.CrewOnTheWay,
    workorders.CrewOnSite,
    workorders.WorkReported,
    workorders.OrderReturned,
    workorders.OrderWithdrawn,
    workorders.OrderReminded,
    control.CheckOpened,
    control.WorkAccepted,
    control.WorkReturned,
    control.EscalationOpened,
    control.EscalationResolved,
    feedback.ResidentNotified,
    feedback.ConfirmationAsked,
    feedback.ResultConfirmed,
    feedback.ResultRefuted,
)
def the_card(fact: cards.CardRegistered) -> Iterable[str]:
    yield f"card:{fact.card_id}"
    if contact := getattr(fact, "contact_id", None):
        yield f"contact:{contact}"


@shows(knowledge.ArticlePublished, knowledge.ArticleRetired, knowledge.BulletinAnnounced, knowledge.BulletinEnded)
def the_knowledge(fact: knowledge.ArticlePublished) -> Iterable[str]:
    yield "knowledge"


@shows(calls.HandOverAsked, calls.JoiningAsked, calls.ColleagueAsked, recordings.PauseAsked)
def the_switch(fact: calls.HandOverAsked) -> Iterable[str]:
    """What the switch is asked to do: the follower listens for it."""
    yield "phones"


@shows(calls.ResidentDialled, calls.OutgoingEnded)
def the_outgoing_call(fact: calls.ResidentDialled) -> Iterable[str]:
    if fact.about:
        yield f"rung:{fact.about}"


@shows(calls.ColleagueMoved)
def the_colleague(fact: calls.ColleagueMoved) -> Iterable[str]:
    yield f"contact:{fact.contact_id}"
    yield f"agent:{fact.agent_id}"
    yield f"agent:{fact.asked_by_id}"


@shows(calls.HandOverMoved)
def the_hand_over(fact: calls.HandOverMoved) -> Iterable[str]:
    yield f"contact:{fact.contact_id}"


@shows(calls.CallBackWanted, calls.CallBackEnded)
def the_call_backs(fact: calls.CallBackWanted) -> Iterable[str]:
    yield "callbacks"


@shows(recordings.PauseAsked, recordings.PauseMoved)
def the_recording(fact: recordings.PauseAsked) -> Iterable[str]:
    yield f"contact:{fact.contact_id}"
