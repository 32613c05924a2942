"""A service's people see the orders of their service, and nobody else's."""

from datetime import timedelta

import pytest

from komek.registers.staff.models import Service
from komek.rooms.cards import actions as cards
from komek.rooms.routing.models import Assignment
from komek.rooms.workorders import actions, queries, rules
from komek.rooms.workorders.models import Order

HOUR = timedelta(hours=1)


def ids(page):
    return [order.id for order in page.rows]


def test_a_service_sees_its_open_orders_the_nearest_promise_first(register, order_of, at, django_assert_num_queries):
    endless, urgent = order_of(register("WAT-04")), order_of(register("WAT-02"))
    earlier = order_of(register("WAT-02", at=at - HOUR))
    done = order_of(register("WAT-02"))
    actions.report_done(done.id, outcome="done", reason_code="planned", at=at)
    register("HEA-01")

    with django_assert_num_queries(3):
        page = queries.orders_of("SU")
        assert [order.card.topic_code for order in page.rows] == ["WAT-02", "WAT-02", "WAT-04"]

    assert ids(page) == [earlier.id, urgent.id, endless.id]
    assert page.next is None


def test_pages_of_orders_follow_one_another(register, order_of, at):
    made = [order_of(register("WAT-02", at=at + timedelta(minutes=n // 2))).id for n in range(5)]
    made += [order_of(register("WAT-04")).id for _ in range(3)]

    found, after = [], None
    while True:
        page = queries.orders_of("SU", after=after, limit=2)
        found += ids(page)
        after = page.next
        if after is None:
            break

    assert found == made


def test_a_body_sees_the_orders_of_those_under_it(register, order_of, city):
    Service.objects.filter(code="OSI-101").update(parent_code="OSI")
    order = order_of(register("WAT-01", place=city.place))

    assert ids(queries.orders_of("OSI")) == ids(queries.orders_of("OSI-101")) == [order.id]
    assert ids(queries.orders_of("SU")) == []


def test_the_numbers_of_a_service(register, order_of, at):
    actions.accept(order_of(register("WAT-02")).id, at=at)
    register("WAT-04")
    register("HEA-01")

    counted = queries.counts("SU", at=at + 3 * HOUR)
    assert counted == dict.fromkeys(queries.COUNTED, 0) | {"open": 2, "sent": 1, "accepted": 1, "overdue": 1}
    assert queries.counts("DOR", at=at) == dict.fromkeys(queries.COUNTED, 0)


def test_a_board_offers_every_district_topic_and_foreman_there_is(
    register, order_of, city, at, django_assert_num_queries
):
    assert queries.facets("SU") == queries.Facets((), (), ())
    here = order_of(register("WAT-02", place=city.place))
    actions.accept(here.id, foreman="Сержан", at=at)
    order_of(register("WAT-04"))
    done = order_of(register("WAT-02"))
    actions.accept(done.id, foreman="Болат", at=at)
    actions.report_done(done.id, outcome="done", reason_code="planned", at=at)

    with django_assert_num_queries(2):
        found = queries.facets("SU")

    assert (found.districts, found.foremen) == (("nura",), ("Сержан",))
    assert found.topics == (
        ("WAT-02", "Көшеде су құбыры жарылды", "Прорыв на улице", "Water main burst"),
        ("WAT-04", "Жоспарлы ажырату", "Плановое отключение", "Planned water cut"),
    )


def test_no_foreman_of_a_full_board_is_left_out(burst_main, order_of, at):
    order, names = order_of(burst_main), [f"Сержан {number:03}" for number in range(501)]
    told = {"card": burst_main, "service_code": "SU", "priority": "normal", "at": at, "withdrawn_at": at}
    assigned = Assignment.objects.bulk_create(Assignment(**told) for _ in names)
    Order.objects.bulk_create(
        Order(assignment=one, card=burst_main, service_code="SU", status=order.status, sent_at=at, foreman=name)
        for one, name in zip(assigned, names, strict=True)
    )

    assert queries.facets("SU").foremen == tuple(names)


def test_an_order_is_shown_to_its_service_and_to_the_second_line_only(
    burst_main, order_of, dana, olzhas, marat, charlie, aigerim
):
    order = order_of(burst_main)

    for insider in (dana, olzhas):
        assert queries.order_for(insider, order.id) == order
    for stranger in (marat, charlie, aigerim):
        with pytest.raises(rules.NotYourOrder):
            queries.order_for(stranger, order.id)


def test_an_order_that_never_was_is_named(olzhas):
    with pytest.raises(rules.NoSuchOrder):
        queries.order_for(olzhas, 404)


def test_what_services_said_about_many_cards_costs_one_query(register, report, at, django_assert_num_queries):
    first, second = register("WAT-02"), register("WAT-02")
    report(first, at=at, text="Ауыстырылды")

    with django_assert_num_queries(1):
        found = queries.reported([first.id, second.id])

    (told,), (silent,) = found[first.id], found[second.id]
    assert (told.service_code, told.outcome, told.reason_code, told.text, told.proofs) == (
        "SU",
        "done",
        "nothing_to_show",
        "Ауыстырылды",
        0,
    )
    assert (silent.status, silent.outcome, silent.proofs) == ("sent", "", 0)


def test_the_journey_of_a_card_is_that_of_its_present_round(burst_main, report, at, django_assert_num_queries):
    report(burst_main, at=at)
    cards.close(burst_main.id, outcome="done", by=None, at=at)
    (first,) = queries.of_card(burst_main.id)
    assert queries.journey(burst_main.id) == [first]

    cards.reopen(burst_main.id, reason="қайта ақты", at=at + HOUR)
    with django_assert_num_queries(1):
        (second,) = queries.journey(burst_main.id)
        assert second.assignment.ended_at is None

    assert first in queries.of_card(burst_main.id)
    assert second != first


def test_the_reports_of_a_card_come_with_their_orders(burst_main, report, at, django_assert_num_queries):
    report(burst_main, at=at)

    with django_assert_num_queries(1):
        (found,) = queries.reports_of_card(burst_main.id)
        assert found.order.service_code == "SU"
    assert queries.proofs(burst_main.id) == []
