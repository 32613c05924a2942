"""The picture of a recording: both sides over the whole width, and where nothing was written down."""

import re

from hypothesis import given
from hypothesis import strategies as st

from komek.desks.listening import drawing


@given(st.binary(max_size=1_200), st.binary(max_size=1_200), st.floats(0.1, 20_000))
def test_every_stroke_lies_on_its_own_side(caller, operator, seconds):
    drawn = drawing.wave(caller, operator, seconds=seconds, gaps=[], answered=None)

    for line, low, high in ((drawn.caller, 0, 50), (drawn.operator, 50, 100)):
        strokes = [tuple(map(float, one)) for one in re.findall(r"M([\d.]+) ([\d.]+)v([\d.]+)", line)]
        assert len(strokes) <= drawing.COLUMNS
        assert all(0 <= x <= drawing.WIDTH and low <= y and y + length <= high for x, y, length in strokes)


def test_a_gap_lies_where_it_was():
    drawn = drawing.wave(b"", b"", seconds=100.0, gaps=[{"at": 20.0, "seconds": 10.0}], answered=5.0)

    assert (drawn.gaps, drawn.answered) == ([(200.0, 100.0)], 50.0)
