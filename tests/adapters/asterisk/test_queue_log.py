"""The journal of the queues is read once and whole, whatever becomes of the file."""

from datetime import UTC, datetime

import pytest

from komek.adapters.asterisk.queue_log import Journal, Place, parse

ENTER = "1795500000.250000|1795500000.12|q109-kk|NONE|ENTERQUEUE||77015550142|1\n"
CONNECT = "1795500007.000000|1795500000.12|q109-kk|PJSIP/op101|CONNECT|7|1795500005.13|2\n"
DONE = "1795500100|1795500000.12|q109-kk|PJSIP/op101|COMPLETECALLER|7|93|1\n"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "queue_log"


@pytest.fixture
def read(path):
    """Reads on from where it stopped: what happened, by event."""
    place = Place()

    def events():
        nonlocal place
        found = list(Journal(path).since(place))
        place = found[-1][1] if found else place
        return [line.event for line, _ in found]

    return events


def write(path, *lines):
    with path.open("a", encoding="utf-8", newline="") as opened:
        opened.write("".join(lines))


def test_a_line_says_what_happened_to_which_call():
    line = parse(CONNECT.strip().encode())

    assert line.at == datetime.fromtimestamp(1795500007, UTC)
    assert (line.call, line.queue, line.agent) == ("1795500000.12", "q109-kk", "PJSIP/op101")
    assert (line.event, line.data) == ("CONNECT", ("7", "1795500005.13", "2"))
    assert parse(ENTER.strip().encode()).agent == ""


@pytest.mark.parametrize(
    "line", [b"", b"|||||", b"x|1.1|q|a|ENTERQUEUE", b"1795500000|1.1|q", b"99999999999999999999|1.1|q|a|E"]
)
def test_what_is_no_line_is_none(line):
    assert parse(line) is None


def test_each_line_is_read_once(path, read):
    assert read() == []
    write(path, ENTER)
    assert read() == ["ENTERQUEUE"]
    assert read() == []
    write(path, CONNECT, DONE)
    assert read() == ["CONNECT", "COMPLETECALLER"]


def test_a_line_without_its_end_waits_for_it(path, read):
    write(path, ENTER, CONNECT[:30])
    assert read() == ["ENTERQUEUE"]
    write(path, CONNECT[30:])
    assert read() == ["CONNECT"]


def test_what_was_cut_when_the_switch_died_does_not_hide_what_comes_behind_it(path, read):
    write(path, ENTER, CONNECT[:40], DONE)
    assert read() == ["ENTERQUEUE", "COMPLETECALLER"]


def test_a_cut_line_may_have_lost_everything_but_its_time(path, read):
    write(path, CONNECT[:17], DONE, "rubbish\n", ENTER)
    assert read() == ["COMPLETECALLER", "ENTERQUEUE"]


def test_two_lines_in_one_are_two_places(path):
    write(path, ENTER.strip(), DONE)
    (_, between), (_, behind) = Journal(path).since(Place())

    assert [line.event for line, _ in Journal(path).since(between)] == ["COMPLETECALLER"]
    assert list(Journal(path).since(behind)) == []


def test_a_file_that_was_put_away_is_read_to_its_end_before_the_next(path, read):
    write(path, ENTER)
    assert read() == ["ENTERQUEUE"]
    write(path, CONNECT)
    path.rename(path.with_name("queue_log.1"))
    path.with_name("queue_log.1").rename(path.with_name("queue_log.2"))
    write(path.with_name("queue_log.1"), DONE)
    write(path, ENTER)
    assert read() == ["CONNECT", "COMPLETECALLER", "ENTERQUEUE"]
    assert read() == []


def test_a_file_that_is_gone_costs_no_line_of_the_new_one(path, read):
    write(path, ENTER)
    assert read() == ["ENTERQUEUE"]
    kept = path.rename(path.with_name("kept"))
    write(path, CONNECT)
    assert read() == ["CONNECT"]
    assert kept.exists()


def test_a_file_that_was_begun_anew_is_read_from_its_beginning(path, read):
    write(path, ENTER, CONNECT)
    assert len(read()) == 2
    path.write_text(DONE, encoding="utf-8")
    assert read() == ["COMPLETECALLER"]


def test_a_name_with_a_stroke_does_not_make_two_lines(path, read):
    write(path, ENTER.replace("77015550142", "7701|5550142"))
    assert read() == ["ENTERQUEUE"]
