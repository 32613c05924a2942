"""The benchmarks themselves, run once and short on a city of their own: plans, statements, and that they still work."""

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

CARDS = 20_000
ROOT = Path(__file__).parents[2]
OURS = {"DATABASE_URL", "KOMEK_HOME", "KOMEK_HOSTS", "KOMEK_PUBLIC_URL", "DJANGO_SETTINGS_MODULE"}


@pytest.fixture(scope="session")
def measured(tmp_path_factory):
    """What was printed and written; one process of a parallel run measures for all."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    out, told = shared / "benchmarks", shared / "benchmarks.txt"
    with (shared / "benchmarks.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            words = ["--home", str(shared / "city"), "--cards", str(CARDS), "--out", str(out)]
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks", "--short", "--quiet", "--only", "plans,reads", *words],
                cwd=ROOT,
                # The city is not the one of the tests: it has a home, a server and an address of its own.
                env={name: value for name, value in os.environ.items() if name not in OURS}
                | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout[-6000:]
            told.write_text(done.stdout)
    figures = {file.stem: json.loads(file.read_text()) for file in out.glob("*.json")}
    return SimpleNamespace(said=told.read_text(), **figures)
