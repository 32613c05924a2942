"""An operator's hands never leave the keyboard: whole journeys without a pointer, and what they cost in keystrokes."""

import pytest

from komek.desks.console.pack import read
from komek.platform.clock import now
from komek.rooms.cards.models import Card, Entry
from komek.rooms.intake import actions as intake
from komek.rooms.intake.rules import Arrival
from komek.rooms.knowledge import actions as knowledge
from komek.rooms.knowledge.rules import ArticleDraft, Text

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What the issue of a fast desk asks for: keystrokes besides the words themselves.
MOST_FOR_A_QUESTION, MOST_FOR_A_REQUEST = 3, 12


class Hands:
    """Two hands on a keyboard: they count what they press."""

    def __init__(self, page):
        self.page = page
        self.pressed = []

    def press(self, *keys):
        for key in keys:
            self.pressed.append(key)
            self.page.keyboard.press(key)

    def type(self, words):
        self.page.keyboard.type(words)

    def sees(self, selector):
        return self.page.wait_for_selector(selector)


@pytest.fixture
def hands(chromium, live_server, browser, aigerim):
    """Aigerim's desk, open and ready."""
    context = chromium.new_context(base_url=live_server.url, locale="kk")
    session = browser(aigerim).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield Hands(page)
    context.close()
    assert complaints == []


@pytest.fixture
def called(line, aigerim, hands):
    """A caller whom Aigerim has just taken."""
    contact = intake.enter(
        Arrival(channel="desk", language="kk", handle_kind="phone", handle_value="+7 701 555 01 42", name="Нұрлан"),
        by=aigerim,
        at=now(),
    )
    hands.page.goto("/operator/")
    hands.sees("#workbench")
    return contact


@pytest.fixture
def meters(line):
    text = Text("kk", "Есептегіш көрсеткішін қалай беруге болады", "Есептегіш көрсеткішін қосымшада беріңіз.")
    return knowledge.publish(ArticleDraft(code="KB-038", owner="ERC", texts=(text,)), by=None, at=now())


@pytest.fixture
def scripts(line, request):
    """The emergency scripts of the city pack we ship."""
    return knowledge.publish_scripts(read(request.config.rootpath / "cities" / "astana").scripts, by=None, at=now())


def test_a_request_with_a_known_address_is_registered_without_a_pointer(called, hands, told):
    hands.type("Көшеде су құбыры жарылды")
    hands.press("Tab")
    hands.type("Кенесары 12")
    hands.sees("#places [role=option]")
    hands.press("Enter")
    hands.sees("#guesses button")
    hands.press("Alt+KeyT")
    hands.sees("#route .dot:not(.warn)")
    hands.press("Control+Enter")

    number = hands.sees(".registered .big-number").inner_text()

    card = Card.objects.get(number=number)
    assert (card.text, card.topic_code) == ("Көшеде су құбыры жарылды", "WAT-02")
    assert card.street_id
    assert len(hands.pressed) <= MOST_FOR_A_REQUEST
    told(f"a request: {len(hands.pressed)} keystrokes besides the words, no pointer")


def test_a_question_is_closed_in_three_keystrokes_after_its_answer_is_found(called, meters, hands, told):
    hands.type("Есептегіш көрсеткішін қалай беремін")
    hands.sees("[data-article]")
    hands.press("Alt+Shift+Digit1", "Control+Enter")

    number = hands.sees(".registered .big-number").inner_text()

    card = Card.objects.get(number=number)
    assert (card.kind, card.answered_by_id) == ("question", meters.pk)
    assert len(hands.pressed) <= MOST_FOR_A_QUESTION
    told(f"a question: {len(hands.pressed)} keystrokes after its answer, no pointer")


def test_where_they_were_last_time_is_one_key(called, hands, aigerim):
    hands.type("Көшеде су құбыры жарылды")
    hands.press("Tab")
    hands.type("Кенесары 12")
    hands.sees("#places [role=option]")
    hands.press("Enter", "Control+Enter")
    hands.sees(".registered")
    intake.end(called.pk, by=aigerim, at=now())
    intake.wrap_up(called.pk, by=aigerim, at=now())
    again = Arrival(channel="desk", language="kk", handle_kind="phone", handle_value="+7 701 555 01 42", name="Нұрлан")
    intake.enter(again, by=aigerim, at=now())
    hands.page.goto("/operator/")
    hands.sees("#workbench")

    hands.press("F6")

    assert hands.page.input_value("#id_place_text").endswith("12")
    assert hands.page.input_value("[name=street_id]")


def test_the_palette_does_by_name_what_the_screen_can_do(called, hands):
    hands.press("Control+KeyK")
    hands.sees("#palette[open]")
    hands.type("English")
    hands.press("Enter")

    hands.sees("html[lang=en]")


def test_what_is_typed_outlives_another_language(called, hands):
    hands.type("Су жоқ")
    hands.sees("#draft-state:has-text('✓')")
    hands.press("Control+KeyK")
    hands.type("English")
    hands.press("Enter")
    hands.sees("html[lang=en]")

    assert hands.page.input_value("#id_text") == "Су жоқ"


def test_an_emergency_is_handed_over_with_its_steps(called, hands, scripts):
    hands.type("Кіреберісте газ иісі шығып тұр")
    hands.sees("#script [data-step]")
    hands.press("F9")
    hands.sees("body.panic")
    hands.page.focus("#script [data-step='1']")
    hands.press("Space", "Tab", "Space")
    hands.page.focus("[data-number='104']")
    hands.press("Enter")
    hands.type("диспетчер Омаров")
    hands.press("Control+Enter")

    number = hands.sees(".registered .big-number").inner_text()

    card = Card.objects.get(number=number)
    followed = Entry.objects.get(card=card, verb="script_followed").data
    assert (card.kind, card.handed_to) == ("emergency", "104")
    assert followed["script"] == "gas_smell"
    assert [step["step"] for step in followed["steps"]] == [1, 2]


def test_the_steps_of_a_script_follow_the_language_of_the_caller(called, hands, scripts):
    hands.type("Кіреберісте газ иісі шығып тұр")
    hands.sees("#script [data-language=kk] [data-step='1']")
    hands.page.check("#script [data-step='1']")
    hands.page.select_option("#id_language", "ru")

    hands.sees("#script [data-language=ru] [data-step='1']")
    assert hands.page.is_checked("#script [data-step='1']")
