"""The note of who runs: kept on a full disk, and never taken for another supervisor's."""

import json
import os

import pytest

from komek.platform import home as homes
from komek.platform import running
from komek.platform.claim import claim

LONG = {"supervisor": os.getpid(), "phase": "starting", "address": "http://localhost:8109", "programs": {}}
SHORT = {"supervisor": os.getpid(), "phase": "running", "address": "", "programs": {}}


@pytest.fixture
def home(tmp_path):
    homes.make(tmp_path)
    return tmp_path


def test_on_a_full_disk_the_note_is_written_over_the_old_one(home):
    with claim(running.lock(home)):
        running.note(home, LONG)
        # What is written here meets a disk without room.
        (home / "run" / "state.new").symlink_to("/dev/full")
        running.note(home, SHORT)

        assert running.state(home) == SHORT
    assert not (home / "run" / "state.new").exists()


def test_the_note_of_a_killed_supervisor_says_nothing_of_the_next(home):
    with claim(running.lock(home)):
        running.note(home, SHORT | {"supervisor": 1})

        assert running.state(home)["phase"] == "starting"


def test_a_torn_note_is_no_note(home):
    with claim(running.lock(home)):
        (home / "run" / "state.json").write_text(json.dumps(LONG)[:20])

        assert running.state(home)["phase"] == "starting"


def test_the_lock_tells_a_shorter_number_than_before(home):
    running.lock(home).write_text("1234567\n")

    with claim(running.lock(home)):
        assert running.owner(home) == os.getpid()
