"""What the first start decided and every later one keeps: the password, and from when on the city has lived.

It lies in KOMEK_HOME for the owner's eyes only; how far the story has come is asked of the database.
"""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

FILE = "demo.json"
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


@dataclass(frozen=True)
class Notes:
    """The plan of one demonstration."""

    password: str
    began_at: datetime
    days: int
    contacts: int

    @property
    def contacts_a_day(self) -> float:
        """How many residents reach out on an average day."""
        return self.contacts / max(1, self.days)


def read(home: Path) -> Notes | None:
    """What the first start decided, if there was one."""
    try:
        told = json.loads((home / FILE).read_text())
    except FileNotFoundError:
        return None
    return Notes(**told | {"began_at": datetime.fromisoformat(told["began_at"])})


def make(home: Path, *, days: int, contacts: int, at: datetime) -> Notes:
    """Decide, whole or not at all; of two first starts at once one decides for both."""
    word = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))
    notes = Notes(password=word, began_at=at - timedelta(days=days), days=days, contacts=contacts)
    new = home / f"{FILE}.{os.getpid()}.new"
    new.touch(mode=0o600)
    new.write_text(json.dumps(asdict(notes) | {"began_at": notes.began_at.isoformat()}, indent=1))
    try:
        (home / FILE).hardlink_to(new)
    except FileExistsError:
        return read(home) or notes
    finally:
        new.unlink()
    return notes
