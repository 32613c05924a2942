"""A pack is read whole, or refused with everything that is wrong: file, line and remedy."""

from pathlib import Path

import pytest
from tests.desks.console import towns

from komek.desks.console.pack import BadPack, read

ASTANA = Path(__file__).parents[3] / "cities" / "astana"


def emergency(line):
    """The scripts of Tau with another line in place of the one with its key."""
    key = line.split(":")[0]
    lines = towns.EMERGENCY.splitlines()
    at = next((at for at, known in enumerate(lines) if known.strip(" -").startswith(f"{key}:")), len(lines))
    hyphen = "  - " if lines[at:] and lines[at].startswith("  - ") else "    "
    lines[at : at + 1] = [f"{hyphen}{line}"]
    return "\n".join(lines)


def problems_of(folder):
    with pytest.raises(BadPack) as bad:
        read(folder)
    return [str(problem) for problem in bad.value.problems]


def test_the_city_we_ship_is_in_order():
    astana = read(ASTANA)

    assert astana.city.languages == ("kk", "ru", "en")
    assert len(astana.topics) == 178
    assert sum(row["kind"] != "akimat" or row["code"] == "AKIM" for row in astana.services) == 28
    assert len(astana.articles) >= 40
    assert len(astana.scripts.scripts) == 9
    assert len(astana.demo.contacts) >= 200
    assert len(astana.demo.house_organisations) == 120


def test_a_town_with_one_language_and_no_map_is_a_city_too(tmp_path):
    town = read(towns.write(tmp_path))

    assert town.city.names == {"kk": "Тау"}
    assert town.districts is None
    assert len(town.streets) == 0
    assert town.scripts is None


def test_all_problems_of_all_files_are_told_at_once(tmp_path):
    towns.write(
        tmp_path,
        services_csv="code,kind,name_kk\nSELF,self,Желі\nSU,plumber,Су құбыры\n",
        topics_csv="code,topic_kk,service,norm\nWAT-01,Су жоқ,SUU,4h\nWAT-02,,SU,soon\n",
        routing_csv="order,topic,services\n10,WAT-*,SU\n10,GAS-01,TT\n",
    )

    told = problems_of(tmp_path)

    assert [line.split(" ", 1)[0] for line in told] == [
        "city.yaml:7:",
        "routing.csv:3:",
        "routing.csv:3:",
        "routing.csv:3:",
        "routing.csv:3:",
        "services.csv:3:",
        "topics.csv:2:",
        "topics.csv:3:",
        "topics.csv:3:",
    ]
    assert "There is no service «SUU». Add it to services.csv or correct the code." in told[6]


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("city_yaml", None, "city.yaml: The file is missing."),
        ("city_yaml", "code: [", "city.yaml:1: This is not YAML"),
        ("city_yaml", "- tau\n", "city.yaml:1: The file has no keys."),
        ("city_yaml", towns.TOWN["city.yaml"] + "numbr: 1\n", "city.yaml:8: The key «numbr» is not known."),
        (
            "city_yaml",
            towns.TOWN["city.yaml"] + "public_works: {ROA-01: yes}\n",
            "city.yaml:8: «public_works» is not a list.",
        ),
        ("city_yaml", towns.TOWN["city.yaml"] + "code: tau2\n", "city.yaml:8: The key «code» stands here twice."),
        (
            "city_yaml",
            towns.TOWN["city.yaml"].replace("Asia/Almaty", "Asia/Tau"),
            "city.yaml:4: «Asia/Tau» is not a time zone.",
        ),
        ("city_yaml", towns.TOWN["city.yaml"].replace("[kk]", "[kz]"), "city.yaml:3: «kz» is not a language of Komek."),
        ("city_yaml", towns.TOWN["city.yaml"] + "hours: from eight\n", "city.yaml:8: “from eight” is not a span"),
        ("city_yaml", towns.TOWN["city.yaml"] + "center: [151, 71]\n", "city.yaml:8: The point is not on the map"),
        ("week_yaml", "mondey: [09:00-13:00]\n", "week.yaml:1: «mondey» is not a weekday."),
        ("week_yaml", "monday: [9-13]\n", "week.yaml:1: “9-13” is not a span of working time"),
        ("services_csv", 'code,kind,name_kk\nSELF,self,"Желі\n', "services.csv:2: The line is not a row"),
        ("services_csv", "code,kind,name_kk\nSELF,self\n", "services.csv:2: The row has 2 cells, the header 3."),
        ("services_csv", "code,knd,name_kk\nSELF,self,Желі\n", "services.csv:1: The column «kind» is missing."),
        ("services_csv", "code,kind,name_kk\nСУ,utility,Су\n", "services.csv:2: «СУ» is not a code."),
        ("routing_csv", None, "routing.csv: The file is missing."),
        ("routing_csv", "order,services\n10,@osi\n", "routing.csv:2: @osi looks up who owes the house «osi»"),
        ("routing_csv", "order,topic,services\n10,WAT-01,SU\n", "routing.csv:2: Nothing takes what no rule fits."),
        ("calendar_csv", "date,kind\n2026-02-30,holiday\n", "calendar.csv:2: «2026-02-30» is not a date."),
        ("calendar_csv", "date,kind\n2026-01-01,party\n", "calendar.csv:2: «party» is not a kind that is known."),
        ("streets_csv", "name,lat,lon\nАбай,91,71\n", "streets.csv:2: «91, 71» is not a point."),
        (
            "geo__crossings_csv",
            "street_a,street_b,lat,lon\nА,Б,51,71\n",
            "geo/crossings.csv:2: There is no street «А».",
        ),
        ("districts_geojson", '{"features": [{"properties": {}}]}', "districts.geojson: District 1 has no code."),
        ("districts_geojson", "{", "districts.geojson:1: This is not JSON"),
        ("texts_yaml", "registered:\n  kk: '{nmber}'\n", "texts.yaml:2: Nothing fills in «{nmber}»."),
        ("texts_yaml", "registered:\n  kk: '{number'\n", "texts.yaml:2: The braces do not fit"),
        ("texts_yaml", "registered:\n  ru: текст\n", "texts.yaml:1: «registered» has no text in «kk»."),
        ("knowledge__01_md", "no front matter", "knowledge/01.md:1: the file does not begin with front matter."),
        (
            "bulletins_yaml",
            "- code: B1\n  severity: loud\n  text: {kk: т}\n",
            "bulletins.yaml:1: «loud» is not a severity.",
        ),
        ("emergency_yaml", "- gas\n", "emergency.yaml:1: There are no scripts in it."),
        ("emergency_yaml", emergency("version: one"), "emergency.yaml:10: «one» is not a number."),
        ("emergency_yaml", emergency("urgency: soon"), "emergency.yaml:11: «soon» is not known here."),
        ("emergency_yaml", emergency("topics: [WAT-77]"), "emergency.yaml:12: There is no topic «WAT-77»."),
        ("emergency_yaml", emergency("dispatch: [SUU]"), "emergency.yaml:13: There is no service «SUU»."),
        ("emergency_yaml", emergency("ask: [shoe]"), "emergency.yaml:14: There is no field «shoe»."),
        ("emergency_yaml", emergency("title: {ru: Газ}"), "emergency.yaml:15: It is not said in «kk»."),
        ("emergency_yaml", emergency("triggers: {kk: газ}"), "emergency.yaml:16: «kk» is not a list."),
        ("emergency_yaml", emergency("triggers: {kk: [мен]}"), "emergency.yaml:16: «мен» says nothing."),
        ("emergency_yaml", emergency("handover: {primary: 104}"), "emergency.yaml:17: Here words are missing."),
        (
            "emergency_yaml",
            emergency('handover: {primary: "911", also: []}'),
            "emergency.yaml:17: Nobody answers «911».",
        ),
        ("emergency_yaml", emergency("steps: [{kk: '{x}'}]"), "emergency.yaml:18: Nothing fills in «{x}»."),
        ("emergency_yaml", emergency("never: {kk: }"), "emergency.yaml:19: Here words are missing."),
        ("emergency_yaml", emergency("stepps: []"), "emergency.yaml:21: The key «stepps» is not known."),
        ("emergency_yaml", towns.EMERGENCY.replace("[kk]", "[ru]"), "emergency.yaml:4: The city speaks «kk» too."),
        ("emergency_yaml", towns.EMERGENCY.replace("2026-01-01", "soon"), "emergency.yaml:3: «soon» is not a day."),
        ("demo__profile_csv", "weekday,hour,weight\n7,0,1\n", "demo/profile.csv:2: There is no hour 0 on a day 7."),
    ],
)
def test_a_problem_is_told_with_its_file_and_line(tmp_path, file, text, told):
    towns.write(tmp_path, **{file: text})

    found = problems_of(tmp_path)

    assert any(line.startswith(told) for line in found), found


def test_text_that_is_not_utf_8_and_a_nul_sign_are_told_with_their_line(tmp_path):
    towns.write(tmp_path)
    (tmp_path / "topics.csv").write_bytes("code,topic_kk,service\nWAT-01,Су,SU\n".encode() + b"WAT-02,\xd1\xf3,SU\n")
    (tmp_path / "texts.yaml").write_bytes(b"registered:\n  kk: a\0b\n")

    told = problems_of(tmp_path)

    assert "topics.csv:3: The text is not UTF-8. Save the file as UTF-8." in told
    assert "texts.yaml:2: A NUL sign stands here. Delete it." in told


def test_a_folder_that_is_not_there_is_told_too(tmp_path):
    assert problems_of(tmp_path / "nowhere") == [
        f"{tmp_path / 'nowhere'}: There is no such folder. Give the folder that holds city.yaml."
    ]


def test_the_line_of_a_row_counts_line_ends_inside_cells(tmp_path):
    towns.write(tmp_path, topics_csv='code,topic_kk,service\nWAT-01,"Су\nжоқ",SU\n\nROA-01,Жол,JOOL\n')

    assert any(line.startswith("topics.csv:5: There is no service «JOOL»") for line in problems_of(tmp_path))
