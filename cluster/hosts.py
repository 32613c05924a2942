"""Hosts made of kernel namespaces, on a network whose links can be cut."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

# A range that is kept for tests of networks (RFC 2544): no real host answers there.
NETWORK = "198.18.109"
OBSERVER = f"{NETWORK}.1"
NEAR, FAR = "near", "far"

# The first process of a host: it owns nothing, adopts orphans, and takes all with it when it is killed.
_INIT = """
import signal, socket, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
socket.sethostname(sys.argv[1])
print("up", flush=True)
while True:
    signal.pause()
"""
_INSIDE = "KOMEK_CLUSTER_INSIDE"
_PATIENCE = 10.0


class Host:
    """One machine: a folder that outlives its power, and processes that do not."""

    def __init__(self, name: str, number: int, folder: Path) -> None:
        self.name = name
        self.address = f"{NETWORK}.{number}"
        self.folder = folder / name
        self.folder.mkdir(mode=0o755)
        # What a real host keeps in memory under /run: gone with the power.
        self.run_folder = self.folder / "run"
        self.pid = 0
        self._card = f"v-{name}"
        self._power: subprocess.Popen[str] | None = None

    def boot(self) -> None:
        """Switch it on, with its card on the near bridge."""
        with suppress(subprocess.CalledProcessError):
            # The card of a host that lost its power goes when the kernel finds the time.
            _run("ip", "link", "del", self._card)
        shutil.rmtree(self.run_folder, ignore_errors=True)
        self.run_folder.mkdir(mode=0o1777)
        self.run_folder.chmod(0o1777)
        kinds = ["--net", "--pid", "--mount", "--uts", "--fork", "--kill-child", "--mount-proc"]
        self._power = subprocess.Popen(
            ["unshare", *kinds, sys.executable, "-S", "-c", _INIT, self.name],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._power.stdout is not None
        if self._power.stdout.readline() != "up\n":
            message = f"{self.name} could not be made of namespaces; its unshare ended with {self._power.wait()}."
            raise RuntimeError(message)
        children = Path(f"/proc/{self._power.pid}/task/{self._power.pid}/children").read_text()
        self.pid = int(children.split()[0])
        _run("ip", "link", "add", self._card, "type", "veth", "peer", "name", "eth0", "netns", str(self.pid))
        self.plug_into(NEAR)
        for words in (
            ("addr", "add", f"{self.address}/24", "dev", "eth0"),
            ("link", "set", "lo", "up"),
            ("link", "set", "eth0", "up"),
        ):
            _run("nsenter", "--target", str(self.pid), "--net", "ip", *words)

    def start(
        self,
        *command: str | Path,
        user: str = "root",
        environment: Mapping[str, str] | None = None,
        log: Path | None = None,
        output: bool = False,
    ) -> "subprocess.Popen[str]":
        """Start a program on this host; it lives until it ends or the power goes."""
        line = ["nsenter", "--target", str(self.pid), "--net", "--pid", "--mount", "--uts", "--"]
        if user != "root":
            line += ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"]
        with (log or self.folder / "log").open("ab") as written:
            return subprocess.Popen(
                [*line, *(str(word) for word in command)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if output else written,
                stderr=written,
                env={**_environment(), **(environment or {})},
                cwd="/",
                text=True,
            )

    def run(self, *command: str | Path, user: str = "root", environment: Mapping[str, str] | None = None) -> str:
        """Run a program to its good end and give what it said."""
        process = self.start(*command, user=user, environment=environment, output=True)
        said, _ = process.communicate()
        if process.returncode:
            words = " ".join(str(word) for word in command)
            end = (self.folder / "log").read_text(errors="replace")[-3000:]
            message = f"{self.name}: `{words}` ended with {process.returncode}.\n{said}\n{end}"
            raise RuntimeError(message)
        return said

    def plug_into(self, bridge: str) -> None:
        """Move the card to another bridge: who is on the same one can be reached, nobody else."""
        _run("ip", "link", "set", self._card, "master", bridge, "up")

    def unplug(self) -> None:
        """Take the link down: nothing comes in or goes out, and nobody is told."""
        _run("ip", "link", "set", self._card, "down")

    def power_off(self) -> None:
        """Cut the link and kill -9 everything at once; with the link gone first, no connection hears a farewell."""
        self.unplug()
        os.kill(self.pid, 9)
        assert self._power is not None
        self._power.wait(_PATIENCE)
        self.pid = 0

    def cpu_seconds(self) -> float:
        """Processor time of everything that runs on it, and of what has ended there."""
        ticks = 0
        for process in self._processes():
            with suppress(OSError):
                fields = (process / "stat").read_text().rpartition(")")[2].split()
                ticks += sum(int(field) for field in fields[11:15])
        return ticks / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        """Memory of everything that runs on it; what processes share is counted once."""
        kilobytes = 0
        for process in self._processes():
            with suppress(OSError):
                shared = re.search(r"^Pss:\s+(\d+)", (process / "smaps_rollup").read_text(), re.MULTILINE)
                kilobytes += int(shared[1]) if shared else 0
        return kilobytes / 1024

    def _processes(self) -> list[Path]:
        mine = Path(f"/proc/{self.pid}/ns/pid").readlink()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if (process / "ns" / "pid").readlink() == mine:
                    found.append(process)
        return found

    @property
    def is_on(self) -> bool:
        """Whether it has power."""
        return self.pid != 0


def network() -> None:
    """Two bridges: near is the data centre, with the observer on it; far is the wrong side of a partition."""
    _run("ip", "link", "set", "lo", "up")
    for bridge in (NEAR, FAR):
        _run("ip", "link", "add", bridge, "type", "bridge")
        _run("ip", "link", "set", bridge, "up")
    _run("ip", "addr", "add", f"{OBSERVER}/24", "dev", NEAR)


def partition(hosts: Iterable[Host]) -> None:
    """Cut these hosts off from all others, both ways; among themselves they still talk."""
    for host in hosts:
        host.plug_into(FAR)


def heal(hosts: Iterable[Host]) -> None:
    """Let them talk with everybody again."""
    for host in hosts:
        host.plug_into(NEAR)


def why_not() -> str:
    """Why there can be no hosts here; empty when there can."""
    if os.geteuid() != 0:
        return "hosts are made of namespaces, which only root may make"
    tried = subprocess.run(
        [
            "unshare",
            "--net",
            "--pid",
            "--mount",
            "--uts",
            "--fork",
            "ip",
            "link",
            "add",
            "name",
            "probe",
            "type",
            "bridge",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    return f"namespaces with a bridge cannot be made here: {tried.stderr.strip()}" if tried.returncode else ""


def go_inside(module: str, arguments: Sequence[str]) -> None:
    """Go on in namespaces of our own: nothing here touches the machine's network, and all of it goes with us."""
    if os.environ.get(_INSIDE):
        return
    words = ["unshare", "--net", "--pid", "--mount", "--fork", "--kill-child", "--mount-proc"]
    os.execvpe(  # noqa: S606 - it is this very program that goes on
        "unshare", [*words, sys.executable, "-m", module, *arguments], {**os.environ, _INSIDE: "1"}
    )


def folder() -> Path:
    """A folder on a real disk that every account may pass through."""
    made = Path(tempfile.mkdtemp(prefix="komek-cluster-", dir=os.environ.get("KOMEK_CLUSTER_DIR", "/var/tmp")))  # noqa: S108
    made.chmod(0o755)
    return made


def until(what: str, true: object, *, seconds: float, pause: float = 0.1) -> float:
    """Wait until it is true, and say how long that took; fail loudly when it does not become true."""
    assert callable(true)
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > seconds:
            message = f"after {seconds:.0f} s still not: {what}"
            raise TimeoutError(message)
        time.sleep(pause)
    return time.monotonic() - began


def _environment() -> dict[str, str]:
    """A host knows nothing of the shell that the proof was started from."""
    kept = ("PATH", "HOME", "PYTHONPATH", "LANG")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"LC_ALL": "C.UTF-8"}


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)
