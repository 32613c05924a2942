"""Rubbish is answered with one shape, in the language of the reader, and never with a 5xx."""

import json

import pytest
from django.test import Client
from django.utils import translation
from tests.desks.partner.conftest import System, burst

from komek.rooms.intake.models import Contact


def _is_problem(answer, status, code):
    assert answer["Content-Type"] == "application/json"
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["detail"]
    assert Contact.objects.count() == 0


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"\xff\xfe\x00",
        b'{"outer_id": "q-1", "text": "\xff"}',
        b'{"place": {"lat": NaN}}',
        b'{"place": {"lat": Infinity}}',
        b"[" * 100_000,
        b'{"place": {"lat": ' + b"9" * 10_000 + b"}}",
    ],
)
def test_what_is_no_json_is_unreadable(qala, raw):
    _is_problem(qala.post("/contacts", raw=raw), 400, "unreadable")


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({}, {"outer_id", "text", "language"}),
        ([], {"body"}),
        ("text", {"body"}),
        (None, {"body"}),
        (burst(text=5), {"text"}),
        (burst(text=""), {"text"}),
        (burst(text="а" * 20_001), {"text"}),
        (burst(text="\ud800"), {"text"}),
        (burst(language="de"), {"language"}),
        (burst(urgency=None), {"urgency"}),
        (burst(outer_id="../../etc"), {"outer_id"}),
        (burst(outer_id="q 1"), {"outer_id"}),
        (burst(outer_id="q-1\n"), {"outer_id"}),
        (burst(place={"lat": "51"}), {"place.lat"}),
        (burst(place={"lat": 91, "lon": 0}), {"place.lat"}),
        (burst(place={"lat": 1e308, "lon": -1e308}), {"place.lat", "place.lon"}),
        (burst(place={"lat": True}), {"place.lat"}),
        (burst(place=[]), {"place"}),
        (burst(resident={"iin": "900101300123"}), {"resident.iin"}),
        (burst(status="closed"), {"status"}),
    ],
)
def test_what_is_not_as_described_is_named_field_by_field(qala, told, fields):
    answer = qala.post("/contacts", raw=json.dumps(told).encode())

    _is_problem(answer, 422, "not_understood")
    assert set(answer.json()["fields"]) == fields


def test_an_empty_body_is_not_understood(qala):
    _is_problem(qala.post("/contacts", raw=b""), 422, "not_understood")


@pytest.mark.parametrize("size", [300_000, 3_000_000])
def test_a_body_that_is_too_large_is_turned_away(qala, size):
    _is_problem(qala.post("/contacts", burst(text="я" * size)), 413, "body_too_large")


@pytest.mark.parametrize(
    "query",
    [
        {"after": "-1"},
        {"after": "9223372036854775808"},
        {"after": "1.5"},
        {"after": "\x00"},
        {"after": ""},
        {"limit": "0"},
        {"limit": "101"},
        {"updated_since": "2026-02-30T00:00:00Z"},
        {"updated_since": "2026-02-03T25:00:00Z"},
        {"updated_since": "2026-02-03T10:00:00"},
        {"updated_since": "yesterday"},
        {"updated_since": "1767225600"},
        {"updated_since": "2026-02-03T10:00:00+99:99"},
    ],
)
def test_an_impossible_cursor_or_moment_is_not_understood(qala, query):
    answer = qala.get("/cards", **query)

    _is_problem(answer, 422, "not_understood")
    assert set(answer.json()["fields"]) == set(query)


@pytest.mark.parametrize(
    "moment", ["0000-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:60-12:00", "2016-12-31t23:59:60z"]
)
def test_a_moment_at_the_end_of_time_is_still_a_moment(qala, moment):
    assert qala.get("/cards", updated_since=moment).status_code == 200


@pytest.mark.parametrize("number", ["26-0000-0001", "0", "\x00", "%00", "№", "💧" * 30, "9" * 500, "٢٦-٠٠٠٠-٠٠٠١"])
def test_a_number_that_was_never_given_is_not_found(qala, number):
    answer = qala.get(f"/cards/{number}")

    assert answer.status_code == 404
    assert answer.json()["code"] in {"no_such_card", "wrong_number"}


@pytest.mark.parametrize(
    "path", ["/nowhere", "/cards/26/0001", "/contacts/a/b/files", "/cards//messages", "/openapi.json/"]
)
def test_an_address_that_leads_nowhere_says_so_as_a_problem(qala, path):
    _is_problem(qala.get(path), 404, "not_found")


def test_an_address_that_is_asked_wrongly_says_how(qala):
    answer = qala.get("/contacts")

    _is_problem(answer, 405, "method_not_allowed")
    assert answer["Allow"] == "POST"


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=", "text/plain"])
def test_an_upload_that_is_none_is_refused(qala, card_of_qala, content_type):
    answer = Client().post(
        "/api/v1/contacts/q-1/files",
        b"--x\r\nnonsense",
        content_type=content_type,
        headers={"Authorization": f"Bearer {qala.key}"},
    )

    assert answer.status_code in {400, 422}
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("language", "expected"),
    [("kk-KZ,kk;q=0.9", "kk"), ("ru", "ru"), ("en-GB", "en"), ("de", "kk"), ("", "kk"), ("\x00;q=x", "kk")],
)
def test_a_refusal_is_said_in_the_language_of_the_reader(qala, language, expected):
    answer = System(qala.key, language=language).get("/cards/26-0000-0001")

    with translation.override(expected):
        said = translation.gettext("The number %(number)s has a mistake in it. Please read it again.")
    assert answer.json()["detail"] == said % {"number": "26-0000-0001"}
    assert answer["Content-Language"] == expected
