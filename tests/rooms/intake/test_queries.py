from datetime import timedelta

import pytest

from komek.registers.staff.models import Agent
from komek.rooms.intake import actions as intake
from komek.rooms.intake import queries, rules
from komek.rooms.intake.queries import QueueCount

MINUTE = timedelta(minutes=1)


@pytest.fixture
def queue(arrive, at):
    return [
        arrive("бірінші", when=at - 3 * MINUTE),
        arrive("второй", language="ru", when=at - 2 * MINUTE),
        arrive("үшінші", urgency="urgent", when=at - MINUTE),
    ]


def test_the_queue_is_shown_in_the_order_it_is_served(queue, django_assert_num_queries):
    with django_assert_num_queries(1):
        waiting = queries.waiting()
        assert [contact.resident for contact in waiting] == [None] * 3

    assert waiting == [queue[2], queue[0], queue[1]]


def test_the_queue_of_one_language_is_shown_alone(queue):
    assert queries.waiting("ru") == [queue[1]]


def test_the_queue_is_counted_by_language_and_urgency_with_its_oldest(queue, django_assert_num_queries, at):
    with django_assert_num_queries(1):
        counts = queries.queue_counts()

    assert counts == [
        QueueCount("kk", "urgent", 1, at - MINUTE),
        QueueCount("kk", "normal", 1, at - 3 * MINUTE),
        QueueCount("ru", "normal", 1, at - 2 * MINUTE),
    ]


def test_the_first_of_every_language_cost_one_query(queue, arrive, django_assert_num_queries):
    for _ in range(5):
        arrive()

    with django_assert_num_queries(1):
        first = queries.next_for(["kk", "ru", "en"], most=2)

    assert sorted(first) == sorted([queue[2].id, queue[0].id, queue[1].id])
    assert queries.next_for([], most=2) == []


def test_what_is_at_hand_comes_with_who_it_is_from(accepted, aigerim, madina, django_assert_num_queries):
    with django_assert_num_queries(1):
        mine = queries.at_hand(aigerim)
        assert [(contact.conversation.channel, contact.accepted_by) for contact in mine] == [("webform", aigerim)]

    assert queries.at_hand(madina) == []


def test_one_contact_costs_one_query_and_a_missing_one_has_a_name(accepted, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert queries.contact(accepted.id).conversation.handle is None
    with pytest.raises(rules.NoSuchContact):
        queries.contact(10**9)


def test_everybody_who_is_here_is_one_query(aigerim, madina, olzhas, django_assert_num_queries, at):
    intake.take_seat(aigerim, at=at)
    intake.take_seat(madina, at=at + MINUTE)
    intake.take_seat(olzhas, at=at)
    intake.leave(olzhas, at=at)

    with django_assert_num_queries(1):
        assert [seat.agent.name for seat in queries.seats()] == ["Айгерім Нұрланова", "Мадина Оспанова"]


def test_two_people_of_one_name_have_answered_each_their_own(arrive, aigerim, madina, at):
    Agent.objects.filter(pk=madina.pk).update(name=aigerim.name)
    for agent, number in ((aigerim, 2), (madina, 1)):
        for _ in range(number):
            contact = arrive()
            intake.pick(contact.id, by=agent, at=at + MINUTE)
            intake.end(contact.id, by=agent, at=at + 2 * MINUTE)
            intake.wrap_up(contact.id, by=agent, at=at + 2 * MINUTE)

    found = queries.answered_by(at - MINUTE)
    assert [(one.name, one.number, one.waited, one.talked) for one in found] == [
        (aigerim.name, 2, 60, 60),
        (aigerim.name, 1, 60, 60),
    ]


def test_pages_of_contacts_join_without_a_gap_or_a_double(arrive, django_assert_num_queries):
    contacts = [arrive() for _ in range(7)]
    seen, before = [], None
    while True:
        with django_assert_num_queries(1):
            page = queries.page(before=before, limit=3)
        seen += page.contacts
        if (before := page.before) is None:
            break

    assert seen == contacts[::-1]


def test_a_contact_without_a_number_may_be_from_anybody(arrive):
    assert queries.people(arrive()) == []
