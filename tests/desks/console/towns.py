"""Packs of small towns for the tests, written into a folder of the test."""

from pathlib import Path

KEYS = ("registered", "passed_on", "delayed", "done", "answered", "not_ours", "reopened", "closed")

TOWN = {
    "city.yaml": """\
code: tau
name_kk: Тау
languages: [kk]
time_zone: Asia/Almaty
number: "1414"
first_line: SELF
second_line: L2
""",
    "services.csv": """\
code,kind,name_kk
SELF,self,Бірінші желі
L2,self,Екінші желі
SU,utility,Су құбыры
JOL,department,Жол бөлімі
""",
    "topics.csv": """\
code,topic_kk,service
WAT-01,Су жоқ,SU
ROA-01,Жолда шұңқыр бар,JOL
""",
    "routing.csv": """\
order,topic,services,norm
10,WAT-*,SU,4h
20,*,L2,3wd
""",
    "texts.yaml": "".join(f"{key}:\n  kk: '№ {{number}}'\n" for key in KEYS),
}

EMERGENCY = """\
schema: 1
status: approved
updated: 2026-01-01
languages: [kk]
services: {"104": {kk: Газ қызметі}}
handover_fields: [{key: location, required: true, kk: Мекенжай}]
phrases: {}
notice: {}
cards:
  - version: 1
    urgency: immediate
    topics: [WAT-01]
    dispatch: [SU]
    ask: [location]
    title: {kk: Газ иісі}
    triggers: {kk: [газ иісі]}
    handover: {primary: "104", also: []}
    steps: [{kk: Далаға шығыңыз.}]
    never: {kk: От жақпаңыз.}
    id: gas_smell
"""


def write(folder: Path, **changed: str | None) -> Path:
    """The town of Tau, four seats, one language, no map; `city_yaml=…` writes another city.yaml, None leaves it out."""
    files = dict(TOWN)
    for name, text in changed.items():
        files[".".join(name.replace("__", "/").rsplit("_", 1))] = text  # type: ignore[assignment]
    for name, text in files.items():
        if text is None:
            continue
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
