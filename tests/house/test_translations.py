"""Every word that people read exists in Kazakh and in Russian, and says what the code means to say."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.formats import date_format

import komek
from komek.desks.console import catalogs
from komek.ui.words import WORDS

SENTENCE = ".:?!…"
PACKAGE = Path(komek.__file__).parent
# The same in every language: names of things, and signs that stand for themselves.
NAMES = {"Komek", "TOTP", "WebAuthn", "IPv4", "IPv6", "API"}


@pytest.fixture(scope="module", params=catalogs.LANGUAGES)
def language(request):
    return request.param


@pytest.fixture(scope="module")
def catalog(language):
    return catalogs.read(language)


def forms(entry):
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def said(entry):
    """Every form of a translation that is there; one test alone tells of those that are not."""
    return [text for text in forms(entry) if text]


def test_the_catalog_has_every_message_id_of_the_code(language, catalog):
    missing = catalogs.state(language, catalog).added

    assert missing == (), "run `komek messages`, translate what it lists"


def test_every_message_id_is_translated_in_all_its_forms(language, catalog):
    untranslated = [entry.msgid for entry in catalog if not entry.obsolete and not all(forms(entry))]

    assert untranslated == []


def test_no_message_id_is_left_that_nobody_says(language, catalog):
    unused = catalogs.state(language, catalog).unused

    assert unused == (), "run `komek messages --drop-unused`"


def test_no_translation_is_a_guess(catalog):
    assert [entry.msgid for entry in catalog if entry.fuzzy or entry.obsolete] == []


def test_no_message_id_appears_twice(catalog):
    ids = [catalogs.message_id(entry) for entry in catalog]

    assert len(ids) == len(set(ids))


def test_no_translation_repeats_the_english(catalog):
    repeated = [
        entry.msgid
        for entry in catalog
        if entry.msgid not in NAMES and catalogs.has_words(entry.msgid) and entry.msgid in said(entry)
    ]

    assert repeated == []


def test_every_translation_fills_in_the_same_placeholders(catalog):
    broken = [
        (entry.msgid, text)
        for entry in catalog
        for text in said(entry)
        if catalogs.placeholders(text)
        != catalogs.placeholders(entry.msgid) | catalogs.placeholders(entry.msgid_plural or "")
    ]

    assert broken == []


def test_every_translation_ends_as_the_english_does(catalog):
    """A sentence stays a sentence, a label stays a label: screens put their own marks around labels."""
    other = [
        (entry.msgid, text)
        for entry in catalog
        if entry.occurrences and not entry.occurrences[0][0].startswith(("allauth", "django"))
        for text in said(entry)
        if (entry.msgid[-1] in SENTENCE) != (text[-1:] in SENTENCE)
    ]

    assert other == []


def test_no_translation_has_stray_space(catalog):
    stray = [
        entry.msgid
        for entry in catalog
        for text in said(entry)
        if text != text.strip() or "  " in text or text.startswith("\n") != entry.msgid.startswith("\n")
    ]

    assert stray == []


def test_kazakh_is_not_russian():
    """The two are written in one script, so a sentence in the wrong column is easily overlooked."""
    russian = {text for entry in catalogs.read("ru") for text in said(entry)}
    copied = [
        text for entry in catalogs.read("kk") for text in said(entry) if len(text.split()) > 1 and text in russian
    ]

    assert copied == []


def test_every_word_that_a_template_asks_for_is_known():
    asked = {
        (path.name, kind)
        for path in PACKAGE.rglob("templates/**/*.html")
        for kind in re.findall(r"\|(?:word|mark):[\"'](\w+)[\"']", path.read_text(encoding="utf-8"))
    }

    assert {(name, kind) for name, kind in asked if kind not in WORDS} == set()


@pytest.mark.parametrize(
    ("language", "number", "expected"),
    [
        ("kk", 1, "1 файл сақталды."),
        ("kk", 5, "5 файл сақталды."),
        ("ru", 1, "1 файл уже сохранён."),
        ("ru", 3, "3 файла уже сохранены."),
        ("ru", 11, "11 файлов уже сохранено."),
        ("ru", 21, "21 файл уже сохранён."),
    ],
)
def test_plurals_follow_the_grammar_of_the_language(language, number, expected):
    with translation.override(language):
        text = translation.ngettext("%(n)s file is kept already.", "%(n)s files are kept already.", number)

    assert text % {"n": number} == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("kk", "Бұл өрісті толтыру қажет."),
        ("ru", "Обязательное поле."),
    ],
)
def test_the_words_of_the_libraries_are_translated_too(language, expected):
    with translation.override(language):
        assert translation.gettext("This field is required.") == expected


def test_a_kazakh_date_is_written_as_in_kazakh():
    with translation.override("kk"):
        assert date_format(date(2026, 11, 22)) == "22 қараша 2026 ж."
