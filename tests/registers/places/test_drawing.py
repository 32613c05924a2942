"""The map is drawn of what the register knows, once for the same content, and of a city's own data where there is some."""

import gzip
import json
import subprocess
import sys

import pytest

from komek.registers.places import actions, queries, rules
from komek.registers.places.rules import Layer, Rank

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not actions.can_draw(), reason="THE MAKER OF TILES HAS NO BUILD FOR THIS MACHINE"),
]
CREDIT = "© OpenStreetMap contributors, ODbL 1.0"


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def town():
    actions.load_streets([{"name": "Абай даңғылы"}, {"name": "Достық көшесі"}, {"name": "Сығанақ көшесі"}])
    actions.load_crossings(
        [
            {"street_a": "Абай даңғылы", "street_b": "Достық көшесі", "lat": "51.170", "lon": "71.430"},
            {"street_a": "Абай даңғылы", "street_b": "Сығанақ көшесі", "lat": "51.170", "lon": "71.440"},
        ]
    )
    actions.load_houses([{"street": "Абай даңғылы", "number": "12а", "lat": "51.1702", "lon": "71.4305"}])


def seen(drawn):
    """What is in the tiles, by layer, in the words of the maker's own decoder."""
    command = [sys.executable, "-m", "cubao_tippecanoe", "decode", str(queries.maps() / drawn.file)]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    found = {}
    for tile in told["features"]:
        for layer in tile["features"]:
            for feature in layer["features"]:
                properties = feature["properties"]
                found.setdefault(layer["properties"]["layer"], set()).add(
                    properties.get("name") or properties.get("number") or properties.get("name_kk")
                )
    return found


def test_a_small_town_has_its_street_and_its_house_on_the_map(town, home):
    drawn = actions.draw_map([CREDIT])

    assert seen(drawn) == {"street": {"Абай даңғылы"}, "house": {"12а"}}
    assert drawn.zooms == (8, 14)
    assert drawn.bounds == pytest.approx((51.17, 71.43, 51.1702, 71.44), abs=1e-4)
    assert drawn.credits == (CREDIT,)
    assert queries.basemap() == drawn
    assert str(home).encode() not in gzip.decompress(metadata(home / "maps" / drawn.file))


def metadata(file):
    content = file.read_bytes()
    begin, length = (int.from_bytes(content[at : at + 8], "little") for at in (24, 32))
    return content[begin : begin + length]


def test_the_same_content_is_drawn_once_and_a_new_street_anew(town):
    first = actions.draw_map([CREDIT])
    written = (queries.maps() / first.file).stat().st_mtime_ns

    assert actions.redraw_map([CREDIT]) == first
    assert actions.draw_map([CREDIT]).file == first.file
    assert (queries.maps() / first.file).stat().st_mtime_ns == written

    actions.load_crossings(
        [{"street_a": "Достық көшесі", "street_b": "Сығанақ көшесі", "lat": "51.18", "lon": "71.44"}]
    )
    again = actions.redraw_map([CREDIT])
    assert again.file != first.file
    assert "Достық көшесі" in seen(again)["street"]


def test_a_register_without_ground_has_no_map_and_nobody_is_troubled():
    assert actions.redraw_map([CREDIT]) is None
    assert queries.basemap() is None
    with pytest.raises(rules.CannotDraw):
        actions.draw_map([CREDIT])


def test_a_citys_own_streets_take_the_place_of_ours_and_our_houses_stay(town):
    line = {"type": "LineString", "coordinates": [[71.43, 51.17], [71.44, 51.17]]}
    own = rules.feature_of(
        {"geometry": line, "properties": {"highway": "primary", "name": "Abay", "name:kk": "Абай даңғылы"}}
    )
    assert actions.bring_map([own], ["© The city"]) == 1

    drawn = actions.draw_map([CREDIT])
    assert seen(drawn) == {"street": {"Abay"}, "house": {"12а"}}
    assert drawn.credits == ("© The city", CREDIT)

    actions.forget_map()
    assert seen(actions.draw_map([CREDIT]))["street"] == {"Абай даңғылы"}


@pytest.mark.parametrize(
    ("kind", "tags", "layer"),
    [
        ("LineString", {"highway": "trunk_link"}, Layer.STREET),
        ("LineString", {"highway": "service"}, Layer.PATH),
        ("LineString", {"waterway": "river"}, Layer.WATER),
        ("Polygon", {"natural": "water"}, Layer.WATER),
        ("MultiPolygon", {"building": "yes"}, Layer.BUILDING),
        ("Polygon", {"leisure": "park"}, Layer.GREEN),
        ("Point", {"addr:housenumber": "12"}, Layer.HOUSE),
        ("Point", {"place": "suburb"}, Layer.PLACE),
        ("LineString", {"layer": "rail"}, Layer.RAIL),
    ],
)
def test_what_others_call_it_becomes_a_layer_of_ours(kind, tags, layer):
    found = rules.feature_of({"geometry": {"type": kind, "coordinates": []}, "properties": tags})

    assert found.layer == layer


@pytest.mark.parametrize(
    "told",
    [{}, {"geometry": None, "properties": {"building": "yes"}}, {"geometry": {"type": "Point"}, "properties": []}],
)
def test_what_no_map_shows_is_left_out(told):
    assert rules.feature_of(told) is None


def test_an_avenue_ranks_above_a_lane():
    assert rules.street_rank(["Тұран даңғылы"], crossings=3, metres=6_000) == Rank.MAIN
    assert rules.street_rank(["Кенесары көшесі"], crossings=32, metres=900) == Rank.MAIN
    assert rules.street_rank(["Абай даңғылы"], crossings=6, metres=900) == Rank.MIDDLE
    assert rules.street_rank(["Шыңтас тұйығы"], crossings=1, metres=200) == Rank.MINOR
