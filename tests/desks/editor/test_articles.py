"""Articles in three languages: found on their shelves, written side by side, and never overwritten unseen."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from komek.platform.clock import now
from komek.rooms.intake import actions as intake
from komek.rooms.intake.rules import Arrival
from komek.rooms.knowledge import actions, queries
from komek.rooms.knowledge.rules import ArticleDraft, Text

KK = Text("kk", "Ыстық су жоқ", "Жазда ыстық су екі аптаға тоқтатылады.", "ыстық су")
RU = Text("ru", "Нет горячей воды", "Летом горячую воду отключают на две недели.", "горячая вода")
WRITTEN = {
    "owner": "TT",
    "topics": "HEA-01",
    "groups": "HEA",
    "seasons": "all",
    "valid_from": "2026-01-01",
    "valid_to": "",
    "title_kk": "Ыстық су жоқ",
    "body_kk": "Ыстық су жоқ болса, 109-ға айтыңыз.",
    "words_kk": "ыстық су",
    "title_ru": "Нет горячей воды",
    "body_ru": "Позвоните на 109.",
    "words_ru": "",
    "title_en": "",
    "body_en": "",
    "words_en": "",
    "version": "1",
}


@pytest.fixture
def publish(line):
    """Put an article on the floor: `publish("KB-001", KK, RU)`."""

    def put(code, *texts, **told):
        return actions.publish(ArticleDraft(code=code, owner="TT", texts=texts, **told), by=None, at=now())

    return put


@pytest.fixture
def desk(browser, zarina):
    return browser(zarina, "en")


def shown(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def test_the_shelves_tell_what_is_missing_and_what_ends(publish, desk, aigerim):
    today = localdate()
    publish("KB-001", KK, RU)
    publish("KB-002", KK, valid_to=today + timedelta(days=9))
    publish("KB-003", KK, RU, valid_to=today - timedelta(days=1))
    publish("KB-004", KK, RU, valid_from=today + timedelta(days=3))
    actions.retire(publish("KB-005", KK), by=None, at=now())
    actions.mark_wrong(publish("KB-006", KK, RU), by=aigerim, at=now())
    shelves = {
        "valid": {"KB-001", "KB-002", "KB-006"},
        "ru": {"KB-002"},
        "en": {"KB-001", "KB-002", "KB-004", "KB-006"},
        "kk": set(),
        "ending": {"KB-002"},
        "expired": {"KB-003"},
        "coming": {"KB-004"},
        "retired": {"KB-005"},
        "doubted": {"KB-006"},
    }
    counted = queries.shelves(now())
    for shelf, codes in shelves.items():
        page = shown(desk.get(f"/editor/?state={shelf}"))
        assert {f"KB-00{number}" for number in range(1, 7) if f"/editor/article/KB-00{number}/" in page} == codes, shelf
        assert counted[shelf] == len(codes), shelf


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("words=горячей", True),
        ("words=ГОРЯЧЕЙ", True),
        ("words=kb-001", True),
        ("topic=HEA-01", True),
        ("owner=TT", True),
        ("words=газ", False),
        ("topic=WAT-02", False),
        ("owner=SU", False),
        ("words=%00", True),
    ],
)
def test_an_article_is_found_by_words_topic_and_owner(publish, desk, asked, found):
    publish("KB-001", KK, RU, topics=("HEA-01",))

    assert ("/editor/article/KB-001/" in shown(desk.get(f"/editor/?{asked}"))) is found


def test_a_changed_article_is_on_the_floor_at_once_and_says_who_changed_what(publish, desk, zarina):
    publish("KB-001", KK, RU)
    assert desk.post("/editor/article/KB-001/", WRITTEN).status_code == 302

    article = queries.article("KB-001", "kk", now())
    assert (article.version, article.body) == (2, "Ыстық су жоқ болса, 109-ға айтыңыз.")
    page = shown(desk.get("/editor/article/KB-001/"))
    assert "Зарина Әлімова" in page
    assert "version</b> 2" in page or "<b>version 2</b>" in page


def test_of_two_editors_the_second_sees_both_texts_side_by_side_before_publishing(publish, desk, browser, darya):
    publish("KB-001", KK, RU)
    desk.post("/editor/article/KB-001/", {**WRITTEN, "title_ru": "Горячая вода"})
    other = browser(darya, "ru")
    told = {**WRITTEN, "title_ru": "Мой заголовок"}
    page = shown(other.post("/editor/article/KB-001/", told), 409)

    assert "Мой заголовок" in page
    assert "Горячая вода" in page
    assert 'name="version" value="2"' in page
    assert queries.article("KB-001", "ru", now()).title == "Горячая вода"
    assert other.post("/editor/article/KB-001/", {**told, "version": "2"}).status_code == 302
    assert queries.article("KB-001", "ru", now()).title == "Мой заголовок"


def test_an_open_page_hears_that_somebody_else_was_faster(publish, desk, open_page, darya):
    publish("KB-001", KK, RU)
    screen = open_page(darya, "/editor/article/KB-001/")
    assert not screen.page.xpath("//*[@data-region='newer']//*[@role='alert']")
    address = screen.page.get("data-live-page") or screen.page.find(".//body").get("data-live-page")
    desk.post("/editor/article/KB-001/", WRITTEN)

    fresh = shown(screen.client.get(address, headers={"X-Region": "newer"}))
    assert 'role="alert"' in fresh


def test_a_preview_shows_what_the_operator_sees_and_publishes_nothing(publish, desk):
    publish("KB-001", KK, RU)
    page = shown(desk.post("/editor/article/KB-001/", {**WRITTEN, "preview": "1"}))

    assert "<details open" in page
    assert "109-ға айтыңыз" in page
    assert queries.article("KB-001", "kk", now()).version == 1


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"body_ru": ""}, "A language needs both a title and a text."),
        ({"topics": "HEA-99"}, "The catalog has no %(codes)s."),
        ({"valid_from": "2026-05-01", "valid_to": "2026-04-01"}, "It ends before it begins."),
        ({"title_kk": "", "body_kk": "", "title_ru": "", "body_ru": ""}, "Write the article in one language at least."),
    ],
)
def test_what_cannot_be_published_is_said_beside_it_and_nothing_is_lost(
    *, publish, browser, zarina, in_words, language, change, sentence
):
    publish("KB-001", KK, RU)
    page = shown(
        browser(zarina, language).post("/editor/article/KB-001/", {**WRITTEN, **change, "owner": "Менің қызметім"}), 422
    )

    assert in_words(sentence, language) % {"codes": "HEA-99"} in page
    assert "Менің қызметім" in page
    assert queries.article("KB-001", "kk", now()).version == 1


def test_a_missing_article_is_written_from_what_was_searched(line, desk):
    for _ in range(3):
        actions.note_missed("жер салығы", language="kk", at=now())
    listed = shown(desk.get("/editor/missed/"))
    assert "жер салығы" in listed
    page = shown(desk.get("/editor/new/?about=жер салығы&language=kk"))
    assert "жер салығы</textarea>" in page
    assert "KB-001" in page

    told = {**WRITTEN, "version": "0", "about": "жер салығы"}
    assert desk.post("/editor/new/", told)["Location"] == "/editor/article/KB-001/"
    assert queries.missed(localdate()) == []
    assert desk.post("/editor/new/", {**told, "owner": "SU"})["Location"] == "/editor/article/KB-002/"


def test_a_search_that_needs_no_article_leaves_the_list(line, desk):
    actions.note_missed("мысық", language="kk", at=now())
    desk.post("/editor/missed/", {"query": "мысық"})

    assert queries.missed(localdate()) == []


def test_a_retired_article_leaves_the_floor_once(publish, desk):
    publish("KB-001", KK)
    assert desk.post("/editor/article/KB-001/retire/").status_code == 302
    assert "has already been retired" in shown(desk.post("/editor/article/KB-001/retire/", follow=True))
    assert desk.post("/editor/article/KB-404/retire/", follow=True).status_code == 404


def test_an_operator_who_finds_no_article_tells_the_editor(line, browser, aigerim):
    contact = intake.enter(Arrival(channel="desk", language="kk"), by=aigerim, at=now())
    told = {
        "kind": "question",
        "text": "Жер салығы қанша",
        "topic_code": "WAT-04",
        "language": "kk",
        "answer": "…",
        "key": "1",
    }
    assert browser(aigerim).post(f"/operator/finish/{contact.pk}/", told).status_code == 302

    assert [(one.query, one.times) for one in queries.missed(localdate())] == [("жер салығы қанша", 1)]
