"""The switch as a program: it starts without a complaint, is taken over, and stops."""

import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fixtures.switch import free_port, messages

from komek.adapters.asterisk import binaries, prompts
from komek.adapters.asterisk.layout import LANGUAGES
from komek.adapters.asterisk.switch import Switch
from komek.platform import processes


def complaints(installation):
    return [line for line in messages(installation).splitlines() if "WARNING" in line or "ERROR" in line]


def again(switch, installation, tmp_path):
    return Switch(installation, switch.asterisk, binaries.voice(binaries.place()), tmp_path / "pbx.log")


def test_it_starts_without_a_complaint(switch, installation):
    assert switch.answers()
    assert switch.exited() is None
    assert complaints(installation) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root says who goes first")
def test_it_goes_before_everything_else_of_the_machine(switch):
    threads = [int(one.name) for one in Path(f"/proc/{switch.pid}/task").iterdir()]

    assert {os.getpriority(os.PRIO_PROCESS, one) for one in threads} == {-10}


def test_one_that_runs_is_taken_over_with_its_calls(switch, installation, tmp_path):
    other = again(switch, installation, tmp_path)

    other.start()

    assert other.pid == switch.pid
    assert other.exited() is None


def test_one_on_other_ports_is_ended_and_another_started(switch, installation, tmp_path):
    ports = replace(installation.ports, manager=free_port(), browsers=free_port())
    other = again(switch, replace(installation, ports=ports), tmp_path)

    other.start()
    try:
        other.await_ready(30)
        assert switch.process.wait(30) is not None
        assert other.pid != switch.pid
    finally:
        other.stop()


def test_one_that_was_killed_is_started_anew(switch, installation, tmp_path):
    before = switch.pid
    os.kill(before, signal.SIGKILL)
    switch.process.wait()
    other = again(switch, installation, tmp_path)

    other.start()
    try:
        other.await_ready(30)
        assert other.pid != before
    finally:
        other.stop()


def test_it_stops_and_leaves_nothing_behind(switch, installation):
    pid = switch.pid

    switch.stop()

    assert processes.birth(pid) is None
    assert not (installation.folders.run / "komek.pid").exists()


def test_no_file_of_it_is_for_other_eyes(switch, installation):
    secret = [path for path in installation.folders.etc.iterdir() if path.stat().st_mode & 0o077]

    assert secret == []
    assert installation.folders.raw.stat().st_mode & 0o077 == 0


def test_a_recording_of_the_city_is_played_instead_of_the_machine(asterisk, installation, tmp_path):
    folders = installation.folders
    folders.make()
    own = folders.studio / "ru" / f"greeting{prompts.ENDING}"
    own.parent.mkdir()
    own.write_bytes(b"\xd5" * 800)

    prompts.lay_out(folders, binaries.voice(binaries.place()))

    assert (folders.prompts / "ru" / f"greeting{prompts.ENDING}").read_bytes() == b"\xd5" * 800
    assert (folders.prompts / "kk" / f"greeting{prompts.ENDING}").stat().st_size > 0
    for language in LANGUAGES:
        assert (folders.told / language / f"q109-{language}{prompts.ENDING}").exists()


def test_every_sentence_has_its_words_in_every_language():
    said = list(prompts.sentences())

    assert {language for _name, language, _text in said} == set(LANGUAGES)
    assert all(text.strip() for _name, _language, text in said)
    assert len({(name, language) for name, language, _text in said}) == len(said)
