"""Files from outside: checked by what they are, cleaned of where and by whom, kept whole."""

import hashlib
import threading
from datetime import UTC, datetime
from io import BytesIO
from itertools import chain, repeat
from pathlib import Path

import av
import boto3
import pytest
from moto.server import ThreadedMotoServer
from PIL import Image, ImageCms, PngImagePlugin

from komek.platform import files
from komek.platform.models import StoredFile

AT = datetime(2026, 1, 5, 6, tzinfo=UTC)
ASTANA = "+51.1282+071.4307/"


class Pieces:
    """An upload that comes in small pieces and tells how much of it was read."""

    def __init__(self, pieces):
        self.pieces = iter(pieces)
        self.read_bytes = 0

    def read(self, size=-1, /):
        piece = next(self.pieces, b"")
        self.read_bytes += len(piece)
        return piece


@pytest.fixture
def kept(settings, tmp_path):
    """The folder of this test's files."""
    settings.FILES_URL = str(tmp_path / "files")
    return tmp_path / "files"


def receive(content, name="photo.jpg", **more):
    upload = BytesIO(content) if isinstance(content, bytes) else content
    return files.receive(upload, name=name, by="dana", at=AT, purpose="report", **more)


def read(stored):
    with files.open(stored) as content:
        return content.read()


def picture(form="JPEG", size=(64, 48), mode="RGB", color="orange", **more):
    file = BytesIO()
    Image.new(mode, size, color).save(file, form, **more)
    return file.getvalue()


def noise(size, form="JPEG"):
    file = BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(file, form)
    return file.getvalue()


def video(folder, form="mp4", codec="libx264", *, words=None, rotation=None, sound=None, size=(64, 48)):
    path = folder / f"made.{form}"
    with av.open(
        str(path), "w", format=form, options={"movflags": "use_metadata_tags"} if form == "mp4" else {}
    ) as made:
        made.metadata.update(words or {})
        stream = made.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        if rotation is not None:
            stream.set_display_rotation(rotation)
        voice = made.add_stream(sound, rate=16_000) if sound else None
        for shade in range(0, 200, 10):
            frame = av.VideoFrame.from_image(Image.new("RGB", size, (shade, shade, shade)))
            made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
        if voice:
            made.mux(chain.from_iterable(voice.encode(frame) for frame in (*silence(voice), None)))
    return path.read_bytes()


def silence(stream):
    for number in range(20):
        frame = av.AudioFrame(format=stream.format.name, layout=stream.layout.name, samples=stream.frame_size or 1024)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate = stream.rate
        frame.pts = number * (stream.frame_size or 1024)
        yield frame


def voice_message(folder, form="ogg", codec="libopus", words=None):
    path = folder / f"made.{form}"
    with av.open(str(path), "w", format=form) as made:
        made.metadata.update(words or {})
        stream = made.add_stream(codec, rate=48_000 if codec == "libopus" else 16_000)
        made.mux(chain.from_iterable(stream.encode(frame) for frame in (*silence(stream), None)))
    return path.read_bytes()


def words_in(content):
    with av.open(BytesIO(content)) as recording:
        told = dict(recording.metadata)
        for stream in recording.streams:
            told |= stream.metadata
        return told


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n" + b"x" * 9000 + b"\nstartxref\n0\n%%EOF\n"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 100


# What comes in


@pytest.mark.django_db
def test_a_received_photo_is_kept_under_the_sha256_of_what_is_kept(kept):
    stored = receive(picture(), "Ауладағы шұңқыр.jpeg")

    content = read(stored)
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert (stored.kind, stored.media_type, stored.size) == ("image", "image/jpeg", len(content))
    assert (stored.width, stored.height) == (64, 48)
    assert stored.original_name == "Ауладағы шұңқыр.jpg"
    assert (stored.purpose, stored.stored_at, stored.stored_by) == ("report", AT, "dana")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "kept_as"),
    [
        (picture("PNG"), "image/png"),
        (picture("GIF"), "image/png"),
        (picture("WEBP"), "image/jpeg"),
        (picture("WEBP", mode="RGBA", color=(255, 0, 0, 90)), "image/png"),
        (picture("PNG", mode="P", color=1), "image/png"),
        (picture("PNG", mode="1", color=1), "image/png"),
        (picture("PNG", mode="LA", color=(9, 90)), "image/png"),
        (picture("JPEG", mode="L", color=9), "image/jpeg"),
        (picture("JPEG", mode="CMYK", color=(9, 9, 9, 9)), "image/jpeg"),
    ],
)
def test_every_usual_picture_is_taken(kept, content, kept_as):
    stored = receive(content)

    assert stored.media_type == kept_as
    with Image.open(BytesIO(read(stored))) as shown:
        shown.load()
        assert shown.size == (64, 48)


@pytest.mark.django_db
def test_a_photo_loses_place_device_and_comments_but_is_turned_upright(kept):
    exif = Image.Exif()
    exif[0x010F] = "SecretPhone"
    exif[0x0112] = 6
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 7.0, 41.0), 3: "E", 4: (71.0, 25.0, 50.0)})
    sent = picture(size=(80, 40), exif=exif, comment=b"SecretComment", xmp=b"<x:xmpmeta>SecretXmp</x:xmpmeta>")
    assert b"SecretPhone" in sent
    with Image.open(BytesIO(sent)) as before:
        assert before.getexif().get_ifd(0x8825)

    stored = receive(sent)

    content = read(stored)
    assert b"Secret" not in content
    with Image.open(BytesIO(content)) as shown:
        assert dict(shown.getexif()) == {}
        assert shown.size == (stored.width, stored.height) == (40, 80)


@pytest.mark.django_db
def test_a_screenshot_loses_its_hidden_texts(kept):
    told = PngImagePlugin.PngInfo()
    told.add_text("Author", "SecretAuthor")
    told.add_itxt("XML:com.adobe.xmp", "SecretPlace")

    stored = receive(picture("PNG", pnginfo=told), "screen.png")

    assert b"Secret" not in read(stored)


@pytest.mark.django_db
def test_bytes_behind_the_end_of_a_picture_are_left_behind(kept):
    stored = receive(picture() + b"<script>Secret</script>")

    assert b"Secret" not in read(stored)


@pytest.mark.django_db
def test_a_photo_keeps_its_colors_whatever_profile_it_came_with(kept):
    good = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    for profile in (good, b"nonsense" * 20):
        stored = receive(picture("PNG", color=(200, 100, 50), icc_profile=profile))

        with Image.open(BytesIO(read(stored))) as shown:
            assert "icc_profile" not in shown.info
            assert all(abs(a - b) <= 2 for a, b in zip(shown.getpixel((5, 5)), (200, 100, 50), strict=True))


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_large_photo_is_shrunk_to_what_a_screen_shows(kept, form):
    stored = receive(picture(form, size=(5200, 2600)))

    assert (stored.width, stored.height) == (2560, 1280)


@pytest.mark.django_db
def test_of_an_animation_the_first_frame_is_kept(kept):
    frames = [Image.new("RGB", (32, 32), color) for color in ("red", "green", "blue")]
    moving = BytesIO()
    frames[0].save(moving, "GIF", save_all=True, append_images=frames[1:])

    stored = receive(moving.getvalue(), "party.gif")

    with Image.open(BytesIO(read(stored))) as shown:
        assert getattr(shown, "n_frames", 1) == 1
        assert shown.convert("RGB").getpixel((5, 5)) == (255, 0, 0)


@pytest.mark.django_db
def test_a_document_is_kept_as_it_is(kept):
    stored = receive(PDF, "акт.pdf")

    assert read(stored) == PDF
    assert (stored.kind, stored.original_name, stored.width) == ("document", "акт.pdf", None)


# Videos


@pytest.mark.django_db
@pytest.mark.parametrize(
    "made",
    [
        ("mp4", "libx264", "aac", "video/mp4"),
        ("mov", "libx264", "pcm_s16le", "video/quicktime"),
        ("3gp", "libx264", "aac", "video/3gpp"),
        ("webm", "libvpx", None, "video/webm"),
        ("matroska", "libx264", None, "video/x-matroska"),
        ("mp4", "libx265", None, "video/mp4"),
    ],
)
def test_the_videos_of_telephones_are_taken(kept, tmp_path, made):
    form, codec, sound, media_type = made

    stored = receive(video(tmp_path, form, codec, sound=sound), "video")

    assert (stored.kind, stored.media_type) == ("video", media_type)
    assert (stored.width, stored.height) == (64, 48)
    with av.open(BytesIO(read(stored))) as shown:
        assert len(list(shown.decode(video=0))) == 20
        assert len(shown.streams.audio) == (1 if sound else 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("form", "codec"), [("mp4", "libx264"), ("mov", "libx264"), ("3gp", "libx264"), ("webm", "libvpx")]
)
def test_a_video_loses_place_and_device(kept, tmp_path, form, codec):
    place = {"location": ASTANA, "com.apple.quicktime.location.ISO6709": ASTANA, "make": "SecretPhone"}
    sent = video(tmp_path, form, codec, words=place)
    assert ASTANA.encode() in sent or ASTANA in words_in(sent).values()

    stored = receive(sent)

    content = read(stored)
    told = words_in(content)
    assert not any("location" in key.lower() for key in told)
    assert b"Secret" not in content
    assert b"51.128" not in content


@pytest.mark.django_db
def test_what_a_maker_hid_in_a_box_of_its_own_is_gone_too(kept, tmp_path):
    hidden = b"GPS 51.1282 71.4307"
    sent = video(tmp_path) + (8 + len(hidden)).to_bytes(4, "big") + b"free" + hidden

    stored = receive(sent)

    assert hidden not in read(stored)


@pytest.mark.django_db
def test_a_video_filmed_upright_stays_upright(kept, tmp_path):
    stored = receive(video(tmp_path, rotation=90))

    with av.open(BytesIO(read(stored))) as shown:
        frame = next(shown.decode(video=0))
    assert frame.rotation % 180 == 90
    assert (stored.width, stored.height) == (48, 64)


@pytest.mark.django_db
def test_a_video_starts_playing_before_it_is_loaded(kept, tmp_path):
    content = read(receive(video(tmp_path)))

    assert content.index(b"moov") < content.index(b"mdat")


@pytest.mark.django_db
def test_sound_alone_is_no_video(kept, tmp_path):
    with pytest.raises(files.BrokenFile):
        receive(voice_message(tmp_path, "mp4", "aac"), "video.mp4")


@pytest.mark.django_db
def test_a_codec_no_screen_shows_is_refused_by_name(kept, tmp_path):
    with pytest.raises(files.CodecNotAccepted) as refusal:
        receive(video(tmp_path, "matroska", "mpeg2video"))

    assert refusal.value.params["codec"] == "mpeg2video"


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["mp4", "matroska"])
def test_a_video_cut_off_on_its_way_is_refused(kept, tmp_path, form):
    sent = video(tmp_path, form)

    with pytest.raises(files.BrokenFile):
        receive(sent[: len(sent) // 3])


# Voice messages, where a caller asks for them


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("form", "codec", "media_type"),
    [
        ("ogg", "libopus", "audio/ogg"),
        ("mp3", "libmp3lame", "audio/mpeg"),
        ("ipod", "aac", "audio/mp4"),
        ("wav", "pcm_s16le", "audio/wav"),
    ],
)
def test_a_voice_message_is_taken_where_voices_are_asked_for(kept, tmp_path, form, codec, media_type):
    sent = voice_message(tmp_path, form, codec, {"artist": "SecretName"})

    with pytest.raises(files.NotAccepted):
        receive(sent)
    stored = receive(sent, "voice", accept={files.Kind.AUDIO})

    assert (stored.kind, stored.media_type, stored.width) == ("audio", media_type, None)
    assert b"Secret" not in read(stored)


# What is refused


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content",
    [
        b"MZ" + b"\x00" * 200,
        b"\x7fELF" + b"\x00" * 200,
        b"#!/bin/sh\nrm -rf /\n",
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"PK\x03\x04" + b"\x00" * 200,
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        picture("BMP"),
        picture("TIFF"),
        picture("AVIF"),
        b"just a text",
    ],
)
def test_whatever_its_name_says_the_content_decides(kept, content):
    with pytest.raises(files.NotAccepted) as refusal:
        receive(content, "harmless.jpg")

    assert "harmless.jpg" in str(refusal.value)
    assert "JPEG, PNG, WebP, GIF (15 MB); MP4, MOV, 3GP, WebM, MKV (100 MB); PDF (20 MB)" in str(refusal.value)
    assert not kept.exists()
    assert StoredFile.objects.count() == 0


@pytest.mark.django_db
def test_a_picture_with_a_dangerous_name_gets_a_harmless_one(kept):
    for name, safe in {
        "../../etc/evil.html": "evil.jpg",
        "C:\\temp\\photo.exe": "photo.jpg",
        "a\r\nSet-Cookie: x\x00.jpg": "aSet-Cookie: x.jpg",
        "": "image.jpg",
        "..": "image.jpg",
        "x" * 500: "x" * 120 + ".jpg",
    }.items():
        assert receive(picture(), name).original_name == safe


@pytest.mark.django_db
def test_a_heic_photo_is_refused_with_the_way_out(kept):
    with pytest.raises(files.HeicNotAccepted, match="Most Compatible"):
        receive(HEIC, "IMG_0001.HEIC")


@pytest.mark.django_db
def test_an_empty_file_is_refused(kept):
    with pytest.raises(files.EmptyFile):
        receive(b"")


def bomb(form):
    """A small file whose header promises 10,000 × 10,000 points."""
    if form == "PNG":
        return picture("PNG", size=(10_000, 10_000), mode="L", color=0)
    small, side = picture(form, size=(0x0A0B, 0x0C0D)), 10_000
    if form == "GIF":
        return small.replace(b"\x0b\x0a\x0d\x0c", side.to_bytes(2, "little") * 2)
    return small.replace(b"\x0c\x0d\x0a\x0b", side.to_bytes(2, "big") * 2)


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["PNG", "GIF", "JPEG"])
def test_a_picture_that_unpacks_to_a_hundred_million_points_is_refused_unopened(kept, form, monkeypatch):
    sent = bomb(form)
    assert len(sent) < 200_000
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda _: pytest.fail("it was unpacked"))

    with pytest.raises(files.TooManyPixels):
        receive(sent)


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_picture_cut_off_on_its_way_is_refused(kept, form):
    sent = noise((200, 200), form)

    with pytest.raises(files.BrokenFile):
        receive(sent[: len(sent) // 2])


@pytest.mark.django_db
@pytest.mark.parametrize("sent", [PDF[:-40], PDF[:5], b"%PDF-1.7"])
def test_a_document_without_its_end_is_refused(kept, sent):
    with pytest.raises(files.BrokenFile):
        receive(sent, "act.pdf")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("head", "megabytes"), [(picture(), 15), (PDF, 20), (b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 20, 100)]
)
def test_reading_stops_at_the_limit(kept, head, megabytes):
    endless = Pieces(chain([head], repeat(b"\x00" * 65_536)))

    with pytest.raises(files.TooLarge) as refusal:
        receive(endless)

    assert refusal.value.params["megabytes"] == megabytes
    assert endless.read_bytes < megabytes * 1_000_000 + 200_000


@pytest.mark.django_db
def test_an_upload_may_come_in_pieces_of_any_size(kept):
    content = noise((150, 150))

    stored = receive(Pieces(content[i : i + 7] for i in range(0, len(content), 7)))

    assert stored.size > 0


# What goes out, and what is forgotten


@pytest.mark.django_db(transaction=True)
def test_the_same_content_twice_is_kept_once_and_forgotten_with_the_last(kept):
    first, second = receive(PDF, "one.pdf"), receive(PDF, "two.pdf")
    assert first.sha256 == second.sha256

    files.delete(first)
    assert read(second) == PDF

    files.delete(second)
    with pytest.raises(files.FileGone):
        files.open(second)


@pytest.mark.django_db(transaction=True)
def test_a_file_received_while_the_same_is_forgotten_is_never_lost(kept):
    # Django closes a thread's connection only when asked.
    from django.db import connection

    failures = []

    def come_and_go():
        try:
            for _ in range(5):
                stored = receive(PDF)
                if read(stored) != PDF:
                    failures.append(stored)
                files.delete(stored)
        except files.FileGone as gone:
            failures.append(gone)
        finally:
            connection.close()

    threads = [threading.Thread(target=come_and_go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert not files.store_at(str(kept)).exists(hashlib.sha256(PDF).hexdigest())


@pytest.mark.django_db
def test_a_file_is_found_by_its_number_and_a_wrong_number_is_refused(kept):
    received = files.receive(BytesIO(PDF), name="act.pdf", by=None, at=AT, purpose="contact")

    assert files.stored(received.pk) == received
    assert received.stored_by == ""
    with pytest.raises(files.FileGone):
        files.stored(received.pk + 1)


# The stores: one test for a folder and for a bucket


@pytest.fixture(scope="session")
def bucket():
    """Speak real HTTP with a bucket on the loopback."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    boto3.client(
        "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    ).create_bucket(Bucket="komek")
    yield f"s3://komek/files?endpoint={endpoint}&region=us-east-1"
    server.stop()


@pytest.fixture(params=["folder", "bucket"])
def address(request, tmp_path, monkeypatch):
    if request.param == "folder":
        return str(tmp_path / "deep" / "files")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "k")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    return request.getfixturevalue("bucket")


def test_a_store_gives_back_what_it_was_given(address):
    store = files.store_at(address)
    content = b"\x00\xff" * 1_500_000

    sha256 = store.save(BytesIO(content))
    again = store.save(BytesIO(content))

    assert sha256 == again == hashlib.sha256(content).hexdigest()
    assert store.exists(sha256)
    with store.open(sha256) as kept:
        assert kept.read() == content
        kept.seek(-2, 2)
        assert kept.read() == b"\x00\xff"


def test_a_store_forgets_and_says_so(address):
    store = files.store_at(address)
    sha256 = store.save(BytesIO(b"to be forgotten"))

    store.delete(sha256)
    store.delete(sha256)

    assert not store.exists(sha256)
    with pytest.raises(files.FileGone):
        store.open(sha256)


@pytest.mark.parametrize("key", ["../../etc/passwd", "", "A" * 64, "a" * 63])
def test_a_store_is_asked_by_sha256_and_nothing_else(address, key):
    store = files.store_at(address)

    for ask in (store.open, store.exists, store.delete):
        with pytest.raises(files.FileGone):
            ask(key)


@pytest.mark.django_db
def test_a_photo_is_received_into_a_bucket_and_read_again(bucket, settings, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "k")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    settings.FILES_URL = bucket

    stored = receive(noise((300, 200)))

    assert hashlib.sha256(read(stored)).hexdigest() == stored.sha256


def test_nothing_half_written_stays_when_the_reading_breaks_off(tmp_path):
    class Torn(BytesIO):
        def read(self, size=-1):
            if self.tell():
                raise OSError("the line broke")
            return super().read(10)

    with pytest.raises(OSError, match="the line broke"):
        files.LocalStore(tmp_path).save(Torn(b"x" * 100))

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_residents_send_is_for_the_owners_eyes_only(tmp_path):
    files.LocalStore(tmp_path / "files").save(BytesIO(b"x"))

    assert {path.stat().st_mode & 0o077 for path in Path(tmp_path / "files").rglob("*")} == {0}


@pytest.mark.parametrize("wrong", ["", "ftp://host/files", "s3://", "s3://bucket?endpint=https://host"])
def test_a_place_for_files_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(files.BadAddress):
        files.store_at(wrong)
