"""routing.csv and calendar.csv: whose it is, by when, and on which days anybody works."""

from datetime import date

from komek.desks.console.pack.bodies import check_choice, check_norm
from komek.desks.console.pack.known import Known
from komek.desks.console.pack.problems import Problems
from komek.desks.console.pack.tables import Row, Table
from komek.registers.calendar.rules import Kind
from komek.registers.catalog.rules import Priority

RULE_COLUMNS = {"order", "topic", "district", "house_duty", "hours", "services", "priority", "norm", "note"}
DAY_COLUMNS = {"name_kk", "name_ru", "name_en", "like", "note"}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOURS = {"", "working", "always", "off"}
LOOKED_UP = "@"
BY_DISTRICT = "akim"


def check_rules(table: Table, known: Known, problems: Problems) -> None:
    """Each rule names what the pack has; whether it can be published is for the room to say."""
    last: tuple[int, int] | None = None
    for row in table:
        last = _check_order(table.file, row, last, problems)
        known.check_topics(table.file, row.line, [row["topic"] or "*"], problems)
        known.check_districts(table.file, row.line, [row["district"] or "*"], problems)
        check_choice(table.file, row, "hours", HOURS, problems)
        check_choice(table.file, row, "priority", {"", *(level.value for level in Priority)}, problems)
        if row["norm"]:
            check_norm(table.file, row.line, row["norm"], problems)
        _check_services(table.file, row, known, problems)
    if table.rows and not any(_takes_everything(row) for row in table):
        problems.add(
            table.file,
            table.rows[-1].line,
            "Nothing takes what no rule fits.",
            "End with a rule for every topic and district (*, *) that sends to the second line.",
        )


def check_days(table: Table, problems: Problems) -> None:
    """Each day is a date that is set apart once."""
    first: dict[str, int] = {}
    for row in table:
        try:
            date.fromisoformat(row["date"])
        except ValueError:
            problems.add(table.file, row.line, f"«{row['date']}» is not a date.", "Write days as 2026-01-31.")
        if row["date"] in first:
            problems.add(
                table.file,
                row.line,
                f"{row['date']} stands on line {first[row['date']]} already.",
                "Delete one of the two lines.",
            )
        first.setdefault(row["date"], row.line)
        check_choice(table.file, row, "kind", {kind.value for kind in Kind}, problems)
        check_choice(table.file, row, "like", {"", *WEEKDAYS}, problems)


def _check_order(file: str, row: Row, last: tuple[int, int] | None, problems: Problems) -> tuple[int, int] | None:
    if not row["order"].isdecimal():
        problems.add(file, row.line, f"«{row['order']}» is not an order.", "Write a whole number; the first rule wins.")
        return last
    order = int(row["order"])
    if last and order <= last[0]:
        problems.add(
            file,
            row.line,
            f"The order {order} comes after {last[0]} on line {last[1]}.",
            "Number the rules upwards, each with its own number.",
        )
    return order, row.line


def _check_services(file: str, row: Row, known: Known, problems: Problems) -> None:
    services = row.list("services")
    if not services:
        problems.add(file, row.line, "The rule sends to nobody.", "Name a service, or several joined by +.")
    known.check_services(file, row.line, [code for code in services if not code.startswith(LOOKED_UP)], problems)
    for code in services:
        duty = code.removeprefix(LOOKED_UP)
        if code.startswith(LOOKED_UP) and duty not in {BY_DISTRICT, row["house_duty"]}:
            problems.add(
                file,
                row.line,
                f"{code} looks up who owes the house «{duty}», which this rule does not ask for.",
                f"Write «{duty}» into the column house_duty.",
            )


def _takes_everything(row: Row) -> bool:
    everything = row["topic"] in {"", "*"} and row["district"] in {"", "*"} and not row["house_duty"]
    return everything and row["hours"] in {"", "always"}
