import pytest

from komek.rooms.knowledge import rules

BODY = (
    "# Жылу\n\nАлдымен **мекенжайды** айтыңыз. "
    + "Көп сөз, көп сөз. " * 20
    + "Батарея суық болса, [МИБ-ке](x.md) айтыңыз. "
    "Сосын " + "тағы көп сөз, " * 20
)


def test_every_word_is_asked_once_and_single_letters_not_at_all():
    terms = rules.terms("Нет света, нет света в доме!")

    assert [term.spoken[0] for term in terms] == ["нет", "света", "доме"]


def test_only_the_last_word_may_be_unfinished():
    first, last = rules.terms("горячая вод")

    assert first.beginnings == ()
    assert last.beginnings == ("вод",)


@pytest.mark.parametrize("finished", ["горячая вода ", "горячая вода?", "в", "су"])
def test_a_finished_or_very_short_word_is_no_beginning(finished):
    assert all(term.beginnings == () for term in rules.terms(finished))


def test_a_latin_word_is_english_kazakh_and_russian_at_once():
    (term,) = rules.terms("jilu?")

    assert term.spoken == ("jilu", "жилу", "жылу")
    assert "жылу" in term.lexemes


def test_signs_that_people_leave_out_do_not_matter():
    (with_sign,) = rules.terms("подъезд?")
    (without,) = rules.terms("подезд?")

    assert set(with_sign.lexemes) == set(without.lexemes)


@pytest.mark.parametrize("rubbish", ["", "  ", "?!", "\0", "12345", "\u202e\u202e"])
def test_rubbish_asks_nothing(rubbish):
    assert rules.terms(rubbish) == ()


def test_a_megabyte_of_text_is_asked_as_a_few_words():
    letters = "абвгдежзиклмнопрстуфх"
    text = " ".join(a + b + c for a in letters for b in letters for c in letters) * 30

    assert len(rules.terms(text)) == 24


def test_a_snippet_shows_where_the_words_are_spoken_of():
    shown = rules.snippet(BODY, "батарея суық")

    assert "Батарея суық болса, МИБ-ке айтыңыз" in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) <= 222


def test_a_snippet_is_the_beginning_when_the_words_are_in_another_language():
    assert rules.snippet(BODY, "cold radiators").startswith("Жылу Алдымен мекенжайды айтыңыз.")


def test_a_short_body_is_its_own_snippet_without_markdown():
    assert rules.snippet("- **Су** [бар](http://example.org)\n1. бәрі `жақсы`", "су") == "Су бар бәрі жақсы"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ИИН 880101300123 пособие", "ИИН … пособие"),
        ("менің нөмірім +7 701 123-45-67 жылу жоқ", "менің нөмірім … жылу жоқ"),
        ("пишите на aigerim@example.kz срочно", "пишите на … срочно"),
        ("автобус 10 в 8:30", "автобус 10 в 8:30"),
        ("a\0b", "a b"),
    ],
)
def test_a_kept_query_names_nobody(typed, kept):
    assert rules.without_personal(typed) == kept


def test_a_kept_query_is_short():
    assert len(rules.without_personal("слово " * 1000)) == 200


def test_what_no_article_answered_was_searched_in_vain():
    assert rules.in_vain(searched="ипотека", asked="", article_id=None) == "ипотека"
    assert rules.in_vain(searched="", asked="мысық", article_id=None) == "мысық"
    assert rules.in_vain(searched="ипотека", asked="мысық", article_id=7) == ""
    assert rules.in_vain(searched="", asked="", article_id=None) == ""
