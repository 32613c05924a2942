"""The emergency scripts are published whole, remembered, and kept for the cards that used them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from komek.desks.console.pack import read
from komek.platform.remembered import reading
from komek.rooms.knowledge import actions, queries, rules
from komek.rooms.knowledge.facts import ScriptsPublished
from komek.rooms.knowledge.models import Script, ScriptBook

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def draft(request):
    """The scripts of the city pack we ship."""
    return read(request.config.rootpath / "cities" / "astana").scripts


@pytest.fixture
def published(db, draft, zarina, at):
    return actions.publish_scripts(draft, by=zarina, at=at)


def changed(draft, code, /, **columns):
    """The book with another script under this code."""
    scripts = tuple(replace(script, **columns) if script.code == code else script for script in draft.scripts)
    return replace(draft, scripts=scripts)


def reworded(draft, **columns):
    steps = ({"kk": "Далаға шығыңыз.", "ru": "Выйдите на улицу.", "en": "Go outside."},)
    return changed(draft, "gas_smell", steps=steps, **columns)


def test_a_published_book_is_in_force_as_it_was_written(draft, zarina, facts, at):
    book = actions.publish_scripts(draft, by=zarina, at=at)

    assert queries.scripts() == book
    assert book.says_as(draft)
    assert (book.number, book.published_at) == (1, at)
    codes = tuple(script.code for script in draft.scripts)
    assert facts.announced == [ScriptsPublished(ScriptBook.objects.get().id, 1, codes, zarina.id, at)]


def test_the_same_book_again_changes_nothing(published, draft, zarina, facts, at):
    again = actions.publish_scripts(draft, by=zarina, at=at + DAY)

    assert (again.number, again.published_at) == (1, at)
    assert ScriptBook.objects.count() == 1
    assert facts.announced == []


def test_a_new_wording_is_in_force_and_the_old_one_can_still_be_read(published, draft, zarina, at):
    actions.publish_scripts(reworded(draft, version=2), by=zarina, at=at + DAY)

    assert len(queries.script("gas_smell").steps) == 1
    assert len(queries.script("gas_smell", 1).steps) == 6
    assert queries.script("gas_smell", 2) == queries.script("gas_smell")


def test_other_words_under_the_same_version_are_refused_and_nothing_is_written(published, draft, zarina, facts, at):
    with pytest.raises(rules.SameVersion, match="Raise its version"):
        actions.publish_scripts(reworded(draft), by=zarina, at=at)

    assert ScriptBook.objects.count() == 1
    assert facts.announced == []


def test_other_triggers_need_no_new_version(published, draft, zarina, at):
    listening = changed(draft, "gas_smell", triggers={"kk": ("метан",), "ru": ("метан",), "en": ("methane",)})

    actions.publish_scripts(listening, by=zarina, at=at)

    assert [match.script.code for match in queries.scripts_for("Метан!")] == ["gas_smell"]
    assert queries.scripts_for("пахнет газом") == []


def test_what_was_published_is_never_changed(published):
    with pytest.raises(DatabaseError), transaction.atomic():
        Script.objects.update(primary="911")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"code": "gas smell"}, "not an id"),
        ({"version": 0}, "no such version"),
        ({"primary": "911"}, "Nobody answers «911»"),
        ({"when": {}}, "when to call the further numbers"),
        ({"ask": ("shoe_size",)}, "no field «shoe_size»"),
        ({"steps": ()}, "many steps"),
        ({"never": {"kk": "Жоқ.", "ru": "Нет."}}, "not said in «en»"),
        ({"titles": {"kk": "{x}", "ru": "Газ", "en": "Gas"}}, "Nothing fills in «{x}»"),
        ({"triggers": {"kk": ("газ",), "ru": ("газ",)}}, "No words call it in «en»"),
        ({"triggers": {"kk": ("газ",), "ru": ("в на",), "en": ("gas",)}}, "«в на» says nothing"),
    ],
)
def test_a_book_that_cannot_be_read_aloud_is_refused(*, draft, zarina, at, change, problem):
    with pytest.raises(rules.IncompleteBook, match=problem):
        actions.publish_scripts(changed(draft, "gas_smell", **change), by=zarina, at=at)

    assert queries.scripts() is None


def test_before_the_first_book_nothing_is_called(db):
    assert queries.scripts_for("пахнет газом") == []
    with pytest.raises(rules.UnknownScript):
        queries.script("gas_smell")


def test_an_unknown_script_or_version_is_refused(published):
    for told in (("gas_smel",), ("gas_smell", 2), ("gas_smell", 0)):
        with pytest.raises(rules.UnknownScript):
            queries.script(*told)


def test_the_most_urgent_script_comes_first_and_those_of_the_topic_last(published):
    text = "застряли в лифте и пахнет газом"

    found = queries.scripts_for(text, topic_code="EMG-03")

    assert [match.script.code for match in found] == ["gas_smell", "lift_trapped", "manhole_fall"]
    assert [text[place.start : place.end] for place in found[0].words] == ["пахнет", "газом"]
    assert found[2].words == ()
    assert len(queries.scripts_for(text, limit=1, topic_code="EMG-03")) == 1


def test_a_script_is_read_in_the_language_of_the_caller(published):
    script = queries.script("lift_trapped")

    told = script.told("en")

    assert told.title == "Person trapped in a lift"
    assert rules.filled(told.steps[4], {"eta": 20}).startswith(
        "The lift crew has the order and should be there in about 20"
    )
    assert "{" not in rules.filled(told.steps[4], {})


def test_while_the_scripts_stay_what_they_are_a_page_asks_once_whether_they_do(published, django_assert_num_queries):
    queries.scripts_for("пахнет газом")

    with django_assert_num_queries(1), reading():
        for text in ("пахнет газом", "лифтіде қалды", "we smell gas"):
            assert queries.scripts_for(text)
        queries.script("gas_smell", 1)
