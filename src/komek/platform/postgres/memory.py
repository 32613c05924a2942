"""What the folder of a server remembers between starts: mode, major version, port and passwords."""

import json
import os
import secrets
from pathlib import Path
from typing import Any

SUPERUSER = "postgres"
ROLE = DATABASE = "komek"
_NAME = "server.json"


def recall(folder: Path) -> dict[str, Any]:
    """Everything remembered, or nothing."""
    try:
        return dict(json.loads((folder / _NAME).read_text()))
    except FileNotFoundError:
        return {}


def remember(folder: Path, **what: object) -> None:
    """Keep these beside what is known already; whole or not at all, and for our eyes only."""
    new = folder / f"{_NAME}.new"
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    with new.open("w") as file:
        file.write(json.dumps(recall(folder) | what, indent=1))
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / _NAME)


def fresh_passwords() -> dict[str, str]:
    """Passwords of a new server: they belong to its data and travel nowhere else."""
    return {"password": secrets.token_urlsafe(24), "superuser_password": secrets.token_urlsafe(24)}


def url(folder: Path) -> str:
    """Give the application's address of the server in this folder, running or not."""
    known = recall(folder)
    return f"postgresql://{ROLE}:{known['password']}@127.0.0.1:{known['port']}/{DATABASE}"


def superuser_url(folder: Path, *, database: str = "postgres") -> str:
    """Give the maintenance address: for the launcher and the administrator, never for the application."""
    known = recall(folder)
    return f"postgresql://{SUPERUSER}:{known['superuser_password']}@127.0.0.1:{known['port']}/{database}"
