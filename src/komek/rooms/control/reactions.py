"""When work is reported, declined, late or refuted, the second line has it on a list in the same transaction."""

from komek.platform.facts import on
from komek.rooms.cards.facts import (
    CardAnswered,
    CardClosed,
    CardDone,
    CardExplained,
    CardReopened,
    CardSentBack,
    CardWithdrawn,
)
from komek.rooms.control import actions
from komek.rooms.control.rules import SETTLED_BY_ROUTING, Cause
from komek.rooms.routing.facts import CardRouted, DeadlineMissed, RoutingFellBack
from komek.rooms.workorders.facts import OrderDeclined, WorkReported
from komek.rooms.workorders.rules import Outcome


@on(CardDone)
def check_the_work(fact: CardDone) -> None:
    actions.open_check(fact.card_id, at=fact.at)


@on(CardRouted)
def somebody_has_it(fact: CardRouted) -> None:
    actions.settle(fact.card_id, causes=SETTLED_BY_ROUTING, resolution="routed", at=fact.at)


@on(RoutingFellBack)
def nobody_has_it(fact: RoutingFellBack) -> None:
    actions.take_over(fact.card_id, cause=fact.cause, detail=fact.detail, at=fact.at)


@on(OrderDeclined)
def not_theirs(fact: OrderDeclined) -> None:
    detail = {"service": fact.service_code, "reason": fact.reason, "order": fact.order_id}
    actions.escalate(fact.card_id, cause=Cause.DECLINED, detail=detail, at=fact.at)


@on(WorkReported)
def not_done(fact: WorkReported) -> None:
    if fact.outcome == Outcome.NOT_DONE:
        detail = {"service": fact.service_code, "code": fact.reason_code, "order": fact.order_id}
        actions.escalate(fact.card_id, cause=Cause.NOT_DONE, detail=detail, at=fact.at)


@on(DeadlineMissed)
def late(fact: DeadlineMissed) -> None:
    actions.escalate(fact.card_id, cause=Cause.OVERDUE, detail={"due_at": fact.due_at.isoformat()}, at=fact.at)


@on(CardReopened)
@on(CardSentBack)
def work_goes_on(fact: CardReopened | CardSentBack) -> None:
    actions.overtake(fact.card_id, at=fact.at)


@on(CardClosed)
@on(CardAnswered)
@on(CardExplained)
@on(CardWithdrawn)
def over(fact: CardClosed | CardAnswered | CardExplained | CardWithdrawn) -> None:
    actions.overtake(fact.card_id, at=fact.at)
    actions.settle(fact.card_id, causes=Cause, resolution="closed", at=fact.at)
