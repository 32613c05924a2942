"""`komek city map`: a city's own map data, as one collection or one feature a line."""

import json

import pytest
from django.core.management import CommandError, call_command

from komek.desks.console import maps
from komek.registers.places import actions as places
from komek.registers.places import queries
from komek.registers.places.rules import Layer, UnreadableMap

RIVER = {
    "type": "Feature",
    "properties": {"waterway": "river", "name": "Есіл"},
    "geometry": {"type": "LineString", "coordinates": [[71.40, 51.15], [71.45, 51.16]]},
}
BENCH = {"type": "Feature", "properties": {"amenity": "bench"}, "geometry": {"type": "Point", "coordinates": [71, 51]}}


@pytest.mark.django_db
@pytest.mark.skipif(not places.can_draw(), reason="THE MAKER OF TILES HAS NO BUILD FOR THIS MACHINE")
def test_the_map_is_drawn_of_the_citys_own_data_and_its_credit_is_shown(settings, tmp_path, capsys):
    settings.HOME = tmp_path / "home"
    file = tmp_path / "town.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [RIVER, BENCH]}), encoding="utf-8")

    call_command("city", "map", str(file), "--credit", "© The city")

    assert "1 things that a map shows" in capsys.readouterr().out
    assert "© The city" in queries.basemap().credits

    with pytest.raises(CommandError, match="no streets"):
        call_command("city", "map", "--forget")


def test_one_feature_a_line_is_read_with_or_without_record_separators(tmp_path):
    file = tmp_path / "town.geojsonseq"
    file.write_text(f"\x1e{json.dumps(RIVER)}\n\n{json.dumps(BENCH)}\n", encoding="utf-8")

    assert [feature.layer for feature in maps.read(file)] == [Layer.WATER]


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [("a.geojsonl", "{}\n{broken", 2), ("a.geojsonl", "[]", 1), ("a.geojson", "{}", 1), ("a.geojson", "{\n{", 2)],
)
def test_a_file_that_is_no_map_is_refused_with_its_line(tmp_path, name, text, line):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")

    with pytest.raises(UnreadableMap, match=f"line {line}"):
        list(maps.read(file))
