import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from komek.registers.catalog import actions, queries, rules

pytestmark = pytest.mark.django_db

MARCH = datetime(2026, 3, 1, tzinfo=UTC)
TOPICS = Path(__file__).parents[3] / "cities" / "astana" / "topics.csv"


@pytest.fixture
def catalog():
    with TOPICS.open(encoding="utf-8", newline="") as file:
        published = actions.publish(csv.DictReader(file), at=MARCH)
    assert published.report.errors == []
    return published.version


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("бағдаршам істемейді", "ROA-04"),
        ("Светофор на перекрёстке не работает", "ROA-04"),
        ("traffic light is broken", "ROA-04"),
        ("застрял в лифте, помогите", "HOU-01"),
        ("лифтте қамалып қалдық", "HOU-01"),
        ("zharyk sonip qaldy", "ELE-01"),
        ("құдықтың қақпағы жоқ, бала құлап кетеді", "WAT-09"),
        ("кудыктын какпагы жок", "WAT-09"),
        ("qaqpagy ashyq qudyq", "WAT-09"),
        ("бродячие собаки у школы", "ECO-03"),
        ("не вывозят мусор вторую неделю", "WAS-01"),
        ("аулада қар тазаланбаған", "SNO-03"),
        ("Есть запах газа в подьезде", "GAS-01"),
        ("wat-02", "WAT-02"),
    ],
)
def test_people_find_a_topic_in_their_own_words(catalog, said, meant):
    found = [topic.code for topic in queries.search(said, "kk", limit=3)]

    assert meant in found


def test_a_search_costs_few_queries(catalog, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        queries.search("нет света во всём доме", "ru")


@pytest.mark.parametrize("said", ["", "   ", "!!!", "а", "\u202e\u0000", "😀" * 50, "%' OR 1=1 --", "x" * 100_000])
def test_rubbish_finds_nothing_and_breaks_nothing(catalog, said):
    assert len(queries.search(said, "ru")) <= 8


def test_topics_are_asked_of_the_version_in_force(catalog):
    assert queries.topics().count() == 178
    assert queries.current(MARCH) == catalog


def test_without_a_catalog_a_topic_is_unknown():
    assert list(queries.topics()) == []
    assert queries.search("нет воды") == []
    with pytest.raises(rules.NoCatalog):
        queries.current()
    with pytest.raises(rules.UnknownTopic):
        queries.topic("WAT-02")


def test_the_groups_come_with_their_topics_and_are_remembered(catalog, django_assert_num_queries):
    queries.grouped()

    with django_assert_num_queries(1):
        groups = queries.grouped()

    assert len(groups) == 18
    assert sum(len(topics) for _, topics in groups) == 178
    assert groups[0][0].group_en == "Water supply and sewerage"


@pytest.mark.parametrize("nonsense", ["", "WAT-99", "\0", "x" * 5_000])
def test_a_form_that_names_no_topic_finds_none(catalog, nonsense):
    assert queries.find(nonsense) is None
