"""A foreman with a link and no account: the link opens one order, and what was typed or photographed is not lost."""

import html
import re
from datetime import timedelta

import pytest
from django.core import signing

from komek.platform import clock
from komek.platform.models import StoredFile
from komek.rooms.workorders import actions as workorders
from komek.rooms.workorders import queries
from komek.rooms.workorders.models import Order, Report
from komek.rooms.workorders.rules import ForbiddenMove, LinkExpired, ProofNeeded, ReasonNeeded
from komek.ui.uploads import TooManyFiles

LANGUAGES = ("kk", "ru", "en")
BURST = "Көшеде су құбыры жарылды"
DONE = {"outcome": "done", "text": "Құбыр ауыстырылды", "shows": "after", "key": "one"}


def text_of(answer):
    return html.unescape(answer.content.decode())


def kept_list(answer):
    found = re.search(r'name="kept_files" value="([^"]+)"', answer.content.decode())
    return html.unescape(found[1]) if found else ""


def test_the_dispatcher_gives_a_link_that_opens_the_order(order, browser, dana):
    page = browser(dana).post(f"/service/order/{order}/link/", {"foreman": " Ерлан \u202e"}, follow=True)
    link = re.search(r"http://testserver(/service/link/[^\s<]+/)", text_of(page))[1]

    answer = browser().get(link)
    assert answer.status_code == 200
    assert BURST in text_of(answer)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["", "   ", "\0", "\u202e\u200f"])
def test_a_link_is_for_somebody(order, browser, dana, in_words, name, language):
    answer = browser(dana, language).post(f"/service/order/{order}/link/", {"foreman": name}, follow=True)

    assert answer.status_code == 200
    assert in_words("Please write the name of the foreman.", language) in text_of(answer)
    assert "/service/link/" not in text_of(answer)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("forged", ["x", "%00", "1:2:3", "W10:abc", "a" * 3_000, signing.dumps([1, 0, "Ерлан", 0])])
def test_a_forged_link_opens_nothing(order, browser, in_words, forged, language):
    sentence = in_words(LinkExpired(), language)
    client = browser(language=language)
    for answer in (
        client.get(f"/service/link/{forged}/"),
        client.post(f"/service/link/{forged}/accept/"),
        client.post(f"/service/link/{forged}/report/", DONE),
    ):
        assert answer.status_code == 403
        assert sentence in text_of(answer)
    assert queries.order(order).status == "sent"


def test_a_changed_letter_makes_a_link_another(token, order, browser):
    for changed in (token[:-1] + ("A" if token[-1] != "A" else "B"), "A" + token[1:], token.replace(":", "")):
        assert browser().post(f"/service/link/{changed}/accept/").status_code == 403

    assert queries.order(order).status == "sent"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_of_four_days_ago_opens_nothing_and_says_whom_to_ask(order, dana, browser, in_words, language):
    old = workorders.link(order, foreman="Ерлан", by=dana, at=clock.now() - timedelta(days=4))
    client = browser(language=language)

    for answer in (client.get(f"/service/link/{old}/"), client.post(f"/service/link/{old}/report/", DONE)):
        assert answer.status_code == 403
        assert in_words(LinkExpired(), language) in text_of(answer)


def test_a_link_that_was_taken_back_opens_nothing(token, order, dana, browser):
    assert browser().get(f"/service/link/{token}/").status_code == 200
    browser(dana).post(f"/service/order/{order}/revoke/")

    assert browser().get(f"/service/link/{token}/").status_code == 403
    assert browser().post(f"/service/link/{token}/accept/").status_code == 403
    assert queries.order(order).status == "sent"


def test_a_link_changes_no_other_order(token, order, write, work, run_after, browser):
    _, other, _ = write("Басқа жерде су жоқ", topic_code="WAT-02")
    run_after()
    browser().post(f"/service/link/{token}/accept/", {"order_id": work.order_of(other)})

    assert queries.order(order).status == "accepted"
    assert queries.order(work.order_of(other)).status == "sent"
    assert browser().get(f"/service/order/{order}/").status_code == 302


def test_an_unknown_verb_is_no_page(token, browser):
    assert browser().post(f"/service/link/{token}/explode/").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_without_proof_and_without_a_reason_is_asked_for_one_and_keeps_the_words(
    token, order, browser, in_words, language
):
    client = browser(language=language)
    done = client.post(f"/service/link/{token}/report/", DONE)
    not_done = client.post(f"/service/link/{token}/report/", {**DONE, "outcome": "not_done"})

    assert (done.status_code, not_done.status_code) == (422, 422)
    assert in_words(ProofNeeded(), language) in text_of(done)
    assert in_words(ReasonNeeded(), language) in text_of(not_done)
    assert DONE["text"] in text_of(done)
    assert 'value="not_done" checked' in text_of(not_done)
    assert queries.order(order).status == "sent"


def test_the_same_report_twice_counts_once(token, order, browser, photo, kept):
    first = browser().post(f"/service/link/{token}/report/", {**DONE, "files": [photo()]})
    second = browser().post(f"/service/link/{token}/report/", {**DONE, "files": [photo()]})

    assert (first.status_code, second.status_code) == (302, 302)
    assert Report.objects.count() == 1
    assert kept()["files"] == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_second_report_is_refused_and_its_words_stay(token, browser, photo, in_words, order, language):
    client = browser(language=language)
    client.post(f"/service/link/{token}/report/", {**DONE, "files": [photo()]})
    answer = client.post(
        f"/service/link/{token}/report/", {**DONE, "key": "two", "text": "Тағы бір сөз", "files": [photo()]}
    )

    assert answer.status_code == 422
    assert in_words(ForbiddenMove(order, "done", "done"), language) in text_of(answer)
    assert "Тағы бір сөз" in text_of(answer)
    assert Report.objects.count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("bad", ["renamed_program", "bomb", "half_a_photo"])
def test_a_bad_photo_is_named_and_the_good_one_is_sent_once(request, token, order, browser, photo, language, bad):
    upload = request.getfixturevalue(bad)
    client = browser(language=language)
    refused = client.post(f"/service/link/{token}/report/", {**DONE, "shows": "before", "files": [photo(), upload]})

    assert refused.status_code == 422
    assert f"“{upload.name}”" in text_of(refused) or f"«{upload.name}»" in text_of(refused)
    assert DONE["text"] in text_of(refused)
    assert '<option value="before" selected>' in text_of(refused)
    assert queries.order(order).status == "sent"

    answer = client.post(f"/service/link/{token}/report/", {**DONE, "kept_files": kept_list(refused)})
    assert answer.status_code == 302
    assert len(queries.proofs(queries.order(order).card_id)) == 1
    assert StoredFile.objects.count() == 1


def test_a_ninth_photo_is_told_of_and_not_dropped_in_silence(token, browser, photo, in_words):
    shots = [photo(f"{n}.jpg", color=(n * 20, 1, 1)) for n in range(9)]
    answer = browser(language="ru").post(f"/service/link/{token}/report/", {**DONE, "files": shots})

    assert answer.status_code == 422
    assert in_words(TooManyFiles(8), "ru") in text_of(answer)


@pytest.mark.parametrize(
    "told",
    [
        {"outcome": "perfect"},
        {"reason_code": "lazy"},
        {"shows": "nothing"},
        {"text": "а" * 4_001},
        {"key": "k" * 65},
        {"outcome": "\0"},
    ],
)
def test_a_report_that_cannot_be_read_says_what_is_wrong(token, order, browser, photo, told):
    answer = browser().post(f"/service/link/{token}/report/", {**DONE, "files": [photo()], **told})

    assert answer.status_code == 422
    assert 'class="errorlist' in text_of(answer)
    assert Report.objects.count() == 0


def test_whoever_gives_the_order_back_is_thanked_and_the_link_is_over(token, order, browser, in_words):
    client = browser(language="kk")
    answer = client.post(f"/service/link/{token}/decline/", {"reason": "Бұл жылу желісі"})

    assert answer.status_code == 200
    assert in_words("The order went back to the second line. You need do nothing more.", "kk") in text_of(answer)
    assert Order.objects.get(pk=order).status == "declined"
    assert client.get(f"/service/link/{token}/").status_code == 403


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", ["", "  ", "\0"])
def test_giving_back_needs_a_reason(token, order, browser, in_words, reason, language):
    answer = browser(language=language).post(f"/service/link/{token}/decline/", {"reason": reason}, follow=True)

    assert in_words(ReasonNeeded(), language) in text_of(answer)
    assert queries.order(order).status == "sent"


def test_a_page_that_refuses_a_report_says_where_it_is_found_again(token, browser):
    answer = browser().post(f"/service/link/{token}/report/", DONE)

    assert f'data-live-page="/service/link/{token}/"' in text_of(answer)
    assert f'name="next" value="/service/link/{token}/"' in text_of(answer)
