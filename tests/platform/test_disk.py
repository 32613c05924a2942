"""A full disk: met as what it is, however it is wrapped, and seen coming."""

import errno

import pytest
from django.db import OperationalError
from psycopg import errors

from komek.platform import disk


def met():
    """What is really raised when there is no room."""
    try:
        with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
            full.write("x" * 100_000)
    except OSError as failure:
        return failure
    return pytest.fail("there is room on the full device")


def test_no_room_for_us_or_for_the_database_is_told_from_other_failures():
    wrapped = OperationalError()
    wrapped.__cause__ = errors.DiskFull("could not extend file")

    assert disk.is_full(met())
    assert disk.is_full(wrapped)
    assert not disk.is_full(OSError(errno.EACCES, "not yours"))
    assert not disk.is_full(errors.UniqueViolation("twice"))
    assert not disk.is_full(None)


def test_a_disk_with_less_room_than_is_kept_back_is_short(tmp_path, monkeypatch):
    assert not disk.is_short(tmp_path)

    monkeypatch.setenv("KOMEK_DISK_RESERVE", str(10**9))

    assert disk.is_short(tmp_path)
    assert not disk.is_short(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("language", "said"),
    [("kk", "дискіде орын қалмады"), ("ru", "на диске не осталось места"), ("en", "its disk is full")],
)
@pytest.mark.django_db
def test_what_is_brought_is_refused_in_the_language_of_the_reader_while_reading_goes_on(
    client, monkeypatch, language, said
):
    monkeypatch.setenv("KOMEK_DISK_RESERVE", str(10**9))
    spoken = {"Accept-Language": language}

    page = client.post("/write/", {"text": "Жарық жоқ"}, headers=spoken)
    program = client.post("/api/v1/contacts", "{}", content_type="application/json", headers=spoken)

    assert (page.status_code, page["Retry-After"]) == (503, "60")
    assert said in page.content.decode()
    assert (program.status_code, program["Retry-After"]) == (503, "60")
    assert program.json()["code"] == "no_room"
    assert said in program.json()["detail"]
    assert client.get("/write/", headers=spoken).status_code == 200
