"""What every page carries so that a browser can guard its reader, and what no page contains."""

import re
import runpy

import pytest
from django.test import Client

from komek.config import settings as settings_module
from komek.platform.clock import now
from komek.rooms.cards import queries as cards
from komek.rooms.feedback import queries as feedback
from komek.rooms.intake import actions as intake
from komek.rooms.intake.rules import Arrival
from komek.rooms.workorders import actions as workorders

LANGUAGES = ("kk", "ru", "en")
INLINE = (
    re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE),
    re.compile(r"<style", re.IGNORECASE),
    re.compile(r"""\sstyle\s*=\s*["']""", re.IGNORECASE),
    re.compile(r"""\son[a-z]+\s*=\s*["']""", re.IGNORECASE),
    re.compile(r"""=\s*["']\s*javascript:""", re.IGNORECASE),
)


@pytest.fixture
def pages(line, write, work, browser, dana, aigerim, olzhas, saule, charlie, photo, run_after):
    """Every kind of page, the refusing ones too: address → answer."""
    _, number, code = write("Көшеде су құбыры жарылды", topic_code="WAT-02", files=[photo()], name="Асан")
    run_after()
    order = work.order_of(number)
    token = workorders.link(order, foreman="Ерлан", by=dana, at=now())
    work.finish(number)
    check = browser(olzhas).get(f"/controller/card/{number}/")
    work.check(number)
    question = feedback.open_survey(cards.by_number(number).pk).token
    contact = intake.enter(Arrival(channel="desk", text="Су жоқ", language="kk"), by=aigerim, at=now())
    anybody, operator, controller, dispatcher, lead = (browser(one) for one in (None, aigerim, olzhas, dana, saule))
    told = {"controller's card with a check": check}
    for person, addresses in (
        (
            anybody,
            [
                "/",
                "/write/",
                "/status/",
                f"/status/{number}/{code}/",
                f"/status/{number}/x/",
                f"/answer/{question}/",
                "/answer/x/",
                f"/service/link/{token}/",
                f"/service/link/{token}/upload/a-key-of-mine/",
                "/service/link/",
                "/service/link/worker.js",
                "/service/link/app.webmanifest",
                "/service/link/x/",
                "/nope/",
                "/accounts/login/",
                "/file/x/",
                "/places/?q=Кенесары",
                "/healthz",
            ],
        ),
        (
            browser(charlie),
            [
                "/desk/",
                "/operator/",
                "/accounts/2fa/",
                "/accounts/2fa/totp/activate/",
                "/accounts/password/change/",
                "/accounts/logout/",
            ],
        ),
        (
            operator,
            [
                "/operator/",
                f"/operator/card/{number}/",
                "/operator/find/?q=x",
                "/operator/suggest/places/?q=Кенесары",
                "/operator/suggest/topics/?q=су",
                "/operator/suggest/answers/?q=су",
            ],
        ),
        (
            controller,
            [
                "/controller/",
                "/controller/checks/",
                "/controller/escalations/",
                "/controller/find/?q=x",
                f"/controller/card/{number}/",
                f"/controller/card/{number}/accept/",
            ],
        ),
        (dispatcher, ["/service/", f"/service/order/{order}/", "/service/order/999/"]),
        (
            lead,
            [
                "/supervisor/",
                "/supervisor/numbers/",
                "/supervisor/rules/",
                "/supervisor/rules/download/",
                "/supervisor/calendar/",
            ],
        ),
    ):
        told |= {address: person.get(address) for address in addresses}
    told["write refused"] = anybody.post("/write/", {"text": ""})
    told["answer refused"] = anybody.post(f"/answer/{question}/", {})
    told["card refused"] = operator.post(f"/operator/finish/{contact.pk}/", {})
    told["many decisions"] = controller.post("/controller/bulk/", {"verb": "remind", "card": [number], "reason": "x"})
    told["a correction refused"] = controller.post(f"/controller/card/{number}/correct/", {"text": "x", "revision": 99})
    told["decision refused"] = controller.post(f"/controller/card/{number}/extend/", {})
    told["report refused"] = dispatcher.post(f"/service/order/{order}/report/", {})
    told["rules refused"] = lead.post("/supervisor/rules/", {"table": "x"})
    told["day refused"] = lead.post("/supervisor/calendar/", {})
    told["form without a token"] = Client(enforce_csrf_checks=True).post("/write/", {"text": "x"})
    return told


def test_every_page_is_guarded_by_its_headers(pages):
    missing = {
        (name, header)
        for name, answer in pages.items()
        for header, wanted in (
            ("Content-Security-Policy", "default-src 'self'"),
            ("Content-Security-Policy", "frame-ancestors 'none'"),
            ("Content-Security-Policy", "object-src 'none'"),
            ("X-Frame-Options", "DENY"),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "same-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cache-Control", "private"),
            ("X-Request-ID", ""),
        )
        if header not in answer.headers or wanted not in answer.headers[header]
    }

    assert missing == set()


def test_no_page_lets_a_script_or_a_style_stand_in_its_text(pages):
    found = {
        (name, match[0])
        for name, answer in pages.items()
        for pattern in INLINE
        for match in pattern.finditer(answer.content.decode())
    }

    assert found == set()
    policies = " ".join(answer.headers["Content-Security-Policy"] for answer in pages.values())
    assert "unsafe" not in policies


def test_no_page_is_kept_by_anybody_on_the_way(pages):
    kept = {
        name: answer.headers["Cache-Control"]
        for name, answer in pages.items()
        if "public" in answer.headers["Cache-Control"]
        or ("no-store" not in answer.headers["Cache-Control"] and "no-cache" not in answer.headers["Cache-Control"])
    }

    assert kept == {}


def test_every_page_was_what_it_was_meant_to_be(pages):
    statuses = {name: answer.status_code for name, answer in pages.items()}

    assert {name for name, status in statuses.items() if status >= 500} == set()
    assert statuses["/operator/suggest/topics/?q=су"] == 200
    assert {statuses[name] for name in statuses if name.endswith("refused")} <= {409, 422}
    assert statuses["/nope/"] == 404
    assert statuses["form without a token"] == 403


def test_a_page_that_is_not_there_tells_nothing_of_the_house(pages):
    text = pages["/nope/"].content.decode()

    assert "tried" not in text
    assert "URLPattern" not in text
    assert "controller" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_without_its_token_is_refused_in_the_language_of_the_person(db, in_words, language):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies["django_language"] = language
    answer = strict.post("/write/", {"text": "Су жоқ"})

    assert answer.status_code == 403
    assert (
        in_words("This page has been open too long. Go back, reload it and send again.", language)
        in answer.content.decode()
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_address_of_a_button_opened_as_a_page_says_so(line, browser, olzhas, in_words, language):
    answer = browser(olzhas, language).get("/controller/card/26-0000-0000/accept/")

    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    sentence = in_words(
        "This address only takes what a button sends. Go back to the page and use the button.", language
    )
    assert sentence in answer.content.decode()


def test_no_script_of_a_page_reads_a_cookie_and_none_is_sent_by_others(line, aigerim):
    client = Client()
    client.get("/write/")
    client.post("/i18n/setlang/", {"language": "ru", "next": "/"})
    client.post("/accounts/login/", {"login": "aigerim", "password": "correct horse 109"})

    assert {"csrftoken", "sessionid", "django_language"} <= set(client.cookies)
    for name, cookie in client.cookies.items():
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name


@pytest.mark.parametrize(("address", "secure"), [("https://109.example.kz", True), ("http://localhost:8109", False)])
def test_cookies_are_secure_where_the_address_is(monkeypatch, address, secure):
    monkeypatch.setenv("KOMEK_PUBLIC_URL", address)
    told = runpy.run_path(settings_module.__file__)

    assert {told[name] for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE")} == {
        secure
    }
    assert bool(told["SECURE_HSTS_SECONDS"]) is secure
    assert told["CSRF_TRUSTED_ORIGINS"] == [address]


def test_no_language_switch_leads_out_of_the_house(db):
    for outside in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        answer = Client().post("/i18n/setlang/", {"language": "ru", "next": outside})
        assert "evil" not in answer["Location"], outside
        assert "javascript" not in answer["Location"], outside


def test_nobody_is_led_out_of_the_house_by_signing_in(aigerim):
    answer = Client().post(
        "/accounts/login/?next=https://evil.example/",
        {"login": "aigerim", "password": "correct horse 109", "next": "https://evil.example/"},
    )

    assert answer.status_code == 302
    assert "evil" not in answer["Location"]


def test_a_strange_host_gets_no_page(db):
    answer = Client().get("/", headers={"host": "evil.example"})

    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()


def test_limits_and_metrics_count_the_reader_and_not_the_proxy(db, settings):
    settings.BEHIND_PROXY = True
    far = {"x-forwarded-for": "127.0.0.1, 203.0.113.7"}

    assert Client().get("/metrics", headers=far).status_code == 404
    assert Client().get("/metrics", headers={"x-forwarded-for": "203.0.113.7, 127.0.0.1"}).status_code == 200
    settings.BEHIND_PROXY = False
    assert Client().get("/metrics", headers=far).status_code == 200


@pytest.mark.parametrize("chosen", [None, "en"])
def test_whoever_signs_in_sees_the_desk_in_their_own_language_unless_they_chose_another(madina, chosen):
    client = Client()
    if chosen:
        client.cookies["django_language"] = chosen
    client.post("/accounts/login/", {"login": "madina", "password": "correct horse 109"})

    assert f'<html lang="{chosen or "ru"}">' in client.get("/operator/").content.decode()
