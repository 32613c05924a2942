"""The short proof: a primary that loses its power and one that is cut off cost no acknowledged card."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cluster.__main__ import IMPOSSIBLE

ROOT = Path(__file__).parents[2]
PATIENCE = 900


@pytest.fixture(scope="module")
def proof(tmp_path_factory):
    """What the proof has seen, a figure by its case and name."""
    if not os.environ.get("KOMEK_PROOFS"):
        pytest.skip("CLUSTER TESTS SKIPPED: they take minutes, Debian's packages and a machine; set KOMEK_PROOFS=1")
    out = tmp_path_factory.mktemp("cluster")
    words = ["--brief", "--cases", "partition,power", "--rate", "10", "--out", str(out)]
    done = subprocess.run(
        [sys.executable, "-m", "cluster", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode == IMPOSSIBLE:
        pytest.skip(f"CLUSTER TESTS SKIPPED: {done.stderr.strip()}")
    assert done.returncode == 0, done.stdout + done.stderr
    return {
        file.stem: {name: figure["value"] for name, figure in json.loads(file.read_text())["figures"].items()}
        for file in out.glob("*.json")
    }


@pytest.mark.slow
def test_no_acknowledged_card_is_lost_and_service_is_back_in_half_a_minute(proof):
    for case in ("partition", "power"):
        assert proof[case]["acknowledged since the beginning"] > 20
        assert proof[case]["acknowledged and lost"] == 0
        assert proof[case]["service back after"] <= 30
    assert proof["books"]["lost"] == proof["books"]["there twice"] == 0


@pytest.mark.slow
def test_a_partitioned_old_primary_accepts_nothing(proof):
    seen = proof["partition"]

    assert seen["writes tried at the old primary while cut off"] > 10
    assert seen["writes it accepted while cut off"] == seen["writes it accepted after healing"] == 0
    assert seen["rows of those writes anywhere"] == 0
    assert seen["acknowledged on the far side while cut off"] == 0


@pytest.mark.slow
def test_nodes_that_start_at_once_migrate_once(proof):
    assert proof["build"]["migrations"] > 20
    assert proof["build"]["migrations applied twice"] == 0
