"""Under whose name the server runs: PostgreSQL refuses root, and a container often has nobody else."""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from komek.platform.postgres import binaries as programs
from komek.platform.postgres.binaries import Binaries
from komek.platform.postgres.errors import CannotStart


class Mode(StrEnum):
    """How the server gets a name that is not root; one data folder keeps one mode."""

    PLAIN = "plain"
    NOBODY = "nobody"
    NAMESPACE = "namespace"


@dataclass(frozen=True)
class Account:
    """Who runs the server, and from which binaries."""

    mode: Mode
    binaries: Binaries
    uid: int
    gid: int

    def command(self, tool: str, *arguments: str) -> list[str]:
        """The command line that runs one program under this account."""
        line = [str(self.binaries.tool(tool)), *arguments]
        if self.mode is Mode.NAMESPACE:
            return [*_unshare(), *line]
        return line

    @property
    def popen(self) -> dict[str, Any]:
        """What subprocess needs to change to this account."""
        if self.mode is Mode.NOBODY:
            return {"user": self.uid, "group": self.gid, "extra_groups": []}
        return {}

    def own(self, path: Path) -> None:
        """Hand a folder or file over to this account."""
        if self.mode is Mode.NOBODY:
            os.chown(path, self.uid, self.gid)


def choose(folder: Path, found: Binaries, *, before: Mode | None) -> Account:
    """The first mode that works here, or the one the data folder was made with."""
    if os.geteuid() != 0 and _has_name(os.geteuid()):
        return _agreed(Account(Mode.PLAIN, found, os.geteuid(), os.getegid()), folder, before)
    nobody = _nobody()
    can_drop = os.geteuid() == 0 and nobody is not None and _is_open(folder)
    if nobody and can_drop and before in (None, Mode.NOBODY) and _is_open(found.folder):
        return Account(Mode.NOBODY, found, nobody.pw_uid, nobody.pw_gid)
    if before in (None, Mode.NAMESPACE) and _namespaces_work():
        return Account(Mode.NAMESPACE, found, os.geteuid(), os.getegid())
    if nobody and can_drop and before in (None, Mode.NOBODY):
        copied = programs.copy(found, folder / "binaries")
        return Account(Mode.NOBODY, copied, nobody.pw_uid, nobody.pw_gid)
    if before is not None:
        message = f"The data in {folder} was made in the mode '{before}', which is not possible here. {_REMEDY[before]}"
        raise CannotStart(message)
    message = (
        "PostgreSQL does not run as root, and neither way round works here: the account 'nobody' cannot reach "
        f"{folder}, and user namespaces are not allowed. Run Komek as an ordinary user, move KOMEK_HOME to a folder "
        "that others may pass through (chmod o+x on its parents), or set DATABASE_URL."
    )
    raise CannotStart(message)


_REMEDY = {
    Mode.PLAIN: "Run Komek as the user who owns that folder.",
    Mode.NOBODY: "Run Komek as root, and let others pass through its parent folders (chmod o+x).",
    Mode.NAMESPACE: "Run Komek as the owner of that folder where user namespaces are allowed.",
}


def _agreed(account: Account, folder: Path, before: Mode | None) -> Account:
    if before not in (None, account.mode):
        message = f"The data in {folder} was made in the mode '{before}'. {_REMEDY[before]}"
        raise CannotStart(message)
    return account


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _nobody() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        return None


def _is_open(path: Path) -> bool:
    """Whether any account may pass through every folder down to this one."""
    path = path.resolve()
    return all(stat.S_IMODE(part.stat().st_mode) & stat.S_IXOTH for part in (path, *path.parents))


def _unshare() -> list[str]:
    nobody = _nobody()
    uid, gid = (nobody.pw_uid, nobody.pw_gid) if nobody else (1000, 1000)
    return ["unshare", "--user", f"--map-user={uid}", f"--map-group={gid}"]


def _namespaces_work() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*_unshare(), "true"], capture_output=True, check=False).returncode == 0
