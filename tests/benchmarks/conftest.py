"""A city filled with enough cards for the planner to care, and what its hot operations ask of it: made once a run."""

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.rig.city import SETTINGS

from komek.platform import postgres

CARDS = 20_000
ROOT = Path(__file__).parents[2]
# The city is not the one of the tests: it has a home, a server and an address of its own.
OURS = {"KOMEK_HOSTS", "KOMEK_PUBLIC_URL", "DJANGO_SETTINGS_MODULE"}


def run(*words, env, told=None):
    """A command of ours, with its answer."""
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, env=env, input=told, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout


def looked_at(folder):
    """Fill a throwaway city and do there what is done most."""
    with postgres.scratch() as server:
        env = {name: value for name, value in os.environ.items() if name not in OURS} | SETTINGS
        env |= {
            "KOMEK_HOME": str(folder),
            "DATABASE_URL": server.url,
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "KOMEK_LOG_LEVEL": "CRITICAL",
        }
        run("komek.config.cli", "fill", "--cards", str(CARDS), env=env)
        return run("benchmarks.rig.inside", "plans", env=env, told="{}")


@pytest.fixture(scope="session")
def hot(tmp_path_factory):
    """Every hot operation with its statements and its scans; one process of a parallel run finds out for all."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    answer = shared / "hot.json"
    with (shared / "hot.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not answer.exists():
            answer.write_text(looked_at(tmp_path_factory.mktemp("city")))
    return json.loads(answer.read_text())
