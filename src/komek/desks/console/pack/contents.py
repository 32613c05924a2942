"""What a pack says, read and checked; the register that takes a part takes it as the file has it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from komek.desks.console.pack.tables import Table
from komek.registers.calendar.rules import Span
from komek.rooms.knowledge.rules import ArticleDraft, BookDraft

Texts = Mapping[str, str]


@dataclass(frozen=True)
class City:
    """The installation's own facts about its city."""

    code: str
    names: Texts
    languages: tuple[str, ...]
    time_zone: str
    number: str
    first_line: str
    second_line: str
    center: tuple[float, float] | None = None
    bounds: tuple[float, float, float, float] | None = None
    emergency: Mapping[str, Texts] = field(default_factory=dict)
    credits: tuple[str, ...] = ()
    public_works: tuple[str, ...] = ()
    country: str = ""
    generates_houses: bool = False
    # When operators answer the telephone, every day; nothing means day and night.
    hours: str = ""

    def kept(self) -> dict[str, Any]:
        """As the settings and the templates read it."""
        return {
            "code": self.code,
            **{f"name_{language}": name for language, name in self.names.items()},
            "languages": list(self.languages),
            "time_zone": self.time_zone,
            "hours": self.hours,
            "number": self.number,
            "first_line": self.first_line,
            "second_line": self.second_line,
            "center": self.center,
            "bounds": self.bounds,
            "emergency": [
                {"number": number, **{f"name_{language}": name for language, name in names.items()}}
                for number, names in self.emergency.items()
            ],
            "credits": list(self.credits),
            "public_works": list(self.public_works),
        }


@dataclass(frozen=True)
class Bulletin:
    """A sample of a bulletin: the shift lead fills in places and times."""

    code: str
    severity: str
    hours_valid: int
    season: str
    districts: tuple[str, ...]
    texts: Texts


@dataclass(frozen=True)
class Demo:
    """What a demonstration needs: people, residents and their words."""

    people: Table
    residents: Table
    contacts: Table
    profile: Table
    replies: Table
    resolutions: Table
    house_organisations: Table


@dataclass(frozen=True)
class Pack:
    """A whole city."""

    folder: Path
    city: City
    services: Table
    topics: Table
    districts: Mapping[str, Any] | None
    streets: Table
    aliases: Table
    crossings: Table
    houses: Table
    servicing: Table
    routing: Table
    days: Table
    week: Mapping[int, tuple[Span, ...]] | None
    texts: Mapping[str, Texts]
    articles: tuple[ArticleDraft, ...]
    bulletins: tuple[Bulletin, ...]
    scripts: BookDraft | None
    demo: Demo
