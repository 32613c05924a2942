"""The articles of the city pack must be found by what people type: probes of our own, and the demo's residents."""

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from komek.rooms.knowledge import queries, rules

pytestmark = pytest.mark.django_db
PROBES = Path(__file__).parent / "probes.tsv"


def rows(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def found(words, at, limit):
    return [article.article_code for article in queries.search(words, "kk", at, limit=limit)]


def test_every_article_of_the_pack_can_be_read(pack):
    for file in (pack / "knowledge").glob("*.md"):
        draft = rules.parse_article(file.read_text(), file.name)

        assert {text.language for text in draft.texts} == {"kk", "ru", "en"}, file.name


def test_the_right_article_is_among_the_first_three(real_articles, at):
    asked, right, missed = Counter(), Counter(), []
    for probe in rows(PROBES):
        asked[probe["typed"]] += 1
        if probe["article"] in found(probe["query"], at, 3):
            right[probe["typed"]] += 1
        else:
            missed.append((probe["query"], probe["article"]))

    assert asked.total() >= 60
    assert right.total() / asked.total() >= 0.9, missed
    assert {typed: right[typed] / asked[typed] for typed in asked if right[typed] / asked[typed] < 0.75} == {}, missed


def test_the_right_article_is_mostly_the_first(real_articles, at):
    probes = rows(PROBES)
    first = [probe for probe in probes if found(probe["query"], at, 1) == [probe["article"]]]

    assert len(first) / len(probes) >= 0.8


def test_the_questions_of_the_demo_find_an_article_on_their_topic(real_articles, pack, at):
    articles = defaultdict(set)
    for article in real_articles:
        for topic in article.topics:
            articles[topic].add(article.code)
    contacts = [
        row for row in rows(pack / "demo" / "contacts.tsv") if row["kind"] == "question" and row["topic"] in articles
    ]

    answered = [row for row in contacts if articles[row["topic"]] & set(found(row["text"], at, 3))]

    assert len(answered) / len(contacts) >= 0.8
