from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from komek.rooms.knowledge import actions, queries, rules
from komek.rooms.knowledge.queries import editing

pytestmark = pytest.mark.django_db


@pytest.fixture
def lift(draft, zarina, at):
    """Another article, on another topic and without an English text."""
    return actions.publish(
        rules.ArticleDraft(
            code="KB-902",
            owner="LIFT",
            topics=("HOU-02",),
            groups=("HOU",),
            texts=(
                rules.Text("kk", "Лифт істемейді", "Лифт компаниясына жолданым жібереміз.", "лифт бұзылды, лифт жоқ"),
                rules.Text("ru", "Лифт не работает", "Передадим обращение лифтовой компании.", "лифт сломался"),
            ),
        ),
        by=zarina,
        at=at,
    )


def codes(found):
    return [article.article_code for article in found]


@pytest.mark.parametrize(
    "typed", ["горячей воды", "ыстық суымыз", "ystyq su", "hot water", "горячая вад", "gorjachaya voda"]
)
def test_a_question_in_any_language_and_letters_finds_the_article_in_one_query(
    hot_water, lift, at, typed, django_assert_num_queries
):
    with django_assert_num_queries(1):
        found = queries.search(typed, "kk", at)

    assert codes(found)[:1] == ["KB-901"]
    assert (found[0].article_id, found[0].title, found[0].language) == (hot_water.id, "Ыстық су жоқ", "kk")
    assert found[0].score > 0


@pytest.mark.parametrize(
    ("asked", "title", "shown"), [("ru", "Лифт не работает", "ru"), ("en", "Лифт істемейді", "kk")]
)
def test_an_article_is_shown_in_the_language_asked_for_or_the_first_it_has(lift, at, asked, title, shown):
    (found,) = queries.search("лифт", asked, at)

    assert (found.title, found.language) == (title, shown)


def test_the_last_word_may_be_unfinished(hot_water, lift, at):
    assert codes(queries.search("лиф", "ru", at)) == ["KB-902"]
    assert codes(queries.search("нет горяч", "ru", at)) == ["KB-901"]


def test_a_misspelled_word_is_found_by_its_letters(hot_water, lift, at):
    assert codes(queries.search("гарячей", "ru", at)) == ["KB-901"]


def test_a_rare_word_weighs_more_than_one_that_every_article_has(hot_water, lift, at):
    assert codes(queries.search("жоқ бұзылды", "kk", at))[0] == "KB-902"


def test_a_search_can_stay_within_a_topic(hot_water, lift, at):
    assert codes(queries.search("су лифт", "kk", at, topic="HOU-02")) == ["KB-902"]


def test_a_search_gives_no_more_than_asked(hot_water, lift, at):
    assert len(queries.search("лифт вода", "ru", at, limit=1)) == 1


@pytest.mark.parametrize("words", ["", "  ", "123", "\0", "?!"])
def test_no_words_find_nothing_without_asking(hot_water, at, words, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert queries.search(words, "kk", at) == []


@pytest.mark.parametrize(
    "words", ["квантовая хромодинамика", "' & | ! :* <->", "o'clock", "\\", "a\0b", "%s %(x)s", "я" * 5000]
)
def test_words_that_mean_nothing_here_find_nothing_and_break_nothing(hot_water, at, words):
    assert queries.search(words, "ru", at) == []


def test_an_article_is_found_from_its_first_day_to_its_last_by_the_time_of_the_city(draft, zarina, at):
    actions.publish(replace(draft, valid_from=date(2026, 2, 1), valid_to=date(2026, 2, 3)), by=zarina, at=at)
    first_moment = datetime(2026, 1, 31, 19, 0, tzinfo=UTC)
    last_moment = datetime(2026, 2, 3, 18, 59, tzinfo=UTC)

    def seen(moment):
        return codes(queries.search("горячая вода", "ru", moment))

    assert seen(first_moment - timedelta(minutes=1)) == []
    assert seen(first_moment) == seen(last_moment) == ["KB-901"]
    assert seen(last_moment + timedelta(minutes=1)) == []


def test_an_article_is_read_in_two_queries(hot_water, aigerim, at, django_assert_num_queries):
    actions.mark_wrong(hot_water, by=aigerim, at=at)

    with django_assert_num_queries(2):
        answer = queries.article("KB-901", "ru", at)

    assert answer == rules.Answer(
        article_id=hot_water.id,
        code="KB-901",
        version=1,
        language="ru",
        title="Нет горячей воды",
        body="Летом испытывают тепловые сети. Назовите адрес.",
        owner="TT",
        topics=("HEA-06", "HEA-07"),
        seasons=("all",),
        valid_to=None,
        updated_at=at,
        doubts=1,
    )


def test_an_unknown_article_is_refused(db, at):
    with pytest.raises(rules.UnknownArticle):
        queries.article("KB-999", "kk", at)


def test_a_topic_has_first_its_own_articles_then_those_of_its_group(
    *, hot_water, draft, zarina, lift, at, django_assert_num_queries
):
    actions.publish(replace(draft, code="KB-900", topics=("HEA-01",)), by=zarina, at=at)

    with django_assert_num_queries(2):
        found = queries.for_topic("HEA-06", "kk", at)

    assert [answer.code for answer in found] == ["KB-901", "KB-900"]


def test_bulletins_of_a_district_are_its_own_and_those_of_the_city_the_loudest_first(
    aigerim, at, django_assert_num_queries
):
    for code, severity, districts in [
        ("info", "info", ()),
        ("here", "warning", ("esil", "nura")),
        ("there", "critical", ("almaty",)),
        ("danger", "critical", ()),
    ]:
        actions.announce_bulletin(
            rules.BulletinDraft(
                code=code, severity=rules.Severity(severity), districts=districts, valid_from=at, texts={"kk": "Хабар."}
            ),
            by=aigerim,
            at=at,
        )

    with django_assert_num_queries(1):
        found = queries.bulletins(at, "nura")

    assert [bulletin.code for bulletin in found] == ["danger", "here", "info"]
    assert len(queries.bulletins(at)) == 4


def test_a_bulletin_runs_from_its_first_moment_to_before_its_last(aigerim, at):
    actions.announce_bulletin(
        rules.BulletinDraft(
            code="one",
            severity=rules.Severity.INFO,
            valid_from=at,
            valid_to=at + timedelta(hours=1),
            texts={"ru": "Час."},
        ),
        by=aigerim,
        at=at,
    )

    assert queries.bulletins(at - timedelta(seconds=1)) == []
    assert len(queries.bulletins(at)) == 1
    assert queries.bulletins(at + timedelta(hours=1)) == []


def test_an_editor_sees_first_what_runs_and_then_what_is_over(aigerim, at, monkeypatch):
    monkeypatch.setattr(editing, "SHOWN_BULLETINS", 3)
    hour = timedelta(hours=1)
    for code, begins, ends in [
        ("all winter", -9 * hour, None),
        ("tomorrow", 24 * hour, 30 * hour),
        ("this morning", -4 * hour, -hour),
        ("until now", -2 * hour, timedelta()),
    ]:
        draft = rules.BulletinDraft(
            code=code,
            severity=rules.Severity.INFO,
            valid_from=at + begins,
            valid_to=None if ends is None else at + ends,
            texts={"kk": "Хабар."},
        )
        actions.announce_bulletin(draft, by=aigerim, at=at - 9 * hour)

    assert [one.code for one in queries.bulletins_lately(at)] == ["tomorrow", "all winter", "until now"]


def test_the_editor_sees_what_was_searched_in_vain(at, db, django_assert_num_queries):
    for words in ["жер салығы", "ипотека", "жер салығы"]:
        actions.note_missed(words, language="kk", at=at)

    with django_assert_num_queries(1):
        missed = [(one.query, one.times) for one in queries.missed(at.date() - timedelta(days=7))]

    assert missed == [("жер салығы", 2), ("ипотека", 1)]


def test_the_shelves_of_the_editor_are_counted_in_one_query(
    *, hot_water, lift, draft, aigerim, zarina, at, django_assert_num_queries
):
    for doubter in (aigerim, zarina):
        actions.mark_wrong(lift, by=doubter, at=at)
    actions.publish(replace(draft, code="KB-903", valid_to=date(2026, 1, 20)), by=zarina, at=at)

    with django_assert_num_queries(1):
        counted = queries.shelves(at)

    assert counted == dict.fromkeys(queries.SHELVES, 0) | {"valid": 3, "en": 1, "ending": 1, "doubted": 1}
    assert [(row.code, row.doubts) for row in queries.shelf(at, "kk", state="doubted").rows] == [("KB-902", 2)]
