"""Who may and who may not: Qala holds every scope, Open Data one, Zhana every one but of another partner."""

import pytest
from tests.desks.partner.conftest import System, burst, system

from komek.platform.models import AuditEntry
from komek.registers.staff import actions as staff
from komek.registers.staff.rules import Scope

READ = [f"/cards{rest}" for rest in ("", "/{number}", "/{number}/messages")]
WORDS = ["/topics", "/services", "/districts"]
WRITE = [
    ("/contacts", burst(outer_id="q-2")),
    ("/cards/{number}/messages", {"outer_id": "m-1", "text": "Ещё течёт"}),
    ("/cards/{number}/confirm", {}),
    ("/cards/{number}/refute", {"reason": "Ещё течёт"}),
]


def _ask(who: System, path: str, number: str, told=None):
    path = path.replace("{number}", number)
    return who.get(path) if told is None else who.post(path, told)


@pytest.mark.parametrize(("path", "told"), [*((path, None) for path in READ + WORDS), *WRITE])
def test_nobody_enters_without_a_key(stranger, card_of_qala, path, told):
    answer = _ask(stranger, path, card_of_qala.number, told)

    assert (answer.status_code, answer.json()["code"]) == (401, "key_needed")
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(("path", "told"), [*((path, None) for path in READ), *WRITE])
def test_a_key_for_the_words_of_the_city_opens_no_card(open_data, card_of_qala, path, told):
    answer = _ask(open_data, path, card_of_qala.number, told)

    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


@pytest.mark.parametrize("path", WORDS)
def test_a_key_for_the_words_of_the_city_reads_them(open_data, path):
    assert open_data.get(path).status_code == 200


@pytest.mark.parametrize("path", READ)
def test_the_one_who_brought_a_card_may_read_it(qala, card_of_qala, path):
    assert _ask(qala, path, card_of_qala.number).status_code == 200


@pytest.mark.parametrize(
    ("path", "told"), [(path, told) for path, told in [*((path, None) for path in READ[1:]), *WRITE[1:]]]
)
def test_another_partner_may_not_see_or_touch_it(zhana, closed_card, path, told):
    answer = _ask(zhana, path, closed_card.number, told)

    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_card")
    closed_card.refresh_from_db()
    assert closed_card.status == "closed"


def test_another_partner_lists_none_of_them_and_adds_no_file(zhana, card_of_qala, photo):
    assert zhana.get("/cards").json() == {"cards": [], "next": None}
    assert zhana.upload("/contacts/q-1/files", photo()).status_code == 404


def test_a_card_that_came_by_the_web_form_is_nobodys(qala, card_by_webform):
    answer = qala.get(f"/cards/{card_by_webform.number}")

    assert answer.status_code == 404


def test_a_withdrawn_key_opens_nothing(qala):
    staff.withdraw_key(qala.partner)

    assert (answer := qala.get("/topics")).status_code == 401
    assert answer.json()["code"] == "key_not_accepted"


def test_a_new_key_makes_the_old_one_worthless(qala):
    newer = System(staff.issue_key(qala.partner, scopes=[Scope.CATALOG_READ]))

    assert qala.get("/topics").status_code == 401
    assert newer.get("/topics").status_code == 200


@pytest.mark.parametrize("key", ["komek_", "komek_1_2", "\x00", "é" * 50, "x" * 5_000, "Bearer Bearer"])
def test_what_only_looks_like_a_key_opens_nothing(city, key):
    assert System(key).get("/topics").status_code == 401


def test_someone_signed_in_at_a_desk_is_a_stranger_here(client, timur, city):
    client.force_login(timur)

    assert client.get("/api/v1/cards").status_code == 401


def test_the_use_of_a_key_is_noted(qala):
    qala.get("/topics")

    qala.partner.refresh_from_db()
    assert qala.partner.last_used_at is not None


def test_what_a_partner_changes_is_audited_under_its_name(qala, card_of_qala):
    noted = AuditEntry.objects.get(subject=f"cards_card:{card_of_qala.id}", verb="insert")

    assert noted.actor == f"partner:{qala.partner.id}"


def test_the_one_who_asks_too_often_is_told_how_long_to_wait(city, monkeypatch):
    # Slow enough for the slowest machine: none comes back between two requests.
    monkeypatch.setattr("komek.desks.partner.doors.PER_MINUTE", 0.1)
    monkeypatch.setattr("komek.desks.partner.doors.BURST", 2)
    eager, calm = system("Eager", Scope.CATALOG_READ), system("Calm", Scope.CATALOG_READ)
    assert [eager.get("/topics").status_code for _ in range(2)] == [200, 200]

    answer = eager.get("/topics")

    assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
    assert int(answer["Retry-After"]) >= 1
    assert calm.get("/topics").status_code == 200


def test_the_one_who_guesses_keys_is_slowed_down(city, monkeypatch):
    monkeypatch.setattr("komek.desks.partner.doors.REFUSED_PER_MINUTE", 0.1)
    monkeypatch.setattr("komek.desks.partner.doors.REFUSED_BURST", 2)

    answers = [System(f"komek_0000000{n}_guess").get("/topics").status_code for n in range(3)]

    assert answers == [401, 401, 429]
