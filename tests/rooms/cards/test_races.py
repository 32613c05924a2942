"""Two people, one card: real connections, real locks."""

import pytest
from tests.fixtures.line import at_once

from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries
from komek.rooms.cards.facts import CardClosed, CardRegistered
from komek.rooms.cards.models import Card
from komek.rooms.cards.rules import CardChanged, CardDraft, ForbiddenMove
from komek.rooms.intake.rules import Arrival

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_double_click_in_one_moment_is_one_card(topics, aigerim, facts, at):
    draft = CardDraft(text="Су жоқ", topic_code="WAT-02")

    came = at_once(*[lambda: cards.register(draft, channel="desk", by=aigerim, at=at, key="form-1")] * 4)

    assert len({card.id for card in came}) == 1
    assert Card.objects.count() == 1
    assert len(facts.of(CardRegistered)) == 1


def test_a_form_sent_twice_in_one_moment_is_one_contact_and_one_card(topics, facts, at):
    arrival = Arrival(channel="webform", text="Су жоқ", outer_id="form-key")
    draft = CardDraft(text="Су жоқ", topic_code="WAT-02")

    came = at_once(*[lambda: cards.take_in(arrival, draft=draft, at=at)] * 4)

    assert len({card.id for card in came}) == 1
    assert facts.names() == ["MessageHeard", "ContactArrived", "CardRegistered", "ContactSettled"]


def test_numbers_given_in_one_moment_are_all_different(topics, at):
    came = at_once(*[lambda: cards.register(CardDraft(text="Су жоқ"), channel="desk", by=None, at=at)] * 6)

    assert len({card.number for card in came}) == 6


def test_of_two_who_correct_one_card_in_one_moment_one_is_told(topics, aigerim, madina, at):
    card = cards.register(CardDraft(text="Су жоқ"), channel="desk", by=aigerim, at=at)

    came = at_once(
        lambda: cards.correct(card.id, revision=1, text="бірінші", by=aigerim, at=at),
        lambda: cards.correct(card.id, revision=1, text="екінші", by=madina, at=at),
    )

    assert {type(one) for one in came} == {Card, CardChanged}
    saved = next(one for one in came if isinstance(one, Card))
    assert queries.card(card.id).text == saved.text


def test_of_a_closing_and_a_withdrawal_in_one_moment_one_is_refused(topics, olzhas, facts, at):
    card = cards.register(CardDraft(text="Су жоқ"), channel="desk", by=None, at=at)

    came = at_once(
        lambda: cards.close(card.id, outcome="refused", by=olzhas, at=at),
        lambda: cards.withdraw(card.id, by=None, at=at),
    )

    assert {type(one) for one in came} == {Card, ForbiddenMove}
    ended = [*facts.of(CardClosed), *[fact for fact in facts.announced if type(fact).__name__ == "CardWithdrawn"]]
    assert len(ended) == 1
    assert len(queries.story(card)) == 2
