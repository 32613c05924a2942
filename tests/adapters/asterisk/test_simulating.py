"""What is played is counted honestly, and never in a city's own centre."""

import asyncio

import pytest
from django.core.management import CommandError, call_command

from komek.adapters.asterisk.simulating import city, replay, telling
from komek.adapters.asterisk.simulating.city import CannotPlay, Played, Wanted
from komek.adapters.asterisk.simulating.plan import Profile

JOURNAL = """\
1795500000|NONE|NONE|NONE|QUEUESTART|
1795500001|1795500001.1|q109-ru|NONE|TOLD|wait_2|15
1795500002|1795500001.1|q109-ru|NONE|ENTERQUEUE||+77005550001|1
1795500012|1795500001.1|q109-ru|agent-1|CONNECT|10|1795500011.2|1
1795500003|1795500003.3|q109-kk|NONE|URGENT|+77005550002
1795500003|1795500003.3|q109-kk|NONE|ENTERQUEUE||+77005550002|1
1795500023|1795500003.3|q109-kk|agent-2|CONNECT|20|1795500022.4|1
1795500030|1795500003.3|q109-kk|agent-2|COMPLETECALLER|20|7|1
1795500030|1795500003.3|q109-kk|NONE|GONE|16
1795500031|1795500031.5|q109-kk|NONE|TOLD|wait_2|5
1795500031|1795500031.5|q109-kk|NONE|ENTERQUEUE||+77005550003|1
1795500041|1795500031.5|q109-kk|NONE|ABANDON|1|1|10
1795500041|1795500031.5|q109-kk|NONE|GONE|16
1795500061|1795500061.6|q109-en|NONE|ENTERQUEUE||+77005550004|1
1795500070|1795500061.6|q109-en|NONE|CALLBACK|+77005550004|en|1795500061|0
1795500071|1795500061.6|q109-en|NONE|GONE|16
17955000
"""


@pytest.fixture
def calls(tmp_path):
    path = tmp_path / "queue_log"
    path.write_text(JOURNAL)
    return replay.stories(path)


def test_a_replay_counts_each_call_by_what_happened_to_it_first(calls):
    found = replay.figures(calls)

    assert (found.rang, found.offered, found.answered, found.abandoned, found.to_call_back) == (4, 4, 2, 1, 1)
    assert found.service_level == 2 / 4
    assert found.asa == 15
    assert (found.told, found.told_kept, found.said_kept) == (2, 0.5, 1)
    assert (found.urgent, found.urgent_in_time) == (1, 0)


def test_spans_begin_where_the_walls_do(calls):
    first, second, third = replay.spans(calls, width=30).items()

    assert (first[0], first[1]["offered"], first[1]["talking"]) == (1795500000, 2, 1)
    assert (second[0], second[1]["abandoned"]) == (1795500030, 1)
    assert (third[0], third[1]["to_call_back"]) == (1795500060, 1)


def test_the_figures_are_told_with_what_they_are_counted_from(calls):
    told = "\n".join(telling.lines(Played(replay.figures(calls), 4, 0, 0, [], {"waiting": 2, "done": 5})))

    assert "answered within 20 s / (offered - gave up within 5 s)" in told
    assert "to be called back    7, 5 done, 2 waiting" in told


def test_nobody_is_played_in_a_citys_own_centre(tmp_path):
    with pytest.raises(CannotPlay, match="own centre"):
        asyncio.run(city.play(tmp_path, Wanted(Profile.DAY, 1)))


def test_a_telephone_that_does_not_run_is_told(tmp_path):
    (tmp_path / "demo.json").touch()

    with pytest.raises(CannotPlay, match="does not run"):
        asyncio.run(city.play(tmp_path, Wanted(Profile.DAY, 1)))


@pytest.mark.parametrize("words", [["--speed", "0"], ["--operators", "101"], ["--scale", "-1"]])
def test_what_cannot_be_played_is_refused_in_a_sentence(words):
    with pytest.raises(CommandError):
        call_command("phones", "simulate", *words)
