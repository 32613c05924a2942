"""The shipped map of Astana, and addresses as residents write them."""

import csv
import json
from pathlib import Path

import pytest

from komek.registers.places import actions, queries

GEO = Path(__file__).parents[3] / "cities" / "astana" / "geo"

# Written for this project, no outside source; the street that must come first.
WRITTEN = {
    "Во дворе дома 12 по улице Абая третий день нет горячей воды": "Абай даңғылы",
    "На проспекте Кабанбай батыра 53/2 прорвало трубу": "Қабанбай Батыр даңғылы",
    "ул. Достык 13, подъезд 4, запах газа": "Достық көшесі",
    "улица Бейбитшилик, 25, кв 14, соседи шумят": "Бейбітшілік көшесі",
    "Сарыарқа ауданы, Жеңіс даңғылы 45 үйде жылу жоқ": "Жеңіс даңғылы",
    "Сығанақ көшесі 10, 3-подъезд, лифт істемейді": "Сығанақ көшесі",
    "Мәңгілік Ел 51 ауласында қар тазаланбаған": "Мәңгілік Ел даңғылы",
    "Мангилик ел 37 нет света": "Мәңгілік Ел даңғылы",
    "дом 8 по Республики, прорыв": "Республика даңғылы",
    "Туран 55 б яма во дворе": "Тұран даңғылы",
    "Улица Ахмета Байтурсынова 15": "Ахмет Байтұрсынұлы даңғылы",
    "Тәуелсіздік даңғылы, 34/1, суық су жоқ": "Тәуелсіздік даңғылы",
    "Петрова 18/1 не работает домофон": "улица Алексея Петрова",
    "возле Богенбай батыра 24 свалка": "Бөгенбай Батыр даңғылы",
    "Кенесары к-сі 40 үй, жарық өшті": "Кенесары көшесі",
    "пересечение Абая и Валиханова, не работает светофор": "Абай даңғылы",
    "Шоссе Коргалжын 2, тұрғын үй, қоқыс": "Коргалжын шоссе",
    "Сауран 5/1 жк, шум стройки": "Сауран көшесі",
    "Алихана Бокейханова д.27 кв.5 течёт крыша": "Әлихан Бөкейхан көшесі",
    "Амман 6 подъезд 2 запах канализации": "Амман көшесі",
    "Kunayev 12": "Қонаев көшесі",
    "улица Мира 5": "Бейбітшілік көшесі",
    "пр. Победы 40": "Жеңіс даңғылы",
    "Конаева 14": "Қонаев көшесі",
    "kabanbaibatyr 11": "Қабанбай Батыр даңғылы",
    "Е-489": "улица Е-489",
}
NOT_A_STREET = [
    "Третий день нет холодной воды в квартире",
    "Үш күннен бері пәтерде суық су жоқ",
    "Жолда үлкен шұңқыр бар, дөңгелегім жарылды",
    "Автобус 10 не приезжает по расписанию, ждали сорок минут",
    "Street lights have been out on our street for a week",
    "остановка «Евразия»",
    "маршрут 28, утром",
]


def rows(name):
    with (GEO / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def astana(django_db_setup, django_db_blocker):
    """The map is loaded once for this file, outside the tests' own transactions, and cleared behind them."""
    from komek.registers.places.models import District, Street

    with django_db_blocker.unblock():
        reports = [
            actions.load_districts(json.loads((GEO / "districts.geojson").read_text(encoding="utf-8"))),
            actions.load_streets(rows("streets.csv"), rows("aliases.csv")),
            actions.load_crossings(rows("crossings.csv")),
        ]
        yield reports
        Street.objects.all().delete()
        District.objects.all().delete()


@pytest.fixture
def names(astana, db):
    return {street: name for name, street in queries.street_ids().items()} | {
        street: name for name, street in queries.street_ids().items() if name in WRITTEN.values()
    }


def test_the_map_is_loaded_without_a_single_error(astana):
    assert [report.errors for report in astana] == [[], [], []]
    assert astana[0].loaded == 6
    assert astana[1].loaded > 1_300


@pytest.mark.parametrize("written", WRITTEN)
def test_the_street_that_is_meant_comes_first(names, written):
    first = queries.suggest(written, language="kk")[0]

    assert names[first.street_id] == WRITTEN[written]


@pytest.mark.parametrize("written", NOT_A_STREET)
def test_a_sentence_without_an_address_is_given_no_street(names, written):
    assert queries.locate(written).street_id is None


@pytest.mark.parametrize(
    ("lat", "lon", "code"),
    [(51.1282, 71.4304, "yesil"), (51.175, 71.41, "saryarka"), (51.15, 71.55, "almaty"), (50.0, 71.4, None)],
)
def test_a_point_of_the_city_lies_in_its_district(names, lat, lon, code):
    assert queries.district_at(lat, lon) == code


def test_most_streets_that_have_two_names_on_the_map_are_one_street(astana):
    joined = [row for row in rows("aliases.csv") if "two names on the map" in row["note"]]

    assert len(joined) >= 60
