"""The addresses that pieces of a video are sent to: for whoever holds the link, and for nobody else."""

import uuid
from datetime import timedelta
from io import BytesIO

import pytest

from komek.desks.service.views import uploads
from komek.platform import clock, pieces
from komek.platform.models import StoredFile, Upload
from komek.rooms.workorders import actions as workorders
from komek.rooms.workorders import queries
from komek.rooms.workorders.models import OrderEntry, Report
from komek.rooms.workorders.rules import MOST_PROOFS, TooManyProofs

BURST = "Көшеде су құбыры жарылды"
PIECE = 262_144
JSON = {"Accept": "application/json"}


class Telephone:
    """A foreman's telephone, as the server hears it."""

    def __init__(self, client, token):
        self.client = client
        self.token = token

    def address(self, key):
        return f"/service/link/{self.token}/upload/{key}/"

    def begin(self, key, size, name="works.mp4"):
        return self.client.post(self.address(key), headers={**JSON, "Upload-Length": str(size), "Upload-Name": name})

    def piece(self, key, offset, content, **more):
        return self.client.patch(
            self.address(key),
            content,
            content_type="application/offset+octet-stream",
            headers={**JSON, "Upload-Offset": str(offset), **more},
        )

    def send(self, content, key=None):
        key = key or str(uuid.uuid4())
        assert self.begin(key, len(content)).status_code == 201
        for offset in range(0, len(content), PIECE):
            answer = self.piece(key, offset, content[offset : offset + PIECE])
        return key, answer

    def do(self, verb, **fields):
        return self.client.post(f"/service/link/{self.token}/{verb}/", fields, headers=JSON)


@pytest.fixture
def phone(browser, token):
    return Telephone(browser(), token)


@pytest.fixture
def film(video):
    return video(1).read_bytes()


def test_a_video_arrives_piece_by_piece_and_proves_the_work(phone, film, order):
    key, last = phone.send(film)
    report = phone.do("report", outcome="done", text="Құбыр ауыстырылды", key=str(uuid.uuid4()), upload=f"{key}:before")

    assert (last.json(), last["Upload-Complete"]) == ({"offset": len(film), "complete": True}, "?1")
    assert (report.status_code, report.json()) == (200, {"status": "done"})
    (proof,) = queries.proofs(queries.order(order).card_id)
    assert (proof.shows, proof.file.kind) == ("before", "video")


@pytest.mark.parametrize("method", ["get", "head"])
def test_whoever_asks_is_told_how_far_a_file_is(phone, film, method):
    key = str(uuid.uuid4())
    assert getattr(phone.client, method)(phone.address(key)).status_code == 404
    phone.begin(key, len(film))
    phone.piece(key, 0, film[:PIECE])

    answer = getattr(phone.client, method)(phone.address(key))

    assert (answer.status_code, answer["Upload-Offset"], answer["Upload-Length"]) == (200, str(PIECE), str(len(film)))
    assert (answer["Upload-Complete"], answer["Cache-Control"]) == ("?0", "private, no-store")


def test_a_piece_that_came_twice_is_told_where_to_go_on(phone, film):
    key = str(uuid.uuid4())
    phone.begin(key, len(film))
    phone.piece(key, 0, film[:PIECE])
    again = phone.piece(key, 0, film[:PIECE])

    assert (again.status_code, again["Upload-Offset"], again.json()["code"]) == (409, str(PIECE), "upload_offset")


def test_a_piece_that_was_cut_on_the_way_does_not_count(phone, film):
    key = str(uuid.uuid4())
    phone.begin(key, len(film))
    answer = phone.client.generic(
        "PATCH",
        phone.address(key),
        content_type="application/offset+octet-stream",
        headers={**JSON, "Upload-Offset": "0"},
        **{"wsgi.input": BytesIO(film[:1000]), "CONTENT_LENGTH": str(PIECE)},
    )

    assert answer.status_code == 400
    assert pieces.find(owner=Upload.objects.get().owner, key=key).arrived == 0


@pytest.mark.parametrize(
    ("size", "status"), [("0", 409), ("100000001", 413), ("", 400), ("-1", 400), ("1e3", 400), ("٣", 400)]
)
def test_a_size_that_cannot_be_is_refused(phone, size, status):
    answer = phone.client.post(
        phone.address("a-key-of-mine"), headers={**JSON, "Upload-Length": size.encode().decode("latin-1")}
    )

    assert answer.status_code == status
    assert answer.json()["detail"]
    assert Upload.objects.count() == 0


@pytest.mark.parametrize("offset", ["", "x", "-1", "9" * 20])
def test_an_offset_that_is_no_number_is_refused(phone, film, offset):
    key = str(uuid.uuid4())
    phone.begin(key, len(film))

    assert phone.piece(key, offset, film[:10]).status_code == 400


def test_a_piece_that_is_too_long_is_refused(phone, video):
    film = video(3).read_bytes()
    key = str(uuid.uuid4())
    phone.begin(key, len(film))

    assert phone.piece(key, 0, film[: pieces.LONGEST_PIECE + 1]).status_code == 413
    assert phone.piece(key, 0, film).status_code == 413


@pytest.mark.parametrize("key", ["short", "a" * 65, "with_underscore"])
def test_a_name_that_is_none_is_no_page(phone, key):
    assert phone.begin(key, 10).status_code == 404


@pytest.mark.parametrize("content", [b"MZ\x90\x00" + b"\0" * 9_000, b"%PDF-1.7\n" + b"x" * 9_000 + b"%%EOF"])
def test_what_is_no_photo_and_no_video_is_refused_and_the_refusal_is_remembered(phone, content):
    key, answer = phone.send(content)

    assert (answer.status_code, answer.json()["code"]) == (422, "file_not_accepted")
    assert phone.begin(key, len(content)).status_code == 422
    assert StoredFile.objects.count() == 0


def test_only_the_holder_of_a_link_may_send(phone, browser, film, token, order, dana):
    key = str(uuid.uuid4())
    stranger = Telephone(browser(), token[:-1] + ("A" if token[-1] != "A" else "B"))
    assert stranger.begin(key, len(film)).status_code == 403
    phone.begin(key, len(film))
    assert stranger.piece(key, 0, film[:PIECE]).status_code == 403
    assert stranger.client.delete(stranger.address(key)).status_code == 403
    workorders.revoke_links(order, by=dana, at=clock.now())

    assert phone.piece(key, 0, film[:PIECE]).status_code == 403
    assert Upload.objects.get().arrived == 0


def test_an_expired_link_takes_no_piece(browser, order, dana, film):
    old = workorders.link(order, foreman="Ерлан", by=dana, at=clock.now() - timedelta(days=4))

    answer = Telephone(browser(), old).begin(str(uuid.uuid4()), len(film))

    assert (answer.status_code, answer.json()["code"]) == (403, "link_expired")


def test_a_file_that_was_taken_back_proves_nothing(phone, film):
    key, _ = phone.send(film)
    assert phone.client.delete(phone.address(key)).status_code == 204

    answer = phone.do("report", outcome="done", key=str(uuid.uuid4()), upload=f"{key}:after")

    assert (answer.status_code, Report.objects.count(), StoredFile.objects.count()) == (422, 0, 0)


def test_nine_photos_are_nine_proofs(phone, photo, order):
    keys = [phone.send(photo(f"{n}.jpg", color=(n * 20, 1, 1)).read())[0] for n in range(9)]
    told = {"outcome": "done", "key": str(uuid.uuid4()), "upload": [f"{key}:after" for key in keys]}

    assert phone.do("report", **told).status_code == 200
    assert len(queries.proofs(queries.order(order).card_id)) == 9


def test_more_photos_than_a_report_takes_are_told_of_and_stay(phone, photo, in_words):
    keys = [phone.send(photo(f"{n}.jpg", color=(n * 10, 1, 1)).read())[0] for n in range(MOST_PROOFS + 1)]
    uploads = [f"{key}:after" for key in keys]
    refused = phone.do("report", outcome="done", key=str(uuid.uuid4()), upload=uploads)

    assert refused.status_code == 422
    assert in_words(TooManyProofs(), "kk") in refused.json()["detail"]
    assert StoredFile.objects.count() == MOST_PROOFS + 1
    fewer = phone.do("report", outcome="done", key=str(uuid.uuid4()), upload=uploads[:MOST_PROOFS])
    assert fewer.status_code == 200


def test_a_report_waits_for_the_file_that_it_names(phone, film):
    key = str(uuid.uuid4())
    phone.begin(key, len(film))
    phone.piece(key, 0, film[:PIECE])

    assert phone.do("report", outcome="done", key=str(uuid.uuid4()), upload=f"{key}:after").status_code == 422
    assert Report.objects.count() == 0


@pytest.mark.parametrize("shows", ["nonsense", "\0", "after "])
def test_what_a_file_shows_is_one_of_three_things(phone, film, shows):
    key, _ = phone.send(film)

    assert phone.do("report", outcome="done", key=str(uuid.uuid4()), upload=f"{key}:{shows}").status_code == 422
    assert Report.objects.count() == 0


def test_a_file_that_proves_something_outlives_the_sweeping(phone, film, order):
    key, _ = phone.send(film)
    phone.do("report", outcome="done", key=str(uuid.uuid4()), upload=f"{key}:after")
    Upload.objects.update(begun_at=clock.now() - pieces.KEPT_FOR - timedelta(hours=1))

    assert pieces.forget_old() == 1

    assert (Upload.objects.count(), StoredFile.objects.count()) == (0, 1)


def test_too_many_pieces_at_once_are_told_to_wait(phone, film, monkeypatch):
    monkeypatch.setattr(uploads, "PIECES_PER_MINUTE", 0.1)
    monkeypatch.setattr(uploads, "PIECES_AT_ONCE", 1)
    key = str(uuid.uuid4())
    assert phone.begin(key, len(film)).status_code == 201
    answer = phone.piece(key, 0, film[:PIECE])

    assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
    assert Upload.objects.get().arrived == 0


@pytest.mark.parametrize(("verb", "status"), [("accept", "accepted"), ("set-out", "on_the_way")])
def test_an_action_with_a_key_counts_once(phone, order, verb, status):
    key = str(uuid.uuid4())
    first, second = phone.do(verb, key=key), phone.do(verb, key=key)

    assert (first.json(), second.json()) == ({"status": status}, {"status": status})
    assert OrderEntry.objects.filter(order_id=order, verb=status).count() == 1


def test_giving_back_twice_is_thanked_twice_though_the_link_is_over(phone, order):
    key = str(uuid.uuid4())
    first, second = (phone.do("decline", reason="Бұл жылу желісі", key=key) for _ in range(2))

    assert (first.status_code, second.status_code, second.json()) == (200, 200, {"status": "declined"})
    assert OrderEntry.objects.filter(order_id=order, verb="declined").count() == 1


def test_a_report_sent_again_after_the_link_is_over_is_still_in(phone, film, order, dana):
    key, _ = phone.send(film)
    told = {"outcome": "done", "key": str(uuid.uuid4()), "upload": f"{key}:after"}
    first = phone.do("report", **told)
    workorders.revoke_links(order, by=dana, at=clock.now())
    second = phone.do("report", **told)

    assert (first.status_code, second.status_code) == (200, 200)
    assert Report.objects.count() == 1


def test_a_step_that_the_dispatcher_took_first_holds_up_nothing(phone, order, work):
    work.do(order, "accept")

    assert phone.do("accept", key=str(uuid.uuid4())).status_code == 200
    assert phone.do("set-out", key=str(uuid.uuid4())).status_code == 200
    assert phone.do("accept", key=str(uuid.uuid4())).json() == {"status": "accepted"}
    assert queries.order(order).status == "on_the_way"


def test_what_was_done_without_a_network_was_done_then(phone, order):
    accepted = queries.story(order)[-1].at
    moment = accepted + (clock.now() - accepted) / 2
    phone.do("accept", key=str(uuid.uuid4()), at=moment.isoformat())

    assert queries.order(order).accepted_at == moment


@pytest.mark.parametrize(
    "told", ["2001-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "yesterday", "0001-01-01T00:00:00+23:59", "2026-01-01"]
)
def test_a_time_that_cannot_be_is_not_believed(phone, order, told):
    since, before = queries.story(order)[-1].at, clock.now()
    phone.do("accept", key=str(uuid.uuid4()), at=told)

    at = queries.order(order).accepted_at
    assert since <= at <= clock.now()
    assert told.startswith("2001") or at >= before


def test_the_page_its_worker_and_its_manifest_need_no_account(phone, browser):
    page = phone.client.get(f"/service/link/{phone.token}/").content.decode()
    worker, app = phone.client.get("/service/link/worker.js"), phone.client.get("/service/link/app.webmanifest")

    assert '<link rel="manifest" href="/service/link/app.webmanifest">' in page
    assert worker["Content-Type"].startswith("text/javascript")
    assert (app.json()["scope"], app.json()["start_url"]) == ("/service/link/", "/service/link/")
    assert phone.client.get("/service/link/").status_code == 200
