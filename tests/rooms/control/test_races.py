"""Two controllers, one card: real connections, real locks."""

import pytest
from tests.fixtures.line import at_once

from komek.rooms.cards import queries as cards
from komek.rooms.control import actions, queries, rules
from komek.rooms.control.models import Check, Escalation
from komek.rooms.control.rules import Cause

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_who_decide_at_once_one_decides_and_the_other_is_told_so(
    burst_main, report, order_of, olzhas, saule, at
):
    report(burst_main, at=at)
    check = queries.open_check(burst_main.id)

    came = at_once(
        lambda: actions.accept(check.id, by=olzhas, at=at),
        lambda: actions.give_back(check.id, reason="x", by=saule, at=at),
    )

    assert sum(isinstance(one, Check) for one in came) == 1
    assert sum(isinstance(one, rules.AlreadyDecided) for one in came) == 1
    card, order = cards.card(burst_main.id), queries.checks_of(burst_main.id)[0]
    assert (card.status, order.verdict) in {("closed", "accepted"), ("in_work", "returned")}


def test_one_cause_escalated_twice_in_one_moment_is_one_escalation(burst_main, at):
    came = at_once(*[lambda: actions.escalate(burst_main.id, cause=Cause.OVERDUE, detail={}, at=at) for _ in range(3)])

    assert all(isinstance(one, Escalation) for one in came)
    assert len(queries.escalations_of(burst_main.id)) == 1


def test_of_two_who_resolve_at_once_one_does(burst_main, olzhas, saule, at):
    escalation = actions.escalate(burst_main.id, cause=Cause.OVERDUE, detail={}, at=at)

    came = at_once(
        lambda: actions.resolve(escalation.id, resolution="бір", by=olzhas, at=at),
        lambda: actions.resolve(escalation.id, resolution="екі", by=saule, at=at),
    )

    assert sum(isinstance(one, rules.AlreadyResolved) for one in came) == 1
