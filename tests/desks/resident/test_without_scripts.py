"""The whole journey as a telephone without JavaScript makes it: found, written, followed, added to, answered."""

import html
import re

import pytest

from komek.platform import limits
from komek.rooms.cards import queries as cards
from komek.rooms.channels import queries as channels
from komek.rooms.feedback import queries as feedback
from komek.rooms.feedback.rules import Answer

LANGUAGES = ("kk", "ru", "en")
BURST = "Көшеде су құбыры жарылды"
STEPS = ("Received", "Passed on", "Work done", "Your confirmation")


def text_of(answer):
    return html.unescape(answer.content.decode())


def fields_of(page, form):
    """What a browser would send of a form by itself: its hidden fields and what they hold."""
    inside = re.search(rf"<form[^>]*{form}.*?</form>", page, re.DOTALL)[0]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', inside))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_resident_goes_all_the_way_without_a_script(line, browser, work, photo, run_after, language, in_words):
    client = browser(language=language)
    found = text_of(client.get("/", {"q": "құбыр жарылды"}))
    address = re.search(r'href="(/write/\?topic=WAT-02[^"]*)"', found)[1].replace("&amp;", "&")
    form = text_of(client.get(address))
    assert "құбыр жарылды</textarea>" in form
    assert '<option value="WAT-02" selected>' in form
    told = {**fields_of(form, 'id="write"'), "text": BURST, "topic_code": "WAT-02", "place_text": "Кенесары 12"}
    sent = client.post("/write/", {**told, "language": language, "files": [photo("before.jpg")]})
    run_after()
    number, code = re.search(r"/status/([\d-]+)/(\w+)/", sent["Location"]).groups()

    status = text_of(client.get(sent["Location"]))
    for step in STEPS:
        assert in_words(step, language) in status
    assert code in status

    work.finish(number)
    work.check(number)
    status = text_of(client.get(sent["Location"]))
    assert re.search(rf'class="passed"[^>]*><span class="step-name">{in_words("Work done", language)}', status)
    assert re.search(rf'class="ahead"[^>]*><span class="step-name">{in_words("Your confirmation", language)}', status)
    answer = re.search(r'href="(/answer/[^"]+)"', status)[1]
    assert client.post(answer, {"answer": "confirm", "score": "5"}).status_code == 302
    assert feedback.last_survey(cards.by_number(number).pk).score == 5


def test_a_promise_is_a_day_and_an_hour_in_words(line, write, run_after):
    client, number, code = write(BURST, language="ru", topic_code="WAT-02")
    run_after()

    assert re.search(
        r"Обещано: <b><time[^>]*>(сегодня|завтра), \d\d:\d\d</time>", text_of(client.get(f"/status/{number}/{code}/"))
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_another_language_keeps_every_word_and_every_photo(line, browser, kept, photo, in_words, language):
    client = browser(language="kk")
    told = {"text": BURST, "place_text": "Кенесары 12", "landmark": "арка", "phone": "+7 701", "name": "Асан"}
    page = client.post(
        "/write/", {**told, "topic_code": "WAT-02", "key": "one", "switch": language, "files": [photo()]}
    )

    assert page.status_code == 200
    assert client.cookies["django_language"].value == language
    assert in_words("What happened?", language) in text_of(page)
    for typed in (BURST, "Кенесары 12", "арка", "+7 701", "Асан", '<option value="WAT-02" selected>', 'value="one"'):
        assert typed in text_of(page)
    assert kept() == {"cards": 0, "contacts": 0, "files": 1}
    kept_files = re.search(r'name="kept_files" value="([^"]+)"', text_of(page))[1]
    answer = client.post("/write/", {**told, "key": "one", "kept_files": kept_files})
    card = cards.by_number(answer["Location"].split("/")[2])
    assert len(channels.files_of(card.conversation_id)) == 1


def test_whoever_switches_without_end_brings_no_more_files_and_loses_none(line, browser, kept, photo):
    client = browser(language="kk")
    pages = [
        client.post("/write/", {"text": BURST, "switch": "ru", "files": [photo(color=(n * 10, 1, 1))]})
        for n in range(20)
    ]

    assert {page.status_code for page in pages} == {200}
    assert 12 <= kept()["files"] < 20
    kept_files = re.search(r'name="kept_files" value="([^"]+)"', text_of(pages[0]))[1]
    last = client.post("/write/", {"text": BURST, "switch": "kk", "kept_files": kept_files})
    assert 'name="kept_files"' in text_of(last)


def test_an_unknown_language_switches_nothing(line, browser):
    assert browser().post("/write/", {"text": "", "switch": "xx"}).status_code == 422


def test_an_answer_comes_in_the_language_that_was_asked_for(line, browser):
    answer = browser(language="ru").post("/write/", {"text": BURST, "language": "kk", "key": "one"})

    assert cards.by_number(answer["Location"].split("/")[2]).language == "kk"


@pytest.fixture
def card(line, write, run_after):
    client, number, code = write(BURST, topic_code="WAT-02", place_text="Кенесары 12")
    run_after()
    return client, cards.by_number(number), f"/status/{number}/{code}/"


def said_in(found):
    return [message for message in channels.said(found.conversation_id) if message.direction == "in"]


def test_what_is_added_twice_is_said_once(card, kept, photo):
    client, found, address = card
    for _ in range(2):
        answer = client.post(f"{address}add/", {"text": "Әлі ағып жатыр", "key": "k1", "files": [photo()]})
        assert answer["Location"] == address

    assert [message.text for message in said_in(found)] == [BURST, "Әлі ағып жатыр"]
    assert "Әлі ағып жатыр" in text_of(client.get(address))
    assert kept()["files"] == 1


def test_something_else_in_the_old_form_is_said_too(card):
    client, found, address = card
    for words in ("Әлі ағып жатыр", "Енді тоқтады"):
        client.post(f"{address}add/", {"text": words, "key": "k1"})

    assert [message.text for message in said_in(found)] == [BURST, "Әлі ағып жатыр", "Енді тоқтады"]


def test_whoever_adds_without_end_is_asked_to_wait_and_keeps_words_and_photos(card, photo, in_words):
    client, found, address = card
    refused = client.post(f"{address}add/", {"text": "а" * 2_001, "key": "k0", "files": [photo()]})
    kept_files = re.search(r'name="kept_files" value="([^"]+)"', text_of(refused))[1]
    told = {"text": "Әлі ағып жатыр", "key": "k1", "kept_files": kept_files}
    for _ in range(20):
        if (answer := client.post(f"{address}add/", told)).status_code == 429:
            break

    assert answer.status_code == 429
    assert in_words(limits.TooMany(9).text, "kk").partition("%(seconds)s")[0] in text_of(answer)
    assert "Әлі ағып жатыр</textarea>" in text_of(answer)
    assert 'name="kept_files"' in text_of(answer)
    assert len(said_in(found)) == 2


def test_a_photo_may_be_added_without_words_but_nothing_is_not_added(card, photo, in_words):
    client, found, address = card
    assert client.post(f"{address}add/", {"text": "", "key": "k1", "files": [photo()]}).status_code == 302
    empty = client.post(f"{address}add/", {"text": " ", "key": "k2"})

    assert empty.status_code == 422
    assert in_words("Please write what happened.", "kk") in text_of(empty)
    assert len(said_in(found)) == 2


def test_nobody_adds_to_a_card_without_its_code(card):
    client, found, _ = card

    assert client.post(f"/status/{found.number}/bcdfghjk/add/", {"text": "Мен емес"}).status_code == 404
    assert len(said_in(found)) == 1


def test_a_reason_may_be_tapped_instead_of_written(card, work):
    client, found, address = card
    work.finish(found.number)
    work.check(found.number)
    token = feedback.open_survey(found.pk).token
    client.cookies["django_language"] = "ru"
    assert client.post(f"/answer/{token}/", {"answer": "refute", "why": "partly", "comment": ""}).status_code == 302

    survey = feedback.surveys(found.pk)[0]
    assert (survey.answer, survey.comment) == (Answer.REFUTED, "Сделана только часть")
    status = text_of(client.get(address))
    assert re.search(r'class="setback"[^>]*><span class="step-name">Вы сказали: не сделано. Открыто снова', status)


def test_a_script_is_told_the_address_and_goes_there_itself(line, browser):
    answer = browser().post("/write/", {"text": BURST, "key": "one"}, headers={"accept": "application/json, text/html"})

    assert answer.status_code == 201
    assert re.fullmatch(r"/status/[\d-]+/\w+/", answer.json()["address"])


@pytest.mark.parametrize(
    "query", [{}, {"text": "\0"}, {"text": "су", "lat": "x", "lon": "9" * 400}, {"lat": "91", "lon": "0"}]
)
def test_help_bears_whatever_it_is_asked(line, browser, query):
    assert browser().get("/write/help/", query).status_code == 200
