from dataclasses import replace
from datetime import date, timedelta

import pytest

from komek.rooms.knowledge import actions, queries, rules
from komek.rooms.knowledge.facts import (
    ArticleDoubted,
    ArticlePublished,
    ArticleRetired,
    BulletinAnnounced,
    BulletinEnded,
)
from komek.rooms.knowledge.models import Article, ArticleText, Bulletin, Doubt, Missed

pytestmark = pytest.mark.django_db


@pytest.fixture
def no_water(at):
    return rules.BulletinDraft(
        code="BUL-901",
        severity=rules.Severity.WARNING,
        districts=("saryarka",),
        valid_from=at,
        valid_to=at + timedelta(hours=8),
        texts={"kk": "Су уақытша жоқ.", "ru": "Временно нет воды."},
    )


def test_a_published_article_can_be_read_at_once(draft, zarina, facts, at):
    article = actions.publish(draft, by=zarina, at=at)

    assert queries.article("KB-901", "ru", at).title == "Нет горячей воды"
    assert facts.announced == [
        ArticlePublished(article_id=article.id, code="KB-901", version=1, by_agent_id=zarina.id, at=at)
    ]


def test_a_changed_draft_is_a_new_version_under_the_same_code(hot_water, draft, zarina, facts, at):
    russian = replace(draft.texts[1], body="Подождите до вечера.")
    later = at + timedelta(days=1)

    article = actions.publish(replace(draft, texts=(russian,)), by=zarina, at=later)

    assert (article.id, article.version, article.updated_at) == (hot_water.id, 2, later)
    assert [text.language for text in ArticleText.objects.all()] == ["ru"]
    assert [found.article_code for found in queries.search("вечера", "ru", later)] == ["KB-901"]
    assert facts.of(ArticlePublished)[-1].version == 2


def test_the_same_draft_again_changes_nothing(hot_water, draft, zarina, facts, at):
    again = actions.publish(draft, by=zarina, at=at + timedelta(days=1))

    assert (again.version, again.updated_at) == (1, at)
    assert facts.announced == []


def test_the_city_pack_publishes_without_a_person(draft, facts, at):
    actions.publish(draft, by=None, at=at)

    assert facts.of(ArticlePublished)[0].by_agent_id is None


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"texts": ()}, "no text"),
        ({"code": "hot water"}, "KB-001"),
        ({"valid_to": date(2025, 1, 1)}, "ends before"),
        ({"texts": (rules.Text("ru", "Вода", " "),)}, "title and a body"),
        ({"texts": (rules.Text("de", "Wasser", "Kein Wasser."),)}, "«de»"),
        ({"texts": (rules.Text("ru", "Вода", "Есть."), rules.Text("ru", "Вода", "Нет."))}, "twice"),
    ],
)
def test_an_incomplete_draft_is_refused_and_nothing_is_written(*, draft, zarina, facts, at, change, problem):
    with pytest.raises(rules.IncompleteArticle, match=problem):
        actions.publish(replace(draft, **change), by=zarina, at=at)

    assert not Article.objects.exists()
    assert facts.announced == []


def test_a_retired_article_is_no_longer_found_but_its_code_stays_taken(hot_water, zarina, facts, at):
    actions.retire(hot_water, by=zarina, at=at)

    assert queries.search("горячая вода", "ru", at) == []
    with pytest.raises(rules.UnknownArticle):
        queries.article("KB-901", "ru", at)
    assert Article.objects.get(code="KB-901").active is False
    assert facts.of(ArticleRetired) == [
        ArticleRetired(article_id=hot_water.id, code="KB-901", by_agent_id=zarina.id, at=at)
    ]


def test_an_article_is_retired_once(hot_water, zarina, at):
    actions.retire(hot_water, by=zarina, at=at)

    with pytest.raises(rules.ArticleRetired):
        actions.retire(hot_water, by=zarina, at=at)


def test_publishing_a_retired_article_brings_it_back_in_a_new_version(hot_water, draft, zarina, at):
    actions.retire(hot_water, by=zarina, at=at)

    back = actions.publish(draft, by=zarina, at=at)

    assert (back.id, back.active, back.version) == (hot_water.id, True, 2)


def test_the_wrong_answer_button_tells_the_editor_once_a_person(hot_water, aigerim, facts, at):
    actions.mark_wrong(hot_water, by=aigerim, at=at)
    actions.mark_wrong(hot_water, by=aigerim, at=at + timedelta(minutes=1))

    assert Doubt.objects.get().at == at
    assert facts.of(ArticleDoubted) == [
        ArticleDoubted(article_id=hot_water.id, code="KB-901", version=1, by_agent_id=aigerim.id, at=at)
    ]


def test_a_new_version_answers_the_doubts_about_the_old_one(hot_water, draft, aigerim, zarina, at):
    actions.mark_wrong(hot_water, by=aigerim, at=at)

    actions.publish(replace(draft, owner="SU"), by=zarina, at=at)

    assert queries.article("KB-901", "kk", at).doubts == 0
    assert queries.shelves(at)["doubted"] == 0


def test_an_announced_bulletin_is_on_the_floor(no_water, aigerim, facts, at):
    bulletin = actions.announce_bulletin(no_water, by=aigerim, at=at)

    assert queries.bulletins(at, "saryarka") == [bulletin]
    assert facts.announced == [
        BulletinAnnounced(
            bulletin_id=bulletin.id,
            code="BUL-901",
            severity="warning",
            districts=("saryarka",),
            by_agent_id=aigerim.id,
            at=at,
        )
    ]


def test_the_same_bulletin_again_is_not_announced_again_but_a_corrected_one_is(no_water, aigerim, facts, at):
    actions.announce_bulletin(no_water, by=aigerim, at=at)
    actions.announce_bulletin(no_water, by=aigerim, at=at)
    actions.announce_bulletin(replace(no_water, severity=rules.Severity.CRITICAL), by=aigerim, at=at)

    assert [fact.severity for fact in facts.of(BulletinAnnounced)] == ["warning", "critical"]
    assert Bulletin.objects.get().severity == "critical"


@pytest.mark.parametrize("change", [{"texts": {}}, {"texts": {"kk": " "}}, {"valid_to": "at"}])
def test_an_impossible_bulletin_is_refused(no_water, aigerim, at, change):
    change = {name: at if value == "at" else value for name, value in change.items()}

    with pytest.raises(rules.ImpossibleBulletin):
        actions.announce_bulletin(replace(no_water, **change), by=aigerim, at=at)


def test_an_ended_bulletin_is_over(no_water, aigerim, facts, at):
    bulletin = actions.announce_bulletin(no_water, by=aigerim, at=at)
    later = at + timedelta(hours=1)

    actions.end_bulletin(bulletin, by=aigerim, at=later)

    assert queries.bulletins(later) == []
    assert facts.of(BulletinEnded) == [
        BulletinEnded(bulletin_id=bulletin.id, code="BUL-901", by_agent_id=aigerim.id, at=later)
    ]


def test_a_bulletin_cannot_be_ended_twice_nor_after_its_time(no_water, aigerim, at):
    bulletin = actions.announce_bulletin(no_water, by=aigerim, at=at)

    with pytest.raises(rules.BulletinOver):
        actions.end_bulletin(bulletin, by=aigerim, at=at + timedelta(hours=8))
    actions.end_bulletin(bulletin, by=aigerim, at=at + timedelta(hours=1))
    with pytest.raises(rules.BulletinOver):
        actions.end_bulletin(bulletin, by=aigerim, at=at + timedelta(hours=2))


def test_a_search_in_vain_is_counted_by_day_without_whom_it_was_about(facts, at):
    for words in ("Жер төлем 880101300123", "жер төлем", "жер төлем Айбек Сейітов"):
        assert actions.note_missed(words, language="kk", at=at) == "жер төлем"

    found = Missed.objects.get()
    assert (found.query, found.language, found.times) == ("жер төлем", "kk", 3)
    assert facts.announced == []


@pytest.mark.parametrize(
    "rubbish", ["", "  ", "87011234567", "?!", "мен кеше үйге келсем есік алдында бөтен көлік тұр екен"]
)
def test_what_is_no_search_is_not_remembered(rubbish, at):
    assert actions.note_missed(rubbish, language="ru", at=at) == ""
    assert not Missed.objects.exists()


def test_a_day_of_nonsense_does_not_fill_the_table_but_what_is_known_is_still_counted(monkeypatch, at):
    monkeypatch.setattr(rules, "MOST_MISSED_A_DAY", 2)
    for words in ("ипотека", "жер салығы", "паспорт", "ипотека"):
        actions.note_missed(words, language="kk", at=at)
    actions.note_missed("паспорт", language="kk", at=at + timedelta(days=1))

    assert {(one.day.day, one.query): one.times for one in Missed.objects.all()} == {
        (15, "ипотека"): 2,
        (15, "жер салығы"): 1,
        (16, "паспорт"): 1,
    }


def test_old_searches_and_answered_ones_are_forgotten(at):
    actions.note_missed("ипотека", language="kk", at=at - timedelta(days=200))
    actions.note_missed("паспорт", language="kk", at=at)
    actions.note_missed("жер салығы", language="kk", at=at)

    assert actions.forget_old_searches(at=at) == 1
    assert actions.forget_missed("паспорт") == 1
    assert Missed.objects.get().query == "жер салығы"


def test_what_somebody_else_has_published_meanwhile_is_not_overwritten(hot_water, draft, zarina, at):
    with pytest.raises(rules.ArticleIsNewer):
        actions.publish(replace(draft, owner="SU"), by=zarina, at=at, on_version=0)

    actions.publish(replace(draft, owner="SU"), by=zarina, at=at, on_version=1)
    with pytest.raises(rules.ArticleIsNewer):
        actions.publish(replace(draft, owner="DOR"), by=zarina, at=at, on_version=1)

    assert Article.objects.get().owner == "SU"
