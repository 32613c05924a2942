"""The numbers of any days: a period that cannot be is refused with a sentence, and today's numbers are shown instead."""

import html

import pytest

LANGUAGES = ("kk", "ru", "en")
WRONG = "Choose a period of at most 400 days that does not end before it begins."


@pytest.fixture
def numbers(browser, saule):
    def opened(language="kk", **asked):
        answer = browser(saule, language).get("/supervisor/numbers/", asked)
        assert answer.status_code < 500, answer.content.decode()[:2000]
        return answer

    return opened


def text_of(answer):
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_period_that_ends_before_it_begins_is_refused(line, numbers, in_words, language):
    answer = numbers(language, since="2026-11-05", until="2026-11-01")

    assert answer.status_code == 422
    assert in_words(WRONG, language) in text_of(answer)
    assert 'value="2026-11-05"' in text_of(answer)


def test_a_period_without_end_is_refused(line, numbers, in_words):
    for since, until in (
        ("0001-01-01", ""),
        ("", "9999-12-31"),
        ("9999-12-31", ""),
        ("", "0001-01-01"),
        ("2024-01-01", "2026-11-01"),
        ("0001-01-01", "0001-01-02"),
        ("9999-12-30", "9999-12-31"),
    ):
        answer = numbers("en", since=since, until=until)
        assert answer.status_code == 422, (since, until)
        assert in_words(WRONG, "en") in text_of(answer), (since, until)


def test_a_date_that_does_not_exist_says_so(line, numbers):
    for since in ("2026-02-30", "x", "0000-00-00", "\0", "9" * 50, "' OR 1=1 --"):
        answer = numbers(since=since)
        assert answer.status_code == 422, since
        assert 'class="errorlist' in text_of(answer), since


def test_a_split_that_is_none_says_so(line, numbers):
    assert numbers(by="colour").status_code == 422


@pytest.mark.parametrize("by", ["", "day", "district", "service", "group", "topic", "channel"])
def test_every_split_opens(line, write, numbers, run_after, by):
    write("Көшеде су құбыры жарылды", topic_code="WAT-02")
    run_after()

    assert numbers(by=by).status_code == 200


def test_one_end_of_a_period_is_enough(line, numbers):
    assert numbers(since="2026-11-01").status_code == 200
    assert numbers(until="2026-11-01").status_code == 200
