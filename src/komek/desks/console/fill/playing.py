"""Plays a life, step by step, through the verbs of the rooms: nothing is written here but by them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from komek.desks.console.deferred import Deferred
from komek.desks.console.fill.lives import Life
from komek.desks.console.fill.parts import Part
from komek.desks.console.fill.steps import Step
from komek.rooms.cards import actions as cards
from komek.rooms.cards.rules import CardDraft, Kind
from komek.rooms.channels import actions as channels
from komek.rooms.channels import queries as messages
from komek.rooms.control import actions as control
from komek.rooms.control import queries as checks
from komek.rooms.feedback import actions as feedback
from komek.rooms.feedback import queries as surveys
from komek.rooms.intake import actions as intake
from komek.rooms.intake import queries as contacts
from komek.rooms.intake.rules import Arrival, Urgency
from komek.rooms.routing import actions as routing
from komek.rooms.workorders import actions as workorders
from komek.rooms.workorders import queries as orders
from komek.rooms.workorders.rules import Outcome, Reason, Shows

FORM_KEY = "told"
FIRST, SECOND, THIRD = range(3)


class Player:
    """One card on its way; `later` runs what the verbs put off until after the commit."""

    def __init__(self, life: Life, part: Part, later: Deferred) -> None:
        self.life = life
        self.part = part
        self.later = later
        self.contact_id = 0
        self.conversation_id = 0
        self.card_id: int | None = None
        self.reported = 0

    def go_on(self, step: Step, *, at: datetime) -> None:
        """Take one step, and let everything follow that follows by itself."""
        getattr(self, step.name.lower())(at)
        self.later.run(at=at)

    def arrive(self, at: datetime) -> None:
        contact = intake.arrive(self._arrival(), at=at)
        self.contact_id, self.conversation_id = contact.id, contact.conversation_id

    def write(self, at: datetime) -> None:
        self._take_in(self._draft(), self._arrival(topic_code=self.part.topic_code), at=at)

    def write_with_photo(self, at: datetime) -> None:
        files = (self.part.photo_id,) if self.part.photo_id else ()
        self._take_in(self._draft(), self._arrival(topic_code=self.part.topic_code, file_ids=files), at=at)

    def write_unsorted(self, at: datetime) -> None:
        self._take_in(self._draft(kind=Kind.REQUEST, topic_code=None), self._arrival(), at=at)

    def _take_in(self, draft: CardDraft, arrival: Arrival, *, at: datetime) -> None:
        card = cards.take_in(arrival, draft=draft, at=at)
        assert card.contact_id is not None
        assert card.conversation_id is not None
        self.card_id, self.contact_id, self.conversation_id = card.id, card.contact_id, card.conversation_id

    def offer(self, at: datetime) -> None:
        intake.take_seat(self.part.operator, at=at)

    def accept(self, at: datetime) -> None:
        intake.accept(self.contact_id, by=self.part.operator, at=at)

    def answer(self, at: datetime) -> None:
        self._end_at_once(cards.answer, at=at, article_id=self.part.article_id)

    def answer_by_heart(self, at: datetime) -> None:
        self._end_at_once(cards.answer, at=at, text=self.part.said["answer"])

    def explain(self, at: datetime) -> None:
        self._end_at_once(cards.explain, at=at, text=self.part.said["answer"])

    def hand_over(self, at: datetime) -> None:
        self._end_at_once(cards.hand_over, at=at, to=self.part.handed_to, confirmed_by=self.part.said["hand_over"])

    def _end_at_once(self, verb: Callable[..., Any], *, at: datetime, **told: Any) -> None:
        card = verb(
            self._draft(),
            contact=contacts.contact(self.contact_id),
            channel=self.life.channel,
            by=self.part.operator,
            at=at,
            card_id=self.card_id,
            key=FORM_KEY,
            **told,
        )
        self.card_id = card.id

    def register(self, at: datetime) -> None:
        contact = contacts.contact(self.contact_id)
        card = cards.register(
            self._draft(), contact=contact, channel=self.life.channel, by=self.part.operator, at=at, key=FORM_KEY
        )
        self.card_id = card.id

    def classify(self, at: datetime) -> None:
        cards.classify(self._card(), draft=self._draft(), by=self.part.operator, at=at)

    def end(self, at: datetime) -> None:
        intake.end(self.contact_id, by=self.part.operator, at=at)

    def wrap_up(self, at: datetime) -> None:
        intake.wrap_up(self.contact_id, by=self.part.operator, at=at)

    def abandon(self, at: datetime) -> None:
        intake.abandon(self.contact_id, at=at)

    def assign(self, at: datetime) -> None:
        routing.assign(
            self._card(),
            service_code=self.part.other_service,
            reason=self.part.said["assign"],
            by=self.part.controller,
            at=at,
        )

    def decline(self, at: datetime) -> None:
        order, by = self._order(FIRST)
        workorders.decline(order, reason=self.part.said["decline"], by=by, at=at)

    def set_out(self, at: datetime) -> None:
        order, by = self._order(FIRST)
        workorders.set_out(order, by=by, at=at)

    def get_there(self, at: datetime) -> None:
        order, by = self._order(FIRST)
        workorders.arrive(order, by=by, at=at)

    def take(self, at: datetime) -> None:
        self._take(FIRST, at=at)

    def take_second(self, at: datetime) -> None:
        self._take(SECOND, at=at)

    def take_third(self, at: datetime) -> None:
        self._take(THIRD, at=at)

    def report(self, at: datetime) -> None:
        self._report(FIRST, at=at)

    def report_with_photo(self, at: datetime) -> None:
        self._report(FIRST, shows=(Shows.AFTER,), at=at)

    def report_with_photos(self, at: datetime) -> None:
        self._report(FIRST, shows=(Shows.BEFORE, Shows.AFTER), at=at)

    def report_partly(self, at: datetime) -> None:
        self._report(FIRST, outcome=Outcome.PARTLY, at=at)

    def report_in_vain(self, at: datetime) -> None:
        self._report(FIRST, outcome=Outcome.NOT_DONE, at=at)

    def report_second(self, at: datetime) -> None:
        self._report(SECOND, at=at)

    def report_third(self, at: datetime) -> None:
        self._report(THIRD, at=at)

    def _report(
        self, place: int, *, shows: tuple[Shows, ...] = (), outcome: Outcome = Outcome.DONE, at: datetime
    ) -> None:
        """What a service says it did: with photos, or in words with the reason why there are none."""
        order, by = self._order(place)
        proofs = [(self.part.proofs[show], show) for show in shows]
        self.reported += 1
        workorders.report_done(
            order,
            outcome=outcome,
            reason_code=_reason(outcome, on_site=self.life.on_site, shown=bool(proofs)),
            text=self.part.said[f"report_{self.reported}"],
            proofs=proofs,
            by=by,
            at=at,
        )

    def miss(self, at: datetime) -> None:
        routing.miss_deadlines(at=at)

    def extend(self, at: datetime) -> None:
        by = self.part.controller
        routing.extend(self._card(), norm=self.part.extended_by, reason=self.part.said["extend"], by=by, at=at)
        self.resolve(at)

    def resolve(self, at: datetime) -> None:
        for one in reversed(checks.escalations_of(self._card())):
            if one.resolved_at is None:
                control.resolve(one.id, resolution=self.part.said["resolve"], by=self.part.controller, at=at)

    def pause(self, at: datetime) -> None:
        routing.pause(self._card(), reason=self.part.said["pause"], by=self.part.controller, at=at)

    def resume(self, at: datetime) -> None:
        routing.resume(self._card(), by=self.part.controller, at=at)

    def accept_work(self, at: datetime) -> None:
        check = checks.open_check(self._card())
        control.accept(check.id, outcome=self.life.outcome, by=self.part.controller, at=at)

    def give_back(self, at: datetime) -> None:
        check = checks.open_check(self._card())
        control.give_back(check.id, reason=self.part.said["give_back"], by=self.part.controller, at=at)

    def fetch(self, at: datetime) -> None:
        assert self.part.partner_id is not None
        kept = [message.id for message in messages.kept_for(self.part.partner_id)]
        channels.fetched(self.part.partner_id, message_ids=kept, at=at)

    def call_back(self, at: datetime) -> None:
        for message in self._kept():
            channels.called_back(message, by=self.part.caller, at=at)

    def call_in_vain(self, at: datetime) -> None:
        for message in self._kept():
            channels.not_reached(message, reason=self.part.said["not_reached"], by=self.part.caller, at=at)

    def _kept(self) -> list[int]:
        return [message.id for message in messages.call_backs() if message.conversation_id == self.conversation_id]

    def confirm(self, at: datetime) -> None:
        survey = surveys.open_survey(self._card(), at=at)
        assert survey is not None
        feedback.confirm(survey.token, score=self.part.score, comment=self.part.said["confirm"], at=at)

    def refute(self, at: datetime) -> None:
        survey = surveys.open_survey(self._card(), at=at)
        assert survey is not None
        feedback.refute(survey.token, reason=self.part.said["refute"], at=at)

    def withdraw(self, at: datetime) -> None:
        cards.withdraw(self._card(), by=self.part.operator, at=at, reason=self.part.said["withdraw"])

    def _arrival(self, **more: Any) -> Arrival:
        part = self.part
        return Arrival(
            channel=self.life.channel,
            # Who calls is heard by an operator; only what was written is kept word by word.
            text="" if self.life.channel == "desk" else part.said["text"],
            language=part.language,
            urgency=Urgency(part.urgency),
            handle_kind="phone" if part.phone else None,
            handle_value=part.phone or None,
            name=part.name,
            outer_id=part.outer_id,
            partner_id=part.partner_id if self.life.channel == "api" else None,
            **more,
        )

    def _draft(self, **instead: Any) -> CardDraft:
        told: dict[str, Any] = {"kind": self.life.kind, "topic_code": self.part.topic_code} | instead
        appeal_kind = self.part.appeal_kind if told["kind"] is Kind.APPEAL else ""
        return CardDraft(
            text=self.part.said["text"],
            language=self.part.language,
            place=self.part.place,
            appeal_kind=appeal_kind,
            **told,
        )

    def _card(self) -> int:
        assert self.card_id is not None
        return self.card_id

    def _take(self, place: int, *, at: datetime) -> None:
        order, by = self._order(place)
        workorders.accept(order, by=by, at=at)

    def _order(self, place: int) -> tuple[int, Any]:
        """The order that counts now of the first, second or third service, and who works on it."""
        order = list(orders.live(self._card()).order_by("id"))[place]
        return order.id, self.part.dispatchers.get(order.service_code)


def _reason(outcome: Outcome, *, on_site: bool, shown: bool) -> str:
    if outcome is Outcome.PARTLY:
        return Reason.PLANNED
    if outcome is Outcome.NOT_DONE:
        return Reason.NO_ACCESS if on_site else Reason.NOT_CONFIRMED
    if shown:
        return ""
    return Reason.NOTHING_TO_SHOW if on_site else Reason.ANSWERED_BY_PHONE
