import pytest
from hypothesis import given
from hypothesis import strategies as st

from komek.registers.places import rules


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Мәңгілік Ел даңғылы", "мангилик ел"),
        ("проспект Мангилик Ел", "мангилик ел"),
        ("Mangilik El Avenue", "мангилик ел"),
        ("Сығанақ көшесі", "сыганак"),
        ("ул. Кабанбай батыра", "кабанбай батыра"),
        ("Kabanbay batyr", "кабанбай батыр"),
        ("Kunayev street", "кунаев"),
        ("Гёте көшесі", "гете"),
        ("улица Е-489", "е489"),
        ("E 12", "е12"),
        ("1-й Алматинский переулок", "1 алматинский"),
        ("101-я улица", "101"),
        ("Шыңтас тұйық көшесі", "шынтас"),
        ("улица", "улица"),
        ("", ""),
    ],
)
def test_one_street_is_compared_in_one_way_whatever_it_is_typed_in(name, folded):
    assert rules.fold(name) == folded


@pytest.mark.parametrize(
    ("written", "street", "house"),
    [
        ("Сығанақ 10", "сыганак", "10"),
        ("улица Бейбитшилик, 25, кв 14", "бейбитшилик", "25"),
        ("просп. Кабанбай батыра 53/2", "кабанбай батыра", "53/2"),
        ("Во дворе дома 12 по улице Абая третий день нет горячей воды", "абая", "12"),
        ("Сарыарқа ауданы, Жеңіс даңғылы 45 үйде жылу жоқ", "женис", "45"),
        ("Сығанақ көшесі 10, 3-подъезд, лифт істемейді", "сыганак", "10"),
        ("дом 8 по Республики, прорыв", "республики", "8"),
        ("Туран 55 б яма во дворе", "туран", "55б"),
        ("Кенесары к-сі 40 үй, жарық өшті", "кенесары", "40"),
        ("Алихана Бокейханова д.27 кв.5 течёт крыша", "алихана бокейханова", "27"),
        ("Амман 6 подъезд 2 запах канализации", "амман", "6"),
        ("Абая 5 корпус 2", "абая", "5/2"),
        ("улица 36, 12", "36", "12"),
        ("ул. 8 Марта 5а", "8 марта", "5а"),
        ("Mangilik El 55/20", "мангилик ел", "55/20"),
        ("Е-489 12", "е489", "12"),
    ],
)
def test_street_and_house_are_read_out_of_free_words(written, street, house):
    address = rules.parse(written)

    assert (address.street, address.house) == (street, house)


@pytest.mark.parametrize(
    "written", ["пересечение Абая и Валиханова", "угол Абая и Кенесары", "Абая/Кенесары", "Абай мен Кенесары қиылысы"]
)
def test_a_crossing_is_noticed(written):
    assert rules.parse(written).crossing


@pytest.mark.parametrize(
    "written",
    ["третий день нет воды", "автобус 46 не пришёл", "жду 40 минут", "звоните +7 700 123 45 67", "в 18:30 темно"],
)
def test_not_every_number_is_a_house(written):
    assert rules.parse(written).house == ""


def test_a_district_is_read_and_not_taken_for_a_street():
    address = rules.parse("Нұра ауданы, Сығанақ 10")

    assert address.districts == ("нура",)
    assert "нура" not in [phrase.text for phrase in address.phrases]


def test_near_a_street_is_not_in_a_district():
    assert rules.parse("в районе Абая 5").street == "абая"


@given(st.text(max_size=600))
def test_any_text_can_be_read(text):
    address = rules.parse(text)

    assert len(address.phrases) <= 24
    assert all("\0" not in phrase.text for phrase in address.phrases)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("55 Б", "55б"),
        ("53 / 2", "53/2"),
        ("№ 12", "12"),
        ("5 корпус 2", "5/2"),
        ("12-1", "12/1"),
        ("55A", "55а"),
        ("нет", ""),
        ("", ""),
    ],
)
def test_a_house_number_is_kept_in_one_way(written, kept):
    assert rules.house_number(written) == kept


def test_only_a_lane_is_a_lane():
    assert rules.is_lane("переулок Абая")
    assert rules.is_lane("Шыңтас тұйық көшесі")
    assert not rules.is_lane("улица Перова")


def test_houses_stand_on_both_sides_and_are_the_same_on_every_run():
    line = [(51.10, 71.40), (51.10, 71.42), (51.10, 71.41)]

    houses = rules.houses_along(line, None)

    assert houses == rules.houses_along(reversed(line), None)
    by_number = {house.number: house for house in houses}
    assert len(by_number) == len(houses)
    assert by_number["1"].lat > 51.10 > by_number["2"].lat
    assert by_number["1"].lon < by_number["3"].lon < by_number["5"].lon
    assert "14/1" in by_number


def test_a_street_with_one_point_gets_houses_along_its_box_and_one_without_any_gets_none():
    box = (51.10, 71.40, 51.11, 71.42)

    houses = rules.houses_along([(51.105, 71.41)], box)

    assert all(box[0] - 0.001 < house.lat < box[2] + 0.001 for house in houses)
    assert rules.houses_along([], None) == []


def test_a_street_is_traced_round_its_corner_and_not_across():
    corner = [(51.10, 71.40), (51.10, 71.41), (51.10, 71.42), (51.11, 71.42), (51.12, 71.42)]

    lines = rules.trace(reversed(corner), None)

    assert [[(round(lat, 6), round(lon, 6)) for lat, lon in line] for line in lines] == [corner]


def test_a_name_in_two_places_is_two_streets_and_nothing_between():
    here, there = [(51.10, 71.40), (51.10, 71.41)], [(51.20, 71.40), (51.20, 71.41)]

    lines = rules.trace(here + there, None)

    assert sorted(len(line) for line in lines) == [2, 2]


def test_a_street_goes_on_to_its_end_beyond_its_last_crossing():
    (line,) = rules.trace([(51.10, 71.40), (51.10, 71.41)], (51.10, 71.40, 51.10, 71.413))

    assert line[-1] == pytest.approx((51.10, 71.413))
    assert line[0] == pytest.approx((51.10, 71.40))


@given(st.lists(st.tuples(st.floats(-80, 80), st.floats(-170, 170)), max_size=6))
def test_no_points_break_the_numbering_or_the_trace(points):
    houses = rules.houses_along(points, None)
    assert all(len(line) > 1 for line in rules.trace(points, None))

    assert len(houses) <= 200
    assert len({house.number for house in houses}) == len(houses)


@pytest.mark.parametrize(
    ("lat", "lon"), [(91, 0), (0, 181), (float("nan"), 0), (0, float("inf")), (51.1, None), (None, 71.4)]
)
def test_a_point_off_the_globe_is_refused(lat, lon):
    with pytest.raises(rules.ImpossiblePoint):
        rules.ensure_point(lat, lon)


def test_a_text_is_shown_on_one_line_without_tricks():
    assert rules.trimmed("Абая\u202e 5\0\n\nкв 3\u200b" + " я" * 10_000).startswith("Абая 5 кв 3 я")
    assert len(rules.trimmed("я" * 1_000_000)) == rules.LONGEST_TEXT


@pytest.mark.parametrize(
    "outline",
    [
        {},
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "Polygon", "coordinates": "x"},
        {"type": "Polygon", "coordinates": [[]]},
    ],
)
def test_an_outline_that_is_none_is_refused(outline):
    with pytest.raises(rules.UnreadableOutline):
        rules.outline_box("yesil", outline)
