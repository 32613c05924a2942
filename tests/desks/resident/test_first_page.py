"""The first page: answers before anything else, what is happening, and every way to us; and one answer by itself."""

import html

import pytest

from komek.desks.console.pack import read
from komek.platform.clock import now
from komek.rooms.knowledge import actions as knowledge
from komek.rooms.knowledge import queries
from komek.rooms.knowledge.rules import ArticleDraft, BulletinDraft, Severity, Text

LANGUAGES = ("kk", "ru", "en")


@pytest.fixture
def hot_water(db):
    """An article that answers who has no hot water."""
    texts = (
        Text(
            "kk", "Ыстық су жоқ", "# Ыстық су жоқ\n\nЖазда желілерді **сынайды**.\n\n1. Көрші үйді сұраңыз\n2. Күтіңіз"
        ),
        Text("ru", "Нет горячей воды", "# Нет горячей воды\n\nЛетом сети **испытывают**."),
        Text("en", "No hot water", "# No hot water\n\nIn summer the pipes are **tested**."),
    )
    draft = ArticleDraft(code="KB-004", owner="TT", texts=texts, topics=("HEA-06",))
    return knowledge.publish(draft, by=None, at=now())


def text_of(answer):
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize("words", ["ыстық су жоқ", "нет горячей воды", "no hot water", "ystyk su zhok"])
def test_what_is_asked_is_answered_before_anything_is_sent(line, hot_water, browser, words):
    page = text_of(browser(language="ru").get("/", {"q": words}))

    assert 'href="/answers/KB-004/"' in page
    assert "Нет горячей воды" in page


def test_an_answer_is_read_as_it_was_meant_and_can_do_no_harm(line, hot_water, browser):
    page = text_of(browser(language="kk").get("/answers/KB-004/"))

    assert "<b>сынайды</b>" in page
    assert "<ol><li>Көрші үйді сұраңыз</li><li>Күтіңіз</li></ol>" in page
    assert page.count("Ыстық су жоқ</h") == 1


def test_an_answer_that_is_not_there_is_said_kindly(line, browser):
    assert browser().get("/answers/KB-999/").status_code == 404


def test_what_was_looked_for_in_vain_is_noted_without_the_person(line, browser):
    text_of(browser(language="ru").get("/", {"q": "единорог в пруду +7 701 555 01 42"}))

    (missed,) = queries.missed(now().date())
    assert missed.times == 1
    assert "единорог" in missed.query
    assert "555" not in missed.query


@pytest.fixture
def scripts(db, request):
    """The emergency scripts of the city."""
    return knowledge.publish_scripts(read(request.config.rootpath / "cities" / "astana").scripts, by=None, at=now())


def test_words_of_danger_are_answered_with_the_number_to_call(line, scripts, browser):
    page = text_of(browser(language="ru").get("/", {"q": "пахнет газом"}))

    assert 'href="tel:104"' in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_happens_in_the_city_is_on_the_first_page(line, browser, language):
    knowledge.announce_bulletin(
        BulletinDraft(
            code="B-1",
            severity=Severity.CRITICAL,
            texts={"kk": "Су жоқ: Нұра", "ru": "Нет воды: Нура", "en": "No water: Nura"},
            valid_from=now(),
        ),
        by=None,
        at=now(),
    )

    said = {"kk": "Су жоқ: Нұра", "ru": "Нет воды: Нура", "en": "No water: Nura"}[language]
    assert said in text_of(browser(language=language).get("/"))


@pytest.mark.parametrize("words", ["\0", "%", "'; --", "ж" * 5_000, "<script>alert(1)</script>", "🜁"])
def test_rubbish_in_the_search_is_a_page_and_not_a_fault(line, browser, words):
    answer = browser().get("/", {"q": words})

    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()
