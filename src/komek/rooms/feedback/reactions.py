"""When something becomes of a card the resident hears of it; nothing here can hold the card up."""

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
from komek.rooms.feedback import actions
from komek.rooms.feedback.rules import Moment
from komek.rooms.routing.facts import CardRedirected, CardRouted, DeadlineExtended, DeadlineMissed
from komek.rooms.routing.rules import Promise


@after(CardReceived)
def received(fact: CardReceived) -> None:
    actions.notify(fact.card_id, moment=Moment.RECEIVED, occasion="received", at=fact.at)


@after(CardRegistered)
def registered(fact: CardRegistered) -> None:
    actions.notify(fact.card_id, moment=Moment.REGISTERED, occasion="registered", at=fact.at)


@after(CardRouted)
def passed_on(fact: CardRouted) -> None:
    actions.tell_passed_on(fact.assignment_id, at=fact.at)


@after(CardRedirected)
def redirected(fact: CardRedirected) -> None:
    actions.tell_redirected(fact.card_id, service=fact.to_service, reason=fact.reason, at=fact.at)


@after(DeadlineMissed)
def late(fact: DeadlineMissed) -> None:
    actions.tell_late(fact.card_id, due_at=fact.due_at, at=fact.at)


@after(DeadlineExtended)
def extended(fact: DeadlineExtended) -> None:
    legal = fact.promise == Promise.LEGAL
    moment, until = (Moment.EXTENDED, fact.legal_due_on) if legal else (Moment.DELAYED, fact.due_at)
    actions.tell_extended(fact.card_id, moment=moment, until=until, reason=fact.reason, at=fact.at)


@after(CardAnswered)
def answered(fact: CardAnswered) -> None:
    actions.notify(fact.card_id, moment=Moment.ANSWERED, occasion="answered", at=fact.at)


@after(CardExplained)
def explained(fact: CardExplained) -> None:
    actions.notify(fact.card_id, moment=Moment.NOT_OURS, occasion="explained", at=fact.at)


@after(CardHandedOver)
def handed_over(fact: CardHandedOver) -> None:
    actions.tell_handed_over(fact.card_id, to=fact.to, at=fact.at)


@after(CardClosed)
def closed(fact: CardClosed) -> None:
    actions.tell_closed(fact.card_id, outcome=fact.outcome, at=fact.at)


@after(CardReopened)
def reopened(fact: CardReopened) -> None:
    actions.tell_reopened(fact.card_id, occasion=f"reopened:{fact.round}", at=fact.at)


@after(MessageHeard)
def replied(fact: MessageHeard) -> None:
    actions.hear_reply(fact.message_id, at=fact.at)
