import pytest

from komek.letters import SQL_FOLD, fold, from_latin


def test_kazakh_letters_fold_to_what_one_types_without_them():
    assert fold("Әр ғимарат, Қаңтар, ҢӨҰҮҺІ ёлка") == "ар гимарат, кантар, ноуухи елка"


def test_the_fold_in_sql_is_the_same_fold():
    assert fold(SQL_FOLD[0]) == SQL_FOLD[1]


@pytest.mark.parametrize("hidden", ["\0", "\u202e", "\u200b", "\u00ad", "\ufeff"])
def test_signs_that_cannot_be_seen_are_left_out(hidden):
    assert fold(f"Жаңа{hidden}тас") == "жанатас"


def test_a_letter_written_as_two_signs_is_one():
    assert fold("и\u0306од") == "йод"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("zharyk zhok", "жарык жок"),
        ("jaryq joq", "жарык жок"),
        ("Aulada qubyr jaryldy", "аулада кубыр жарылды"),
        ("Salem, lift istemeidi", "салем, лифт истемейди"),
        ("aialdama", "аялдама"),
        ("qala kósheleri", "кала кошелери"),
        ("Şam janbaidy", "шам жанбайды"),
        ("kowede", "кошеде"),
        ("svet net", "свет нет"),
        ("net sveta v podezde", "нет света в подезде"),
        ("kholodnaya ulitsa", "холодная улица"),
        ("ulica Abaya 12/3", "улица абая 12/3"),
        ("gorjachij", "горжачиж"),
        ("cвeт", "свет"),
        ("жарық жоқ", "жарык жок"),
    ],
)
def test_latin_words_are_read_by_their_sound(typed, read):
    assert from_latin(typed) == read
