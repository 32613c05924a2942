"""What the proof is made of, without hosts."""

import json

import pytest
from cluster.clients import acknowledged, refusals
from cluster.filled import TEMPLATES, filled, variables
from cluster.proof import Case, _behind, _gap, _screens_away

from cluster import examples


def test_a_template_takes_neither_too_few_values_nor_too_many():
    assert "PASSWORD 'secret'" in filled("database.sql", password="secret")
    with pytest.raises(KeyError, match="password"):
        filled("database.sql")
    with pytest.raises(KeyError, match="no place for user"):
        filled("database.sql", password="secret", user="komek")


def test_the_handbook_shows_the_files_that_the_proof_has_tested():
    shown = {path.name: path.read_text() for path in examples.FOLDER.iterdir()}

    assert shown == examples.examples(), "write them anew: python -m cluster.examples"
    assert shown.keys() == {path.name for path in TEMPLATES.iterdir()}


def test_an_environment_file_is_read_as_systemd_reads_it():
    assert variables("# a comment\n\nURL=postgresql://a:b@c/d?e=f\nEMPTY=\n") == {
        "URL": "postgresql://a:b@c/d?e=f",
        "EMPTY": "",
    }


def test_a_journal_that_is_being_written_is_read_up_to_its_last_whole_line(tmp_path):
    journal = tmp_path / "journal"
    journal.write_text('{"number": "26-1", "at": 1}\n{"refusals": {"503": 2}}\n{"number": "26-2"')

    assert [told["number"] for told in acknowledged(journal)] == ["26-1"]
    assert refusals(journal) == {"503": 2}


def test_the_silence_after_a_fault_is_the_longest_one_that_ends_after_it():
    assert _gap([0.0, 5.0, 9.8, 10.1, 27.0, 27.1], began=10.0) == (10.1, 27.0)
    assert _gap([9.0, 9.9, 10.2, 10.3], began=10.0) == (9.9, 10.2)


def test_a_screen_that_never_comes_back_is_away_for_ever(tmp_path):
    journal = tmp_path / "screens"
    lines = [
        {"at": 1.0, "screen": 0, "what": "lost: earlier"},
        {"at": 10.0, "screen": 0, "what": "lost: reset"},
        {"at": 14.0, "screen": 0, "what": "open"},
        {"at": 10.5, "screen": 1, "what": "lost: reset"},
    ]
    journal.write_text("".join(json.dumps(line) + "\n" for line in lines))

    assert sorted(_screens_away(journal, 10.0)) == [4.0, float("inf")]


def test_a_screen_is_behind_when_nothing_it_heard_is_as_new_whatever_came_last(tmp_path):
    journal = tmp_path / "screens"
    heard = [(0, 41), (0, 40), (1, 39), (1, 40)]
    journal.write_text(
        "".join(json.dumps({"at": 1.0, "screen": one, "what": "heard", "event": event}) + "\n" for one, event in heard)
    )

    assert _behind(journal, 41) == [1]


def test_a_figure_beyond_its_bar_is_a_fault():
    case = Case("power", "a host is lost")

    case.figure("service back after", 31.0, "s", 30)
    case.figure("without an answer", 99.0, "s")

    assert case.faults == ["service back after: 31.00 s, at most 30"]
