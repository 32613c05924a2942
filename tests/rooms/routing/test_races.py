"""Two people, one card: real connections, real locks."""

from datetime import timedelta

import pytest
from tests.fixtures.line import at_once

from komek.rooms.cards import actions as cards
from komek.rooms.routing import actions, queries, rules
from komek.rooms.routing.facts import DeadlineMissed
from komek.rooms.routing.models import Assignment, Clock
from komek.rooms.workorders import actions as workorders

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_who_assign_the_same_service_assign_it_once(burst_main, olzhas, saule, at):
    came = at_once(
        lambda: actions.assign(burst_main.id, service_code="DOR", reason="x", by=olzhas, at=at),
        lambda: actions.assign(burst_main.id, service_code="DOR", reason="x", by=saule, at=at),
    )

    assert sorted(type(one) for one in came if not isinstance(one, Assignment)) == [rules.AlreadyAssigned]
    assert [one.code for one in queries.outlook(burst_main.id).assignments] == ["SU", "DOR"]


def test_a_correction_and_an_acceptance_in_one_moment_do_not_wait_for_each_other_for_ever(
    burst_main, order_of, aigerim, dana, at
):
    order = order_of(burst_main)

    came = at_once(
        lambda: cards.correct(burst_main.id, revision=burst_main.revision, topic_code="HEA-01", by=aigerim, at=at),
        lambda: workorders.accept(order.id, by=dana, at=at),
    )

    assert len(came) == 2
    assert [one.code for one in queries.outlook(burst_main.id).assignments] == ["TT"]


def test_two_who_pause_pause_once(burst_main, olzhas, saule, at):
    came = at_once(
        lambda: actions.pause(burst_main.id, reason="x", by=olzhas, at=at),
        lambda: actions.pause(burst_main.id, reason="x", by=saule, at=at),
    )

    assert sum(isinstance(one, Clock) for one in came) == 1
    assert sum(isinstance(one, rules.AlreadyPaused) for one in came) == 1


def test_two_workers_note_a_broken_promise_once(burst_main, facts, at):
    late = at + timedelta(hours=5)

    noted = at_once(lambda: actions.miss_deadlines(at=late), lambda: actions.miss_deadlines(at=late))

    assert sum(noted) == 1
    assert len(facts.of(DeadlineMissed)) == 1
