"""The server of our own: real processes on the loopback, from both packages, as root and as an ordinary user."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import threading
from pathlib import Path

import psycopg
import pytest

from komek.platform import postgres, processes
from komek.platform.postgres import AlreadyClaimed, CannotStart, Mode, conf, memory

SOURCES = Path(postgres.__file__).parents[3]
PACKAGES = ["embedded", "celerp"]
NOBODY = 65534

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another account for its server")


@pytest.fixture
def folder():
    """A folder that every account may pass through, as the homes of an installation are."""
    with tempfile.TemporaryDirectory(prefix="komek-pg-") as made:
        Path(made).chmod(0o711)
        yield Path(made) / "postgres"


@pytest.fixture(params=PACKAGES)
def binaries(request):
    return postgres.find(request.param)


def ask(url, question, *values):
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(question, values).fetchone()[0]


def write_rows(url, count=1000):
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE calls AS SELECT n FROM generate_series(1, %s) n", [count])


def run_script(script, folder, **options):
    """Run a few lines as another process, as another komek command would be."""
    paths = os.pathsep.join([str(SOURCES), *(path for path in sys.path if path.endswith("site-packages"))])
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
    python = options.pop("python", sys.executable)
    return subprocess.Popen(
        [python, "-c", textwrap.dedent(script), str(folder)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
        **options,
    )


def test_an_empty_folder_becomes_a_server_for_three_languages(folder, binaries):
    with postgres.run(folder, binaries=binaries) as server:
        assert ask(server.url, "SELECT lower('ӘҒҚҢӨҰҮҺІ Ё')") == "әғқңөұүһі ё"
        assert ask(server.url, "SELECT similarity('Мәңгілік ел', 'Мәңгілік') > 0.5")
        assert ask(server.url, "SHOW timezone") == "UTC"
        assert ask(server.url, "SELECT now() AT TIME ZONE 'Asia/Almaty' > now() AT TIME ZONE 'UTC'")
        assert ask(postgres.superuser_url(folder), "SELECT count(*) > 0 FROM pg_stat_statements")
        assert ask(server.url, "SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user") is False


def test_only_who_has_the_password_gets_in(folder):
    with postgres.run(folder) as server:
        url = server.url.replace(memory.recall(folder)["password"], "guessed")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(url)

        assert stat.S_IMODE((folder / "server.json").stat().st_mode) == 0o600
        assert ask(postgres.superuser_url(folder), "SHOW listen_addresses") == "127.0.0.1"


def test_a_server_keeps_its_port_and_its_rows_between_starts(folder, binaries):
    with postgres.run(folder, binaries=binaries) as server:
        write_rows(server.url)
        url = server.url

    with postgres.run(folder, binaries=binaries) as again:
        assert again.url == url
        assert ask(url, "SELECT count(*) FROM calls") == 1000


def test_a_taken_port_is_left_to_whoever_has_it(folder):
    with postgres.scratch() as first:
        memory.remember(folder.parent, port=first.port)
        folder.mkdir()
        (folder.parent / "server.json").rename(folder / "server.json")

        with postgres.run(folder) as second:
            assert second.port != first.port
            assert ask(second.url, "SELECT 1") == 1
            assert ask(first.url, "SELECT 1") == 1


def test_a_killed_server_comes_back_with_every_committed_row(folder, binaries):
    with postgres.run(folder, binaries=binaries) as server:
        write_rows(server.url, 50_000)

        os.kill(server.pid, signal.SIGKILL)
        server.revive()

        assert ask(server.url, "SELECT count(*) FROM calls") == 50_000


def test_the_orphan_of_a_killed_supervisor_is_ended_before_the_next_start(folder):
    supervisor = run_script(
        """
        import sys
        from pathlib import Path
        from komek.platform import postgres, processes
        server = postgres.Server(Path(sys.argv[1]))
        server.start()
        print(server.pid, flush=True)
        sys.stdin.read()
        """,
        folder,
        stdin=subprocess.PIPE,
    )
    with supervisor:
        orphan = int(supervisor.stdout.readline())
        write_rows(postgres.url(folder))
        supervisor.kill()
        supervisor.stdin.close()
        assert processes.birth(orphan) is not None

    with postgres.run(folder) as server:
        assert processes.birth(orphan) is None
        assert ask(server.url, "SELECT count(*) FROM calls") == 1000


def test_a_second_owner_is_refused_and_told_who_is_the_first(folder):
    with (
        postgres.run(folder) as server,
        pytest.raises(AlreadyClaimed, match=rf"already run by process {os.getpid()}\."),
        postgres.run(folder),
    ):
        pytest.fail("two servers on one folder")

    assert server.process is None


def test_another_major_version_is_refused_with_the_way_out(folder):
    with postgres.run(folder, binaries=postgres.find("celerp")):
        pass

    with (
        pytest.raises(CannotStart, match=r"of PostgreSQL 17.*make a backup"),
        postgres.run(folder, binaries=postgres.find("embedded")),
    ):
        pytest.fail("a new major on old data")


def test_an_interrupted_first_start_leaves_nothing_in_the_way(folder):
    (folder / "data.new" / "base").mkdir(parents=True)

    with postgres.run(folder) as server:
        assert ask(server.url, "SELECT 1") == 1


def test_a_deep_folder_gets_no_socket_but_works(folder):
    deep = folder / ("d" * 90)
    assert not conf.socket_fits(deep / "socket")
    deep.mkdir(parents=True)
    folder.chmod(0o711)

    with postgres.run(deep / "postgres") as server:
        assert ask(postgres.superuser_url(server.folder), "SHOW unix_socket_directories") == ""


def test_the_administrators_own_settings_have_the_last_word(folder):
    folder.mkdir()
    (folder / "local.conf").write_text("work_mem = '13MB'\n")

    with postgres.run(folder) as server:
        assert ask(server.url, "SHOW work_mem") == "13MB"


def test_a_setting_that_postgres_does_not_know_is_told_with_the_log(folder):
    folder.mkdir()
    (folder / "local.conf").write_text("wrok_mem = '13MB'\n")

    with pytest.raises(CannotStart, match="wrok_mem"), postgres.run(folder):
        pytest.fail("a server with a misspelt setting")


def test_the_terminal_of_the_caller_changes_nothing(folder, monkeypatch):
    with monkeypatch.context() as terminal:
        for name, value in {"PGPORT": "1", "PGDATA": "/nowhere", "LC_ALL": "kk_KZ", "PGTZ": "Asia/Tokyo"}.items():
            terminal.setenv(name, value)
        server = postgres.Server(folder)
        server.start()

    try:
        assert ask(server.url, "SHOW timezone") == "UTC"
        assert ask(server.url, "SELECT datcollate FROM pg_database WHERE datname = 'komek'") == "C.UTF-8"
    finally:
        server.stop()


def test_a_throwaway_server_lets_tests_make_databases():
    with postgres.scratch() as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE test_komek")

        url = server.url.removesuffix("komek") + "test_komek"
        assert ask(url, "SELECT count(*) FROM pg_extension WHERE extname IN ('pg_trgm', 'btree_gist')") == 2
        folder = server.folder

    assert not folder.exists()


def test_a_throwaway_server_ends_with_the_process_that_was_killed():
    script = """
        import sys
        from komek.platform import postgres, processes
        with postgres.scratch() as server:
            print(server.pid, server.folder, flush=True)
            sys.stdin.read()
        """
    with run_script(script, "", stdin=subprocess.PIPE) as tests:
        pid, folder = tests.stdout.readline().split()
        assert processes.birth(int(pid)) is not None

        tests.kill()

    wait_for(lambda: processes.birth(int(pid)) is None and not Path(folder).exists())


def wait_for(happened):
    """Look until somebody else's work is done."""
    for _ in range(600):
        if happened():
            return
        threading.Event().wait(0.05)
    pytest.fail("it never happened")


@pytest.mark.parametrize("choice", ["/nowhere/bin", "postgres"])
def test_a_folder_without_programs_is_refused_by_name(choice):
    with pytest.raises(CannotStart, match=f"{choice} has no initdb"):
        postgres.find(choice)


@as_root
def test_root_runs_its_server_as_nobody(folder, binaries):
    with postgres.run(folder, binaries=binaries):
        assert memory.recall(folder)["mode"] == Mode.NOBODY
        assert (folder / "data").stat().st_uid == NOBODY


@pytest.fixture
def careful_umask():
    before = os.umask(0o077)
    yield
    os.umask(before)


@as_root
def test_a_careful_umask_hides_nothing_from_the_server(folder, careful_umask):
    with postgres.run(folder) as server:
        assert memory.recall(folder)["mode"] == Mode.NOBODY
        assert ask(server.url, "SELECT 1") == 1


@as_root
def test_below_a_closed_folder_root_runs_its_server_in_a_namespace(folder, binaries):
    folder.parent.chmod(0o700)

    with postgres.run(folder, binaries=binaries) as server:
        assert memory.recall(folder)["mode"] == Mode.NAMESPACE
        assert ask(server.url, "SELECT 1") == 1
    with postgres.run(folder, binaries=binaries) as again:
        assert ask(again.url, "SELECT 1") == 1


@as_root
def test_binaries_that_nobody_can_reach_are_copied_beside_the_data(
    folder, binaries, monkeypatch, tmp_path, careful_umask
):
    package = binaries.folder.parents[1]
    closed = tmp_path / "closed"
    shutil.copytree(package, closed / package.name, symlinks=True)
    if (libraries := package.with_name(f"{package.name}.libs")).exists():
        shutil.copytree(libraries, closed / libraries.name, symlinks=True)
    closed.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))

    with postgres.run(folder, binaries=postgres.Binaries(closed / package.name / "pginstall" / "bin")) as server:
        assert memory.recall(folder)["mode"] == Mode.NOBODY
        assert Path(f"/proc/{server.pid}/exe").resolve().is_relative_to(folder / "binaries")


@as_root
def test_where_nothing_works_root_is_told_what_to_do(folder, monkeypatch):
    folder.parent.chmod(0o700)
    monkeypatch.setenv("PATH", str(folder))

    with pytest.raises(CannotStart, match=r"as an ordinary user.*or set DATABASE_URL"), postgres.run(folder):
        pytest.fail("a server as root")


@as_root
def test_the_account_of_existing_data_is_never_changed_silently(folder):
    with postgres.run(folder):
        pass
    folder.parent.chmod(0o700)

    with pytest.raises(CannotStart, match=r"made in the mode 'nobody'.*pass through"), postgres.run(folder):
        pytest.fail("another account on the same data")


@as_root
@pytest.mark.parametrize("package", PACKAGES)
def test_an_ordinary_user_runs_a_server_of_their_own(folder, package):
    python = python_for_everybody()
    folder.mkdir()
    os.chown(folder, NOBODY, NOBODY)

    script = f"""
        import sys
        from pathlib import Path
        import psycopg
        from komek.platform import postgres, processes
        with postgres.run(Path(sys.argv[1]), binaries=postgres.find("{package}")) as server:
            print(psycopg.connect(server.url).execute("SELECT 42").fetchone()[0])
        """
    with run_script(script, folder, python=python, user=NOBODY, group=NOBODY, extra_groups=[]) as user:
        told, complaint = user.communicate(timeout=60)

    assert (told, complaint, user.returncode) == ("42\n", "", 0)
    assert memory.recall(folder)["mode"] == Mode.PLAIN
    with pytest.raises(CannotStart, match=r"made in the mode 'plain'.*as the user who owns"), postgres.run(folder):
        pytest.fail("root on the data of a user")


def python_for_everybody():
    """A Python of our version that other accounts may start: ours may live below the closed home of root."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for folder in [Path(sys.executable).parent, *(Path(part) for part in os.environ["PATH"].split(os.pathsep))]:
        python = folder / name
        if python.exists():
            run = (
                subprocess.run([python, "-c", "pass"], check=False, user=NOBODY, group=NOBODY, capture_output=True)
                if is_open(python.resolve())
                else None
            )
            if run is not None and run.returncode == 0:
                return str(python)
    pytest.skip(f"no {name} that another account may start")


def is_open(path):
    return all(part.stat().st_mode & stat.S_IXOTH for part in (path, *path.parents))
