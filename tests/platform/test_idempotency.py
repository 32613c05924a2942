import secrets
from datetime import UTC, datetime, timedelta

import pytest
from tests.fixtures.line import at_once

from komek.platform import idempotency, unit
from komek.platform.clock import now
from komek.platform.idempotency import Answer, KeyReused, digest
from komek.platform.models import Idempotency
from komek.refusal import Refusal
from komek.registers.residents.models import Resident

AT = datetime(2026, 11, 2, 4, 30, tzinfo=UTC)
ONE, OTHER = digest("POST", {"a": 1}), digest("POST", {"a": 2})


def _once(done, *, keys=("k",), digest=ONE, owner="partner:1"):
    def do():
        done.append(digest)
        return Answer(201, {"n": len(done)})

    return idempotency.once(owner, keys=keys, digest=digest, at=AT, do=do)


@pytest.mark.django_db
def test_a_request_with_a_key_is_done_once_and_answered_alike():
    done = []

    assert _once(done) == _once(done) == Answer(201, {"n": 1})
    assert done == [ONE]


@pytest.mark.django_db
def test_the_same_key_with_something_else_is_refused():
    done = []
    _once(done)

    with pytest.raises(KeyReused):
        _once(done, digest=OTHER)
    assert done == [ONE]


@pytest.mark.django_db
def test_a_second_key_of_the_same_request_leads_to_the_same_answer():
    done = []
    _once(done, keys=["outer"])

    assert _once(done, keys=["outer", "header"]) == _once(done, keys=["header"]) == Answer(201, {"n": 1})


@pytest.mark.django_db
def test_the_keys_of_two_owners_are_two_keys():
    done = []

    assert _once(done) != _once(done, owner="partner:2")


@pytest.mark.django_db
def test_without_a_key_everything_is_done_again():
    done = []
    _once(done, keys=())
    _once(done, keys=())

    assert len(done) == 2


@pytest.mark.django_db
def test_what_was_refused_leaves_its_key_free():
    def refuse():
        raise Refusal("no", "No.")

    with pytest.raises(Refusal):
        idempotency.once("partner:1", keys=["k"], digest=ONE, at=AT, do=refuse)

    assert _once([], digest=OTHER) == Answer(201, {"n": 1})


def test_two_requests_are_one_when_only_the_order_of_their_fields_differs():
    assert digest({"a": 1, "b": [1, 2]}) == digest({"b": [1, 2], "a": 1}) != digest({"a": 1, "b": [2, 1]})


@pytest.mark.django_db(transaction=True)
def test_of_two_that_come_at_once_one_does_the_work_and_both_hear_of_it():
    def remember():
        unit.append(Resident(name="Asel", created_at=AT))
        return Answer(201, {"token": secrets.token_hex()})

    def once(*keys):
        return idempotency.once("partner:1", keys=keys, digest=ONE, at=AT, do=remember)

    first, second = at_once(lambda: once("x", "y"), lambda: once("y", "x"))

    assert first == second
    assert Resident.objects.count() == 1


@pytest.mark.django_db
def test_what_nobody_asks_for_any_more_is_forgotten():
    _once([], keys=["old"])
    _once([], keys=["new"])
    Idempotency.objects.filter(key="old").update(at=now() - idempotency.KEPT_FOR - timedelta(days=1))
    Idempotency.objects.filter(key="new").update(at=now())

    assert idempotency.forget() == 1
    assert list(Idempotency.objects.values_list("key", flat=True)) == ["new"]
