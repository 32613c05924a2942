"""The working calendar, set by hand: a day that does not exist is refused, and new promises follow a day that does."""

import html
from datetime import UTC, date, datetime

import pytest

from komek.registers.calendar import queries as calendar
from komek.registers.calendar.rules import NotInTheCalendar
from komek.rooms.cards import actions as cards
from komek.rooms.cards.rules import CardDraft
from komek.rooms.routing import queries as routing

LANGUAGES = ("kk", "ru", "en")
FRIDAY = datetime(2026, 8, 28, 5, 0, tzinfo=UTC)
HOLIDAY = {
    "on": "2026-08-31",
    "kind": "holiday",
    "name_kk": "Ауыстырылған демалыс",
    "name_ru": "Перенос",
    "name_en": "Moved",
}


@pytest.fixture
def send(browser, saule):
    def sent(language="kk", **told):
        answer = browser(saule, language).post("/supervisor/calendar/", told)
        assert answer.status_code < 500, answer.content.decode()[:2000]
        return answer

    return sent


def text_of(answer):
    return html.unescape(answer.content.decode())


def promise_of_a_pothole():
    """Three working days from Friday morning."""
    card = cards.register(CardDraft(text="Шұңқыр", topic_code="ROA-01"), channel="desk", by=None, at=FRIDAY)
    return routing.clock(card.pk).due_at


def test_the_31st_of_august_set_by_hand_moves_the_next_promise_by_a_day(line, send):
    before = promise_of_a_pothole()
    assert send(**HOLIDAY).status_code == 302
    after = promise_of_a_pothole()

    assert before.date() == date(2026, 9, 2)
    assert after.date() == date(2026, 9, 3)


def test_a_day_given_back_counts_again(line, send):
    before = promise_of_a_pothole()
    send(**HOLIDAY)
    assert send(on="2026-08-31", kind="usual").status_code == 302

    assert promise_of_a_pothole() == before


def test_a_saturday_that_is_worked_brings_the_promise_nearer(line, send):
    assert send(on="2026-08-29", kind="working", like_weekday="0", name_ru="Рабочая суббота").status_code == 302

    assert promise_of_a_pothole().date() == date(2026, 9, 1)


def test_a_day_that_does_not_exist_is_refused(line, send):
    for on in (
        "2026-02-30",
        "2026-13-01",
        "",
        "tomorrow",
        "0000-00-00",
        "1999-12-31",
        "2101-01-01",
        "9999-12-31",
        "31.08.26 or so",
        "\0",
    ):
        answer = send(**{**HOLIDAY, "on": on})
        assert answer.status_code == 422, on
        assert 'class="errorlist' in text_of(answer), on
        assert 'value="Ауыстырылған демалыс"' in text_of(answer), on

    assert not calendar.days(year=2026).filter(name_ru="Перенос").exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_set_apart_says_why(line, send, in_words, language):
    answer = send(language, on="2026-08-31", kind="holiday")

    assert answer.status_code == 422
    assert in_words("Please write what this day is.", language) in text_of(answer)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_that_was_never_set_apart_cannot_be_given_back(line, send, in_words, language):
    answer = send(language, on="2026-08-31", kind="usual")

    assert answer.status_code == 422
    assert in_words(NotInTheCalendar(date(2026, 8, 31)), language) in text_of(answer)


def test_a_field_that_cannot_be_read_says_so(line, send):
    for told in ({"kind": "party"}, {"kind": ""}, {"like_weekday": "8"}, {"name_kk": "а" * 201}):
        answer = send(**{**HOLIDAY, **told})
        assert answer.status_code == 422, told
        assert 'class="errorlist' in text_of(answer), told


def test_a_year_that_is_none_is_this_year(line, browser, saule):
    client = browser(saule)
    for year in ("", "x", "0", "-1", "1999", "2101", "9" * 6_000, "٢٠٢٦", "²", "\0"):
        assert client.get("/supervisor/calendar/", {"year": year}).status_code == 200, year


def test_a_form_that_is_quite_empty_is_asked_for_again(line, send):
    assert 'class="errorlist' in text_of(send())
