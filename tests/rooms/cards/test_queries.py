from datetime import timedelta

import pytest

from komek.registers.places.rules import ImpossiblePoint, Place
from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries, rules
from komek.rooms.cards.rules import CardDraft, Status
from komek.rooms.intake import actions as intake
from komek.rooms.intake.rules import Arrival


def test_one_card_with_all_a_screen_shows_of_it_is_one_query(card, city, aigerim, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = queries.card(card.id)
        shown = (found.topic, found.street, found.house, found.registered_by, found.answered_by)

    assert shown == (card.topic, city.street, city.house, aigerim, None)
    with pytest.raises(rules.NoSuchCard):
        queries.card(10**9)


def test_many_cards_are_one_query(register, django_assert_num_queries):
    made = [register(), register()]

    with django_assert_num_queries(1):
        assert queries.cards([card.id for card in made]) == {card.id: card for card in made}


def test_a_card_is_found_by_its_number_however_it_is_typed(card, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert queries.by_number(f" № {card.number.replace('-', ' ')}") == card


def test_a_mistyped_number_and_one_never_given_are_told_apart(card):
    with pytest.raises(rules.WrongNumber):
        queries.by_number(card.number[:-1] + str((int(card.number[-1]) + 1) % 10))
    with pytest.raises(rules.NoSuchCard):
        queries.by_number(rules.number_for(2026, 9_999_999))


def test_a_resident_sees_their_card_by_number_and_code(card):
    assert queries.by_code(card.number, f" {card.access_code.upper()} ") == card


@pytest.mark.parametrize("code", ["", "bcdfghjk", "\0", "é" * 500, "\ud800"])
def test_a_wrong_code_is_as_unknown_as_a_wrong_number(card, code):
    with pytest.raises(rules.NoSuchCard):
        queries.by_code(card.number, code)


def test_a_history_is_one_query_with_the_people_in_it(in_work, aigerim, django_assert_num_queries):
    with django_assert_num_queries(1):
        told = [(entry.verb, entry.by) for entry in queries.story(in_work)]

    assert told == [("registered", aigerim), ("routed", None), ("taken_into_work", None)]


def test_what_is_open_for_a_resident_is_shown_newest_first(contact, register, asel, at, django_assert_num_queries):
    contact.resident = asel
    first, gone, last = (register(who=contact) for _ in range(3))
    cards.withdraw(gone.id, by=None, at=at)

    with django_assert_num_queries(1):
        assert queries.open_of(asel.id) == [last, first]
    with django_assert_num_queries(1):
        assert queries.of_resident(asel.id) == [last, gone, first]


def test_the_received_card_of_a_contact_is_found_until_it_is_read(
    contact, draft, aigerim, at, django_assert_num_queries
):
    card = cards.receive(contact=contact, text="вода", place=None, at=at)

    with django_assert_num_queries(1):
        assert queries.received_of(contact) == card
    assert queries.unread() == [card]
    cards.classify(card.id, draft=draft(), by=aigerim, at=at)
    assert queries.received_of(contact) is None
    assert queries.unread() == []


def test_pages_join_without_a_gap_or_a_double_while_new_cards_come_in(register, django_assert_num_queries):
    made = [register() for _ in range(7)]
    seen, before = [], None
    while True:
        with django_assert_num_queries(1):
            page = queries.page(before=before, limit=3)
        seen += page.cards
        register()
        if (before := page.before) is None:
            break

    assert seen == made[::-1]


def test_a_page_asks_by_key_and_never_skips_rows(register, django_assert_num_queries):
    register()

    with django_assert_num_queries(1) as asked:
        queries.page(before=10**6, limit=3, statuses=[Status.REGISTERED], owner_code="SELF")

    sql = asked.captured_queries[0]["sql"]
    assert "OFFSET" not in sql
    assert "LIMIT 4" in sql


def test_a_page_of_one_status_or_one_owner_shows_only_those(register, at):
    routed, waiting, closed = register(), register(), register()
    cards.route(routed.id, owner_code="SU", at=at)
    cards.close(closed.id, outcome="refused", by=None, at=at)

    assert queries.page(statuses=[Status.ROUTED]).cards == [routed]
    assert queries.page(owner_code="SU").cards == [routed]
    assert queries.page(statuses=[Status.REGISTERED, Status.ROUTED]).cards == [waiting, routed]
    assert queries.page(statuses=[Status.CLOSED]).cards == [closed]
    assert queries.page(open_only=True).cards == [waiting, routed]
    assert queries.page(limit=3).before is None


def test_open_cards_around_a_point_come_nearest_first_with_their_distance(register, at, django_assert_num_queries):
    near = register(place=Place(text="", lat=51.1505, lon=71.43))
    here = register(place=Place(text="", lat=51.1500, lon=71.43))
    register(place=Place(text="", lat=51.1530, lon=71.43))  # 330 metres to the north
    register(place=Place(text="", lat=51.1515, lon=71.4325))  # in the box, but not in the circle
    register(place=Place(text="somewhere"))

    with django_assert_num_queries(1):
        found = queries.nearby(51.15, 71.43, at=at)

    assert found == [here, near]
    assert [round(card.metres) for card in found] == [0, 56]
    assert len(queries.nearby(51.15, 71.43, at=at, metres=400)) == 4


def test_what_ended_two_weeks_ago_is_still_news_and_what_ended_before_is_not(card, at):
    cards.withdraw(card.id, by=None, at=at)
    where = (card.lat, card.lon)

    assert queries.nearby(*where, at=at + timedelta(days=13, hours=23)) == [card]
    assert queries.nearby(*where, at=at + timedelta(days=14)) == []


@pytest.mark.parametrize("where", [(91, 0), (float("nan"), 71), (51, 181)])
def test_nothing_is_near_a_point_that_is_not_on_the_globe(db, where, at):
    with pytest.raises(ImpossiblePoint):
        queries.nearby(*where, at=at)


@pytest.mark.parametrize("where", [(90, 0), (-90, 180), (0, -180)])
def test_the_ends_of_the_globe_are_asked_without_an_error(db, where, at):
    assert queries.nearby(*where, at=at) == []


def test_it_is_known_where_the_card_of_a_number_lies(register, at, aigerim):
    ring = Arrival(channel="phone", language="ru", handle_kind="phone", handle_value="+77015550142", outer_id="1.1")
    caller = intake.arrive(ring, at=at, offer=False)
    web = register()
    rang = cards.register(
        CardDraft(text="Нет света", topic_code="WAT-02", place=Place(text="", district_code="yesil")),
        contact=caller,
        channel="phone",
        by=aigerim,
        at=at,
    )

    assert queries.whereabouts(after=None, at=at) == [
        (web.id, "", web.district_code),
        (rang.id, "+77015550142", "yesil"),
    ]
    assert queries.whereabouts(after=rang.id, at=at) == []
    assert queries.whereabouts(after=None, at=at + timedelta(days=100)) == []
