"""A town to fill: small enough for seconds, with every kind of card that a capital has."""

import re
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from tests.desks.console import towns
from tests.desks.console.test_demo import HOURS

from komek.desks.console.fill import journal
from komek.desks.console.fill.filling import Filling
from komek.desks.console.fill.journal import Plan
from komek.desks.console.pack import loading, read
from komek.rooms.cards import queries as cards

WEDNESDAY = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
PASSWORD = "tau-tau-tau-tau"

SQUARE = '{{"type":"Feature","properties":{{"code":"{code}","name_kk":"{code}","name_ru":"{code}"}},"geometry":'
SQUARE += '{{"type":"Polygon","coordinates":[[[{w},51.1],[{e},51.1],[{e},51.2],[{w},51.2],[{w},51.1]]]}}}}'
DISTRICTS = ",".join(
    SQUARE.format(code=code, w=west, e=west + 0.02) for code, west in (("terek", 71.40), ("emen", 71.42))
)
HOUSES = "".join(
    f"{street},{number},{51.11 + number / 1000},{west},{district}\n"
    for street, district, west in (("Абай көшесі", "terek", 71.41), ("Сарыарқа даңғылы", "emen", 71.43))
    for number in range(1, 40)
)
TOWN = {
    "city_yaml": towns.TOWN["city.yaml"].replace("languages: [kk]", "languages: [kk, ru]"),
    "services_csv": """\
code,kind,name_kk,name_ru,district,round_the_clock
SELF,self,Бірінші желі,Первая линия,,y
L2,self,Екінші желі,Вторая линия,,y
SU,utility,Су құбыры,Водоканал,,y
JOL,department,Жол бөлімі,Отдел дорог,,
TOL,department,Төлем орталығы,Платёжный центр,,
OSI-1,house,«Терек» МИБ,ОСИ «Терек»,,
AK-T,akimat,Терек әкімдігі,Акимат Терек,terek,
AK-E,akimat,Емен әкімдігі,Акимат Емен,emen,
112,emergency,Апат қызметі,Служба спасения,,y
""",
    "topics_csv": """\
code,topic_kk,topic_ru,service,priority,norm,first_line,on_site,season,words
WAT-01,Үйде құбыр жарылды,Прорвало трубу,SU,critical,2h,no,y,all,прорвало трубу топит; құбыр жарылды су; burst pipe
WAT-02,Су жоқ,Нет воды,SU,high,4h,partly,y,all,нет воды; су жоқ; no water
ROA-01,Жолда шұңқыр бар,Яма на дороге,JOL,normal,3wd,no,y,spring-summer,яма; шұңқыр; pothole
SNO-01,Қар тазаланбаған,Не убран снег,JOL,normal,24h,no,y,winter,снег; қар; snow
PAY-01,Есеп қате,Ошибка в счёте,TOL,normal,15wd,no,n,all,счёт; есеп; bill
PAY-02,Тарифтер,Тарифы,TOL,low,now,yes,n,all,тариф; тариф; tariff
INF-01,Ұсыныс,Предложение,SELF,low,5wd,no,n,all,предложение; ұсыныс; idea
INF-02,Банк ісі,Вопрос о банке,SELF,low,now,yes,n,all,банк; банк; bank
EMG-01,Өрт,Пожар,112,critical,handover,no,y,all,пожар; өрт; fire
""",
    "routing_csv": """\
order,topic,district,house_duty,hours,services,priority,norm
10,WAT-01,*,osi,off,@osi+L2,,
20,WAT-01,*,osi,always,@osi,,
30,WAT-01,*,,always,SU+@akim,,
40,WAT-*,*,,always,SU,,
50,SNO-01,*,,always,JOL+SU+@akim,,
60,ROA-*,*,,always,JOL,,
70,PAY-*,*,,always,TOL,,
80,*,*,,always,SELF,,
""",
    "districts_geojson": f'{{"type":"FeatureCollection","features":[{DISTRICTS}]}}',
    "streets_csv": "name,name_ru,district\nАбай көшесі,улица Абая,terek\nСарыарқа даңғылы,проспект Сарыарка,emen\n",
    "houses_csv": f"street,number,lat,lon,district\n{HOUSES}",
    "servicing_csv": "street,number,duty,service\n"
    + "".join(f"Абай көшесі,{number},osi,OSI-1\n" for number in range(1, 25)),
    "texts_yaml": """\
received: {kk: '№ {number} алынды.', ru: '№ {number} получено.'}
registered: {kk: '№ {number}: {service}, {due}. {link}', ru: '№ {number}: {service}, {due}. {link}'}
passed_on: {kk: '№ {number} берілді: {service}, {due}', ru: '№ {number} передано: {service}, {due}'}
redirected: {kk: '№ {number}: {service}. {reason}', ru: '№ {number}: {service}. {reason}'}
delayed: {kk: '№ {number}: {reason}. {due}', ru: '№ {number}: {reason}. {due}'}
extended: {kk: '№ {number}: {due}. {reason}', ru: '№ {number}: {due}. {reason}'}
done: {kk: '№ {number}: {text} {link}', ru: '№ {number}: {text} {link}'}
answered: {kk: '№ {number}: {text}', ru: '№ {number}: {text}'}
not_ours: {kk: '№ {number}: {text}', ru: '№ {number}: {text}'}
handed_over: {kk: '№ {number}: {service}', ru: '№ {number}: {service}'}
reopened: {kk: '№ {number}: {service}, {due}', ru: '№ {number}: {service}, {due}'}
closed: {kk: '№ {number}: {text} {link}', ru: '№ {number}: {text} {link}'}
""",
    "knowledge__tariffs_md": """\
---
code: KB-001
owner: TOL
topics: [PAY-02]
---

## kk

# Тарифтер

Тариф **маусымда** өзгереді.

## ru

# Тарифы

Тариф меняется в **июне**.
""",
    "demo__people_csv": """\
name,role,languages,service,login
Айгерім,operator,kk+ru,SELF,aigerim
Қайрат,operator,kk+ru,SELF,qairat
Олжас,controller,kk+ru,L2,olzhas
Сәуле,supervisor,kk+ru,L2,saule
Дана,dispatcher,kk,SU,dana
Болат,dispatcher,kk,JOL,bolat
Ерлан,dispatcher,kk+ru,TOL,erlan
""",
    "demo__contacts_tsv": """\
text\tlang\ttopic\tkind\tplace_hint\turgency
Су жоқ, кеше кештен бері\tkk\tWAT-02\trequest\tАбай көшесі 5\tnormal
Где дают кредит?\tru\tINF-02\tnot_ours\t\tnormal
Тариф қанша?\tkk\tPAY-02\tquestion\t\tnormal
""",
    "demo__profile_csv": HOURS,
    "demo__residents_csv": "name,language,phone\nШырын Омар,kk,+7 700 000 0001\nЖанар Иса,kk,+7 700 000 0002\n"
    "Ольга Ким,ru,+7 700 000 0003\nВера Цой,ru,+7 700 000 0004\n",
    "demo__replies_tsv": "answer\tscore\tlang\ttext\nconfirm\t5\tkk\tРақмет\nconfirm\t3\tru\tСпасибо, но долго\n"
    "refute\t1\tkk\tЕшкім келген жоқ\n",
    "demo__resolutions_tsv": "group\tlang\toutcome\ttext\n*\tkk\tdone\tЖұмыс орындалды.\n*\tru\tdone\tСделано\n",
    "demo__year_csv": "group,contacts,note\nWAT,50,\nROA,30,\nSNO,20,\nPAY,60,\nINF,30,\nEMG,5,\n",
    "demo__details_tsv": "lang\ttext\nkk\t{n}-подъезд, {m}-пәтер.\nru\tС {hour} часов.\n",
}


@contextmanager
def nothing_shown(_name, _total, _unit):
    """No bar at all."""

    class Silent:
        def update(self, n):
            """Keep to oneself that so much is done."""

    yield Silent()


def fill(pack, *, cards, seed="tau", cards_a_part=10_000, bars=nothing_shown, at=WEDNESDAY):
    """The register of a town, filled by this process alone."""
    plan = journal.plan() if journal.exists() else Plan(cards, seed, at, cards_a_part, {})
    return Filling(pack, plan, password=PASSWORD, processes=1, bars=bars).run()


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker, tmp_path_factory):
    """A town with a map, committed, so that another process sees it too; it goes with the module."""
    place = tmp_path_factory.mktemp("town")
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patched:
        patched.setattr(settings, "FILES_URL", str(place / "files"))
        pack = read(towns.write(place / "tau", **TOWN))
        list(loading.load(pack, at=WEDNESDAY))
        yield pack
        call_command("flush", interactive=False, verbosity=0)


def every_card():
    """All cards, the newest first."""
    found, before = [], None
    while found == [] or before:
        page = cards.page(before=before, limit=500)
        found, before = found + page.cards, page.before
    return found


def worn():
    """Every index and constraint of the register, and the state of its triggers; how types are spelled may change."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename || ': ' || indexdef FROM pg_indexes WHERE schemaname = 'public'"
            " UNION ALL SELECT conrelid::regclass || ' ' || conname || ': ' || pg_get_constraintdef(oid) || convalidated"
            " FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
            " UNION ALL SELECT tgrelid::regclass || ' ' || tgname || ' ' || tgenabled::text FROM pg_trigger"
            " WHERE NOT tgisinternal ORDER BY 1"
        )
        # A condition that was read again has its casts, and so its brackets, in other places.
        return [re.sub(r"::(character varying|text)(\[\])?|[()]", "", line) for (line,) in cursor.fetchall()]
