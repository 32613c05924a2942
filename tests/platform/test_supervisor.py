"""The supervisor with real programs: our PostgreSQL, a web server, and some that misbehave."""

import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from chaos.clock import Clock, NoClock

from komek.platform import home as homes
from komek.platform import postgres, processes, running

SOURCES = Path(postgres.__file__).parents[3]
PATIENCE = 60

# A supervisor as `komek up` makes it, with programs of the test's choice instead of the whole city.
SUPERVISED = """
import sys
from pathlib import Path
from komek.platform import home as homes
from komek.platform import postgres
from komek.platform.programs import Database, Process, Task
from komek.platform.supervisor import Supervisor

home, port = Path(sys.argv[1]), int(sys.argv[2])
homes.make(home)
logs = home / "logs"
shared = lambda: {{"DATABASE_URL": homes.database_url(home), "PYTHONPATH": str(home.parent)}}
def database():
    return Database(postgres.Server(home / "postgres", log=logs / "postgres.log"))
def web():
    words = ["-m", "granian", "--interface", "wsgi", "--port", str(port), "--log-level", "error", "page:application"]
    return Process("web", [sys.executable, *words], shared, logs / "web.log", ("127.0.0.1", port))
def lines(name, code):
    return Process(name, [sys.executable, "-c", code], shared, logs / (name + ".log"))
def task(code):
    return Task("prepare", [sys.executable, "-c", code], shared, logs / "prepare.log")
supervisor = Supervisor(home, address="http://here", say=lambda text: print(text, flush=True){options})
try:
    supervisor.run([{steps}], check=lambda: None, ready=lambda: print("ready", flush=True))
except Exception as failure:
    sys.exit(str(failure))
print("over", flush=True)
"""
PAGE = """
import os
def application(environ, start):
    start("200 OK", [])
    return [os.environ["DATABASE_URL"].encode()]
"""
FOREVER = "__import__('signal').pause()"


class Supervised:
    """A supervisor in a process of its own, and what it says."""

    def __init__(self, process):
        self.process = process
        self.said = []
        self._lines = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def until(self, pattern):
        """Read on until it says this."""
        while True:
            line = self._lines.get(timeout=PATIENCE)
            if line is None:
                pytest.fail(f"the supervisor ended without saying {pattern!r}: {self.said} {self.complaint}")
            self.said.append(line)
            if found := re.search(pattern, line):
                return found

    def end(self, kind=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(kind)
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        while line := self._lines.get(timeout=PATIENCE):
            self.said.append(line)
        self._lines.put(None)
        return code

    @property
    def complaint(self):
        self.process.wait(PATIENCE)
        return self.process.stderr.read()

    def _read(self):
        for line in self.process.stdout:
            self._lines.put(line.strip())
        self._lines.put(None)


@pytest.fixture
def home(tmp_path):
    (tmp_path / "page.py").write_text(PAGE)
    home = tmp_path / "home"
    homes.make(home)
    yield home
    running.down(home)


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


@contextmanager
def supervised(home, port, *steps, options="", environment=None):
    paths = os.pathsep.join([str(SOURCES), *(path for path in sys.path if path.endswith("site-packages"))])
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "KOMEK_HOME"}}
    with subprocess.Popen(
        [sys.executable, "-c", SUPERVISED.format(steps=", ".join(steps), options=options), str(home), str(port)],
        env=kept | {"PYTHONPATH": paths} | (environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        one = Supervised(process)
        try:
            yield one
        finally:
            one.end()


def program(home, name):
    return running.state(home)["programs"][name]["pid"]


def read(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE) as page:
        return page.read().decode()


def rows(home):
    with psycopg.connect(postgres.url(home / "postgres")) as connection:
        return connection.execute("SELECT count(*) FROM calls").fetchone()[0]


def write_rows(home):
    with psycopg.connect(postgres.url(home / "postgres")) as connection:
        connection.execute("CREATE TABLE calls AS SELECT n FROM generate_series(1, 1000) n")


def test_programs_start_in_order_and_stop_in_reverse(home, port):
    with supervised(home, port, "database()", "task('print(1)')", "web()") as supervisor:
        supervisor.until("ready")
        assert read(port) == postgres.url(home / "postgres")
        pids = [program(home, "postgres"), program(home, "web")]

        code = supervisor.end()

    said = [line.split("(")[0].split(" in ")[0].split() for line in supervisor.said]
    assert said == [
        ["postgres", "started"],
        ["prepare", "done"],
        ["web", "started"],
        ["ready"],
        ["web", "stopped"],
        ["postgres", "stopped"],
        ["over"],
    ]
    assert code == 0
    assert [processes.birth(pid) for pid in pids] == [None, None]
    assert running.state(home) is None


def test_a_killed_database_comes_back_and_its_rows_with_it(home, port):
    with supervised(home, port, "database()", "web()") as supervisor:
        supervisor.until("ready")
        write_rows(home)
        web = program(home, "web")

        os.kill(program(home, "postgres"), signal.SIGKILL)

        supervisor.until("postgres .*ended .killed by SIGKILL., again in 0.5 s")
        supervisor.until("postgres .*is back")
        assert rows(home) == 1000
        assert program(home, "web") == web


def test_a_killed_web_comes_back_although_its_workers_held_the_port(home, port):
    with supervised(home, port, "database()", "web()") as supervisor:
        supervisor.until("ready")

        os.kill(program(home, "web"), signal.SIGKILL)

        supervisor.until("web .*is back")
        assert wait_until_read(port) == postgres.url(home / "postgres")


def test_a_web_that_lives_but_does_not_answer_is_ended_and_comes_back(home, port):
    with supervised(home, port, "web()", options=", feel_every=0.5, silent_seconds=3") as supervisor:
        supervisor.until("ready")
        assert read(port)

        os.killpg(program(home, "web"), signal.SIGSTOP)

        supervisor.until("web .*has not answered for 3 s and is ended")
        supervisor.until("web .*is back")
        assert wait_until_read(port)


@pytest.mark.parametrize("jump", [-3600, 3600])
def test_what_goes_by_the_clock_begins_anew_when_the_clock_is_set(home, port, tmp_path, jump):
    try:
        clock = Clock(tmp_path)
    except NoClock as missing:
        pytest.skip(f"THE CLOCK WAS NOT SET: {missing}")
    worker = f"Process('worker', [sys.executable, '-c', \"{FOREVER}\"], shared, logs / 'worker.log', by_clock=True)"
    with supervised(
        home, port, "web()", worker, options=", feel_every=0.5", environment=clock.environment
    ) as supervisor:
        supervisor.until("ready")
        web = program(home, "web")

        clock.set(jump)

        supervisor.until(rf"worker .*begins anew: the clock has jumped by {re.escape(format(jump, '+d'))} s")
        supervisor.until("worker .*is back")
        assert program(home, "web") == web


def wait_until_read(port):
    """Ask again until somebody listens: a program that came back opens its port a moment later."""
    for _ in range(PATIENCE * 10):
        try:
            return read(port)
        except OSError:
            threading.Event().wait(0.1)
    return pytest.fail("nobody listens")


def test_a_program_that_dies_again_and_again_is_started_ever_later(home, port):
    ill = home.parent / "ill"
    worker = f"lines('worker', 'import pathlib, signal; pathlib.Path(\"{ill}\").exists() and 1 / 0; signal.pause()')"
    with supervised(home, port, "web()", worker) as supervisor:
        supervisor.until("ready")

        ill.touch()
        os.kill(program(home, "worker"), signal.SIGKILL)

        pauses = [supervisor.until(r"worker .*ended .*, again in (\S+) s").group(1) for _ in range(3)]
        ill.unlink()
        supervisor.until("worker .*is back")

    assert pauses == ["0.5", "1", "2"]


def test_programs_follow_a_database_that_had_to_move(home, port):
    with supervised(home, port, "database()", "web()") as supervisor:
        supervisor.until("ready")
        write_rows(home)
        former = postgres.url(home / "postgres")
        taken = int(former.rpartition(":")[2].partition("/")[0])

        os.kill(program(home, "postgres"), signal.SIGKILL)
        with take(taken):
            supervisor.until("web .*restarted: postgres has moved")

        assert wait_until_read(port) == postgres.url(home / "postgres") != former
        assert rows(home) == 1000


@contextmanager
def take(port):
    """Take a port as soon as its owner is gone."""
    with socket.socket() as taking:
        taking.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        while True:
            try:
                taking.bind(("127.0.0.1", port))
            except OSError:
                continue
            taking.listen()
            yield
            return


def test_a_second_supervisor_is_refused_and_the_first_goes_on(home, port):
    with supervised(home, port, "database()", "web()") as first:
        first.until("ready")

        with supervised(home, port, "database()", "web()") as second:
            assert second.process.wait(PATIENCE) == 1
            assert f"is already run by process {first.process.pid}." in second.complaint

        assert read(port) == postgres.url(home / "postgres")


def test_what_a_killed_supervisor_left_is_ended_by_the_next_one(home, port):
    with supervised(home, port, "database()", "web()") as first:
        first.until("ready")
        write_rows(home)
        left = [program(home, "postgres"), program(home, "web")]
        first.end(signal.SIGKILL)
        assert None not in [processes.birth(pid) for pid in left]

    with supervised(home, port, "database()", "web()") as second:
        second.until("ready")

        assert [processes.birth(pid) for pid in left] == [None, None]
        assert read(port) == postgres.url(home / "postgres")
        assert rows(home) == 1000


def test_what_a_killed_supervisor_left_is_ended_by_down(home, port):
    with supervised(home, port, "database()", "web()") as supervisor:
        supervisor.until("ready")
        left = [program(home, "postgres"), program(home, "web")]
        supervisor.end(signal.SIGKILL)

    assert running.down(home) is True

    assert [processes.birth(pid) for pid in left] == [None, None]
    assert running.down(home) is False


def test_down_returns_when_everything_has_stopped(home, port):
    with supervised(home, port, "database()", "web()") as supervisor:
        supervisor.until("ready")
        web = program(home, "web")

        assert running.down(home) is True

        assert running.state(home) is None
        assert processes.birth(web) is None


def test_a_failed_task_lets_nothing_start_after_it_and_says_why(home, port):
    task = "task('raise SystemExit(\"no such table\")')"
    with supervised(home, port, "database()", task, "web()") as supervisor:
        assert supervisor.process.wait(PATIENCE) == 1

        assert re.search(r"prepare failed \(exit code 1\).*no such table", supervisor.complaint, re.DOTALL)
    assert not any(line.startswith("web ") for line in supervisor.said)


def test_a_stop_during_a_task_is_obeyed_at_once(home, port):
    with supervised(home, port, "database()", f'task("{FOREVER}")', "web()") as supervisor:
        supervisor.until("postgres .*started")

        assert supervisor.end(signal.SIGINT) == 0

    assert supervisor.said[-2:] == ["postgres  stopped", "over"]


def test_a_program_that_never_answers_is_told_with_the_end_of_its_log(home, port):
    (home.parent / "page.py").write_text("raise SystemExit('the page is torn')")

    with supervised(home, port, "database()", "web()") as supervisor:
        assert supervisor.process.wait(PATIENCE) == 1

        assert re.search(r"web stopped at once .*the page is torn", supervisor.complaint, re.DOTALL)
    assert "postgres  stopped" in supervisor.said
