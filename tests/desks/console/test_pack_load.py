"""A pack is loaded part by part; loading again changes only what differs."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from tests.desks.console import towns

from komek.desks.console.pack import BadPack, loading, read
from komek.platform import home
from komek.platform.models import AuditEntry
from komek.registers.calendar import queries as calendar
from komek.registers.catalog import queries as catalog
from komek.registers.places import queries as places
from komek.registers.staff import queries as staff
from komek.rooms.feedback import queries as feedback
from komek.rooms.knowledge import queries as knowledge
from komek.rooms.routing import queries as routing

MONDAY = datetime(2026, 11, 2, 4, 30, tzinfo=UTC)
ASTANA = Path(__file__).parents[3] / "cities" / "astana"

pytestmark = pytest.mark.django_db


def loaded(folder):
    return dict(loading.load(read(folder), at=MONDAY))


def test_a_town_of_four_seats_is_loaded(tmp_path):
    told = loaded(towns.write(tmp_path, week_yaml="monday: [09:00-13:00, 14:00-18:00]\n"))

    assert told["services"] == "4 services"
    assert told["places"] == "no map"
    assert staff.service("SU").name_kk == "Су құбыры"
    assert catalog.topic("WAT-01").service_code == "SU"
    assert [line.services for line in routing.rule_book().lines] == [("SU",), ("L2",)]
    assert feedback.texts()["registered"]["kk"] == "№ {number}"
    assert len(calendar.week().days[0]) == 2
    assert not calendar.week().days[1]


def test_loading_again_changes_nothing(tmp_path):
    towns.write(tmp_path, calendar_csv="date,kind,name_kk\n2026-12-16,holiday,Тәуелсіздік күні\n")
    loaded(tmp_path)
    changes = AuditEntry.objects.count()

    told = loaded(tmp_path)

    assert AuditEntry.objects.count() == changes
    assert told["topics"] == "2 topics, version 1 as before"
    assert told["calendar"] == "1 days, 0 of them new or changed"


def test_a_changed_topic_is_a_new_version_and_the_old_one_stays(tmp_path):
    loaded(towns.write(tmp_path))
    old = catalog.topic("WAT-01")
    towns.write(tmp_path, topics_csv=towns.TOWN["topics.csv"].replace("Су жоқ", "Суық су жоқ"))

    loaded(tmp_path)

    assert catalog.topic("WAT-01").name_kk == "Суық су жоқ"
    assert type(old).objects.get(id=old.id).name_kk == "Су жоқ"


def test_the_emergency_scripts_are_loaded_and_loading_them_again_changes_nothing(tmp_path):
    towns.write(tmp_path, emergency_yaml=towns.EMERGENCY)

    told = [loaded(tmp_path)["scripts"], loaded(tmp_path)["scripts"]]

    assert told == ["1 emergency scripts, book 1", "1 emergency scripts, book 1 as before"]
    assert knowledge.script("gas_smell").told("kk").steps == ("Далаға шығыңыз.",)


def test_other_words_under_the_same_version_of_a_script_are_told_with_their_line(tmp_path):
    loaded(towns.write(tmp_path, emergency_yaml=towns.EMERGENCY))
    towns.write(tmp_path, emergency_yaml=towns.EMERGENCY.replace("Далаға", "Тез далаға"))

    with pytest.raises(BadPack) as bad:
        loaded(tmp_path)

    assert str(bad.value.problems[0]) == (
        "emergency.yaml:10: The emergency script «gas_smell» was published in version 1 with other words. "
        "Raise its version."
    )


def test_the_first_catalog_is_in_force_for_what_is_older_than_the_installation(tmp_path):
    loaded(towns.write(tmp_path))

    assert catalog.topic("WAT-01", datetime(2020, 10, 18, tzinfo=UTC)).code == "WAT-01"


def test_what_only_a_register_can_know_is_told_with_its_line_too(tmp_path):
    towns.write(tmp_path, routing_csv="order,topic,house_duty,services\n10,WAT-*,osi,@osi\n20,*,,L2\n")

    with pytest.raises(BadPack) as bad:
        loaded(tmp_path)

    assert str(bad.value.problems[0]).startswith("routing.csv:2: Nobody owes a house the duty “osi”")
    assert routing.rule_book() is None


def test_houses_are_made_along_streets_and_given_to_the_organisations_of_the_demonstration(tmp_path):
    towns.write(
        tmp_path,
        city_yaml=towns.TOWN["city.yaml"] + "houses: generate\n",
        geo__streets_csv="name,lat,lon,min_lat,min_lon,max_lat,max_lon\nАбай көшесі,51.1,71.4,51.1,71.4,51.11,71.41\n",
        geo__districts_geojson='{"features": [{"properties": {"code": "orta", "name_kk": "Орта"}, "geometry": null}]}',
        demo__house_organisations_csv="code,name_kk,kind\nOSI-1,«Достық» МИБ,house\n",
        routing_csv="order,topic,house_duty,services\n10,WAT-*,osi,@osi\n20,*,,L2\n",
    )

    loaded(tmp_path)

    found = places.suggest("Абай 1")[0]
    assert found.kind == "house"
    served = [places.serving(place.house_id) for place in places.suggest("Абай 1", limit=4) if place.house_id]
    assert {"osi": "OSI-1"} in served


def test_the_command_keeps_what_the_settings_need_and_says_what_it_did(tmp_path, settings, capsys):
    settings.HOME = settings.SHARED = tmp_path / "home"
    settings.HOME.mkdir()

    call_command("city", "load", str(towns.write(tmp_path / "tau")))

    assert "4 services" in capsys.readouterr().out
    assert home.city(settings.HOME)["name_kk"] == "Тау"
    assert home.city(settings.HOME)["time_zone"] == "Asia/Almaty"


def test_the_command_names_every_problem_and_loads_nothing(tmp_path, capsys):
    towns.write(tmp_path, services_csv="code,kind,name_kk\nSELF,self,Желі\n")

    with pytest.raises(CommandError, match=r"problems\. Mend them"):
        call_command("city", "load", str(tmp_path))

    assert "topics.csv:2: There is no service «SU»." in capsys.readouterr().err
    assert staff.service_codes() == set()


@pytest.mark.slow
def test_the_city_we_ship_is_loaded_whole():
    told = loaded(ASTANA)

    assert told["services"] == "34 services, 120 house organisations"
    assert told["routing"].startswith("198 rules")
    assert places.suggest("Кенесары 40")[0].kind == "house"
