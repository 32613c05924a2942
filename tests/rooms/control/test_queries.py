"""The lists of the second line: the longest waiting first, in three queries."""

from datetime import timedelta

import pytest

from komek.rooms.control import actions, queries, rules
from komek.rooms.control.rules import Cause

HOUR = timedelta(hours=1)


@pytest.fixture
def five(register, report, at):
    made = [register("WAT-02") for _ in range(5)]
    for number, card in enumerate(made):
        report(card, at=at + timedelta(minutes=number // 2), text=f"жұмыс {number}")
    return made


def test_checks_are_listed_with_card_and_orders_in_two_queries(five, at, django_assert_num_queries):
    with django_assert_num_queries(2):
        page = queries.open_checks()
        seen = [(row.card.id, row.card.topic_code) for row in page.rows]

    assert seen == [(card.id, "WAT-02") for card in five]
    (order,) = page.rows[0].orders
    assert (order.service_code, order.outcome, order.reason_code, order.proofs) == ("SU", "done", "nothing_to_show", 0)


def test_pages_of_checks_follow_one_another(five):
    found, after = [], None
    while True:
        page = queries.open_checks(after=after, limit=2)
        found += [row.card.id for row in page.rows]
        after = page.next
        if after is None:
            break

    assert found == [card.id for card in five]


def test_escalations_are_listed_by_cause_in_one_query(register, at, django_assert_num_queries):
    late, lost = register("WAT-02"), register("EMG-01")
    actions.escalate(late.id, cause=Cause.OVERDUE, detail={"reason": "x"}, at=at + HOUR)

    with django_assert_num_queries(1):
        page = queries.open_escalations()
        seen = [(row.card.id, row.card.topic_code, row.cause) for row in page.rows]

    assert seen == [(lost.id, "EMG-01", "unrouted"), (late.id, "WAT-02", "overdue")]
    assert [row.card.id for row in queries.open_escalations(cause="overdue").rows] == [late.id]
    assert queries.open_escalations(limit=1).next is not None


def test_rubbish_for_a_cursor_is_the_first_page(five):
    assert len(queries.open_checks(after="x'--").rows) == 5
    assert len(queries.open_checks(after="_3").rows) == 5


def test_the_numbers_above_the_lists(five, register, at):
    register("EMG-01")

    counted = queries.counts(at=at + 3 * HOUR)

    assert (counted["open"], counted["checks"], counted["escalations"], counted["overdue"]) == (6, 5, 1, 5)


def test_a_card_without_a_check_says_so(burst_main):
    assert queries.find_open_check(burst_main.id) is None
    with pytest.raises(rules.NothingToCheck):
        queries.open_check(burst_main.id)
