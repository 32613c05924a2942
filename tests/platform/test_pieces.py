"""A file that arrives in pieces: begun once, continued where it broke off, taken in once, and swept when nobody comes back."""

import threading
from datetime import timedelta
from pathlib import Path

import boto3
import pytest
from django.conf import settings
from django.db import connection, connections
from moto.server import ThreadedMotoServer

from komek.platform import files, pieces
from komek.platform.clock import now
from komek.platform.models import StoredFile, Upload

PIECE = 65_536
KEY = "0b8a0f0e-one"


@pytest.fixture(autouse=True)
def a_folder_of_its_own(settings, tmp_path):
    settings.FILES_URL = str(tmp_path / "files")


@pytest.fixture
def film(video):
    return video(1).read_bytes()


def begun(content, key=KEY, owner="order:1", name="works.mp4"):
    return pieces.begin(owner=owner, key=key, name=name, size=len(content), at=now())


def add(offset, piece, key=KEY, owner="order:1"):
    return pieces.add(owner=owner, key=key, offset=offset, piece=piece, by=None, purpose="proof", at=now())


def passed(content, key=KEY, start=0):
    """Send everything from an offset on."""
    upload = None
    for offset in range(start, len(content), PIECE):
        upload = add(offset, content[offset : offset + PIECE], key)
    return upload


def left_behind():
    return sorted(Path(settings.FILES_URL, "pieces").glob("*/*"))


@pytest.mark.django_db
def test_what_arrived_in_pieces_is_the_same_as_what_arrives_at_once(film, tmp_path):
    begun(film)
    upload = passed(film)

    with (tmp_path / "film").open("wb") as written:
        written.write(film)
    with (tmp_path / "film").open("rb") as whole:
        at_once = files.receive(whole, name="works.mp4", by=None, at=now(), purpose="proof")
    assert upload.file.sha256 == at_once.sha256
    assert (upload.file.kind, upload.file.original_name) == ("video", "works.mp4")
    assert left_behind() == []


@pytest.mark.django_db
def test_a_beginning_whose_answer_was_lost_is_found(film):
    first = begun(film)
    add(0, film[:PIECE])
    again = begun(film)

    assert (again.pk, again.arrived) == (first.pk, PIECE)


@pytest.mark.django_db
@pytest.mark.parametrize("offset", [0, PIECE - 1, PIECE + 1, 3 * PIECE])
def test_a_piece_for_another_place_is_told_where_to_go_on(film, offset):
    begun(film)
    add(0, film[:PIECE])

    with pytest.raises(pieces.WrongOffset) as wrong:
        add(offset, film[offset : offset + PIECE])

    assert wrong.value.upload.arrived == PIECE


@pytest.mark.django_db
def test_a_doubled_last_piece_makes_no_second_file(film):
    begun(film)
    upload = passed(film)
    last = (len(film) - 1) // PIECE * PIECE

    with pytest.raises(pieces.WrongOffset) as wrong:
        add(last, film[last:])

    assert wrong.value.upload.file_id == upload.file_id
    assert add(len(film), b"").file_id == upload.file_id
    assert StoredFile.objects.count() == 1


@pytest.mark.django_db
def test_what_was_whole_when_the_server_died_is_taken_in_when_it_is_asked_for_again(film, monkeypatch):
    begun(film)
    passed(film[: -(len(film) % PIECE or PIECE)])
    rest = pieces.find(owner="order:1", key=KEY).arrived

    def killed(*_, **__):
        raise ConnectionResetError

    with monkeypatch.context() as dying:
        dying.setattr(files, "receive", killed)
        with pytest.raises(ConnectionResetError):
            add(rest, film[rest:])
    assert (pieces.find(owner="order:1", key=KEY).arrived, StoredFile.objects.count()) == (len(film), 0)

    assert add(len(film), b"").file is not None


@pytest.mark.django_db
@pytest.mark.parametrize(("size", "refusal"), [(0, files.EmptyFile), (100_000_001, files.TooLarge)])
def test_what_can_never_be_taken_is_refused_before_a_byte_is_sent(size, refusal):
    with pytest.raises(refusal):
        pieces.begin(owner="order:1", key=KEY, name="x.mp4", size=size, at=now())

    assert Upload.objects.count() == 0


@pytest.mark.django_db
def test_more_than_was_announced_is_not_taken(film):
    begun(film[:PIECE])

    with pytest.raises(pieces.PieceTooLong):
        add(0, film[: PIECE + 1])
    with pytest.raises(pieces.PieceTooLong):
        add(0, b"x" * (pieces.LONGEST_PIECE + 1))


@pytest.mark.django_db
def test_a_key_is_for_one_file(film):
    begun(film)

    with pytest.raises(pieces.OtherUpload):
        begun(film + b"x")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rubbish", "code"),
    [(b"MZ\x90\x00" + b"\0" * 4_000, "file_not_accepted"), (b"\xff\xd8\xff\xe0" + b"no picture" * 400, "file_broken")],
)
def test_rubbish_is_refused_by_name_and_leaves_nothing(rubbish, code):
    begun(rubbish, name="photo.jpg")
    upload = passed(rubbish)

    refusal = pieces.refusal_of(upload)
    assert (refusal.code, refusal.params["name"]) == (code, "photo.jpg")
    assert pieces.refusal_of(pieces.find(owner="order:1", key=KEY)).code == code
    assert (StoredFile.objects.count(), left_behind()) == (0, [])


@pytest.mark.django_db
def test_one_owner_does_not_fill_the_disk(film, monkeypatch):
    monkeypatch.setattr(pieces, "MOST", 2)
    begun(film, "key-number-1")
    begun(film, "key-number-2")

    with pytest.raises(pieces.TooManyUploads):
        begun(film, "key-number-3")
    assert begun(film, "key-number-2")
    assert begun(film, "key-number-3", owner="order:2")


@pytest.mark.django_db
def test_nobody_reaches_what_another_has_begun(film):
    begun(film)

    with pytest.raises(pieces.UploadGone):
        add(0, film[:PIECE], owner="order:2")
    assert pieces.whole(owner="order:2", keys=[KEY]) == {}


@pytest.mark.django_db
def test_what_was_taken_back_is_gone(film):
    begun(film)
    add(0, film[:PIECE])
    pieces.drop(owner="order:1", key=KEY)

    with pytest.raises(pieces.UploadGone):
        add(PIECE, film[PIECE : 2 * PIECE])
    assert left_behind() == []


@pytest.mark.django_db
def test_what_nobody_came_back_for_is_swept_and_the_rest_stays(film):
    begun(film, "half-sent-1")
    add(0, film[:PIECE], "half-sent-1")
    begun(film)
    whole = passed(film)
    begun(film, "fresh-one-1")
    add(0, film[:PIECE], "fresh-one-1")
    old = now() - pieces.KEPT_FOR - timedelta(hours=1)
    Upload.objects.exclude(key="fresh-one-1").update(begun_at=old)

    assert pieces.forget_old() == 2

    assert [upload.key for upload in Upload.objects.all()] == ["fresh-one-1"]
    assert len(left_behind()) == 1
    assert not StoredFile.objects.filter(pk=whole.file_id).exists()
    pieces.drop(owner="order:1", key="fresh-one-1")


@pytest.mark.django_db
def test_a_piece_that_was_lost_with_its_disk_sends_the_sender_back_to_the_beginning(film):
    begun(film)
    passed(film[: 3 * PIECE])
    left_behind()[1].unlink()

    with pytest.raises(pieces.UploadGone):
        passed(film, start=3 * PIECE)

    assert left_behind() == []
    assert begun(film).arrived == 0
    assert passed(film).file is not None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("forget", [lambda: pieces.drop(owner="order:1", key=KEY), pieces.forget_old])
def test_what_is_dropped_while_it_is_taken_in_leaves_no_file(film, monkeypatch, forget):
    begun(film)
    Upload.objects.update(begun_at=now() - pieces.KEPT_FOR - timedelta(hours=1))
    receive = files.receive
    forgetting = threading.Thread(target=lambda: (forget(), connections.close_all()))

    def meanwhile(*told, **more):
        received = receive(*told, **more)
        forgetting.start()
        until_somebody_waits()
        return received

    with monkeypatch.context() as slow:
        slow.setattr(files, "receive", meanwhile)
        passed(film)
    forgetting.join(20)

    assert (Upload.objects.count(), StoredFile.objects.count(), left_behind()) == (0, 0, [])


def until_somebody_waits():
    """Until another connection waits for a lock that this one holds."""
    with connection.cursor() as cursor:
        for _ in range(20_000):
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
            )
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_bring_the_same_piece_one_is_told_so(film):
    begun(film)
    told = []

    def bring():
        try:
            told.append(add(0, film[:PIECE]).arrived)
        except pieces.WrongOffset as wrong:
            told.append(f"go on from {wrong.upload.arrived}")
        finally:
            connections.close_all()

    together = [threading.Thread(target=bring) for _ in range(4)]
    for one in together:
        one.start()
    for one in together:
        one.join()

    assert sorted(map(str, told)) == [str(PIECE), *[f"go on from {PIECE}"] * 3]
    pieces.drop(owner="order:1", key=KEY)


@pytest.mark.django_db
def test_pieces_wait_in_a_bucket_as_well_as_in_a_folder(film, settings, monkeypatch):
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    bucket = boto3.client("s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1")
    bucket.create_bucket(Bucket="films")
    settings.FILES_URL = f"s3://films/komek?endpoint=http://{host}:{port}"
    try:
        begun(film)
        passed(film[: 2 * PIECE])
        assert bucket.list_objects_v2(Bucket="films", Prefix="komek/pieces/")["KeyCount"] == 2
        upload = passed(film, start=2 * PIECE)

        assert upload.file is not None
        assert bucket.list_objects_v2(Bucket="films", Prefix="komek/pieces/")["KeyCount"] == 0
    finally:
        server.stop()
