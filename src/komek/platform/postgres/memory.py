"""What the folder of a server remembers between starts: mode, major version, port and passwords."""

import json
import secrets
from pathlib import Path
from typing import Any

from komek.platform import durable

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
    durable.write(folder / _NAME, json.dumps(recall(folder) | what, indent=1), mode=0o600)


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
