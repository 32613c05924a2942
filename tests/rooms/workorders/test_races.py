"""Two people, one order: real connections, real locks."""

import pytest
from tests.fixtures.line import at_once

from komek.registers.places.rules import Place
from komek.rooms.cards import queries as cards
from komek.rooms.workorders import actions, queries, rules
from komek.rooms.workorders.facts import OrderAccepted, WorkReported
from komek.rooms.workorders.models import Order, Report

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_who_accept_one_order_one_has_it(burst_main, order_of, facts, dana, olzhas, at):
    order = order_of(burst_main)

    came = at_once(lambda: actions.accept(order.id, by=dana, at=at), lambda: actions.accept(order.id, by=olzhas, at=at))

    winners = [one for one in came if isinstance(one, Order)]
    assert len(winners) == 1
    assert sum(isinstance(one, rules.ForbiddenMove) for one in came) == 1
    assert queries.order(order.id).accepted_by == winners[0].accepted_by
    assert len(facts.of(OrderAccepted)) == 1


def test_accepting_and_declining_in_one_moment_has_one_end(burst_main, order_of, dana, olzhas, at):
    order = order_of(burst_main)

    at_once(
        lambda: actions.accept(order.id, by=dana, at=at),
        lambda: actions.decline(order.id, reason="біздікі емес", by=olzhas, at=at),
    )

    card, found = cards.card(burst_main.id), queries.order(order.id)
    assert (found.status, card.owner_code) == ("declined", "L2")


def test_a_report_posted_twice_in_one_moment_is_one_report(burst_main, order_of, facts, dana, at):
    order = order_of(burst_main)

    def report():
        return actions.report_done(order.id, outcome="done", reason_code="planned", key="once", by=dana, at=at)

    came = at_once(report, report)

    assert all(isinstance(one, Order) for one in came)
    assert Report.objects.count() == 1
    assert len(facts.of(WorkReported)) == 1


def test_two_services_that_report_in_one_moment_finish_the_card_once(register, order_of, facts, at):
    card = register("ROA-01", place=Place(text="Нұра", district_code="nura"))
    orders = [order_of(card, service).id for service in ("DOR", "AKIM-NURA")]

    def report(order_id):
        return actions.report_done(order_id, outcome="done", reason_code="planned", at=at)

    at_once(*(lambda order_id=order_id: report(order_id) for order_id in orders))

    assert cards.card(card.id).status == "done"
    assert facts.names().count("CardDone") == 1
