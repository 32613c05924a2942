"""Texts that are filled in, promises in words, and replies that are understood."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from komek.rooms.feedback import rules
from komek.rooms.feedback.rules import Answer

CITY = ZoneInfo("Asia/Almaty")
AT = datetime(2026, 11, 2, 4, 30, tzinfo=UTC)


def test_a_text_is_filled_in_and_what_is_missing_leaves_nothing_behind():
    assert rules.filled("№ {number}: {text} {link}", {"number": "26-1", "link": "L"}) == "№ 26-1: L"


def test_what_somebody_has_written_is_never_read_as_a_template():
    assert rules.filled("{text}", {"text": "{number} {0} {x.__class__} %(a)s"}) == "{number} {0} {x.__class__} %(a)s"


@pytest.mark.parametrize("text", ["{who}", "{number", "number}", "{0}", "{}", "{number.real}", "{number[0]}"])
def test_a_text_that_could_not_be_filled_in_is_refused(text):
    with pytest.raises(rules.BadText):
        rules.check_text("done", "kk", text)


def test_a_good_text_passes():
    rules.check_text("done", "kk", "№ {number} {service} {due} {link} {reason} {text} 100 %")


@pytest.mark.parametrize(
    ("language", "said"), [("kk", "2 қараша, 11:30"), ("ru", "2 ноября, 11:30"), ("en", "2 November, 11:30")]
)
def test_a_promise_is_said_in_the_zone_of_the_city(language, said):
    assert rules.due_words(AT + timedelta(hours=2), language, CITY, at=AT) == said


@pytest.mark.parametrize(
    ("language", "said"), [("kk", "2027 жылғы 9 қаңтар"), ("ru", "9 января 2027"), ("en", "9 January 2027")]
)
def test_a_day_of_another_year_names_the_year(language, said):
    assert rules.due_words(date(2027, 1, 9), language, CITY, at=AT) == said


def test_the_last_evening_of_the_year_is_the_next_year_in_the_city():
    late = datetime(2026, 12, 31, 20, 0, tzinfo=UTC)

    assert rules.due_words(late, "ru", CITY, at=AT) == "1 января 2027, 01:00"


@pytest.mark.parametrize("language", rules.LANGUAGES)
def test_every_language_has_its_words(language):
    assert rules.due_words(None, language, CITY, at=AT)
    assert rules.TOLD_LATER[language]
    assert rules.TAKES_LONGER[language]
    assert all(words[language] for words in rules.ENDED.values())
    assert all(language in words for words in rules.REASONS.values())


def test_every_reason_of_a_service_has_words_for_the_resident():
    from komek.rooms.workorders.rules import Reason

    assert set(rules.REASONS) == {reason.value for reason in Reason}


@pytest.mark.parametrize(("text", "said"), [("Ауыстырылды", "Ауыстырылды."), ("Бітті!", "Бітті!"), ("  ", "")])
def test_words_become_a_sentence(text, said):
    assert rules.sentence(text) == said


def test_an_article_becomes_a_message():
    assert rules.plain("# Газ\n\nҚоңырау шалыңыз: **104**.") == "Газ\n\nҚоңырау шалыңыз: 104."
    assert len(rules.plain("# Ұзақ\n" + "сөз сөз\n" * 2_000)) <= 2_000
    assert len(rules.plain("ә" * 9_000)) == 2_000


@pytest.mark.parametrize(
    "text",
    [
        "жоқ", "Жок, орындалмаган", "жасалмаған", "рахмет, бірақ жасалмаған", "нет", "Нет!!!", "да нет, не сделали",
        "не сделано", "zhok", "no", "NOT DONE", "ничего не сделали",
    ],
)  # fmt: skip
def test_a_no_is_understood_however_it_is_typed(text):
    assert rules.in_words(text) is Answer.REFUTED


@pytest.mark.parametrize(
    "text", ["иә", "Иа", "ия рахмет", "рақмет!", "да", "Спасибо, сделали", "yes", "thank you", "орындалды"]
)
def test_a_yes_is_understood_however_it_is_typed(text):
    assert rules.in_words(text) is Answer.CONFIRMED


@pytest.mark.parametrize(
    "text",
    [
        "", "?", "5", "Когда приедете?", "Қашан келесіздер", "дача", "нетбук", "ядро",
        "Да, кстати, ещё у нас во дворе уже вторую неделю не вывозят мусор и не горит фонарь у подъезда",
    ],
)  # fmt: skip
def test_what_is_about_something_else_is_no_answer(text):
    assert rules.in_words(text) is None


@pytest.mark.parametrize(("score", "value"), [(None, None), ("", None), (1, 1), ("5", 5)])
def test_a_score_is_from_one_to_five_or_nothing(score, value):
    assert rules.check_score(score) == value


@pytest.mark.parametrize("score", [0, 6, -1, "x", "4.5", 1.5, True, "9" * 5000])
def test_what_is_no_score_is_refused(score):
    with pytest.raises(rules.WrongScore):
        rules.check_score(score)


def test_there_are_ten_days_to_answer():
    rules.check_time("26-1", closed_at=AT, at=AT + timedelta(days=10))
    with pytest.raises(rules.TooLate):
        rules.check_time("26-1", closed_at=AT, at=AT + timedelta(days=10, seconds=1))
    with pytest.raises(rules.OpenAgain):
        rules.check_time("26-1", closed_at=None, at=AT)
