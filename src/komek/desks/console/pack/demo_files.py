"""demo/: people, residents and their words; only a demonstration reads them."""

from pathlib import Path

from komek.desks.console.pack.bodies import check_choice
from komek.desks.console.pack.contents import Demo
from komek.desks.console.pack.known import Known
from komek.desks.console.pack.problems import Problems
from komek.desks.console.pack.tables import Table, read_table
from komek.registers.staff.rules import Role
from komek.rooms.cards.rules import Kind

HOURS_A_WEEK = 168
# Behind the hyphen: how it is typed, `kk-latin` or `kk-nolet` (without Kazakh letters).
LANGUAGES = {"kk", "ru", "en", "mixed"}


def read_demo(folder: Path, known: Known, problems: Problems) -> Demo:
    """Read and check what is there; a pack without a demonstration has empty tables."""
    demo = Demo(
        people=_table(folder, "people.csv", {"name", "role", "languages", "service", "login"}, problems),
        residents=_table(folder, "residents.csv", {"name", "language", "phone"}, problems),
        contacts=_table(folder, "contacts.tsv", {"text", "lang", "topic", "kind", "place_hint", "urgency"}, problems),
        profile=_table(folder, "profile.csv", {"weekday", "hour", "weight"}, problems),
        replies=_table(folder, "replies.tsv", {"answer", "score", "lang", "text"}, problems),
        resolutions=_table(folder, "resolutions.tsv", {"group", "lang", "outcome", "text"}, problems),
        house_organisations=_table(folder, "house_organisations.csv", {"code", "kind"}, problems),
    )
    organisations = {row["code"] for row in demo.house_organisations}
    employers = Known(known.services | organisations, known.topics, known.groups, known.districts)
    logins: set[str] = set()
    for row in demo.people:
        check_choice(demo.people.file, row, "role", {role.value for role in Role}, problems)
        employers.check_services(demo.people.file, row.line, [row["service"]], problems)
        if not row["login"] or row["login"] in logins:
            problems.add(demo.people.file, row.line, f"The sign-in «{row['login']}» is not one person's.", "Change it.")
        logins.add(row["login"])
    for row in demo.contacts:
        if row["lang"].split("-")[0] not in LANGUAGES:
            problems.add(
                demo.contacts.file, row.line, f"«{row['lang']}» is not a language.", f"Write {', '.join(LANGUAGES)}."
            )
        check_choice(demo.contacts.file, row, "kind", {kind.value for kind in Kind}, problems)
        known.check_topics(demo.contacts.file, row.line, [row["topic"]], problems)
    _check_profile(demo.profile, problems)
    return demo


def _table(folder: Path, name: str, required: set[str], problems: Problems) -> Table:
    return read_table(folder, f"demo/{name}", problems, required=required)


def _check_profile(profile: Table, problems: Problems) -> None:
    hours = set()
    for row in profile:
        try:
            weekday, hour, weight = int(row["weekday"]), int(row["hour"]), float(row["weight"])
        except ValueError:
            problems.add(profile.file, row.line, "This is not an hour with its weight.", "Write three numbers.")
            continue
        if weekday not in range(7) or hour not in range(24) or weight < 0:
            problems.add(
                profile.file,
                row.line,
                f"There is no hour {hour} on a day {weekday}.",
                "Days are 0 to 6, hours 0 to 23.",
            )
        hours.add((weekday, hour))
    if profile.rows and len(hours) < HOURS_A_WEEK:
        problems.add(
            profile.file, 1, f"{HOURS_A_WEEK - len(hours)} hours of the week are missing.", "Give every hour a weight."
        )
