"""Where Asterisk is, and what is said when there is none."""

from pathlib import Path

import pytest

from komek.adapters.asterisk import binaries


def test_the_one_in_the_folder_runs_with_its_own_libraries(asterisk):
    assert asterisk.major >= binaries.LEAST_MAJOR
    assert (asterisk.modules / "app_queue.so").exists()


def test_without_a_folder_and_without_a_program_the_remedy_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(binaries.CannotHave, match="make pbx"):
        binaries.find(tmp_path)


def test_one_that_is_too_old_is_refused_by_its_number(tmp_path):
    program = tmp_path / "root/usr/sbin/asterisk"
    loader = tmp_path / "root/usr/lib/any/ld-linux-x86-64.so.2"
    for file in (program, loader):
        file.parent.mkdir(parents=True)
        file.write_text("#!/bin/sh\necho Asterisk 16.2.1\n")
        file.chmod(0o755)

    with pytest.raises(binaries.CannotHave, match=r"16\.2\.1 is too old"):
        binaries.find(tmp_path)


def test_nothing_is_fetched_where_it_lies_already(asterisk):
    root = binaries.place() / "root"
    before = root.stat().st_ctime_ns if root.exists() else None

    found = binaries.fetch(binaries.place())

    assert found.command == asterisk.command
    assert before == root.stat().st_ctime_ns


def test_without_apt_nothing_can_be_put_into_a_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(binaries.CannotHave, match="apt"):
        binaries.fetch(tmp_path / "folder")

    assert not (tmp_path / "folder" / "root").exists()
    assert not (tmp_path / "folder" / "fresh").exists()


def test_the_folder_is_one_for_all_clones_of_a_person(monkeypatch):
    monkeypatch.delenv("KOMEK_ASTERISK", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere/cache")

    assert binaries.place() == Path("/somewhere/cache/komek/asterisk")
