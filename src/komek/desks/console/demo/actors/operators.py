"""Operators: they answer what is offered and write it down; and they sit down, rest and go home."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from komek.desks.console.demo.cases import Case, Cases
from komek.desks.console.demo.dice import between
from komek.desks.console.demo.stage import Stage
from komek.rooms.cards import actions as cards
from komek.rooms.cards.rules import Kind
from komek.rooms.intake import actions as intake
from komek.rooms.intake import facts, queries
from komek.rooms.intake.rules import NO_ANSWER, OFFER_LASTS, SeatState, State

OVERHEARS, WRITES_WHILE_TALKING = 0.015, 0.35
BUSY = frozenset({SeatState.OFFERED, SeatState.TALKING})
SOON = timedelta(seconds=45)
A_LITTLE_LATER = timedelta(seconds=4)
REST_OF_A_BREAK = timedelta(minutes=10)


class Operators:
    """All the operators who are not here in person."""

    def __init__(self, stage: Stage, cases: Cases) -> None:
        self.stage = stage
        self.cases = cases
        stage.listen(facts.ContactOffered, self.is_offered)
        stage.listen(facts.OfferWithdrawn, self.missed)
        stage.listen(facts.ContactAccepted, self.talks)
        stage.listen(facts.ContactEnded, self.writes_up)

    def is_offered(self, fact: object) -> None:
        """Answer within seconds, or not hear it at all."""
        if not isinstance(fact, facts.ContactOffered) or not self.stage.cast.plays(fact.agent_id):
            return
        chance = self.stage.dice.of("offer", fact.contact_id, fact.agent_id)
        if chance.random() > OVERHEARS:
            at = fact.at + self.stage.pace.pick_up(chance)
            self.stage.plan(at, partial(self._accept, fact.contact_id, fact.agent_id))
        else:
            self.stage.plan(fact.at + OFFER_LASTS, self._withdraw)

    def missed(self, fact: object) -> None:
        """Whoever did not answer was paused, and comes back."""
        if isinstance(fact, facts.OfferWithdrawn) and fact.reason == NO_ANSWER:
            wait = between(self.stage.dice.of("missed", fact.contact_id), 40, 200)
            self.stage.plan(fact.at + wait, partial(self.sit_down, fact.agent_id))

    def talks(self, fact: object) -> None:
        """The conversation, and the card at its end."""
        if isinstance(fact, facts.ContactAccepted) and self.stage.cast.plays(fact.agent_id):
            talk = self.stage.pace.talk(self.stage.dice.of("talk", fact.contact_id))
            self.stage.plan(fact.at + talk, partial(self._conclude, fact.contact_id, fact.agent_id))

    def writes_up(self, fact: object) -> None:
        """The rest of the writing."""
        if isinstance(fact, facts.ContactEnded) and self.stage.cast.plays(fact.agent_id):
            wait = self.stage.pace.wrap_up(self.stage.dice.of("wrap-up", fact.contact_id))
            self.stage.plan(fact.at + wait, partial(self._wrap_up, fact.contact_id, fact.agent_id, fact.at))

    def sit_down(self, agent_id: int, at: datetime) -> None:
        """Be ready."""
        if self.stage.cast.plays(agent_id):
            intake.take_seat(self.stage.cast.by_id[agent_id], at=at)

    def come_back(self, agent_id: int, at: datetime) -> None:
        """Be ready after the story was interrupted: at once, or after the break that was going on."""
        seat = queries.seat(self.stage.cast.by_id[agent_id])
        if seat is None or seat.state == SeatState.OFF:
            self.sit_down(agent_id, at)
        elif seat.state == SeatState.BREAK:
            self.stage.plan(at + REST_OF_A_BREAK, partial(self.sit_down, agent_id))

    def rest(self, agent_id: int, reason: str, lasts: timedelta, at: datetime) -> None:
        """Take a break, after the conversation that is going on."""
        agent = self.stage.cast.by_id[agent_id]
        seat = queries.seat(agent)
        if not self.stage.cast.plays(agent_id) or seat is None or seat.state == SeatState.OFF:
            return
        if seat.state in BUSY:
            self.stage.plan(at + SOON, partial(self.rest, agent_id, reason, lasts))
            return
        intake.take_break(agent, reason=reason, at=at)
        self.stage.plan(at + lasts, partial(self.sit_down, agent_id))

    def go_home(self, agent_id: int, at: datetime) -> None:
        """Leave, after the conversation that is going on."""
        agent = self.stage.cast.by_id[agent_id]
        seat = queries.seat(agent)
        if not self.stage.cast.plays(agent_id) or seat is None or seat.state == SeatState.OFF:
            return
        if seat.state in BUSY:
            self.stage.plan(at + SOON, partial(self.go_home, agent_id))
            return
        intake.leave(agent, at=at)

    def _accept(self, contact_id: int, agent_id: int, at: datetime) -> None:
        if self.stage.cast.plays(agent_id):
            intake.accept(contact_id, by=self.stage.cast.by_id[agent_id], at=at)

    def _withdraw(self, at: datetime) -> None:
        intake.withdraw_expired_offers(at=at)

    def _conclude(self, contact_id: int, agent_id: int, at: datetime) -> None:
        contact = queries.contact(contact_id)
        if contact.state != State.ACCEPTED or contact.accepted_by_id != agent_id:
            return
        if not self.stage.cast.plays(agent_id):
            return
        agent = self.stage.cast.by_id[agent_id]
        case = self.cases.of(contact)
        if case is not None:
            self._write(case, contact, by=agent, at=at)
        if self.stage.dice.of("writes while talking", contact_id).random() < WRITES_WHILE_TALKING:
            intake.wrap_up(contact_id, by=agent, at=at)
        else:
            intake.end(contact_id, by=agent, at=at)

    def _write(self, case: Case, contact: Any, *, by: Any, at: datetime) -> None:
        draft, received = case.draft, case.received_id
        common: dict[str, Any] = {"contact": contact, "channel": contact.channel, "by": by, "at": at, "key": "told"}
        if case.kind in {Kind.QUESTION, Kind.NOT_OURS}:
            told = self._answer(draft.topic_code or "", draft.language, contact.id, at=at)
            verb = cards.answer if case.kind is Kind.QUESTION else cards.explain
            verb(draft, **told, card_id=received, **common)
        elif case.kind is Kind.EMERGENCY:
            topic = self.stage.topic(draft.topic_code or "")
            chance = self.stage.dice.of("confirmed", contact.id)
            sentence = self.stage.material.sentence("confirmed", chance=chance, language=by.language)
            cards.hand_over(
                draft,
                to=topic.service_code if topic else "112",
                confirmed_by=sentence.replace("{number}", str(chance.randint(2, 40))),
                card_id=received,
                **common,
            )
        elif received:
            cards.classify(received, draft=draft, by=by, at=at)
        else:
            cards.register(draft, **common)

    def _answer(self, topic_code: str, language: str, contact_id: int, *, at: datetime) -> dict[str, Any]:
        """The article of the topic; without one, what an operator says by heart."""
        article_id = self.cases.article(topic_code, language, at=at)
        chance = self.stage.dice.of("by heart", contact_id)
        by_heart = self.stage.material.sentence("answered", chance=chance, language=language)
        return {"article_id": article_id, "text": "" if article_id else by_heart}

    def _wrap_up(self, contact_id: int, agent_id: int, ended_at: datetime, at: datetime) -> None:
        if not self.stage.cast.plays(agent_id):
            return
        if self.stage.pace.never_sleeps:
            oldest = min((count.oldest for count in queries.queue_counts()), default=None)
            waited = at - oldest if oldest else None
            if self.stage.pace.lingers(at - ended_at, waited, self.stage.dice.of("linger", contact_id)):
                self.stage.plan(at + A_LITTLE_LATER, partial(self._wrap_up, contact_id, agent_id, ended_at))
                return
        intake.wrap_up(contact_id, by=self.stage.cast.by_id[agent_id], at=at)
