"""The one command, from an empty folder to pages in the browser, as a newcomer types it."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

import komek
from komek.adapters.asterisk import binaries
from komek.config import programs
from komek.platform import postgres, processes, running

SOURCES = Path(komek.__file__).parents[1]
PATIENCE = 300


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "home"
    yield home
    running.down(home)


@pytest.fixture
def port():
    """A port whose successor is free too, outside the range from which the system gives ports to clients."""
    while True:
        number = secrets.choice(range(12_000, 30_000))
        try:
            for one in (number, number + 1):
                socket.create_server(("127.0.0.1", one)).close()
        except OSError:
            continue
        return number


def run(home, *words, **environment):
    """Type a command, and see what it says and whether it succeeded."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("KOMEK_", "DATABASE_", "DJANGO_"))
    }
    paths = os.pathsep.join([str(SOURCES), *(path for path in sys.path if path.endswith("site-packages"))])
    return subprocess.run(
        [sys.executable, "-m", "komek.config.cli", *map(str, words)],
        env=kept
        | {"KOMEK_HOME": str(home), "KOMEK_PHONES": "none", "PYTHONPATH": paths}
        | {name: str(value) for name, value in environment.items()},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def status_of(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code


@pytest.mark.slow
def test_a_newcomer_starts_looks_keeps_stops_and_moves_house(home, port, tmp_path):
    up = run(home, "up", "--port", port, "--detach")
    assert (up.stdout, up.returncode) == (f"Komek is ready: http://localhost:{port}  (`komek down` stops it)\n", 0)
    assert [status_of(port, "/readyz"), status_of(port + 1, "/healthz"), status_of(port + 1, "/events")] == [
        200,
        200,
        403,
    ]

    status = run(home, "status")
    assert [line.split()[0] for line in status.stdout.splitlines()[1:]] == ["postgres", "web", "stream", "worker"]
    assert "is running" in status.stdout
    assert "No planned migration operations." in run(home, "migrate", "--plan").stdout

    kept = run(home, "backup", tmp_path / "today.komek")
    assert kept.returncode == 0, kept.stderr

    assert run(home, "down").stdout == "Komek has stopped.\n"
    assert run(home, "status").returncode == 3

    other = tmp_path / "other"
    restored = run(other, "restore", tmp_path / "today.komek")
    assert restored.returncode == 0, restored.stderr
    assert "No planned migration operations." in run(other, "migrate", "--plan").stdout


@pytest.mark.slow
def test_calls_outlive_a_supervisor_that_was_killed(asterisk, home, port):
    up = run(home, "up", "--port", port, "--detach", KOMEK_PHONES="own", KOMEK_ASTERISK=binaries.place())
    assert up.returncode == 0, up.stderr
    before = running.state(home)["programs"]
    assert {"pbx", "phones"} <= before.keys()

    os.kill(running.owner(home), signal.SIGKILL)
    up = run(home, "up", "--port", port, "--detach", KOMEK_PHONES="own", KOMEK_ASTERISK=binaries.place())

    assert up.returncode == 0, up.stderr
    after = running.state(home)["programs"]
    assert after["pbx"]["pid"] == before["pbx"]["pid"]
    assert after["phones"]["pid"] != before["phones"]["pid"]
    assert running.down(home)
    assert processes.birth(after["pbx"]["pid"]) is None


@pytest.mark.slow
def test_an_external_database_needs_no_server_of_ours(home, port):
    with postgres.scratch(binaries=postgres.find("celerp")) as external:
        up = run(home, "up", "--port", port, "--detach", DATABASE_URL=external.url)

        assert up.returncode == 0, up.stderr
        assert status_of(port, "/readyz") == 200
        assert "postgres" not in run(home, "status").stdout
        assert not (home / "postgres").exists()
        assert running.down(home)


def test_a_taken_port_is_named_before_anything_starts(home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        up = run(home, "up", "--port", port)

    assert up.returncode == 1
    assert (
        up.stderr == f"Komek cannot listen on 127.0.0.1:{port} (Address already in use). Choose another with --port.\n"
    )
    assert not (home / "postgres").exists()


def test_without_a_word_the_verbs_are_told(home):
    assert "komek backup FILE" in run(home).stdout
    assert str(home) in run(home).stdout
    assert not home.exists()


def test_down_and_status_of_a_home_that_never_ran_say_so(home):
    assert run(home, "down").stdout == "Komek was not running.\n"
    assert run(home, "status").returncode == 3


@pytest.mark.parametrize(
    ("port", "public", "stream", "origins"),
    [
        (8109, None, "http://localhost:8110/events", ["http://localhost:8109", "http://127.0.0.1:8109"]),
        (
            8109,
            "http://10.0.0.7:8109",
            "http://10.0.0.7:8110/events",
            ["http://10.0.0.7:8109", "http://localhost:8109", "http://127.0.0.1:8109"],
        ),
        (8109, "https://109.example.kz/", "https://109.example.kz/events", ["https://109.example.kz"]),
    ],
)
def test_the_page_is_told_where_its_events_are(monkeypatch, port, public, stream, origins):
    monkeypatch.delenv("KOMEK_PUBLIC_URL", raising=False)
    if public:
        monkeypatch.setenv("KOMEK_PUBLIC_URL", public)

    at = programs.address(host=None, port=port)

    assert (at.stream_url, at.origins) == (stream, origins)
