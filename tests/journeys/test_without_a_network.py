"""The network goes away in the middle of a card: nothing is lost, nothing is doubled, and nobody has to do anything."""

import os

import pytest
from tests.journeys import test_by_keyboard

from komek.rooms.cards.models import Card
from komek.rooms.intake.models import Draft

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
hands, called = test_by_keyboard.hands, test_by_keyboard.called

# A minute is what was promised; the tests of every day make do with less.
AWAY_SECONDS = float(os.environ.get("KOMEK_AWAY_SECONDS", "4"))
WORDS = "Жуынатын бөлмеде ыстық су құбыры жарылды"


@pytest.fixture
def away(hands):
    """Take the network away, and bring it back after as long as it is away."""

    def gone():
        hands.page.context.set_offline(True)

    def back():
        hands.page.wait_for_timeout(AWAY_SECONDS * 1000)
        hands.page.context.set_offline(False)

    return gone, back


def test_what_is_typed_without_a_network_is_saved_when_it_is_back(called, hands, away):
    gone, back = away
    gone()
    hands.type(WORDS)
    hands.sees("#draft-state:has-text('Желі')")

    back()
    hands.sees("#draft-state:has-text('✓')")

    assert Draft.objects.get(contact=called).data["text"] == WORDS


def test_a_card_finished_without_a_network_is_made_once_when_it_is_back(called, hands, away):
    gone, back = away
    hands.type(WORDS)
    hands.sees("#guesses button")
    hands.press("Alt+KeyT")
    gone()
    hands.press("Control+Enter", "Control+Enter")
    hands.sees("#draft-state:has-text('Желі')")
    assert not Card.objects.exists()

    back()
    number = hands.sees(".registered .big-number").inner_text()

    assert [card.number for card in Card.objects.all()] == [number]


def test_a_card_whose_answer_was_lost_on_the_way_is_made_once(called, hands):
    lost = []

    def lose(route):
        if lost:
            return route.continue_()
        # The city has made the card, and nobody hears of it.
        lost.append(route.fetch(max_redirects=0).status)
        return route.abort("connectionreset")

    hands.page.route("**/operator/finish/*/", lose)
    hands.type(WORDS)
    hands.sees("#guesses button")
    hands.press("Alt+KeyT")
    hands.press("Control+Enter")
    number = hands.sees(".registered .big-number").inner_text()

    assert lost == [302]
    assert [card.number for card in Card.objects.all()] == [number]


def test_a_page_lost_without_a_network_still_has_its_text(called, hands, away):
    gone, back = away
    gone()
    hands.type(WORDS)
    hands.sees("#draft-state:has-text('Желі')")
    hands.page.goto("about:blank")
    back()

    hands.page.goto("/operator/")
    hands.sees("#draft-state:has-text('✓')")

    assert hands.page.input_value("#id_text") == WORDS
    assert Draft.objects.get(contact=called).data["text"] == WORDS
