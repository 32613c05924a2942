"""The curve over the size of the register, from what was measured."""

from itertools import pairwise
from xml.etree import ElementTree as ET

from benchmarks.cost import Taken, known, write
from benchmarks.rig.figures import Figures

from benchmarks import plot


def taken(cards, milliseconds):
    create = {"form quiet cpu": {"value": milliseconds, "unit": "ms", "bar": 15}}
    pages = {"board quiet cpu": {"value": milliseconds / 2, "unit": "ms", "bar": 10}}
    return Taken(cards, {"create": create, "pages": pages})


def test_the_table_has_a_column_for_each_size_and_the_bar_beside(tmp_path):
    write([taken(100_000, 11.04), taken(2_300_000, 12.5)], tmp_path)

    table = (tmp_path / "cost-curve.md").read_text()
    assert "| | bar | 0.1 M | 2.3 M |" in table
    assert "| by the web form | ≤ 15 | 11.0 | 12.5 |" in table
    assert "| board | ≤ 10 | 5.5 | 6.2 |" in table
    assert "| by the API |  | – | – |" in table
    assert "Not measured yet: 500 000, 5 000 000 cards." in table


def test_the_plot_is_a_picture_with_every_line_called_by_its_name(tmp_path):
    _, picture = write([taken(100_000, 11.0), taken(2_300_000, 12.5)], tmp_path)

    texts = [one.text for one in ET.parse(picture).iter("{http://www.w3.org/2000/svg}text")]
    assert {"Making a card", "by the web form", "board", "0.1 M", "2.3 M"} <= set(texts)


def test_names_of_lines_that_end_together_do_not_run_into_each_other():
    places = plot._spread([100.0, 101.0, 99.0, 300.0])

    ordered = sorted(places)
    assert all(after - before >= plot.APART for before, after in pairwise(ordered))
    assert places[3] > places[1] > places[0] > places[2]


def test_what_was_measured_before_is_found_again(tmp_path):
    for size in (500_000, 100_000):
        figures = Figures("create")
        figures.add("form quiet cpu", size / 50_000, "ms", bar=15)
        figures.write(tmp_path / str(size))

    found = known(tmp_path)

    assert [one.cards for one in found] == [100_000, 500_000]
    assert found[1].value("create", "form quiet cpu") == 10
    assert found[1].value("reads", "nearby quiet cpu") is None
