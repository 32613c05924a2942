"""Dispatchers of the services: they accept, send a crew, and report with photos; some orders are not theirs."""

from datetime import datetime
from functools import partial
from random import Random
from typing import Any

from komek.desks.console.demo.pace import Work
from komek.desks.console.demo.pictures import AFTER, BEFORE
from komek.desks.console.demo.stage import Stage
from komek.rooms.workorders import actions, facts, queries
from komek.rooms.workorders.rules import Outcome, Reason, Status

DECLINES, FAILS, PARTLY, PRESSES_BUTTONS, HAS_PHOTOS, HAS_BOTH = 0.035, 0.05, 0.03, 0.6, 0.9, 0.6
FAILURES = {
    "no_access": Reason.NO_ACCESS,
    "not_found": Reason.NOT_CONFIRMED,
    "delayed_weather": Reason.WEATHER,
    "delayed": Reason.PLANNED,
}
MAY_BE_REPORTED = frozenset({Status.ACCEPTED, Status.ON_THE_WAY, Status.ON_SITE})


class Dispatchers:
    """All the dispatchers who are not here in person."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        stage.listen(facts.OrderSent, self.has_order)
        stage.listen(facts.OrderReturned, self.has_to_do_it_again)

    def has_order(self, fact: object) -> None:
        """Plan the work, or see that it is somebody else's."""
        if not isinstance(fact, facts.OrderSent):
            return
        chance = self.stage.dice.of("order", fact.order_id)
        declines = chance.random() < DECLINES
        work = self.stage.pace.work(chance, sent_at=fact.at, due_at=fact.due_at)
        if declines:
            self._plan(fact, work, "accept", partial(self._decline, fact.order_id))
            return
        self._plan(fact, work, "accept", partial(self._accept, fact.order_id))
        if chance.random() < PRESSES_BUTTONS:
            self._plan(fact, work, "set_out", partial(self._set_out, fact.order_id))
            self._plan(fact, work, "arrive", partial(self._arrive, fact.order_id))
        self._plan(fact, work, "report", partial(self._report, fact.order_id))

    def has_to_do_it_again(self, fact: object) -> None:
        """What came back is done with more care, and faster."""
        if isinstance(fact, facts.OrderReturned):
            chance = self.stage.dice.of("again", fact.order_id, fact.at)
            again = self.stage.pace.again(chance)
            at = self.stage.in_the_office(fact.at + again, fact.service_code)
            self.stage.plan(at, partial(self._report, fact.order_id))

    def _plan(self, fact: facts.OrderSent, work: Work, step: str, do: Any) -> None:
        at = fact.at + getattr(work, step)
        self.stage.plan(self.stage.in_the_office(at, fact.service_code), do)

    def _accept(self, order_id: int, at: datetime) -> None:
        order, by = self._order(order_id)
        if by and order.status == Status.SENT:
            actions.accept(order_id, by=by, at=at)

    def _decline(self, order_id: int, at: datetime) -> None:
        order, by = self._order(order_id)
        if by and order.status == Status.SENT:
            chance = self.stage.dice.of("declines", order_id)
            reason = self._sentence("not_mine", order, by, chance)
            actions.decline(order_id, reason=reason, by=by, at=at)

    def _set_out(self, order_id: int, at: datetime) -> None:
        order, by = self._order(order_id)
        if by and order.status == Status.ACCEPTED and self._is_on_site(order):
            actions.set_out(order_id, by=by, at=at)

    def _arrive(self, order_id: int, at: datetime) -> None:
        order, by = self._order(order_id)
        if by and order.status == Status.ON_THE_WAY:
            actions.arrive(order_id, by=by, at=at)

    def _report(self, order_id: int, at: datetime) -> None:
        order, by = self._order(order_id)
        if not by or order.status not in MAY_BE_REPORTED:
            return
        chance = self.stage.dice.of("report", order_id, order.returned)
        fails = order.returned == 0 and chance.random() < FAILS
        if fails:
            outcome = chance.choice([*FAILURES, "delayed"])
            actions.report_done(
                order_id,
                outcome=Outcome.NOT_DONE,
                reason_code=FAILURES[outcome],
                text=self._sentence(outcome, order, by, chance),
                by=by,
                at=at,
            )
            return
        proofs = self._proofs(order, chance, at=at)
        # What nobody has to look at on site is settled in words.
        none = Reason.NOTHING_TO_SHOW if self._is_on_site(order) else Reason.ANSWERED_BY_PHONE
        partly = chance.random() < PARTLY
        actions.report_done(
            order_id,
            outcome=Outcome.PARTLY if partly else Outcome.DONE,
            reason_code="" if proofs and not partly else Reason.PLANNED if partly else none,
            text=self._sentence("done", order, by, chance),
            proofs=proofs,
            by=by,
            at=at,
        )

    def _order(self, order_id: int) -> tuple[Any, Any]:
        """The order and who acts on it; nobody when a person has it in hand."""
        order = queries.order(order_id)
        if order.accepted_by_id is not None and not self.stage.cast.plays(order.accepted_by_id):
            return order, None
        return order, self.stage.cast.dispatcher(order.service_code, self.stage.dice.of("dispatcher", order_id))

    def _proofs(self, order: Any, chance: Random, *, at: datetime) -> list[tuple[int, str]]:
        if not self._is_on_site(order) or chance.random() > HAS_PHOTOS:
            return []
        group, scene = order.card.topic_code.partition("-")[0], chance.randrange(100)
        shown = [BEFORE, AFTER] if chance.random() < HAS_BOTH else [AFTER]
        if self.stage.pace.never_sleeps:
            pictures = self.stage.pictures
            return [(pictures.fresh(group, shows, number=order.card.number, at=at), shows) for shows in shown]
        found = [(self.stage.pictures.of(group, shows, scene=scene), shows) for shows in shown]
        return [(file_id, shows) for file_id, shows in found if file_id is not None]

    def _sentence(self, outcome: str, order: Any, by: Any, chance: Random) -> str:
        """What the dispatcher writes: in the resident's language where they speak it."""
        card = order.card
        language = card.language if card.language in by.languages and card.language != "en" else by.language
        topic = card.topic
        about = f"{card.text} {topic.name_kk} {topic.name_ru} {topic.words}" if topic else card.text
        group = card.topic_code.partition("-")[0]
        return self.stage.material.sentence(outcome, chance=chance, language=language, group=group, about=about)

    @staticmethod
    def _is_on_site(order: Any) -> bool:
        return bool(order.card.topic and order.card.topic.on_site)
