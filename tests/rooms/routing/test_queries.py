"""The board, its numbers, the outlook of a card, and the preview while it is typed."""

from datetime import timedelta

import pytest

from komek.registers.catalog import queries as catalog
from komek.registers.places.rules import Place
from komek.rooms.cards import actions as cards
from komek.rooms.routing import actions, queries

HOUR = timedelta(hours=1)


def shown(page):
    return [row.card.id for row in page.rows]


def walk(**told):
    found, after = [], None
    while True:
        page = queries.board(after=after, **told)
        found += shown(page)
        after = page.next
        if after is None:
            return found


def test_the_board_shows_the_most_urgent_first_and_what_has_no_promise_last(register, at, django_assert_num_queries):
    endless, slow, urgent = register("WAT-04"), register("HEA-01"), register("WAT-02")

    with django_assert_num_queries(2):
        page = queries.board()

    assert shown(page) == [urgent.id, slow.id, endless.id]
    assert page.next is None
    first = page.rows[0]
    assert (first.card.owner_code, first.due_at, first.priority) == ("SU", at + 2 * HOUR, "critical")


def test_pages_follow_one_another_without_a_gap_or_a_double(register, at):
    made = [register("WAT-02", at=at + timedelta(minutes=number // 3)).id for number in range(7)]
    endless = [register("WAT-04").id for _ in range(3)]

    assert walk(limit=2) == made + endless
    assert walk(limit=3) == made + endless
    assert walk(limit=10) == made + endless
    assert walk(limit=100) == made + endless


def test_a_deep_page_costs_what_the_first_costs(register, django_assert_max_num_queries):
    for topic in ("WAT-02", "WAT-04"):
        for _ in range(6):
            register(topic)
    page = queries.board(limit=5)

    while page.next:
        with django_assert_max_num_queries(2):
            page = queries.board(after=page.next, limit=5)


def test_rubbish_for_a_cursor_is_the_first_page(burst_main):
    assert shown(queries.board(after="\0'; drop table")) == [burst_main.id]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"service": "SU"}, {"main", "night"}),
        ({"service": "TT"}, {"night"}),
        ({"owner": "L2"}, {"lost"}),
        ({"status": "registered"}, {"lost"}),
        ({"district": "nura"}, {"hole"}),
        ({"topic": "WAT-02"}, {"main"}),
        ({"group": "nothing"}, set()),
        ({"priority": "critical"}, {"main", "night", "lost"}),
        ({"kind": "appeal"}, set()),
    ],
)
def test_the_board_is_narrowed(register, at, filters, found):
    made = {
        "main": register("WAT-02"),
        "night": register("HEA-01", at=at + 13 * HOUR),
        "lost": register("EMG-01"),
        "hole": register("ROA-01", place=Place(text="Нұра", district_code="nura")),
    }

    assert set(shown(queries.board(**filters))) == {made[name].id for name in found}


def test_the_board_of_what_is_overdue_leaves_out_what_is_paused(register, olzhas, at):
    late, paused = register("WAT-02"), register("WAT-02")
    register("HEA-01")
    actions.pause(paused.id, reason="x", by=olzhas, at=at)

    assert shown(queries.board(overdue_at=at + 3 * HOUR)) == [late.id]


def test_the_board_of_the_next_hour_has_what_can_still_be_kept(register, at):
    soon = register("WAT-02")
    promised = queries.clock(soon.id).due_at

    assert shown(queries.board(soon_at=promised - HOUR / 2)) == [soon.id]
    assert shown(queries.board(soon_at=promised + HOUR / 60)) == []
    assert shown(queries.board(soon_at=promised - 2 * HOUR)) == []


def test_the_board_of_a_group_of_topics_has_all_of_its_topics(register):
    made = [register("WAT-02"), register("HEA-01")]

    assert shown(queries.board(group=made[0].topic.group_code)) == [
        card.id for card in made if card.topic.group_code == made[0].topic.group_code
    ]


def test_a_closed_card_is_on_no_board(burst_main, olzhas, at):
    cards.close(burst_main.id, outcome="done", by=olzhas, at=at)

    assert shown(queries.board()) == []


def test_the_numbers_above_the_board(register, olzhas, at, django_assert_num_queries):
    register("WAT-02")
    register("WAT-02", at=at - 3 * HOUR)
    register("WAT-04")
    paused = register("WAT-02", at=at - 3 * HOUR)
    actions.pause(paused.id, reason="x", by=olzhas, at=at - 2 * HOUR)

    with django_assert_num_queries(1):
        counted = queries.counters(at=at + HOUR + timedelta(minutes=30))

    assert counted == {"open": 4, "overdue": 1, "next_hour": 1}


def test_the_outlook_of_many_cards_costs_what_one_costs(register, django_assert_num_queries):
    made = [register("WAT-02").id for _ in range(3)]

    with django_assert_num_queries(3):
        found = queries.outlooks(made)

    assert [found[card_id].assignments[0].service.code for card_id in made] == ["SU"] * 3


def test_a_card_that_was_never_routed_has_an_empty_outlook(db):
    outlook = queries.outlook(404)

    assert (outlook.assignments, outlook.due_at, outlook.legal_due_on, outlook.paused_at) == ((), None, None, None)


def test_the_operator_sees_who_would_get_it_and_by_when(rules_in_force, city, at, django_assert_max_num_queries):
    topic = catalog.topic("WAT-01")
    queries.preview(topic=topic, place=city.place, at=at)

    with django_assert_max_num_queries(6):
        found = queries.preview(topic=topic, place=city.place, at=at)

    assert [service.code for service in found.services] == ["OSI-101"]
    assert (found.priority, found.norm, found.due_at) == ("critical", "1h", at + HOUR)
    assert [why.code for why in found.why] == ["topic", "house_duty"]


def test_without_a_topic_the_operator_sees_that_the_second_line_will_look(rules_in_force, at):
    assert queries.preview(topic=None, place=None, at=at).services == ()


def test_registering_routing_and_dispatching_a_card_has_a_budget(register, django_assert_max_num_queries):
    register("WAT-02")

    with django_assert_max_num_queries(44):
        register("WAT-02")
