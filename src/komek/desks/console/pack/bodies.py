"""services.csv and topics.csv: who works here, and what residents speak of."""

import re
from collections.abc import Iterable

from komek.desks.console.pack.known import Known
from komek.desks.console.pack.problems import Problems
from komek.desks.console.pack.tables import Row, Table
from komek.refusal import Refusal
from komek.registers.calendar.rules import parse_norm
from komek.registers.catalog.rules import FirstLine, Priority
from komek.registers.staff.rules import Kind

NAMES = ("name_kk", "name_ru", "name_en")
TOPIC_NAMES = ("topic_kk", "topic_ru", "topic_en", *NAMES)
CODE = re.compile(r"[0-9A-Za-z_-]+")
LONGEST_SERVICE_CODE, LONGEST_TOPIC_CODE, LONGEST_NAME = 40, 24, 300
SERVICE_COLUMNS = {
    *NAMES, "kind", "phone", "email", "parent", "district", "round_the_clock", "note",
}  # fmt: skip
TOPIC_COLUMNS = {
    *TOPIC_NAMES, "group", "group_kk", "group_ru", "group_en", "service", "priority", "deadline", "norm",
    "deadline_basis", "norm_basis", "season", "first_line", "on_site", "active", "words", "note",
}  # fmt: skip
YES_OR_NO = {"", "y", "n", "yes", "no"}


def check_services(table: Table, districts: Iterable[str], problems: Problems) -> frozenset[str]:
    """Check the rows; returns the codes."""
    codes = check_codes(table, LONGEST_SERVICE_CODE, problems)
    known = Known(codes, frozenset(), frozenset(), frozenset(districts))
    for row in table:
        check_choice(table.file, row, "kind", {kind.value for kind in Kind}, problems)
        check_choice(table.file, row, "round_the_clock", YES_OR_NO, problems)
        check_named(table.file, row, NAMES, problems)
        if row["parent"]:
            known.check_services(table.file, row.line, [row["parent"]], problems)
        if row["district"]:
            known.check_districts(table.file, row.line, [row["district"]], problems)
    return codes


def check_topics(table: Table, services: frozenset[str], problems: Problems) -> tuple[frozenset[str], frozenset[str]]:
    """Check the rows; returns the codes of topics and of groups."""
    codes = check_codes(table, LONGEST_TOPIC_CODE, problems)
    known = Known(services, frozenset(), frozenset(), frozenset())
    for row in table:
        check_named(table.file, row, TOPIC_NAMES, problems)
        known.check_services(table.file, row.line, [row["service"]], problems)
        check_choice(table.file, row, "priority", {"", *(level.value for level in Priority)}, problems)
        check_choice(table.file, row, "first_line", {"", *(answer.value for answer in FirstLine)}, problems)
        check_choice(table.file, row, "on_site", YES_OR_NO, problems)
        if norm := row["norm"] or row["deadline"]:
            check_norm(table.file, row.line, norm, problems)
    return codes, frozenset(row["group"] or row["code"].split("-")[0] for row in table)


def check_codes(table: Table, longest: int, problems: Problems) -> frozenset[str]:
    """Check that every row has a code of its own; returns them."""
    first: dict[str, int] = {}
    for row in table:
        code = row["code"]
        if not CODE.fullmatch(code) or len(code) > longest:
            problems.add(
                table.file,
                row.line,
                f"«{code}» is not a code.",
                f"Write 1 to {longest} Latin letters, digits, hyphens or underscores.",
            )
        elif code in first:
            problems.add(
                table.file,
                row.line,
                f"The code {code} stands on line {first[code]} already.",
                "Give each its own code.",
            )
        first.setdefault(code, row.line)
    return frozenset(first)


def check_named(file: str, row: Row, columns: Iterable[str], problems: Problems) -> None:
    """A thing without a name in any language cannot be shown."""
    names = [row[column] for column in columns if row[column]]
    if not names:
        problems.add(file, row.line, f"{row['code']} has no name.", "Fill in the name in one language at least.")
    if any(len(name) > LONGEST_NAME for name in names):
        problems.add(file, row.line, f"A name of {row['code']} is endless.", f"Shorten it to {LONGEST_NAME} letters.")


def check_choice(file: str, row: Row, column: str, choices: set[str], problems: Problems) -> None:
    """A cell that may hold certain words only."""
    if row[column].lower() not in choices:
        problems.add(
            file,
            row.line,
            f"«{row[column]}» is not a {column} that is known.",
            f"Write {', '.join(sorted(choice for choice in choices if choice))}.",
        )


def check_norm(file: str, line: int, norm: str, problems: Problems) -> None:
    """A promised time that can be counted."""
    try:
        parse_norm(norm)
    except Refusal as refusal:
        problems.add(file, line, str(refusal), "Correct the norm.")
