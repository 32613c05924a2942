"""Where Asterisk is: installed on this machine, or Debian's newest in a folder of its own.

Debian's stable releases have no Asterisk; its next one has. Its packages are fetched by apt, with the mirror and the keys that
apt is set up with and its signatures checked, and unpacked into a folder: nothing of the system changes, and nobody needs to be
root. The program in the folder is started by the folder's own loader, with the folder's own libraries.
"""

import fcntl
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import structlog

log = structlog.get_logger("komek.asterisk")

LEAST_MAJOR = 20
RELEASE = "forky"
# The switch, a voice for the prompts, and callers for trials.
PACKAGES = ("asterisk", "espeak-ng", "sip-tester")
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
LOADERS = ("ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1")
LONGEST_SECONDS = 900


class CannotHave(Exception):
    """There is no Asterisk here, and why none could be put into a folder."""


def place() -> Path:
    """The folder that is fetched into: one for all clones of this person, or KOMEK_ASTERISK."""
    told = os.environ.get("KOMEK_ASTERISK")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(told).expanduser().absolute() if told else cache / "komek" / "asterisk"


def voice(folder: Path) -> Path:
    """Where the sentences lie that a machine has spoken."""
    return folder / "voice"


@dataclass(frozen=True)
class Asterisk:
    """One Asterisk: `command` starts it, `modules` and `data` are where its own files lie."""

    command: tuple[str, ...]
    modules: Path
    data: Path

    @cached_property
    def version(self) -> str:
        """As the program tells it, such as 22.10.1."""
        told = subprocess.run([*self.command, "-V"], capture_output=True, text=True, check=True).stdout
        found = re.search(r"\d+\.\d+(\.\d+)?", told)
        return found[0] if found else ""

    @property
    def major(self) -> int:
        """The number that says what it can do; 0 when it tells none."""
        return int(self.version.partition(".")[0] or 0)


def find(folder: Path) -> Asterisk:
    """The one in the folder, else the one installed; raises CannotHave when there is none, or one too old."""
    found = unpacked(folder) or _installed()
    if found is None:
        raise CannotHave("Asterisk is not installed; `make pbx` puts one into a folder.")
    if found.major < LEAST_MAJOR:
        raise CannotHave(f"Asterisk {found.version} is too old: {LEAST_MAJOR} or newer is needed.")
    return found


def fetch(folder: Path) -> Asterisk:
    """Debian's newest in this folder, fetched unless it is there; raises CannotHave with apt's words."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if found := unpacked(folder):
            return found
        fresh = folder / "fresh"
        shutil.rmtree(fresh, ignore_errors=True)
        try:
            _unpack(_download(fresh), fresh / "root")
            # Nothing half unpacked ever stands under the name that is looked for.
            (fresh / "root").rename(folder / "root")
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    found = unpacked(folder)
    if found is None:
        raise CannotHave(f"What apt has unpacked into {folder} is no Asterisk.")
    log.info("asterisk_fetched", version=found.version, folder=str(folder))
    return found


def unpacked(folder: Path) -> Asterisk | None:
    """The one in the folder, started by its own loader with its own libraries."""
    command = _from(folder, "usr/sbin/asterisk")
    if command is None:
        return None
    return Asterisk(command, Path(command[0]).parent / "asterisk/modules", folder / "root/usr/share/asterisk")


def tool(folder: Path, name: str) -> tuple[str, ...]:
    """How another program that was fetched along, such as sipp, is started; the installed one where there is no folder."""
    found = _from(folder, f"usr/bin/{name}")
    if found is None and (installed := shutil.which(name)):
        found = (installed,)
    if found is None:
        raise CannotHave(f"There is no {name}; `make pbx` puts one into a folder.")
    return found


def speaker(folder: Path) -> tuple[str, ...]:
    """How espeak-ng is started, with the voices that came along; raises CannotHave."""
    command = tool(folder, "espeak-ng")
    voices = next((folder / "root").glob("usr/lib/*/espeak-ng-data"), None)
    return (*command, f"--path={voices.parent}") if voices else command


def _from(folder: Path, program: str) -> tuple[str, ...] | None:
    root = folder / "root"
    loader = next((one for name in LOADERS for one in root.glob(f"usr/lib/*/{name}")), None)
    if loader is None or not (root / program).exists():
        return None
    # Pulse keeps a library of its own in a folder beside the others; espeak-ng needs it even to write into a file.
    libraries = f"{loader.parent}:{loader.parent}/pulseaudio"
    return (str(loader), "--library-path", libraries, str(root / program))


def _installed() -> Asterisk | None:
    program = shutil.which("asterisk")
    modules = next((one for one in Path("/usr/lib").glob("**/asterisk/modules")), None) if program else None
    return Asterisk((program,), modules, Path("/usr/share/asterisk")) if program and modules else None


def _download(folder: Path) -> list[Path]:
    """The packages and all they need, checked by apt; what is installed here does not count."""
    if not shutil.which("apt-get") or not KEYRING.exists():
        raise CannotHave("Only Debian's apt can put an Asterisk into a folder; install Asterisk 20 or newer.")
    sites = _run(["apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages"]).split()
    if not sites:
        raise CannotHave("apt knows no mirror: there is nothing in its sources.")
    for one in ("state/lists/partial", "cache/archives/partial", "etc/preferences", "root"):
        (folder / one).mkdir(parents=True)
    (folder / "status").touch()
    (folder / "etc/sources.list").write_text(f"deb [signed-by={KEYRING}] {sites[0]} {RELEASE} main\n")
    settings = {
        "Dir::State": "state",
        "Dir::State::status": "status",
        "Dir::Cache": "cache",
        "Dir::Etc::sourcelist": "etc/sources.list",
        "Dir::Etc::sourceparts": "etc/preferences",
        "Dir::Etc::preferencesparts": "etc/preferences",
    }
    apt = ["apt-get", "-qq", "-o", f"APT::Sandbox::User={os.environ.get('USER') or 'root'}"]
    apt += [part for name, place in settings.items() for part in ("-o", f"{name}={folder / place}")]
    _run([*apt, "update"])
    _run([*apt, "install", "--yes", "--download-only", "--no-install-recommends", *PACKAGES])
    return sorted((folder / "cache/archives").glob("*.deb"))


def _unpack(packages: Sequence[Path], root: Path) -> None:
    for package in packages:
        _run(["dpkg-deb", "--extract", str(package), str(root)])


def _run(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=LONGEST_SECONDS)
    except subprocess.CalledProcessError as failure:
        raise CannotHave(f"{command[0]} says: {failure.stderr.strip()[-500:]}") from failure
    except subprocess.TimeoutExpired as failure:
        raise CannotHave(f"{command[0]} had not ended after {LONGEST_SECONDS} s.") from failure
    return done.stdout
