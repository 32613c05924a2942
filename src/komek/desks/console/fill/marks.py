"""Marks: what stands in a mould where a card will have something of its own."""

import re

# Ids of a mould are drawn from here on: no real id is as large, so each is known wherever it turns up.
FIRST_ID = 4_000_000_000_000
IDS_A_TABLE = 10_000_000_000
ID = re.compile(r"(?<!\d)4\d{12}(?!\d)")
MARK = re.compile(r"Qx(\w+?)xQ")
# What is left of a mark when somebody has changed its letters.
REMAINS = re.compile(r"qx\w+?xq", re.IGNORECASE)
# Whole words that have to be words of the program; no other cell of a mould holds them.
PRIORITY, NORM, URGENCY, APPEAL_KIND, LANGUAGE = "low", "9173m", "urgent", "proposal", "en"
WORDS = {
    PRIORITY: "priority",
    NORM: "norm",
    URGENCY: "urgency",
    APPEAL_KIND: "appeal_kind",
    LANGUAGE: "language",
}
POINT = (51.123456789, 71.987654321)
POINTS = {POINT[0]: "lat", POINT[1]: "lon"}
# A text to a resident in a mould says what the city's own text may ask for, field by field.
NOTICE, BETWEEN = "Qxnoticexq", "¦"


def mark(name: str) -> str:
    """What stands for this name."""
    return f"Qx{name}xQ"
