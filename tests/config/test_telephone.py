"""Whether an installation has a telephone, and where it rings."""

import pytest

from komek.config import programs, telephone
from komek.platform.postgres import CannotStart
from komek.platform.running import SWITCH

AT = programs.Address("127.0.0.1", 18109, "http://localhost:18109")


@pytest.fixture
def wanted(monkeypatch):
    """An installation that has not said that it wants no telephone."""
    monkeypatch.delenv("KOMEK_PHONES")


def test_without_an_asterisk_there_is_no_telephone_and_somebody_is_told_so(wanted, monkeypatch, tmp_path):
    monkeypatch.setenv("KOMEK_ASTERISK", str(tmp_path / "nothing"))
    monkeypatch.setenv("PATH", "")

    found = programs.phone_of(tmp_path, AT)

    assert found is None
    assert "make pbx" in telephone.sign(found)


def test_nobody_is_rung_where_none_is_wanted(asterisk, tmp_path):
    assert programs.phone_of(tmp_path, AT) is None


def test_the_switch_starts_before_the_database_and_its_follower_after(wanted, asterisk, tmp_path):
    names = [program.name for program in programs.steps(tmp_path, AT)]

    assert names[0] == SWITCH
    assert names.index("phones") > names.index("prepare")


def test_a_node_without_the_switch_may_still_follow_one(wanted, asterisk, tmp_path):
    names = [program.name for program in programs.steps(tmp_path, AT, only=frozenset({"web"}))]

    assert SWITCH not in names
    assert "phones" not in names


def test_it_listens_behind_the_ports_of_the_web(wanted, asterisk, tmp_path):
    found = programs.phone_of(tmp_path, AT)

    assert found.socket == "ws://localhost:18111/ws"
    assert found.environment["KOMEK_PHONES_MANAGER"] == "18112"
    assert telephone.sign(found) == "The telephone rings at sip:109@127.0.0.1:18113"


def test_behind_a_proxy_browsers_come_by_its_own_address(wanted, asterisk, tmp_path):
    behind = programs.Address("127.0.0.1", 18109, "https://109.city")

    assert programs.phone_of(tmp_path, behind).socket == "wss://109.city/ws"


def test_ways_to_the_emergency_services_are_tried_in_their_order(wanted, asterisk, tmp_path, monkeypatch):
    monkeypatch.setenv("KOMEK_SIP_SERVICES", "112=sip:a@b sip:c@d,101=sip:e@f")

    services = dict(programs.phone_of(tmp_path, AT).switch.installation.services.routes)

    assert services["112"] == ("sip:a@b", "sip:c@d")
    assert services["103"] == ()


def test_a_service_that_does_not_exist_is_refused_in_words(wanted, asterisk, tmp_path, monkeypatch):
    monkeypatch.setenv("KOMEK_SIP_SERVICES", "911=sip:a@b")

    with pytest.raises(CannotStart, match="911"):
        programs.phone_of(tmp_path, AT)
