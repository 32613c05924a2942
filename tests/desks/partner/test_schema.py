"""The API keeps the promises of its own schema, whatever is sent: made-up requests, valid and broken, three callers.

Nothing is answered that is not documented, nothing with a 5xx, nothing broken is accepted, and nothing that the schema
allows is called malformed: a rule may still say no, by its own name.
"""

import itertools
from contextlib import closing

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from tests.desks.partner.conftest import burst, system

from komek.config.wsgi import application
from komek.registers.staff.rules import Scope

CALLED_MALFORMED = {"not_understood", "unreadable"}
bounded = settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
few = settings(bounded, max_examples=5)


def in_this_transaction(environ, start_response):
    """Our WSGI application, which leaves the connection of the test alone, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        with closing(application(environ, start_response)) as answer:
            return list(answer)
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", in_this_transaction)
# Too many files at once are too large: a rejection like any other.
rejection = schema.config.checks.negative_data_rejection
rejection.expected_statuses = [*rejection.expected_statuses, "413"]
# Who comes with which key is what the three tests are about, and not made up.
schema.config.generation.with_security_parameters = False


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    """Nobody has to wait in these tests."""
    for limit in ("BURST", "REFUSED_BURST"):
        monkeypatch.setattr(f"komek.desks.partner.doors.{limit}", 10**9)


@pytest.fixture
def real(closed_card):
    """What random requests would hardly ever hit: a card that waits to be confirmed, a topic; every third request names them."""
    turn = itertools.count()

    def name_what_exists(case):
        if next(turn) % 3:
            return
        if "number" in case.path_parameters:
            case.path_parameters["number"] = closed_card.number
        if "outer_id" in case.path_parameters:
            case.path_parameters["outer_id"] = "q-1"
        if isinstance(case.body, dict) and "topic_code" in case.body:
            case.body["topic_code"] = burst()["topic_code"]

    return name_what_exists


@schema.parametrize()
@bounded
def test_a_partner_is_answered_as_the_schema_says(case, qala, real):
    valid = case.meta.generation.mode.is_positive
    if valid:
        real(case)

    answer = case.call_and_validate(
        headers={"Authorization": f"Bearer {qala.key}", "Host": "testserver"},
        excluded_checks=[positive_data_acceptance],
    )

    if valid and answer.status_code >= 400:
        assert answer.json()["code"] not in CALLED_MALFORMED, answer.text


@schema.parametrize()
@few
def test_without_a_key_nothing_is_told(case, qala):
    answer = case.call_and_validate(
        headers={"Authorization": "", "Host": "testserver"}, excluded_checks=[positive_data_acceptance]
    )

    assert answer.status_code in {401, 404, 405}


@schema.parametrize()
@few
def test_with_a_key_for_something_else_nothing_is_told(case, city):
    path = case.operation.path
    scope = Scope.CARDS_READ if path.rpartition("/")[2] in {"topics", "services", "districts"} else Scope.CATALOG_READ
    other = system("Open Data", scope)

    answer = case.call_and_validate(
        headers={"Authorization": f"Bearer {other.key}", "Host": "testserver"},
        excluded_checks=[positive_data_acceptance],
    )

    assert answer.status_code in {403, 404, 405}
