import pytest

from komek.registers.places import actions, queries, rules
from komek.registers.places.models import House

pytestmark = pytest.mark.django_db

STREETS = [
    {
        "name": "Абай даңғылы",
        "name_ru": "проспект Абая",
        "district": "saryarka",
        "lat": "51.17",
        "lon": "71.43",
        "points": "90",
    },
    {"name": "Абая переулок", "district": "almaty", "lat": "51.15", "lon": "71.55", "points": "3"},
    {"name": "Кенесары көшесі", "district": "baikonyr", "lat": "51.16", "lon": "71.43", "points": "80"},
    {"name": "улица Батыр баян", "district": "almaty", "lat": "51.15", "lon": "71.5", "points": "5"},
]
WEST = [[[71.4, 51.1], [71.45, 51.1], [71.45, 51.2], [71.4, 51.2], [71.4, 51.1]]]
EAST = [[[71.45, 51.1], [71.5, 51.1], [71.5, 51.2], [71.45, 51.2], [71.45, 51.1]]]


@pytest.fixture
def city():
    actions.load_districts(
        {
            "features": [
                {
                    "properties": {"code": code, "name_kk": f"{name} ауданы", "name_ru": f"район {name}"},
                    "geometry": {"type": "Polygon", "coordinates": outline},
                }
                for code, name, outline in (("saryarka", "Сарыарка", WEST), ("almaty", "Алматы", EAST))
            ]
        }
    )
    actions.load_streets(STREETS)
    actions.load_crossings(
        [{"street_a": "Абай даңғылы", "street_b": "Кенесары көшесі", "lat": "51.165", "lon": "71.43"}]
    )
    actions.load_houses(
        [
            {"street": "Абай даңғылы", "number": number, "lat": "51.171", "lon": "71.431"}
            for number in ("5", "50", "51", "7")
        ]
    )
    return queries.street_ids()


def test_a_house_comes_before_those_whose_number_begins_so(city):
    found = queries.suggest("абая 5", language="ru")

    assert [line.label for line in found[:3]] == ["проспект Абая, 5", "проспект Абая, 50", "проспект Абая, 51"]
    assert found[0].house_id
    assert found[0].district_code == "saryarka"


def test_a_house_nobody_entered_is_still_an_address(city):
    first = queries.suggest("Абая 999", language="kk")[0]

    assert (first.kind, first.label, first.house_id) == ("street", "Абай даңғылы, 999", None)


def test_a_lane_is_meant_only_when_it_is_said(city):
    assert queries.suggest("Абая")[0].street_id == city["Абай даңғылы"]
    assert queries.suggest("переулок Абая")[0].street_id == city["Абая переулок"]


def test_two_streets_make_a_crossing(city):
    first = queries.suggest("угол Абая и Кенесары", language="kk")[0]

    assert (first.kind, first.label) == ("crossing", "Абай даңғылы × Кенесары көшесі")
    assert (first.lat, first.lon) == (51.165, 71.43)


@pytest.mark.parametrize("typed", ["кене", "kenesary", "Кенесары", "кенесери"])
def test_a_beginning_another_alphabet_and_a_slip_find_the_street(city, typed):
    assert queries.suggest(typed)[0].street_id == city["Кенесары көшесі"]


def test_suggestions_cost_three_queries(city, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        queries.suggest("угол Абая 5 и Кенесары")


@pytest.mark.parametrize(
    "typed", ["", " ", "\0", "\u202e", "!!!", "%", "'; DROP TABLE", "я" * 1_000_000, "1" * 5_000, "\ud800"]
)
def test_rubbish_suggests_nothing_and_breaks_nothing(city, typed):
    assert queries.suggest(typed) == []


def test_a_place_knows_its_house_and_district(city):
    place = queries.locate("Абая 5, кв 3")

    assert place.house_id == House.objects.get(number="5").id
    assert (place.street_id, place.house_number, place.district_code) == (city["Абай даңғылы"], "5", "saryarka")
    assert place.text == "Абая 5, кв 3"
    assert queries.address(place, "kk") == "Абай даңғылы, 5"


@pytest.mark.parametrize(
    "words", ["за гаражами у школы", "", "третий день нет горячей воды", "я" * 100_000, "\0\u202e"]
)
def test_an_unknown_address_is_a_place_as_well(city, words):
    place = queries.locate(words, landmark="жёлтый забор")

    assert (place.street_id, place.house_id, place.landmark) == (None, None, "жёлтый забор")
    assert len(place.text) <= rules.LONGEST_TEXT


def test_the_point_says_the_district_even_when_the_words_say_nothing(city):
    place = queries.locate("где-то здесь", 51.15, 71.47)

    assert (place.district_code, place.outside) == ("almaty", False)


def test_a_point_outside_the_city_is_said_to_be_so(city):
    assert queries.locate("дача", 43.2, 76.9).outside


def test_without_outlines_nothing_is_outside():
    assert not queries.locate("дача", 43.2, 76.9).outside


def test_a_district_in_words_is_enough_for_a_district(city):
    assert queries.locate("в Алматинском районе нет света").district_code == "almaty"
    assert queries.locate("Сарыарқа ауданы, аула лас").district_code == "saryarka"


def test_what_was_picked_counts_more_than_what_was_written(city):
    kenesary = city["Кенесары көшесі"]

    place = queries.locate("Абая 7", street_id=kenesary, house_number="7 А")

    assert (place.street_id, place.house_id, place.house_number) == (kenesary, None, "7а")


def test_a_pick_that_is_gone_falls_back_to_the_words(city):
    assert queries.locate("Абая 7", street_id=10**30, house_id=-1).house_number == "7"


@pytest.mark.parametrize(("lat", "lon"), [(999, 0), (float("nan"), 1.0), (51.0, None)])
def test_half_a_point_is_refused(city, lat, lon):
    with pytest.raises(rules.ImpossiblePoint):
        queries.locate("Абая 7", lat, lon)


def test_a_moved_border_is_seen_at_once(city):
    assert queries.district_at(51.15, 71.46) == "almaty"

    wider = [[[71.4, 51.1], [71.5, 51.1], [71.5, 51.2], [71.4, 51.2], [71.4, 51.1]]]
    actions.load_districts(
        {
            "features": [
                {"properties": {"code": "saryarka"}, "geometry": {"type": "Polygon", "coordinates": wider}},
                {"properties": {"code": "almaty"}, "geometry": None},
            ]
        }
    )

    assert queries.district_at(51.15, 71.46) == "saryarka"


def test_a_house_that_does_not_exist_is_refused(city):
    with pytest.raises(rules.NoSuchHouse):
        queries.house(0)
