"""The web form: whatever is written into it, a person is told clearly, keeps what they typed, and counts once."""

import html

import pytest
from django.test import Client

from komek.platform import limits
from komek.registers.catalog.rules import UnknownTopic
from komek.rooms.cards import queries as cards
from komek.rooms.channels import queries as channels
from komek.rooms.channels.rules import TextEmpty
from komek.rooms.intake.models import Contact
from komek.ui.fields import AtMost

LANGUAGES = ("kk", "ru", "en")
BURST = "Көшеде су құбыры жарылды"
TRICKS = "\u202e\u202d\u2066\u2069\u200f"


@pytest.fixture
def send(browser):
    """Send the form as it is, and see what comes back."""

    def sent(language="kk", **fields):
        answer = browser(language=language).post("/write/", {"key": "one", **fields})
        assert answer.status_code < 500, answer.content.decode()[:2000]
        return answer

    return sent


def text_of(answer):
    return html.unescape(answer.content.decode())


def card_of(answer):
    assert answer.status_code == 302, text_of(answer)[:3000]
    return cards.by_number(answer["Location"].split("/")[2])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_without_words_is_asked_for_them_and_keeps_the_place(line, send, kept, in_words, language):
    answer = send(language, text="  ", place_text="Кенесары 12", landmark="арканың жаны", name="Асан")

    assert answer.status_code == 422
    assert in_words(TextEmpty().text, language) in text_of(answer)
    for typed in ("Кенесары 12", "арканың жаны", "Асан"):
        assert f'value="{typed}"' in text_of(answer)
    assert kept() == {"cards": 0, "contacts": 0, "files": 0}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_megabyte_of_text_is_refused_with_both_lengths_and_stays_in_the_form(line, send, kept, in_words, language):
    story = "су ағып жатыр " * 75_000
    answer = send(language, text=story, place_text="Кенесары 12")

    assert answer.status_code == 422
    message = in_words(AtMost.message, language)
    assert message % {"limit_value": 20_000, "show_value": len(story.strip())} in text_of(answer)
    assert story.strip() in text_of(answer)
    assert "Кенесары 12" in text_of(answer)
    assert kept()["cards"] == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_more_than_a_form_may_weigh_is_refused_with_a_sentence(line, kept, in_words, language):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies["django_language"] = language
    strict.get("/write/")
    answer = strict.post("/write/", {"text": "а" * 2_000_000, "key": "one"})

    assert answer.status_code == 413
    assert in_words("What was sent is too large. Please send less at once.", language) in text_of(answer)
    assert kept()["cards"] == 0


def test_more_files_than_any_form_takes_are_refused_with_a_sentence(line, photo):
    strict = Client(enforce_csrf_checks=True)
    strict.get("/write/")
    answer = strict.post("/write/", {"text": BURST, "files": [photo(f"{n}.jpg") for n in range(11)]})

    assert answer.status_code == 413


@pytest.mark.parametrize("field", ["text", "place_text", "landmark", "name", "phone", "topic_code", "key"])
def test_nul_in_a_field_keeps_nobody_out(line, send, field):
    fields = {"text": BURST, "topic_code": "WAT-02", "place_text": "Кенесары 12", "phone": "+7 701 555 01 01"}
    card = card_of(send(**{**fields, field: fields.get(field, "Асан") + "\0"}))

    assert card.topic_code == "WAT-02"
    assert card.text == BURST


def test_signs_that_turn_the_reading_are_not_kept(line, send):
    card = card_of(
        send(
            text=f"{TRICKS}{BURST}{TRICKS}",
            place_text=f"{TRICKS}Кенесары 12",
            landmark=f"дүкен{TRICKS}",
            name=f"{TRICKS}Асан",
        )
    )

    (message,) = [one for one in channels.said(card.conversation_id) if one.direction == "in"]
    for kept in (card.text, card.place_text, card.landmark, card.resident.name, message.text):
        assert not set(kept) & set(TRICKS)
    assert card.text == BURST


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_but_signs_that_nobody_sees_is_no_text(line, send, kept, in_words, language):
    answer = send(language, text=TRICKS, place_text="Кенесары 12")

    assert answer.status_code == 422
    assert in_words(TextEmpty(), language) in text_of(answer)
    assert kept()["cards"] == 0


@pytest.mark.parametrize(
    "raw", [b"\xed\xa0\x80 su joq", b"\xff\xfe\xfd su joq", b"\xc3\x28 su joq"], ids=["surrogate", "bom", "broken"]
)
def test_bytes_that_are_no_text_are_taken_as_far_as_they_can_be_read(line, browser, raw):
    body = b"text=" + b"".join(b"%%%02X" % byte for byte in raw) + b"&key=one"
    answer = browser().post("/write/", body, content_type="application/x-www-form-urlencoded")

    card = card_of(answer)
    assert "su joq" in card.text
    card.text.encode()


def test_a_body_that_is_no_form_at_all_is_refused(line, browser, kept):
    answer = browser().post("/write/", b"\x00\xff{]", content_type="multipart/form-data; boundary=x")

    assert answer.status_code in {400, 422}
    assert kept()["cards"] == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_topic_is_named_and_the_words_stay(line, send, kept, in_words, language):
    answer = send(language, text=BURST, topic_code="ZZZ-99", place_text="Кенесары 12")

    assert answer.status_code == 422
    assert in_words(UnknownTopic("ZZZ-99"), language) in text_of(answer)
    assert BURST in text_of(answer)
    assert kept()["cards"] == 0


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        ("NaN", "NaN"),
        ("1e9", "-1e9"),
        ("inf", "71.4"),
        ("51.1", ""),
        ("", "71.4"),
        ("abc", "<b>"),
        ("1e999", "9" * 400),
    ],
)
def test_a_point_that_is_nowhere_never_keeps_a_card_out(line, send, lat, lon):
    card = card_of(send(text=BURST, topic_code="WAT-02", place_text="Беймәлім орын", lat=lat, lon=lon))

    assert (card.lat, card.lon) == (None, None)
    assert card.place_text == "Беймәлім орын"


def test_a_point_from_the_suggestions_is_taken(line, send):
    card = card_of(send(text=BURST, topic_code="ROA-01", lat="51.15", lon="71.43"))

    assert (card.lat, card.lon, card.district_code) == (51.15, 71.43, "nura")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_endless_phone_is_refused_at_its_field(line, send, kept, in_words, language):
    answer = send(language, text=BURST, phone="7" * 300)

    assert answer.status_code == 422
    message = in_words(AtMost.message, language)
    assert message % {"limit_value": 40, "show_value": 300} in text_of(answer)
    assert BURST in text_of(answer)
    assert kept()["cards"] == 0


def test_a_phone_that_is_none_is_kept_for_the_operator_and_not_for_the_services(line, send):
    card = card_of(send(text=BURST, topic_code="WAT-02", phone="үйдегі, 12-34 аздап", name="Асан"))

    (message,) = [one for one in channels.said(card.conversation_id) if one.direction == "in"]
    assert "үйдегі, 12-34 аздап" in message.text
    assert card.text == BURST
    assert card.resident.name == "Асан"


def test_words_that_look_like_a_program_are_only_words(line, send, browser):
    answer = send(text="<script>alert(1)</script> '; DROP TABLE cards_card; --", name='"><img src=x onerror=alert(1)>')
    card = card_of(answer)

    page = browser().get(answer["Location"]).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert card.text.startswith("<script>")


def test_the_trap_for_programs_takes_nothing_in(line, send, kept, photo):
    answer = send(text="buy pills", website="https://pills.example", files=[photo()])

    assert answer.status_code == 302
    assert answer["Location"] == "/"
    assert kept() == {"cards": 0, "contacts": 0, "files": 0}


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_writes_without_end_is_asked_to_wait_and_keeps_the_words(line, send, kept, in_words, language):
    while (answer := send(language, text=BURST, place_text="Кенесары 12")).status_code == 302:
        pass

    assert answer.status_code == 429
    sentence = in_words(limits.TooMany(9).text, language).partition("%(seconds)s")
    assert sentence[0] in text_of(answer)
    assert BURST in text_of(answer)
    assert "Кенесары 12" in text_of(answer)
    assert kept()["cards"] == 1


def test_the_same_form_twice_is_one_card(line, send, kept, photo):
    first = send(text=BURST, topic_code="WAT-02", files=[photo()])
    second = send(text=BURST, topic_code="WAT-02", files=[photo()])

    assert second["Location"] == first["Location"]
    assert kept() == {"cards": 1, "contacts": 1, "files": 1}


def test_another_matter_in_the_old_form_is_another_card(line, send, kept):
    first = send(text=BURST, topic_code="WAT-02")
    second = send(text="Жолда шұңқыр", topic_code="ROA-01")

    assert card_of(first).number != card_of(second).number
    assert card_of(second).text == "Жолда шұңқыр"


def test_a_key_that_somebody_guesses_shows_nobody_elses_card(line, send):
    mine = card_of(send(text=BURST, key="1"))
    theirs = card_of(send(text="Менікі емес", key="1"))

    assert theirs.access_code != mine.access_code
    assert theirs.text == "Менікі емес"


def test_a_form_without_a_key_is_still_a_contact(line, send):
    assert card_of(send(text=BURST, key="")).text == BURST


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_that_is_too_long_says_so_beside_itself(line, send, in_words, language):
    answer = send(language, text=BURST, place_text="к" * 501, landmark="б" * 301, name="а" * 201, topic_code="т" * 25)

    message = in_words(AtMost.message, language)
    for most, typed in ((500, 501), (300, 301), (200, 201), (24, 25)):
        assert message % {"limit_value": most, "show_value": typed} in text_of(answer)
    assert "к" * 501 in text_of(answer)


def test_the_contact_waits_for_an_operator_when_no_topic_was_chosen(line, send):
    card = card_of(send(text=BURST))

    assert card.status == "received"
    assert Contact.objects.get().state in {"waiting", "offered"}


def test_address_suggestions_bear_whatever_is_typed(line, browser):
    client = browser()
    for words in ("", " ", "\0", "%", "'; --", "ж" * 5_000, TRICKS, "12", "🜁🜂"):
        assert client.get("/places/", {"q": words}).status_code == 200, words
