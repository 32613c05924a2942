import pytest

from komek.registers.places import actions, queries
from komek.registers.places.models import Crossing, House, HouseService, Street, StreetAlias

pytestmark = pytest.mark.django_db

ABAI = {"name": "Абай даңғылы", "district": "saryarka", "lat": "51.17", "lon": "71.43", "points": "10"}
ABAYA = {"name": "проспект Абая", "district": "saryarka", "lat": "51.17", "lon": "71.44", "points": "3"}
KENESARY = {"name": "Кенесары көшесі", "district": "baikonyr", "lat": "51.16", "lon": "71.43", "points": "8"}
ONE_STREET = [{"name": "Абай даңғылы", "alias": "проспект Абая"}]
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[71.4, 51.1], [71.5, 51.1], [71.5, 51.2], [71.4, 51.2], [71.4, 51.1]]],
}


def district(code, outline=SQUARE):
    return {"type": "Feature", "properties": {"code": code, "name_ru": code}, "geometry": outline}


@pytest.fixture
def streets():
    actions.load_streets([ABAI, ABAYA, KENESARY], ONE_STREET)
    return queries.street_ids()


def test_two_names_of_one_street_become_one_street(streets):
    abai = Street.objects.get(name="Абай даңғылы")

    assert not Street.objects.filter(name="проспект Абая").exists()
    assert (abai.name_kk, abai.name_ru, abai.points) == ("Абай даңғылы", "проспект Абая", 13)
    assert streets["проспект Абая"] == abai.id


def test_streets_are_loaded_again_without_doubling(streets):
    actions.load_streets([ABAI, ABAYA, KENESARY], ONE_STREET)

    assert queries.street_ids() == streets
    assert StreetAlias.objects.count() == len(streets)


def test_a_wrong_street_or_alias_is_named_with_its_line():
    report = actions.load_streets(
        [
            ABAI,
            {"name": "", "district": "yesil"},
            {"name": "X", "lat": "север", "lon": "1"},
            {"name": "Y", "lat": "99", "lon": "1"},
            ABAI,
        ],
        [{"name": "Атлантида", "alias": "Лемурия"}, {"name": "Абай даңғылы", "alias": ""}],
    )

    assert sorted(error.line for error in report.errors) == [2, 3, 3, 4, 5, 6]
    assert report.loaded == 1


def test_a_crossing_of_a_street_with_its_other_name_is_none(streets):
    report = actions.load_crossings(
        [
            {"street_a": "Абай даңғылы", "street_b": "проспект Абая", "lat": "51.17", "lon": "71.43"},
            {"street_a": "проспект Абая", "street_b": "Кенесары көшесі", "lat": "51.17", "lon": "71.43"},
            {"street_a": "Кенесары көшесі", "street_b": "Абай даңғылы", "lat": "51.17", "lon": "71.43"},
            {"street_a": "Абай даңғылы", "street_b": "Атлантида", "lat": "51.17", "lon": "71.43"},
            {"street_a": "Абай даңғылы", "street_b": "Кенесары көшесі", "lat": "", "lon": ""},
        ]
    )

    assert Crossing.objects.count() == 1
    assert [error.line for error in report.errors] == [5]


def test_houses_are_generated_once_and_know_their_district(streets):
    actions.load_districts({"features": [district("saryarka")]})

    made = actions.generate_houses()

    assert made == House.objects.count() > 0
    assert set(House.objects.values_list("district_code", flat=True)) == {"saryarka"}
    assert actions.generate_houses() == 0


def test_a_citys_own_houses_are_taken_and_wrong_ones_named(streets):
    report = actions.load_houses(
        [
            {"street": "проспект Абая", "number": "12 А", "lat": "51,17", "lon": "71,43"},
            {"street": "Атлантида", "number": "1"},
            {"street": "Абай даңғылы", "number": "без номера"},
            {"street": "Абай даңғылы", "number": "3", "lat": "далеко", "lon": "71"},
        ]
    )

    assert House.objects.get().number == "12а"
    assert [error.line for error in report.errors] == [3, 4, 5]


def test_who_serves_a_house_is_imported_and_every_wrong_line_is_named(streets):
    actions.load_houses([{"street": "Абай даңғылы", "number": "12"}])

    report = actions.import_serving(
        [
            {"street": "пр. Абая", "number": "12", "duty": "osi", "service": "OSI-001"},
            {"street": "Атлантида", "number": "12", "duty": "osi", "service": "OSI-001"},
            {"street": "Абай даңғылы", "number": "999", "duty": "osi", "service": "OSI-001"},
            {"street": "Абай даңғылы", "number": "12", "duty": "", "service": "OSI-001"},
            {"street": "Абай даңғылы", "number": "12", "duty": "lift", "service": "NOBODY"},
            {"street": "Абай даңғылы", "number": "12", "duty": "OSI", "service": "OSI-002"},
            {"street": "\0", "number": "\0", "duty": "\0", "service": "\0"},
        ],
        services={"OSI-001", "OSI-002"},
    )

    assert [error.line for error in report.errors] == [3, 4, 5, 6]
    assert queries.serving(House.objects.get().id) == {"osi": "OSI-002"}


def test_houses_are_shared_out_in_blocks_and_only_once(streets):
    numbers = [{"street": "Абай даңғылы", "number": str(number)} for number in range(1, 101)]
    actions.load_houses(numbers)

    shared = actions.share_out(duty="osi", services=["OSI-001", "OSI-002"])

    assert 0 < shared < House.objects.count()
    assert set(HouseService.objects.values_list("service_code", flat=True)) <= {"OSI-001", "OSI-002"}
    assert actions.share_out(duty="osi", services=["OSI-003"]) == 0
    assert actions.share_out(duty="osi", services=[]) == 0


def test_a_district_that_cannot_be_drawn_is_named():
    report = actions.load_districts(
        {
            "features": [
                district("yesil"),
                district(""),
                district("nura", {"type": "Point", "coordinates": [1, 2]}),
                district("k", None),
            ]
        }
    )

    assert [error.line for error in report.errors] == [2, 3]
    assert [one.code for one in queries.districts()] == ["k", "yesil"]
