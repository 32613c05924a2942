"""Another city's requests: a pack made of them, each carried through the line once, the numbers equal to the file's."""

import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from tests.desks.console import appeals

from komek.desks.console.pack import loading, read
from komek.desks.console.replay import city, player, requests, running, writing
from komek.platform import facts
from komek.platform.clock import now
from komek.rooms.analytics import queries as analytics
from komek.rooms.cards import queries as cards
from komek.rooms.routing import queries as routing
from komek.rooms.workorders import queries as orders

MOSCOW = ZoneInfo("Europe/Moscow")
FEBRUARY = datetime(2021, 2, 1, tzinfo=MOSCOW)
IDENTITY = writing.Identity("spb", "Санкт-Петербург", "Europe/Moscow", "RU", "004")
REAL = Path(__file__).parents[4] / "shared" / "data" / "spb-appeals" / "requests.csv.gz"


@pytest.fixture(autouse=True)
def moscow(settings):
    settings.TIME_ZONE = "Europe/Moscow"


@pytest.fixture
def play(tmp_path, db):
    """Makes the city of these rows and plays them; the same file again goes on where it was."""
    file = tmp_path / "requests.csv"

    def run(rows, *, limit=None):
        appeals.write(file, rows)
        folder = tmp_path / "city"
        if not folder.exists():
            writing.write_pack(folder, file, requests.read(file, zone=MOSCOW), identity=IDENTITY, until=FEBRUARY)
            list(loading.load(read(folder), at=now()))
        return running.play(file, zone=MOSCOW, limit=limit, workers=1, tell=lambda _: None)

    run.file = file
    return run


def card_of(number):
    said = appeals.row(number)["text"]
    return next(card for card in cards.page(limit=200).cards if card.text == said)


def test_a_request_is_carried_from_its_arrival_to_its_closing_with_the_clock_of_the_file(play):
    play([appeals.row(1)])

    card = card_of(1)
    verbs = [(entry.verb, entry.at.astimezone(MOSCOW).hour) for entry in cards.story(card)]
    assert card.received_at == datetime(2020, 11, 2, 10, tzinfo=MOSCOW)
    assert card.closed_at == datetime(2020, 11, 4, 22, tzinfo=MOSCOW)
    assert verbs == [
        ("received", 10), ("classified", 12), ("routed", 12), ("taken_into_work", 12), ("done", 12), ("closed", 22),
    ]  # fmt: skip


def test_a_request_that_nobody_has_answered_stays_open_where_the_rules_sent_it(play):
    play(
        [
            appeals.row(1),
            appeals.row(
                2, n_answers="0", h_first_answer="", h_last_answer="", h_closed="", responsible_org="",
                final_status="Рассмотрение",
            ),
        ]
    )  # fmt: skip

    card = card_of(2)
    assert card.closed_at is None
    assert [order.service_code for order in orders.live(card.id)] == [card_of(1).owner_code] or card.status == "in_work"


def test_where_another_body_really_answered_the_second_line_sends_it_on(play):
    rows = [appeals.row(number) for number in range(1, 4)]
    play([*rows, appeals.row(4, created="2021-03-01T10:00:00", responsible_org=appeals.ROADS)])

    card = card_of(4)
    verbs = [entry.verb for entry in cards.story(card)]
    facts.catch_up()
    totals = analytics.counts(card.received_at.date(), card.closed_at.date(), by="service")
    roads = next(code for code in totals if code == player.known_codes().services[appeals.ROADS])
    assert "assigned" in verbs
    assert totals[roads]["closed"] == 1


def test_who_petitions_again_reopens_the_same_number_and_the_first_clock(play):
    play([appeals.row(1, n_petitions="2", n_answers="2", h_last_answer="90", h_closed="99")])

    card = card_of(1)
    verbs = [entry.verb for entry in cards.story(card)]
    assert card.reopened == 1
    assert verbs.count("closed") == 2
    assert verbs.index("reopened") > verbs.index("closed")
    assert routing.clock(card.id).started_at == datetime(2020, 11, 2, 12, tzinfo=MOSCOW)
    assert card.closed_at == datetime(2020, 11, 6, 13, tzinfo=MOSCOW)


def test_played_again_nothing_is_doubled_and_a_longer_file_goes_on_where_it_was(play):
    rows = [appeals.row(number) for number in range(1, 60)]

    assert play(rows, limit=50) == 50
    assert play(rows) == 9
    assert play(rows) == 0
    assert cards.page(limit=200).before is None
    assert len(cards.page(limit=200).cards) == 59


def test_a_request_of_another_city_stops_the_replay_with_a_remedy(play):
    play([appeals.row(1)])

    with pytest.raises(player.OtherCity, match=r"no district «Курортный»\. Load the pack"):
        play([appeals.row(1), appeals.row(2, district="Курортный")])


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        ({"created": "2020-13-45"}, "line 2"),
        ({"h_moderated": ""}, "line 2: h_moderated is empty"),
        ({"lat": "north"}, "line 2: could not convert"),
    ],
)
def test_a_row_that_cannot_be_read_is_told_with_its_line(tmp_path, told, complaint):
    file = appeals.write(tmp_path / "requests.csv", [appeals.row(1, **told)])

    with pytest.raises(requests.BadRequests, match=complaint):
        list(requests.read(file, zone=MOSCOW))


def test_a_torn_archive_and_missing_columns_are_told(tmp_path):
    torn, short = tmp_path / "torn.csv.gz", tmp_path / "short.csv"
    torn.write_bytes(b"\x1f\x8b\x08\0")
    short.write_text("id,text\n1,нет\n")

    with pytest.raises(requests.BadRequests, match=r"Give a whole CSV file"):
        list(requests.read(torn, zone=MOSCOW))
    with pytest.raises(requests.BadRequests, match=r"the columns .* are missing"):
        list(requests.read(short, zone=MOSCOW))


def test_the_command_makes_a_pack_that_is_in_order(tmp_path, capsys):
    file = appeals.write(tmp_path / "requests.csv", [appeals.row(1), appeals.row(2, district="Курортный")])

    call_command("city", "from-requests", str(file), str(tmp_path / "city"), "--until", "2021-02-01")
    call_command("city", "check", str(tmp_path / "city"))

    told = capsys.readouterr().out
    assert "1 topics, 1 services, 2 districts, 4 rules made of 2 requests before 2021-02-01" in told
    assert "is in order: spb, 1 topics" in told


def test_the_rules_know_only_what_was_created_before_the_day(tmp_path):
    file = appeals.write(
        tmp_path / "requests.csv",
        [
            appeals.row(1),
            *(appeals.row(n, created="2021-02-02T10:00:00", responsible_org=appeals.ROADS) for n in range(2, 9)),
        ],
    )

    past = city.learn(requests.read(file, zone=MOSCOW), until=FEBRUARY)

    assert city.foretold(past, reason="Не горит фонарь", district="Невский") == appeals.WATER


def test_a_district_that_does_as_the_whole_city_needs_no_rule_of_its_own(tmp_path):
    rows = [appeals.row(1), appeals.row(2), appeals.row(3, district="Курортный", responsible_org=appeals.ROADS)]
    file = appeals.write(tmp_path / "requests.csv", rows)

    learnt = city.rules(city.learn(requests.read(file, zone=MOSCOW), until=FEBRUARY))

    assert [(rule.reason, rule.district, rule.body) for rule in learnt] == [
        ("Не горит фонарь", "Курортный", appeals.ROADS),
        ("Не горит фонарь", "", appeals.WATER),
        ("", "Курортный", appeals.ROADS),
        ("", "Невский", appeals.WATER),
    ]


def test_the_command_prints_both_counts_and_that_they_are_equal(play, capsys):
    rows = [appeals.row(number) for number in range(1, 8)]
    rows += [appeals.row(8, created="2021-03-01T10:00:00"), appeals.row(9, n_petitions="2", n_answers="2")]
    play(rows)
    capsys.readouterr()

    call_command("replay", str(play.file), workers=1)

    told = capsys.readouterr().out
    assert "NOT EQUAL" not in told
    assert told.count("equal") == 8
    assert "send 100.0% of the 1 answered requests since 2021-02-01" in told


def test_the_command_fails_when_a_figure_differs(play, capsys):
    rows = [appeals.row(number) for number in range(1, 4)]
    play(rows)
    appeals.write(play.file, [*rows[:2], {**rows[2], "h_closed": "99"}])

    with pytest.raises(CommandError, match="Some figures differ"):
        call_command("replay", str(play.file), workers=1)

    assert "hours to close, nine of ten" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_replay_that_was_killed_goes_on_where_it_was(tmp_path, settings):
    rows = [appeals.row(number, author=f"author{number % 50}") for number in range(1, 241)]
    file = appeals.write(tmp_path / "requests.csv", rows)
    writing.write_pack(tmp_path / "city", file, requests.read(file, zone=MOSCOW), identity=IDENTITY, until=FEBRUARY)
    list(loading.load(read(tmp_path / "city"), at=now()))
    address = connection.settings_dict
    url = f"postgresql://{address['USER']}:{address['PASSWORD']}@{address['HOST']}:{address['PORT']}/{address['NAME']}"
    around = os.environ | {
        "DATABASE_URL": url,
        "KOMEK_HOME": str(tmp_path / "home"),
        "KOMEK_TIME_ZONE": "Europe/Moscow",
    }
    command = [sys.executable, "-m", "komek.config.cli", "replay", str(file)]

    killed = subprocess.Popen(command, env=around, start_new_session=True, stderr=subprocess.DEVNULL)
    while not cards.page(limit=1).cards:
        assert killed.poll() is None
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    before = len(cards.page(limit=1_000).cards)
    told = subprocess.run(command, env=around, capture_output=True, text=True, check=True).stdout

    assert 0 < before < 240
    assert f"{before} had been played before" in told
    assert len({card.text for card in cards.page(limit=1_000).cards}) == 240
    assert len(cards.page(limit=1_000).cards) == 240
    assert told.count("equal") == 8
    assert "NOT EQUAL" not in told


@pytest.mark.slow
@pytest.mark.skipif(not REAL.exists(), reason=f"THE REAL FILE IS NOT HERE ({REAL}): 2,000 requests were not replayed")
@pytest.mark.django_db(transaction=True)
def test_two_thousand_real_requests_come_out_as_the_file_counts_them(tmp_path, capsys):
    folder = tmp_path / "city"
    writing.write_pack(folder, REAL, requests.read(REAL, zone=MOSCOW), identity=IDENTITY, until=FEBRUARY)
    list(loading.load(read(folder), at=now()))

    call_command("replay", str(REAL), limit=2_000, workers=2)

    told = capsys.readouterr().out
    assert "2,000 requests played" in told
    assert told.count("equal") == 8
    assert "NOT EQUAL" not in told
