"""KOMEK_HOME: the one folder that is this installation; copy it and you have moved house.

postgres/     our own server: data, conf, port and passwords (absent with an external DATABASE_URL)
files/        what residents and crews sent; files/pieces/ what of it is still on the way
city.json     what the city pack said of the city (absent until one was loaded)
keys.json     the master keys of recordings (absent until one was made), for the owner's eyes only
secrets.json  keys of the web and of signed links, made at first start, for the owner's eyes only
static/       what the browser loads, gathered at start
maps/         the map of the city, drawn of the register; only own.geojsonl in it was brought by somebody
run/          who runs, on which ports
logs/         one file a program

Of several nodes each has a home of its own, and KOMEK_SHARED names the folder of what they must agree on: a copy of the
first node's secrets.json, keys.json and city.json.
"""

import json
import os
import secrets as random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg

from komek.platform import durable, postgres
from komek.platform.claim import unused, use

CITY = "city.json"
KEYS = "keys.json"
SECRETS = "secrets.json"
# No server was ever made: commands that need no database may still read the settings.
NO_DATABASE = "postgresql://komek@127.0.0.1:5432/komek"

_JOIN_SECONDS = 30.0
_PAUSE = 0.05


class NothingShared(Exception):
    """A node must not make secrets of its own: it would sign what no other node believes."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"KOMEK_SHARED is {folder}, which has no secrets.json. Bring it from the first node: "
            "`komek share FOLDER` there writes what all nodes must share."
        )


@dataclass(frozen=True)
class Secrets:
    """What must stay the same for the life of the installation; whoever has it can sign in as anyone."""

    django_key: str
    link_key: str


def find() -> Path:
    """KOMEK_HOME; without it .komek in the clone that Komek runs from, or else in the person's own folder."""
    if told := os.environ.get("KOMEK_HOME"):
        return Path(told).expanduser().absolute()
    clone = Path(__file__).parents[3]
    if (clone / "pyproject.toml").is_file() and (clone / "src" / "komek").is_dir():
        return clone / ".komek"
    return Path.home() / ".komek"


def make(home: Path) -> None:
    """Make the folders; the home itself may be passed through, because the database server has its own account."""
    home.mkdir(parents=True, exist_ok=True)
    if home.stat().st_uid == os.geteuid():
        home.chmod(0o711)
    for name in ("files", "run", "logs"):
        (home / name).mkdir(mode=0o700, exist_ok=True)


def shared(home: Path) -> Path:
    """The folder of what all nodes must agree on; on a machine alone it is the home itself."""
    told = os.environ.get("KOMEK_SHARED")
    return Path(told).expanduser().absolute() if told else home


def share(home: Path, folder: Path) -> list[str]:
    """Copy what other nodes need into a folder for them, for their owner's eyes only; says what that was."""
    secrets(home)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    copied = []
    for name in (SECRETS, KEYS, CITY):
        source = shared(home) / name
        if source.exists() and not _same(source, folder / name):
            durable.write(folder / name, source.read_text(encoding="utf-8"), mode=0o600)
            copied.append(name)
    return copied


def secrets(home: Path) -> Secrets:
    """Read the secrets, or make them: of two first starts at once, one makes them and both read the same."""
    path = shared(home) / SECRETS
    if not path.exists():
        if path.parent != home:
            raise NothingShared(path.parent)
        make(home)
        new = home / "run" / f"secrets.{os.getpid()}.new"
        fresh = Secrets(django_key=random.token_urlsafe(48), link_key=random.token_urlsafe(48))
        durable.write_new(new, json.dumps(asdict(fresh), indent=1), mode=0o600)
        try:
            path.hardlink_to(new)
        except FileExistsError:
            pass
        finally:
            new.unlink()
        durable.sync_folder(path.parent)
    return Secrets(**json.loads(path.read_text()))


def _same(one: Path, other: Path) -> bool:
    return other.exists() and one.read_bytes() == other.read_bytes()


def city(home: Path) -> dict[str, Any]:
    """Read what the city pack said of the city; nothing until one was loaded."""
    try:
        return dict(json.loads((shared(home) / CITY).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}


def database_url(home: Path) -> str:
    """Give the address of the database: the external one, our own server's, or one that answers to nobody."""
    if external := os.environ.get("DATABASE_URL"):
        return postgres.watchful(external)
    if postgres.exists(home / "postgres"):
        return postgres.url(home / "postgres")
    return NO_DATABASE


@contextmanager
def database(home: Path) -> Iterator[str]:
    """Have the database at hand for one command: the external one, the one that runs, or one started for it."""
    if external := os.environ.get("DATABASE_URL"):
        yield postgres.watchful(external)
        return
    make(home)
    users = home / "run" / "database.users"
    server = postgres.Server(home / "postgres", log=home / "logs" / "postgres.log")
    with use(users):
        try:
            server.start()
        except postgres.AlreadyClaimed:
            yield _join(home)
            return
        try:
            yield server.url
        except BaseException:
            server.stop()
            raise
    # Another command may have joined: it keeps the server that we started until it is done.
    with unused(users):
        server.stop()


def _join(home: Path) -> str:
    """Wait for a server that somebody else has just begun to start."""
    deadline = time.monotonic() + _JOIN_SECONDS
    while True:
        try:
            url = postgres.url(home / "postgres")
            psycopg.connect(url, connect_timeout=3).close()
        except (KeyError, psycopg.OperationalError):
            if time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE)
        else:
            return url
