"""`komek`: the installation's own verbs; every other word is a command of a desk, run with the database at hand."""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from komek.config import programs, telephone
from komek.desks.console.demo import signs
from komek.platform import backup, disk, home, logfiles, running
from komek.platform.claim import AlreadyClaimed
from komek.platform.postgres import CannotStart
from komek.platform.supervisor import Supervisor

# Commands that need the settings but no database: they must work before anything was ever started.
_WITHOUT_DATABASE = {
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "version",
    "--help",
    "-h",
}
SETTINGS = "komek.config.settings"
CONTACTS = 2_000
_NOT_RUNNING = 3
_LOOK_EVERY = 0.1

_HELP = """\
Komek, the open city contact centre.

  komek up [--host H] [--port N] [--detach]   start everything here, and stop it with Ctrl-C
  komek up --only web,stream                  only these parts, for one node of several
  komek down                                  stop what `up` started
  komek demo [--city DIR] [--port N]          a living city: thirty days of history, then a day that goes on
  komek status                                what runs, and where
  komek backup FILE                           database, files and secrets into one file, also while running
  komek restore FILE                          a backup into an empty KOMEK_HOME
  komek share DIR                             what all nodes of one installation must have in common
  komek COMMAND …                             any other command; `komek help` lists them

KOMEK_HOME (now {home}) holds everything; DATABASE_URL uses a PostgreSQL of your own.
"""


# Errors with a known remedy.
_TOLD = (AlreadyClaimed, CannotStart, backup.BackupFailed, home.NothingShared, running.StillRunning)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; errors with a known remedy are told in a sentence, without a traceback."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    verb = words[0] if words else ""
    if verb in {"", "-h", "--help"}:
        print(_HELP.format(home=home.find()), end="")
        return 0
    if verb == "--version":
        print(f"komek {_version()}")
        return 0
    # A terminated command must still stop the database it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if verb in _VERBS:
            return _VERBS[verb](words[1:])
        return _manage(words)
    except _TOLD as failure:
        print(failure, file=sys.stderr)
    except OSError as failure:
        if not disk.is_full(failure):
            raise
        print(f"The disk is full ({failure}). Make room in {home.find()}, then try again.", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


def _up(words: list[str]) -> int:
    parser = argparse.ArgumentParser("komek up", description="Start everything this installation consists of.")
    parser.add_argument("--host", help="address to listen on (127.0.0.1; 0.0.0.0 for everybody)")
    parser.add_argument("--port", type=int, help=f"port of the web ({programs.PORT}); live events use the next one")
    parser.add_argument("--detach", action="store_true", help="return once it runs; stop it with `komek down`")
    parser.add_argument("--only", metavar="PARTS", help=f"some of {','.join(programs.PARTS)}: one node of several")
    chosen = parser.parse_args(words)
    only = programs.parts(chosen.only)
    here = home.find()
    home.make(here)
    if chosen.detach:
        return _detach(here, words)
    return _serve(here, programs.address(host=chosen.host, port=chosen.port), only=only)


def _serve(
    here: Path,
    at: programs.Address,
    *,
    only: frozenset[str] = frozenset(programs.PARTS),
    simulated: Sequence[str] = (),
) -> int:
    say = _Voice(here / "logs" / "supervisor.log")
    home.secrets(here)
    supervisor = Supervisor(here, address=at.public_url, say=say)
    say(f"Komek starts in {here}")

    def ready() -> None:
        say(f"Komek is ready: {at.public_url}  (Ctrl-C stops it)")
        if simulated:
            # For the terminal only: a log is no place for a password.
            print(signs.table(here, at.public_url), flush=True)
            print(telephone.sign(programs.phone_of(here, at)), flush=True)

    supervisor.run(
        programs.steps(here, at, only=only, simulated=simulated),
        check=lambda: _refuse_taken_ports(at, only),
        ready=ready,
    )
    say("Komek has stopped.")
    return 0


def _demo(words: list[str]) -> int:
    """A city with its past, and then the present: the past is made before anybody looks, and once."""
    parser = argparse.ArgumentParser("komek demo", description="A living city: loaded, hired, played, and served.")
    parser.add_argument("--city", type=Path, default=Path("cities/astana"), help="a city pack with a demonstration")
    parser.add_argument("--host", help="address to listen on (127.0.0.1; 0.0.0.0 for everybody)")
    parser.add_argument("--port", type=int, help=f"port of the web ({programs.PORT})")
    parser.add_argument("--days", type=int, default=30, help="how long the city has lived (30)")
    parser.add_argument("--contacts", type=int, default=CONTACTS, help=f"who has reached out ({CONTACTS})")
    parser.add_argument("--speed", type=float, default=1.0, help="how fast it lives on (1)")
    parser.add_argument("--no-serve", action="store_true", help="make the past and stop")
    chosen = parser.parse_args(words)
    here = home.find()
    at = programs.address(host=chosen.host, port=chosen.port)
    if (state := running.state(here)) is not None:
        print(f"Komek runs here already: {state['address']}")
        print(signs.table(here, state["address"]))
        return 0
    home.make(here)
    running.end_leftovers(here)
    city = str(chosen.city.absolute())
    past = ["demo", "--city", city, "--days", str(chosen.days), "--contacts", str(chosen.contacts)]
    print(f"The city lives in {here}. Preparing the database …", flush=True)
    with home.database(here) as url:
        told = {"DATABASE_URL": url, "KOMEK_HOME": str(here), "DJANGO_SETTINGS_MODULE": SETTINGS}
        with (here / "logs" / "prepare.log").open("ab") as log:
            prepared = subprocess.run(
                [sys.executable, "-m", "komek.config.prepare"],
                env=os.environ | told,
                stdout=log,
                stderr=log,
                check=False,
            )
        if prepared.returncode:
            raise CannotStart(f"The database could not be prepared; see {here / 'logs' / 'prepare.log'}.")
        made = subprocess.run(
            [sys.executable, "-m", "django", *past],
            # What a story makes go wrong belongs into the story, not between the bars.
            env={"KOMEK_LOG_LEVEL": "CRITICAL"} | os.environ | told | {"KOMEK_PUBLIC_URL": at.public_url},
            check=False,
        )
    if made.returncode or chosen.no_serve:
        return made.returncode
    return _serve(here, at, simulated=["--city", city, "--speed", str(chosen.speed)])


def _detach(here: Path, words: list[str]) -> int:
    """Run `up` in a session of its own and wait until it says that it is ready."""
    log = here / "logs" / "supervisor.log"
    command = [sys.executable, "-m", "komek.config.cli", "up", *(word for word in words if word != "--detach")]
    with log.open("ab") as said:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True
        )
    while child.poll() is None:
        state = running.state(here)
        if state and state["phase"] == "running" and running.owner(here) == child.pid:
            print(f"Komek is ready: {state['address']}  (`komek down` stops it)")
            return 0
        time.sleep(_LOOK_EVERY)
    print(logfiles.end(log), file=sys.stderr)
    return 1


def _down(words: list[str]) -> int:
    argparse.ArgumentParser("komek down", description="Stop what `komek up` started here.").parse_args(words)
    print("Komek has stopped." if running.down(home.find()) else "Komek was not running.")
    return 0


def _status(words: list[str]) -> int:
    argparse.ArgumentParser("komek status", description="What runs here; exit code 3 when nothing.").parse_args(words)
    here = home.find()
    state = running.state(here)
    if state is None:
        print(f"Komek is not running in {here}.")
        return _NOT_RUNNING
    print(f"Komek in {here} is {state['phase']}: {state['address']}")
    for name, program in state["programs"].items():
        print(f"  {name:<9} process {program['pid']}, restarted {program['restarts']} times")
    return 0


def _backup(words: list[str]) -> int:
    parser = argparse.ArgumentParser("komek backup", description="Everything into one file, also while it runs.")
    parser.add_argument("file", type=Path)
    file = parser.parse_args(words).file.absolute()
    here = home.find()
    made = backup.make(here, file, version=_version(), at=datetime.now(UTC))
    size = file.stat().st_size / 1e6
    print(f"{file}: {len(made.entries)} entries, {size:.1f} MB. It holds secrets and personal data: keep it safe.")
    return 0


def _restore(words: list[str]) -> int:
    parser = argparse.ArgumentParser("komek restore", description="A backup into an empty KOMEK_HOME.")
    parser.add_argument("file", type=Path)
    here = home.find()
    manifest = backup.restore(here, parser.parse_args(words).file)
    print(f"{here} is as it was at {manifest.made_at} (Komek {manifest.komek}). Start it with `komek up`.")
    return 0


def _share(words: list[str]) -> int:
    parser = argparse.ArgumentParser("komek share", description="What all nodes of one installation must have.")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(words).folder.absolute()
    here = home.find()
    home.make(here)
    copied = home.share(here, folder)
    told = ", ".join(copied) if copied else "nothing: it has all of it"
    print(f"{folder}: {told}. It holds secrets: bring it to each node safely, and name it there in KOMEK_SHARED.")
    return 0


_VERBS: dict[str, Callable[[list[str]], int]] = {
    "up": _up,
    "down": _down,
    "status": _status,
    "backup": _backup,
    "restore": _restore,
    "share": _share,
    "demo": _demo,
}


def _manage(words: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    # Imported late: the installation's own verbs must work, and quickly, whatever the settings say.
    from django.core.management import execute_from_command_line

    if words[0] in _WITHOUT_DATABASE:
        execute_from_command_line(["komek", *words])
        return 0
    here = home.find()
    with home.database(here) as url:
        os.environ["DATABASE_URL"] = url
        execute_from_command_line(["komek", *words])
    return 0


def _refuse_taken_ports(at: programs.Address, only: frozenset[str]) -> None:
    ports = {"web": at.port, "stream": at.stream_port}
    for port in (ports[part] for part in ports if part in only):
        with socket.socket(socket.AF_INET6 if ":" in at.host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((at.host, port))
            except OSError as failure:
                message = f"Komek cannot listen on {at.host}:{port} ({failure.strerror}). Choose another with --port."
                raise CannotStart(message) from failure


class _Voice:
    """Says it short on the terminal and keeps it, with its time, in the log."""

    def __init__(self, log: Path) -> None:
        self.log = log

    def __call__(self, text: str) -> None:
        # A terminal that was closed or a disk that is full is no reason to leave the programs alone.
        with suppress(OSError):
            print(text, flush=True)
        with suppress(OSError), self.log.open("a") as log:
            log.write(f"{datetime.now(UTC).isoformat(timespec='seconds')} {text}\n")


def _version() -> str:
    try:
        return version("komek")
    except PackageNotFoundError:
        return "unpackaged"


if __name__ == "__main__":
    sys.exit(main())
