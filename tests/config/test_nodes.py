"""One node of several: its parts, and what it shares with the others."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import komek
from komek.config import cli, programs
from komek.platform import home as homes
from komek.platform import postgres

SOURCES = Path(komek.__file__).parents[1]


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    homes.make(folder)
    return folder


def test_a_node_runs_the_parts_it_is_told(monkeypatch, home):
    monkeypatch.setenv("DATABASE_URL", "postgresql://komek@db1,db2/komek")
    at = programs.address(host=None, port=None)

    chosen = [step.name for step in programs.steps(home, at, only=programs.parts("web,stream"))]

    assert chosen == ["prepare", "web", "stream"]


def test_the_environment_chooses_the_parts_where_the_command_line_does_not(monkeypatch):
    monkeypatch.setenv("KOMEK_PARTS", "worker")

    assert programs.parts(None) == {"worker"}
    assert programs.parts("web") == {"web"}
    monkeypatch.delenv("KOMEK_PARTS")
    assert programs.parts(None) == set(programs.PARTS)


@pytest.mark.parametrize("told", ["web,cook", ","])
def test_a_part_that_does_not_exist_is_refused_by_name(told):
    with pytest.raises(postgres.CannotStart, match=r"cook|at least one"):
        programs.parts(told)


def test_what_nodes_share_is_copied_for_the_owner_only_and_only_when_it_differs(home, tmp_path):
    folder = tmp_path / "shared"
    secrets = homes.secrets(home)
    (home / "city.json").write_text(json.dumps({"code": "astana"}))

    assert homes.share(home, folder) == ["secrets.json", "city.json"]
    assert homes.share(home, folder) == []
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / "secrets.json").stat().st_mode & 0o077 == 0
    assert json.loads((folder / "secrets.json").read_text())["django_key"] == secrets.django_key


def test_a_node_reads_what_is_shared_and_makes_no_secrets_of_its_own(home, tmp_path, monkeypatch, capsys):
    folder = tmp_path / "shared"
    folder.mkdir()
    monkeypatch.setenv("KOMEK_SHARED", str(folder))
    monkeypatch.setenv("KOMEK_HOME", str(home))

    with pytest.raises(homes.NothingShared, match="komek share"):
        homes.secrets(home)
    assert cli.main(["up"]) == 1
    assert "komek share" in capsys.readouterr().err
    assert not (home / "secrets.json").exists()

    monkeypatch.delenv("KOMEK_SHARED")
    first = tmp_path / "first"
    homes.share(first, folder)
    monkeypatch.setenv("KOMEK_SHARED", str(folder))
    assert homes.secrets(home) == homes.secrets(first)


def prepare(home, address):
    """What `komek up` does first on a node."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("KOMEK_", "DATABASE_", "DJANGO_"))
    }
    paths = os.pathsep.join([str(SOURCES), *(path for path in sys.path if path.endswith("site-packages"))])
    return subprocess.run(
        [sys.executable, "-m", "komek.config.prepare"],
        env=kept | {"KOMEK_HOME": str(home), "PYTHONPATH": paths, "DATABASE_URL": address},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_nodes_that_start_at_once_on_an_empty_database_migrate_it_once(tmp_path):
    with postgres.scratch() as server, ThreadPoolExecutor() as nodes:
        said = list(
            nodes.map(
                lambda name: prepare(tmp_path / name, server.url),
                ["one", "other"],
            )
        )

    applied = [line for node in said for line in node.stdout.splitlines() if line.startswith("  Applying")]
    assert [node.returncode for node in said] == [0, 0], [node.stderr for node in said]
    assert len(applied) == len(set(applied)) > 20
