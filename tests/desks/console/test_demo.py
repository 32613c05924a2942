"""The demonstration: a past made through the actions, once, whatever interrupts it; and nobody real is ever moved."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
from tests.desks.console import towns

from komek.desks.console.demo import building, notes, people, pictures, remembering, signs, stories
from komek.desks.console.demo.actors import messages
from komek.desks.console.demo.dice import Dice
from komek.desks.console.demo.history import History
from komek.desks.console.demo.living import Living
from komek.desks.console.demo.material import Material
from komek.desks.console.demo.pace import Brisk, Pace
from komek.desks.console.demo.stories import Stories
from komek.desks.console.pack import loading, read
from komek.platform import home as homes
from komek.platform.models import Fact, StoredFile
from komek.registers.staff import queries as staff
from komek.rooms.analytics import actions as analytics
from komek.rooms.cards import queries as cards
from komek.rooms.cards.rules import OPEN, Status
from komek.rooms.intake import actions as intake
from komek.rooms.intake import queries as contacts
from komek.rooms.intake.rules import Arrival, State

ASTANA = Path(__file__).parents[3] / "cities" / "astana"
ALMATY = ZoneInfo("Asia/Almaty")
WEDNESDAY = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)

HOURS = "weekday,hour,weight\n" + "".join(f"{day},{hour},{1 / 168}\n" for day in range(7) for hour in range(24))
SAID = """\
text\tlang\ttopic\tkind\tplace_hint\turgency
Су жоқ, кеше кештен бері\tkk\tWAT-01\trequest\tАбай көшесі 5\tnormal
Жолда шұңқыр бар\tkk\tROA-01\trequest\t\tnormal
Су қашан беріледі?\tkk\tWAT-01\tquestion\t\tnormal
"""
WORKING = """\
name,role,languages,service,login
Айгерім,operator,kk+ru+en,SELF,aigerim
Қайрат,operator,kk,SELF,qairat
Нұрлан,operator,kk,SELF,nurlan
Гүлнар,operator,kk,SELF,gulnar
Ержан,operator,kk,SELF,erzhan
Олжас,controller,kk,L2,olzhas
Сара,controller,kk,L2,sara
Дана,dispatcher,kk,SU,dana
Асқар,dispatcher,kk,SU,asqar
Болат,dispatcher,kk,JOL,bolat
"""
TOWN = {
    "demo__people_csv": WORKING,
    "demo__contacts_tsv": SAID,
    "demo__profile_csv": HOURS,
    "demo__residents_csv": "name,language,phone\nШырын,kk,+7 700 000 0001\nЖанар,kk,+7 700 000 0002\n",
    "demo__replies_tsv": "answer\tscore\tlang\ttext\nconfirm\t5\tkk\tРақмет\nrefute\t1\tkk\tЕшкім келген жоқ\n",
    "demo__resolutions_tsv": "group\tlang\toutcome\ttext\n*\tkk\tdone\tЖұмыс орындалды.\n",
}


@pytest.fixture
def home(settings, tmp_path, db):
    """A KOMEK_HOME of the test's own."""
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    settings.FILES_URL = str(tmp_path / "files")
    return settings.HOME


@pytest.fixture
def tau(home, tmp_path):
    """The town of Tau with ten people, loaded and hired."""
    pack = read(towns.write(tmp_path / "tau", **TOWN))
    list(loading.load(pack, at=WEDNESDAY))
    people.hire(pack.demo.people, password="tau-tau-tau", tell=lambda _: None)
    return pack


def counted():
    """How much of everything there is."""
    return Counter(Fact.objects.values_list("name", flat=True))


@pytest.mark.slow
def test_a_made_city_is_whole_and_a_second_start_doubles_nothing(home):
    pack = read(ASTANA)

    building.build(pack, days=2, contacts=60, at=WEDNESDAY)

    made = counted()
    registered = [card for card in cards.page(limit=200).cards if card.status != Status.RECEIVED]
    assert made["intake.ContactArrived"] > 30
    assert made["workorders.WorkReported"] > 3
    assert {card.owner_code for card in registered} <= staff.service_codes()
    assert all(card.topic_code for card in registered)
    assert analytics.differences(at=WEDNESDAY) == {}
    told = list(Fact.objects.filter(name__startswith="intake.").order_by("id").values_list("at", flat=True))
    assert told == sorted(told)
    assert StoredFile.objects.filter(purpose=pictures.PURPOSE).count() == pictures.Pictures.number()
    assert staff.agents().count() == len(pack.demo.people)

    building.build(pack, days=30, contacts=3_000, at=WEDNESDAY)

    assert counted() == made
    assert analytics.differences(at=WEDNESDAY) == {}


@pytest.mark.slow
def test_a_start_that_is_killed_goes_on_at_the_next_one_and_doubles_nothing(tmp_path, monkeypatch):
    here, town = tmp_path / "home", towns.write(tmp_path / "tau", **TOWN)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("KOMEK_HOME", str(here))
    demo = [sys.executable, "-m", "komek.config.cli", "demo", "--city", str(town), "--no-serve"]
    demo += ["--days", "3", "--contacts", "150"]
    with subprocess.Popen(demo, stderr=subprocess.PIPE, start_new_session=True) as first:
        said = ""
        while not re.search(r"history.* [3-9]\d/", said):
            piece = os.read(first.stderr.fileno(), 4096)
            assert piece, said
            said += piece.decode()
        os.killpg(first.pid, signal.SIGKILL)

    second = subprocess.run(demo, capture_output=True, text=True, check=False)

    assert second.returncode == 0, second.stderr
    with homes.database(here) as url, psycopg.connect(url) as connection:
        told = connection.execute("SELECT outer_id FROM channels_conversation WHERE outer_id LIKE 'demo:%'").fetchall()
        (open_ones,) = connection.execute("SELECT count(*) FROM platform_unread").fetchone()
        checked = subprocess.run(
            [sys.executable, "-m", "komek.config.cli", "analytics", "rebuild", "--check"], check=False, env=os.environ
        )
    played = Counter(key for (key,) in told)
    begins = json.loads((here / notes.FILE).read_text())["began_at"]
    stories = Stories(Material(read(town)), Dice("tau"), ALMATY)
    began = datetime.fromisoformat(begins)
    expected = {key for _, key in stories.between(began, began + timedelta(days=3), contacts=50)}
    assert set(played) >= expected
    assert set(played.values()) == {1}
    assert open_ones == 0
    assert checked.returncode == 0


def test_a_history_that_was_interrupted_goes_on_and_plays_nobody_twice(tau):
    plan = notes.Notes("tau", began_at=WEDNESDAY - timedelta(days=3), days=3, contacts=60)

    def stop_after_some(_):
        if counted()["intake.ContactArrived"] > 12:
            raise KeyboardInterrupt

    first = History(lambda: building.made(tau, pace=Pace(), at=plan.began_at), plan, until=WEDNESDAY)
    with pytest.raises(KeyboardInterrupt):
        first.play(tell=stop_after_some)
    second = History(lambda: building.made(tau, pace=Pace(), at=plan.began_at), plan, until=WEDNESDAY)
    second.play(tell=lambda _: None)

    assert len(second.arrivals) < len(first.arrivals)
    played = Counter(contact.conversation.outer_id for contact in contacts.page(limit=200).contacts)
    assert set(played) == {key for _, key in first.arrivals}
    assert set(played.values()) == {1}
    assert not [card for card in cards.page(limit=200).cards if card.status in OPEN and not card.owner_code]
    assert remembering.last_arrival() <= WEDNESDAY


def test_the_next_day_only_what_happened_since_is_played(tau):
    plan = notes.Notes("tau", began_at=WEDNESDAY - timedelta(days=2), days=2, contacts=30)
    History(lambda: building.made(tau, pace=Pace(), at=plan.began_at), plan, until=WEDNESDAY).play(tell=lambda _: None)
    last = remembering.last_arrival()

    later = History(
        lambda: building.made(tau, pace=Pace(), at=plan.began_at), plan, until=WEDNESDAY + timedelta(days=1)
    )

    assert all(at > last for at, _ in later.arrivals)
    assert {key.split(":")[1] for _, key in later.arrivals} <= {"2026-11-18", "2026-11-19"}


def test_words_that_leave_the_question_open_are_said_once_whoever_starts_again(tau, tmp_path, monkeypatch):
    unclear = "answer\tscore\tlang\ttext\nconfirm\t5\tkk\tҚазір жұмыста отырмын\nrefute\t1\tkk\tЕшкім келген жоқ\n"
    pack = read(towns.write(tmp_path / "busy", **TOWN | {"demo__replies_tsv": unclear}))
    monkeypatch.setattr(stories, "WAYS", {"api": 1})
    monkeypatch.setattr(messages, "ANSWERS", 1)
    monkeypatch.setattr(messages, "IN_WORDS", 1)
    plan = notes.Notes("tau", began_at=WEDNESDAY - timedelta(days=2), days=2, contacts=60)
    History(lambda: building.made(pack, pace=Pace(), at=plan.began_at), plan, until=WEDNESDAY).play(tell=lambda _: None)
    made = counted()

    History(lambda: building.made(pack, pace=Pace(), at=plan.began_at), plan, until=WEDNESDAY).play(tell=lambda _: None)

    assert made["channels.MessageHeard"] > made["intake.ContactArrived"]
    assert counted() == made


def test_nobody_who_is_here_in_person_is_played(tau, client):
    aigerim, qairat = staff.agent_named("aigerim"), staff.agent_named("qairat")
    client.force_login(qairat)

    cast = people.Cast()
    cast.leave_to_themselves(people.really_here(at=datetime.now(UTC)))

    assert not cast.plays(qairat.pk)
    assert cast.plays(aigerim.pk)


def test_a_contact_that_a_person_has_accepted_is_left_to_them(tau, client):
    aigerim = staff.agent_named("aigerim")
    stage = building.made(tau, pace=Brisk(), at=WEDNESDAY)
    Living(stage, speed=1)
    stage.cast.leave_to_themselves([aigerim.pk])
    intake.take_seat(aigerim, at=WEDNESDAY)
    contact = intake.enter(Arrival(channel="desk", text="Су жоқ", language="kk"), by=aigerim, at=WEDNESDAY)

    for fact in remembering.heard(at=WEDNESDAY):
        stage.hear(fact)
    while due := stage.next_until(WEDNESDAY + timedelta(hours=1)):
        stage.take(due, at=due.at)

    found = contacts.contact(contact.id)
    assert (found.state, found.accepted_by_id) == (State.ACCEPTED, aigerim.pk)


def test_a_simulated_operator_answers_writes_the_card_and_is_free_again(tau):
    stage = building.made(tau, pace=Pace(), at=WEDNESDAY)
    living = Living(stage, speed=1)
    qairat = staff.agent_named("qairat")
    stage.cast.leave_to_themselves(set(stage.cast.by_id) - {qairat.pk})
    intake.take_seat(qairat, at=WEDNESDAY)
    living.residents.reach_out("live:1", WEDNESDAY)

    for _ in range(6):
        for fact in remembering.heard(at=WEDNESDAY + timedelta(hours=1)):
            stage.hear(fact)
        while due := stage.next_until(WEDNESDAY + timedelta(hours=1)):
            stage.take(due, at=due.at)

    assert contacts.page().contacts[0].state == State.ENDED
    assert contacts.seat(qairat).state == "ready"
    assert cards.page().cards[0].text in SAID


def test_a_story_is_drawn_from_its_key_alone(tau):
    one, other = (Stories(Material(tau), Dice("tau"), ALMATY) for _ in range(2))

    assert one.story("demo:2026-11-18:3") == other.story("demo:2026-11-18:3")
    assert list(one.of_day(WEDNESDAY.date(), contacts=40)) == list(other.of_day(WEDNESDAY.date(), contacts=40))


def test_the_plan_of_the_first_start_is_kept_for_the_owners_eyes_only(tmp_path):
    first = notes.make(tmp_path, days=30, contacts=3_000, at=WEDNESDAY)
    second = notes.make(tmp_path, days=5, contacts=10, at=WEDNESDAY)

    assert second == first == notes.read(tmp_path)
    assert stat.S_IMODE((tmp_path / notes.FILE).stat().st_mode) == 0o600


def test_the_table_tells_who_signs_in_where_and_how_to_stop(tmp_path):
    plan = notes.make(tmp_path, days=1, contacts=1, at=WEDNESDAY)
    (tmp_path / "city.json").write_text('{"credits": ["© OpenStreetMap contributors, ODbL 1.0"]}')

    told = signs.table(tmp_path, "http://localhost:8109")

    assert all(login in told for login in signs.SIGN_INS)
    assert plan.password in told
    assert "http://localhost:8109/operator/" in told
    assert "komek down" in told
    assert "OpenStreetMap" in told


def test_a_home_holds_one_city(home, tmp_path):
    (home / "city.json").write_text('{"code": "tau"}')

    with pytest.raises(building.OtherCity, match="tau"):
        building.build(read(ASTANA), days=1, contacts=1, at=WEDNESDAY)
