"""Legs become recordings: whole, once, in a chain that shows what was done to it."""

import io
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import av
import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from tests.fixtures.legs import UNIQUE, silence, tone

from komek.platform import disk, files
from komek.platform.home import KEYS
from komek.platform.sealed import NotOurs
from komek.rooms.calls.models import Outgoing
from komek.rooms.calls.rules import What
from komek.rooms.recordings import actions, queries
from komek.rooms.recordings.actions import taking_in
from komek.rooms.recordings.facts import RecordingKept
from komek.rooms.recordings.models import Keeping, Recording, Tape
from komek.rooms.recordings.rules import Finding, Ground

pytestmark = pytest.mark.django_db


def kept(wire, at):
    """What comes of everything that lies there."""
    actions.look(wire.legs, at=at)
    actions.take_in_waiting(wire.legs, clock=lambda: at)
    return queries.by_unique_id(UNIQUE)


def frequencies(opus):
    """The loudest tone on the left and on the right."""
    with av.open(io.BytesIO(opus)) as container:
        stream = container.streams.audio[0]
        sound = np.concatenate([frame.to_ndarray() for frame in container.decode(stream)], axis=1)
        rate = stream.rate
    return [round(float(np.argmax(np.abs(np.fft.rfft(side)))) * rate / len(side), -1) for side in sound]


def test_both_legs_become_one_sealed_recording(wire, aigerim, facts):
    at = wire.call(aigerim)

    recording = kept(wire, at)

    assert (recording.findings, recording.milliseconds, recording.agent_ids) == ([], 10_000, [aigerim.pk])
    assert frequencies(queries.sound(recording)) == [440, 1_000]
    with files.store().open(recording.stored) as content:
        assert b"OggS" not in content.read()
    assert facts.of(RecordingKept)[0].contact_id == recording.call.contact_id
    assert queries.verify().links == 1
    assert queries.wrong_with(recording) == ""


def test_the_operator_is_on_the_right_in_a_call_of_ours_too(wire, aigerim):
    at = wire.call(aigerim)
    wire.journal((0, What.RECORDED, None, "0x2", "out"), (10, What.GONE, None, "16"), unique_id="1790000001.1")
    wire.write("1790000001.1", heard=tone(10), said=tone(10, 1_000), grown=10)

    kept(wire, at)

    outgoing = queries.by_unique_id("1790000001.1")
    assert outgoing.outgoing
    assert frequencies(queries.sound(outgoing)) == [1_000, 440]


def test_whoever_rang_a_resident_hears_it_again(wire, aigerim, at):
    unique_id = "1790000001.1"
    Outgoing.objects.create(unique_id=unique_id, number="+77015550142", agent=aigerim, dialled_at=at, answered_at=at)
    wire.journal((0, What.RECORDED, None, "0x2", "out"), (10, What.GONE, None, "16"), unique_id=unique_id)
    wire.write(unique_id, heard=tone(10), said=tone(10, 1_000), grown=10)

    kept(wire, at + timedelta(seconds=20))

    (playable,) = queries.of_calls([unique_id], by=aigerim, at=at + timedelta(hours=1))
    assert (playable.recording.agent_ids, playable.ground) == ([aigerim.pk], Ground.OWN)
    assert playable.recording.findings == []


def test_a_call_that_goes_on_is_left_alone(wire, aigerim, at):
    wire.journal((0, What.RECORDED, None, "0x1"), (2, What.ANSWERED, aigerim, "1"))
    wire.write(heard=tone(4), said=tone(4), grown=4)

    assert kept(wire, at + timedelta(seconds=30)) is None
    assert Tape.objects.get().heard_bytes == 32_000


def test_who_was_silent_and_what_is_missing_is_written_down_and_nothing_is_thrown_away(wire, aigerim):
    at = wire.call(aigerim, 20.0, heard=silence(20), said=tone(12))

    recording = kept(wire, at)

    assert recording.findings == [Finding.CALLER_SILENT, Finding.UNEVEN]
    assert recording.milliseconds == 20_000
    assert recording.talk["nobody"] > 0


def test_a_call_of_which_there_is_half_is_too_short(wire, aigerim):
    at = wire.call(aigerim, 20.0, heard=tone(10), said=tone(10))

    assert kept(wire, at).findings == [Finding.TOO_SHORT]


def test_legs_without_a_byte_are_a_recording_without_sound(wire, aigerim):
    at = wire.call(aigerim, heard=b"", said=b"")

    recording = kept(wire, at)

    assert recording.findings == [Finding.CALLER_MISSING, Finding.OPERATOR_MISSING, Finding.TOO_SHORT]
    assert (recording.stored, recording.keeping.wrapped_key) == ("", None)
    assert queries.wrong_with(recording) == ""


def test_a_leg_that_was_never_written_is_missing(wire, aigerim):
    at = wire.call(aigerim)
    (wire.legs.folder / f"{UNIQUE}-tx.alaw").unlink()

    recording = kept(wire, at)

    assert recording.findings == [Finding.OPERATOR_MISSING]
    assert frequencies(queries.sound(recording))[0] == 440


def test_a_call_whose_switch_was_killed_is_taken_in_after_an_hour(wire, aigerim, at):
    wire.journal((0, What.RECORDED, None, "0x1"), (2, What.ANSWERED, aigerim, "1"))
    wire.write(heard=tone(4), said=tone(4, 1_000), grown=4)
    kept(wire, at + timedelta(seconds=30))

    assert kept(wire, at + timedelta(hours=2)).findings == [Finding.NOT_CLOSED]


@pytest.mark.parametrize("step", ["_store", "_link"])
def test_killed_before_any_step_it_ends_the_same(wire, aigerim, monkeypatch, step):
    at = wire.call(aigerim)
    with monkeypatch.context() as broken:

        def killed(*_, **__):
            raise KeyboardInterrupt

        broken.setattr(taking_in, step, killed)
        with pytest.raises(KeyboardInterrupt):
            kept(wire, at)
    in_store = {path for path in files.store().folder.rglob("*") if path.is_file()}

    recording = kept(wire, at)

    assert Recording.objects.count() == 1
    now_in_store = {path for path in files.store().folder.rglob("*") if path.is_file()}
    assert len(now_in_store) == 1
    assert in_store <= now_in_store
    assert queries.wrong_with(recording) == ""
    assert kept(wire, at) == recording


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_recording(wire, aigerim, madina):
    at = wire.call(aigerim)
    for number in range(3):
        wire.call(madina, unique_id=f"179000000{number}.5")
    actions.look(wire.legs, at=at)

    def take(_):
        try:
            return actions.take_in_waiting(wire.legs, clock=lambda: at)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as workers:
        list(workers.map(take, range(2)))

    assert Recording.objects.count() == 4
    assert queries.verify() == queries.Verdict(4, None)
    assert len([path for path in files.store().folder.rglob("*") if path.is_file()]) == 4


def test_a_full_disk_is_left_to_others_and_made_up_for(wire, aigerim, monkeypatch):
    at = wire.call(aigerim)
    with monkeypatch.context() as full:
        full.setattr(disk, "is_short", lambda _: True)
        assert kept(wire, at) is None

    assert kept(wire, at).findings == []


def test_one_call_that_cannot_be_taken_in_does_not_stop_the_others(wire, aigerim, madina, monkeypatch):
    at = wire.call(aigerim)
    wire.call(madina, unique_id="1790000000.18")
    broken = wire.legs.folder / f"{UNIQUE}-rx.alaw"
    broken.unlink()
    broken.mkdir()
    os.utime(broken, (0, 0))

    assert kept(wire, at) is None

    assert queries.by_unique_id("1790000000.18") is not None
    tape = Tape.objects.get(unique_id=UNIQUE)
    assert (tape.tries, tape.next_at > at, tape.taken_at) == (1, True, None)
    assert "IsADirectoryError" in tape.failure


def test_the_legs_of_the_switch_go_after_three_days_and_not_before(wire, aigerim):
    at = wire.call(aigerim)
    recording = kept(wire, at)

    assert actions.remove_raw(wire.legs, at=at + timedelta(hours=71)) == 0
    assert actions.remove_raw(wire.legs, at=at + timedelta(hours=73)) == 1

    assert wire.legs.found() == []
    assert queries.wrong_with(recording) == ""


def test_the_legs_stay_while_what_was_made_of_them_is_not_right(wire, aigerim):
    at = wire.call(aigerim)
    recording = kept(wire, at)
    files.store().delete(recording.stored)

    assert actions.remove_raw(wire.legs, at=at + timedelta(hours=73)) == 0
    assert len(wire.legs.found()) == 1


def test_what_is_taken_in_is_not_looked_at_again(wire, aigerim, madina):
    known = set()
    at = wire.call(aigerim)
    assert actions.look(wire.legs, at=at, known_taken=known) == 1
    kept(wire, at)
    assert actions.look(wire.legs, at=at, known_taken=known) == 0

    wire.call(madina, unique_id="1790000000.18")

    assert [one.unique_id for one in wire.legs.found(without=known)] == ["1790000000.18"]
    assert actions.look(wire.legs, at=at, known_taken=known) == 1


def test_the_commands_say_whether_everything_is_there(wire, aigerim, capsys):
    recording = kept(wire, wire.call(aigerim))

    call_command("recordings", "verify", "--sound")
    call_command("recordings", "head")
    told = capsys.readouterr().out
    assert "The chain holds: 1 recordings" in told
    assert bytes(recording.digest).hex() in told

    files.store().delete(recording.stored)
    with pytest.raises(CommandError, match="1 recordings"):
        call_command("recordings", "verify", "--sound")


def three(wire, agent):
    for number in range(3):
        at = wire.call(agent, 3.0, unique_id=f"179000000{number}.1")
    actions.look(wire.legs, at=at)
    actions.take_in_waiting(wire.legs, clock=lambda: at)
    return list(Recording.objects.order_by("id"))


def tampered(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE recordings_recording DISABLE TRIGGER komek_append_only")
        cursor.execute(statement, values)


def test_a_changed_row_breaks_the_chain(wire, aigerim):
    rows = three(wire, aigerim)

    tampered("UPDATE recordings_recording SET milliseconds = milliseconds + 1 WHERE id = %s", rows[1].pk)

    assert queries.verify() == queries.Verdict(1, rows[1].pk, "it was altered")


def test_a_row_taken_from_the_middle_breaks_the_chain(wire, aigerim):
    rows = three(wire, aigerim)
    Keeping.objects.filter(recording=rows[1]).delete()

    tampered("DELETE FROM recordings_recording WHERE id = %s", rows[1].pk)

    verdict = queries.verify()
    assert (verdict.links, verdict.broken_at) == (1, rows[2].pk)


def test_a_row_taken_from_the_end_is_missed(wire, aigerim):
    rows = three(wire, aigerim)
    Keeping.objects.filter(recording=rows[2]).delete()

    tampered("DELETE FROM recordings_recording WHERE id = %s", rows[2].pk)

    assert rows[2].unique_id in queries.verify().reason


def test_one_bit_of_the_stored_sound_is_found(wire, aigerim):
    at = wire.call(aigerim)
    recording = kept(wire, at)
    path = files.store()._path(recording.stored)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)

    assert queries.wrong_with(recording) == "the content is not as it was sealed"
    with pytest.raises(NotOurs):
        queries.sound(recording)


def test_without_its_master_key_nothing_is_heard(wire, aigerim, settings):
    at = wire.call(aigerim)
    recording = kept(wire, at)

    (settings.HOME / KEYS).unlink()

    assert "master key" in queries.wrong_with(recording)
