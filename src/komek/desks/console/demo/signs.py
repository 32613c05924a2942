"""What the terminal says once the city lives: who signs in where, and with what."""

from collections.abc import Sequence
from pathlib import Path

from komek.desks.console.demo import notes
from komek.platform import home as homes

# Those whose seats a visitor may take: sign-in, what they are, and the page they begin with.
SIGN_INS = {
    "aigerim": ("operator", "/operator/"),
    "olzhas": ("second line", "/controller/"),
    "dana": ("service SU", "/service/"),
    "saule": ("supervisor", "/supervisor/"),
    "timur": ("administrator", "/desk/"),
    "zarina": ("knowledge editor", "/editor/"),
}


def table(home: Path, address: str) -> str:
    """Everybody a visitor may be, and how to stop; nothing when no demonstration was made here."""
    plan = notes.read(home)
    if plan is None:
        return ""
    rows = [("", "resident", "no sign-in", f"{address}/")]
    rows += [(login, who, plan.password, f"{address}{path}") for login, (who, path) in SIGN_INS.items()]
    widths = [max(len(row[column]) for row in [*rows, HEADER]) for column in range(len(HEADER))]
    lines = [_line(row, widths) for row in (HEADER, *rows)]
    lines.insert(1, "-" * len(lines[1]))
    credits_ = homes.city(home).get("credits", [])
    return "\n".join(
        [
            "",
            *lines,
            "",
            "Stop it with Ctrl-C, or with `komek down` from another terminal.",
            *map(_credit, credits_),
            "",
        ]
    )


HEADER = ("sign in", "as", "password", "at")


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _credit(text: str) -> str:
    return f"Map data: {text}"
