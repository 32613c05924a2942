"""A short trial for real: one of each way to lose a process, the disk and the wire, under load."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FAULTS = "kill-worker,kill-all,stop-in-commit,full-disk,cut-stream,kill-backend"


@pytest.mark.slow
def test_a_city_comes_back_from_every_fault_and_has_lost_nothing():
    if not os.environ.get("KOMEK_PROOFS"):
        pytest.skip("THE TRIAL IS SKIPPED: it mounts a disk and kills what it starts; set KOMEK_PROOFS=1")
    words = ["--faults", "6", "--seed", "7", "--rate", "6", "--cut", "3", "--full", "5", "--gap", "1", "2"]
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("KOMEK_", "DATABASE_", "DJANGO_"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "chaos", *words, "--only", FAULTS],
        cwd=ROOT,
        env=kept | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing lost, nothing twice" in done.stdout
    if "SKIPPED:" in done.stdout:
        pytest.skip("A PART OF THE TRIAL WAS SKIPPED: " + done.stdout.partition("SKIPPED:")[2].strip().split("\n")[0])
