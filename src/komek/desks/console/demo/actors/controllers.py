"""Controllers of the second line: they check what is said to be done, and decide what nobody else can."""

from datetime import datetime
from functools import partial
from random import Random
from typing import Any

from komek.desks.console.demo.stage import Stage
from komek.registers.staff.rules import Kind
from komek.rooms.cards import queries as cards
from komek.rooms.cards.rules import Outcome
from komek.rooms.control import actions, facts, queries
from komek.rooms.control.rules import Cause
from komek.rooms.routing import actions as routing
from komek.rooms.routing import queries as assignments
from komek.rooms.workorders import queries as orders
from komek.rooms.workorders.rules import Outcome as Reported

RETURNS, EXTENDS = 0.07, 0.55
LONGER = ("4h", "1wd", "2wd")
OUTCOMES = {Reported.DONE: Outcome.DONE, Reported.PARTLY: Outcome.PARTLY, Reported.NOT_DONE: Outcome.REFUSED}


class Controllers:
    """All the controllers who are not here in person."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        stage.listen(facts.CheckOpened, self.has_to_check)
        stage.listen(facts.EscalationOpened, self.has_to_decide)

    def has_to_check(self, fact: object) -> None:
        """Look at it in its turn."""
        if isinstance(fact, facts.CheckOpened):
            wait = self.stage.pace.check(self.stage.dice.of("check", fact.check_id))
            self.stage.plan(fact.at + wait, partial(self._check, fact.check_id, fact.card_id))

    def has_to_decide(self, fact: object) -> None:
        """Decide in its turn."""
        if isinstance(fact, facts.EscalationOpened):
            wait = self.stage.pace.decide(self.stage.dice.of("decide", fact.escalation_id))
            self.stage.plan(fact.at + wait, partial(self._decide, fact.escalation_id, fact.card_id))

    def _check(self, check_id: int, card_id: int, at: datetime) -> None:
        chance = self.stage.dice.of("checks", check_id)
        by = self.stage.cast.controller(chance)
        check = queries.find_open_check(card_id)
        if by is None or check is None or check.pk != check_id:
            return
        reported = orders.reported([card_id]).get(card_id, [])
        said = {one.outcome for one in reported}
        never_returned = all(one.verdict != "returned" for one in queries.checks_of(card_id))
        if never_returned and (chance.random() < RETURNS or said == {Reported.NOT_DONE}):
            actions.give_back(check_id, reason=self._sentence("returned", by, chance), by=by, at=at)
            return
        outcome = next((OUTCOMES[one] for one in OUTCOMES if one in said), Outcome.DONE)
        actions.accept(check_id, outcome=outcome, by=by, at=at)

    def _decide(self, escalation_id: int, card_id: int, at: datetime) -> None:
        chance = self.stage.dice.of("decides", escalation_id)
        by = self.stage.cast.controller(chance)
        escalation = next((one for one in queries.escalations_of(card_id) if one.pk == escalation_id), None)
        if by is None or escalation is None or escalation.resolved_at is not None:
            return
        if escalation.cause in {Cause.UNROUTED, Cause.DECLINED} and not assignments.outlook(card_id).assignments:
            service = self._service_for(card_id, str(escalation.detail.get("service", "")), chance)
            if service:
                routing.assign(
                    card_id, service_code=service, reason=self._sentence("assigned", by, chance), by=by, at=at
                )
                return
        if escalation.cause == Cause.OVERDUE and chance.random() < EXTENDS:
            reason = self.stage.material.sentence("extended", chance=chance, language=by.language)
            routing.extend(card_id, norm=chance.choice(LONGER), reason=reason, by=by, at=at)
        actions.resolve(
            escalation_id, resolution=self._sentence(f"resolved_{escalation.cause}", by, chance), by=by, at=at
        )

    def _service_for(self, card_id: int, declined: str, chance: Random) -> str:
        """Who else may have it: the service of its topic, else the district, else a service of the same group."""
        card, services = cards.card(card_id), self.stage.cast.services
        had = {one.service_code for one in assignments.assignments(card_id)} | {declined}
        topic = card.topic
        likely = [topic.service_code] if topic else []
        likely += [
            service.code
            for service in services.values()
            if service.kind == Kind.AKIMAT and service.district_code and service.district_code == card.district_code
        ]
        others = [one.service_code for one in self.stage.topics_of(card.topic_code.partition("-")[0])]
        chance.shuffle(others)
        districts = [code for code, service in services.items() if service.kind == Kind.AKIMAT]
        working = {code for code, service in services.items() if service.active and service.kind != Kind.SELF}
        return next((code for code in [*likely, *others, *districts] if code in working - had), "")

    def _sentence(self, outcome: str, by: Any, chance: Random) -> str:
        return self.stage.material.sentence(outcome, chance=chance, language=by.language)
