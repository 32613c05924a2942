"""Reads a folder into a pack, or names everything that keeps it from being one."""

from pathlib import Path

from komek.desks.console.pack import bodies, city_file, demo_files, emergency, ground, promises, words
from komek.desks.console.pack.contents import Pack
from komek.desks.console.pack.documents import read_json, read_yaml
from komek.desks.console.pack.known import Known
from komek.desks.console.pack.problems import BadPack, Problem, Problems
from komek.desks.console.pack.tables import Table, read_table

MAP_FOLDER = "geo"


def read(folder: Path) -> Pack:
    """The pack in a folder; raises BadPack with every problem of every file."""
    if not folder.is_dir():
        raise BadPack((Problem(str(folder), 0, "There is no such folder.", "Give the folder that holds city.yaml."),))
    problems = Problems()
    told = read_yaml(folder, "city.yaml", problems, must_exist=True)
    city = city_file.city(told, problems) if told else None
    week = read_yaml(folder, "week.yaml", problems)
    spans = city_file.week(week, problems) if week else None

    districts_file = _map(folder, "districts.geojson")
    districts = read_json(folder, districts_file, problems)
    district_codes = ground.check_districts(districts_file, districts, problems)
    services = read_table(
        folder, "services.csv", problems, required={"code", "kind"}, known=bodies.SERVICE_COLUMNS, must_exist=True
    )
    service_codes = bodies.check_services(services, district_codes, problems)
    topics = read_table(
        folder, "topics.csv", problems, required={"code", "service"}, known=bodies.TOPIC_COLUMNS, must_exist=True
    )
    topic_codes, groups = bodies.check_topics(topics, service_codes, problems)
    known = Known(service_codes, topic_codes, groups, district_codes)
    if city and told:
        for key in ("first_line", "second_line"):
            known.check_services(told.file, told.line(key), filter(None, [told.value.get(key)]), problems)

    streets, aliases, crossings, houses, servicing = _read_ground(folder, known, problems)
    routing = read_table(
        folder, "routing.csv", problems, required={"order", "services"}, known=promises.RULE_COLUMNS, must_exist=True
    )
    promises.check_rules(routing, known, problems)
    days = read_table(folder, "calendar.csv", problems, required={"date", "kind"}, known=promises.DAY_COLUMNS)
    promises.check_days(days, problems)

    languages = city.languages if city else ()
    texts = words.texts(read_yaml(folder, "texts.yaml", problems, must_exist=True), languages, problems)
    articles = words.articles(folder, known, problems)
    bulletins = words.bulletins(read_yaml(folder, "bulletins.yaml", problems), known, problems)
    scripts = emergency.scripts(read_yaml(folder, "emergency.yaml", problems), languages, known, problems)
    demo = demo_files.read_demo(folder, known, problems)
    problems.raise_if_any()
    assert city is not None
    return Pack(
        folder=folder,
        city=city,
        services=services,
        topics=topics,
        districts=districts,
        streets=streets,
        aliases=aliases,
        crossings=crossings,
        houses=houses,
        servicing=servicing,
        routing=routing,
        days=days,
        week=spans,
        texts=texts,
        articles=articles,
        bulletins=bulletins,
        scripts=scripts,
        demo=demo,
    )


def _read_ground(folder: Path, known: Known, problems: Problems) -> tuple[Table, Table, Table, Table, Table]:
    streets = read_table(folder, _map(folder, "streets.csv"), problems, required=(), known=ground.STREET_COLUMNS)
    aliases = read_table(folder, _map(folder, "aliases.csv"), problems, required={"name", "alias"})
    names = ground.check_streets(streets, aliases, problems)
    crossings = read_table(
        folder, _map(folder, "crossings.csv"), problems, required={"street_a", "street_b", "lat", "lon"}
    )
    ground.check_crossings(crossings, names, problems)
    houses = read_table(folder, _map(folder, "houses.csv"), problems, required={"street", "number"})
    ground.check_houses(houses, names, problems)
    servicing = read_table(
        folder, _map(folder, "servicing.csv"), problems, required={"street", "number", "duty", "service"}
    )
    ground.check_servicing(servicing, names, known.services, problems)
    return streets, aliases, crossings, houses, servicing


def _map(folder: Path, name: str) -> str:
    """Map files may stand in a folder of their own, apart from what another licence covers."""
    inner = f"{MAP_FOLDER}/{name}"
    return inner if (folder / inner).is_file() else name
