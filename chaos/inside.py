"""A world of its own for the trial: its mounts and its processes go with it, however it ends."""

import os
import shutil
import signal
import subprocess
import sys

_MARK = "KOMEK_CHAOS_INSIDE"
_WORLD = ("unshare", "--mount", "--pid", "--fork", "--mount-proc", "--propagation", "private", "--kill-child")


def enter() -> bool:
    """Begin this very command again inside, where the kernel allows it; says whether we are inside."""
    if os.environ.get(_MARK):
        if os.getpid() == 1:
            _be_the_first_process()
        return True
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        return False
    if subprocess.run([*_WORLD, "true"], capture_output=True, check=False).returncode != 0:
        return False
    os.environ[_MARK] = "1"
    sys.stdout.flush()
    return os.execvp("unshare", [*_WORLD, sys.executable, "-m", "chaos", *sys.argv[1:]])  # noqa: S606 - our own command


def _be_the_first_process() -> None:
    """Bury the orphans of killed supervisors, as the first process of a machine does; the trial goes on in a child."""
    child = os.fork()
    if child == 0:
        return
    for kind in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(kind, lambda number, _frame: os.kill(child, number))
    while True:
        try:
            buried, status = os.wait()
        except InterruptedError:
            continue
        if buried == child:
            os._exit(max(0, os.waitstatus_to_exitcode(status)) or int(os.WIFSIGNALED(status)))
