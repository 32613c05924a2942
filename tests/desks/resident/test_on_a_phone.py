"""The form on a phone of 390 points: a few taps, a photo, another language, a network that is gone for a while."""

import sys

import pytest

from komek.platform.clock import now
from komek.rooms.cards.models import Card
from komek.rooms.channels import queries as channels
from komek.rooms.intake.models import Contact
from komek.rooms.knowledge import actions as knowledge
from komek.rooms.knowledge.rules import ArticleDraft, Text

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BURST = "Көшеде су құбыры жарылды"
# What a form that takes less than a minute may cost beside the words: the fields, the topic, the place, the sending.
MOST_TAPS, MOST_TAPS_WITH_A_PHOTO = 5, 6
SENT = ".steps-of"


class Thumb:
    """One thumb on a phone: it counts its taps."""

    def __init__(self, page, photos):
        self.page = page
        self.photos = photos
        self.taps = 0

    def tap(self, selector):
        self.taps += 1
        self.page.tap(selector)

    def type(self, words):
        self.page.keyboard.type(words)

    def photograph(self):
        self.taps += 1
        with self.page.expect_file_chooser() as chooser:
            self.page.tap(".photo > label")
        chooser.value.set_files(self.photos)
        self.page.wait_for_selector("#photos img")

    def sees(self, selector):
        return self.page.wait_for_selector(selector)


@pytest.fixture
def shot(tmp_path, photo):
    path = tmp_path / "before.jpg"
    path.write_bytes(photo("before.jpg").read())
    return path


@pytest.fixture
def phone(chromium, live_server, line, shot):
    """A phone in Kazakh that knows where it is, with the form open."""
    context = chromium.new_context(
        base_url=live_server.url,
        locale="kk",
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        geolocation={"latitude": 51.15, "longitude": 71.43},
        permissions=["geolocation"],
    )
    page = context.new_page()
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/write/")
    yield Thumb(page, shot)
    context.close()
    assert complaints == []


def test_a_known_address_takes_a_few_taps(phone, capsys):
    phone.tap("#id_text")
    phone.type(BURST)
    phone.sees("#guesses button")
    phone.tap("#guesses button")
    phone.tap("#id_place_text")
    phone.type("кенесары 12")
    phone.sees("#places [role=option]")
    phone.tap("#places [role=option]")
    phone.tap(".send button")
    phone.sees(SENT)

    card = Card.objects.get()
    assert (card.topic_code, card.house_number) == ("WAT-02", "12")
    with capsys.disabled():
        sys.stdout.write(f"\nform on a phone, known address: {phone.taps} taps beside the words\n")
    assert phone.taps <= MOST_TAPS


def test_where_the_phone_is_and_a_photo_take_one_tap_each(phone, capsys):
    phone.tap("#id_text")
    phone.type(BURST)
    phone.sees("#guesses button")
    phone.tap("#guesses button")
    phone.tap("#here")
    phone.sees("#where-said:not(:empty)")
    phone.photograph()
    phone.tap(".send button")
    phone.sees(SENT)

    card = Card.objects.get()
    assert (card.lat, card.lon) == (51.15, 71.43)
    assert len(channels.files_of(card.conversation_id)) == 1
    with capsys.disabled():
        sys.stdout.write(f"\nform on a phone, position and photo: {phone.taps} taps beside the words\n")
    assert phone.taps <= MOST_TAPS_WITH_A_PHOTO


def test_a_sixth_photo_is_told_of(phone, shot):
    phone.photograph()
    phone.page.set_input_files("#id_files", [shot] * 5)
    phone.sees(".photo [role=status]:text-is('Ең көбі 5 файл.')")

    assert phone.page.locator("#photos img").count() == 5


def test_nothing_is_wider_than_the_phone(phone):
    for address in ("/", "/?q=су", "/write/", "/status/", "/works/", "/numbers/"):
        phone.page.goto(address)
        wide = phone.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide == 0, address


def test_another_language_keeps_the_words_the_place_and_the_photo(phone):
    phone.tap("#id_text")
    phone.type(BURST)
    phone.page.fill("#id_place_text", "Кенесары 12")
    phone.photograph()
    phone.tap(".languages button[value=ru]")
    phone.sees("html[lang=ru]")

    assert phone.page.input_value("#id_text") == BURST
    assert phone.page.input_value("#id_place_text") == "Кенесары 12"
    phone.tap(".send button")
    phone.sees(SENT)
    assert len(channels.files_of(Card.objects.get().conversation_id)) == 1


def test_what_was_written_is_there_after_a_reload_and_gone_after_it_arrived(phone):
    phone.tap("#id_text")
    phone.type(BURST)
    phone.page.reload()
    assert phone.page.input_value("#id_text") == BURST
    phone.tap(".send button")
    phone.sees(SENT)
    phone.page.goto("/write/")

    assert phone.page.input_value("#id_text") == ""
    phone.page.goto("/")
    assert Card.objects.get().number in phone.page.inner_text("#mine")


def test_a_network_that_is_gone_loses_nothing_and_doubles_nothing(phone):
    phone.tap("#id_text")
    phone.type(BURST)
    phone.photograph()
    phone.page.context.set_offline(True)
    phone.tap(".send button")
    phone.sees("#sending:visible")
    assert phone.page.input_value("#id_text") == BURST
    phone.page.context.set_offline(False)
    phone.sees(SENT)

    assert Card.objects.count() == Contact.objects.count() == 1
    assert len(channels.files_of(Card.objects.get().conversation_id)) == 1


def test_an_answer_that_was_lost_on_its_way_is_asked_for_again_and_is_one_card(phone):
    lost = []

    def lose_the_first(route):
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch(max_redirects=0).status)
            route.abort()
        else:
            route.continue_()

    phone.page.route("**/write/", lose_the_first)
    phone.tap("#id_text")
    phone.type(BURST)
    phone.tap(".send button")
    phone.sees(SENT)

    assert lost == [201]
    assert Card.objects.count() == 1


def test_what_is_wrong_is_said_at_its_field_and_the_rest_stays(phone):
    phone.page.fill("#id_place_text", "Кенесары 12")
    phone.tap(".send button")
    phone.page.wait_for_selector(".field:has(#id_text) .errorlist")

    assert phone.page.input_value("#id_place_text") == "Кенесары 12"
    assert phone.page.evaluate("document.activeElement.id") == "id_text"
    phone.page.fill("#id_text", BURST)
    phone.tap(".send button")
    phone.sees(SENT)


def test_an_answer_is_offered_before_anything_is_sent(phone):
    texts = (Text("kk", "Су құбыры жарылса", "Кранды жабыңыз."),)
    knowledge.publish(ArticleDraft(code="KB-001", owner="SU", texts=texts), by=None, at=now())
    phone.tap("#id_text")
    phone.type("су құбыры жарылды")
    phone.tap("#answers summary")

    assert phone.page.get_attribute("#answers a", "href") == "/answers/KB-001/"
