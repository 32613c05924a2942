"""Accounts and keys from the terminal: the administrator's way in."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from komek.platform.clock import now
from komek.registers.staff import actions as staff
from komek.registers.staff.rules import KeyNotAccepted, Scope

pytestmark = pytest.mark.django_db


def shown(capsys):
    return capsys.readouterr().out


def sign_in(username, password):
    answer = Client().post("/accounts/login/", {"login": username, "password": password})
    return answer.status_code == 302 and answer["Location"] == "/desk/"


def test_somebody_hired_signs_in_with_the_password_that_was_shown(services, capsys):
    call_command("staff", "hire", "aliya", "Әлия Сапарова", "--role", "dispatcher", "--service", "SU")
    password = re.search(r"with (\S+) ", shown(capsys))[1]
    assert sign_in("aliya", password)

    call_command("staff", "password", "aliya")
    new = re.search(r"with (\S+) ", shown(capsys))[1]
    assert not sign_in("aliya", password)
    assert sign_in("aliya", new)

    call_command("staff", "dismiss", "aliya")
    assert not sign_in("aliya", new)


def test_a_dispatcher_without_a_service_and_a_name_taken_are_refused(services, aigerim):
    with pytest.raises(CommandError, match="service"):
        call_command("staff", "hire", "aliya", "Әлия", "--role", "dispatcher")
    with pytest.raises(CommandError, match="taken"):
        call_command("staff", "hire", "aigerim", "Айгерім", "--role", "operator")


def test_a_key_opens_what_it_says_until_it_is_withdrawn(services, capsys):
    call_command("partner", "add", "Open city", "--scope", "intake:write")
    key = shown(capsys).split()[-1]
    assert staff.verify_key(key, scope=Scope.INTAKE_WRITE, at=now()).name == "Open city"
    with pytest.raises(KeyNotAccepted):
        staff.verify_key(key, scope=Scope.CARDS_READ, at=now())

    call_command("partner", "withdraw", "Open city")
    with pytest.raises(KeyNotAccepted):
        staff.verify_key(key, scope=Scope.INTAKE_WRITE, at=now())
    with pytest.raises(CommandError, match="No partner"):
        call_command("partner", "withdraw", "Nobody")
