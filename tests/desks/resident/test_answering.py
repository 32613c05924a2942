"""Is it really done? The resident has the last word, once, by a link that programs may open without harm."""

import html
from datetime import timedelta

import pytest

from komek.platform import clock
from komek.rooms.cards import queries as cards
from komek.rooms.feedback import queries as feedback
from komek.rooms.feedback.rules import AlreadyAnswered, TooLate, UnknownSurvey

LANGUAGES = ("kk", "ru", "en")
BURST = "Көшеде су құбыры жарылды"


@pytest.fixture
def asked(line, write, work, run_after):
    """The address of the question, and the card it is about."""
    _, number, _ = write(BURST, topic_code="WAT-02", place_text="Кенесары 12")
    run_after()
    work.finish(number)
    work.check(number)
    card = cards.by_number(number)
    return f"/answer/{feedback.open_survey(card.pk).token}/", card


@pytest.fixture
def eleven_days_later(monkeypatch):
    """The desks look at another clock."""

    def pass_by():
        later = clock.now() + timedelta(days=11)
        monkeypatch.setattr("komek.desks.resident.views.answering.now", lambda: later)
        monkeypatch.setattr("komek.desks.resident.views.following.now", lambda: later)

    return pass_by


def text_of(answer):
    return html.unescape(answer.content.decode())


def test_opening_the_link_answers_nothing(asked, browser):
    address, card = asked
    for _ in range(3):
        assert browser().get(address).status_code == 200
        browser().head(address)

    assert feedback.last_survey(card.pk).answer == ""
    assert cards.card(card.pk).status == "closed"


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_answers_twice_is_told_kindly_and_the_first_answer_stands(asked, browser, in_words, language):
    address, card = asked
    client = browser(language=language)
    assert client.post(address, {"answer": "confirm", "score": "5"}).status_code == 302
    second = client.post(address, {"answer": "refute", "comment": "Су әлі ағып жатыр"})

    assert second.status_code == 409
    assert in_words(AlreadyAnswered(card.number), language) in text_of(second)
    assert feedback.last_survey(card.pk).answer == "confirmed"
    assert cards.card(card.pk).reopened == 0


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("token", ["x", "a" * 24, "%00", "..", "9" * 3_000])
def test_a_forged_link_leads_to_no_question(line, browser, in_words, token, language):
    for answer in (
        browser(language=language).get(f"/answer/{token}/"),
        browser(language=language).post(f"/answer/{token}/", {"answer": "confirm"}),
    ):
        assert answer.status_code == 404
        assert in_words(UnknownSurvey(), language) in text_of(answer)


@pytest.mark.parametrize("language", LANGUAGES)
def test_refuting_needs_a_few_words(asked, browser, in_words, language):
    address, card = asked
    answer = browser(language=language).post(address, {"answer": "refute", "comment": "  ", "score": "2"})

    assert answer.status_code == 422
    assert in_words("Please write what is not done.", language) in text_of(answer)
    assert 'value="2" checked' in text_of(answer)
    assert cards.card(card.pk).reopened == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_after_the_time_to_answer_the_words_are_shown_back_and_nothing_is_reopened(
    asked, browser, in_words, eleven_days_later, language
):
    address, card = asked
    eleven_days_later()
    client = browser(language=language)
    assert "<textarea" not in text_of(client.get(address))
    answer = client.post(address, {"answer": "refute", "comment": "Су әлі ағып жатыр"})

    assert answer.status_code == 409
    assert in_words(TooLate(card.number), language) in text_of(answer)
    assert "Су әлі ағып жатыр" in text_of(answer)
    assert cards.card(card.pk).reopened == 0


def test_after_the_time_to_answer_the_status_page_asks_no_more(asked, browser, eleven_days_later):
    address, card = asked
    status = f"/status/{card.number}/{card.access_code}/"
    assert f'href="{address}"' in text_of(browser().get(status))
    eleven_days_later()

    assert f'href="{address}"' not in text_of(browser().get(status))


def test_a_question_of_the_round_before_is_answered_no_more(asked, browser):
    address, card = asked
    client = browser(language="en")
    client.post(address, {"answer": "refute", "comment": "Су әлі ағып жатыр"})

    assert cards.card(card.pk).reopened == 1
    assert client.post(address, {"answer": "confirm"}).status_code == 409
    assert "<textarea" not in text_of(client.get(address))


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"answer": "maybe"},
        {"answer": "confirm", "score": "6"},
        {"answer": "confirm", "score": "NaN"},
        {"answer": "refute", "comment": "а" * 2_001},
    ],
)
def test_an_answer_that_cannot_be_read_is_asked_for_again(asked, browser, told):
    address, card = asked
    answer = browser().post(address, told)

    assert answer.status_code == 422
    assert 'class="errorlist' in text_of(answer)
    assert feedback.last_survey(card.pk).answer == ""


def test_words_with_signs_that_nobody_sees_are_kept_without_them(asked, browser):
    address, card = asked
    assert browser().post(address, {"answer": "refute", "comment": "\u202eсу\0 ағады"}).status_code == 302

    assert feedback.surveys(card.pk)[0].comment == "су ағады"
