"""One PostgreSQL server in one folder, as our child."""

import os
import re
import secrets
import shutil
import signal
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from komek.platform import durable
from komek.platform.claim import claim, owner
from komek.platform.postgres import account as accounts
from komek.platform.postgres import binaries as programs
from komek.platform.postgres import conf, memory, orphans
from komek.platform.postgres.account import Account, Mode
from komek.platform.postgres.binaries import Binaries
from komek.platform.postgres.errors import CannotStart
from komek.platform.postgres.extensions import prepare
from komek.platform.postgres.memory import DATABASE, ROLE, SUPERUSER, superuser_url, url

LOCK = "lock"
# Locales of PostgreSQL itself: the same order and letters on every machine.
BUILTIN_LOCALES_SINCE = 17

_START_SECONDS = 60.0
_STOP_SECONDS = 20.0
_PAUSE = 0.02
# The eighth line of postmaster.pid says how far the server has come.
_STATUS_LINE = 7
# Below the range from which the kernel lends ports to outgoing connections.
_PORTS = range(20_000, 32_000)


class Server:
    """A server that owns its folder while it runs; everything it needs to start again lies there."""

    def __init__(
        self, folder: Path, *, binaries: Binaries | None = None, log: Path | None = None, throwaway: bool = False
    ) -> None:
        self.folder = folder.absolute()
        self.binaries = binaries or programs.find()
        self.log = log or self.folder / "postgres.log"
        self.throwaway = throwaway
        self.process: subprocess.Popen[bytes] | None = None
        self._held = ExitStack()

    @property
    def url(self) -> str:
        """The address for the application: its own role, its own database, no rights beyond."""
        return url(self.folder)

    @property
    def port(self) -> int:
        """The loopback port, remembered between starts."""
        return int(memory.recall(self.folder)["port"])

    @property
    def pid(self) -> int:
        """The process that must live."""
        assert self.process is not None, "the server was not started"
        return self.process.pid

    def start(self) -> None:
        """Bring the server up from any state: an empty folder, a clean stop, a crash, an orphan of a killed parent."""
        self.folder.mkdir(parents=True, exist_ok=True)
        # Passed through but not listed: the account of the server must reach its own data below.
        self.folder.chmod(0o711)
        self._held.enter_context(claim(self.folder / LOCK))
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def revive(self) -> None:
        """Start again a server that died under us, without letting go of the folder."""
        assert self.process is not None, "only a server that was started can die"
        self.process.wait()
        self._start()

    def stop(self) -> None:
        """Stop fast: open transactions are rolled back, nothing committed is lost."""
        process, self.process = self.process, None
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)
                process.wait()
        self._held.close()

    def _start(self) -> None:
        known = memory.recall(self.folder)
        data = self.folder / "data"
        before = Mode(known["mode"]) if data.exists() and "mode" in known else None
        account = accounts.choose(self.folder, self.binaries, before=before)
        _check(data, known, account)
        if not data.exists():
            passwords = memory.fresh_passwords()
            memory.remember(self.folder, mode=account.mode, major=account.binaries.major, **passwords)
            self._create(data, account, password=passwords["superuser_password"])
        orphans.end(data)
        sockets = self.folder / "socket"
        sockets.mkdir(mode=0o700, exist_ok=True)
        account.own(sockets)
        _publish(self.folder / "pg_hba.conf", conf.HBA)
        self._launch(data, account)
        self._prepare()

    def _create(self, data: Path, account: Account, *, password: str) -> None:
        # Made under another name first: a folder named data is always a whole one.
        unfinished = self.folder / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        account.own(unfinished)
        note = self.folder / "password.new"
        note.unlink(missing_ok=True)
        note.touch(mode=0o600)
        note.write_text(password)
        account.own(note)
        locale = ["--locale=C.UTF-8", "--encoding=UTF8"]
        if account.binaries.major >= BUILTIN_LOCALES_SINCE:
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        options = [f"--username={SUPERUSER}", "--auth=scram-sha-256", f"--pwfile={note}", "--no-instructions"]
        options += ["--no-sync"] if self.throwaway else []
        command = account.command("initdb", f"--pgdata={unfinished}", *locale, *options)
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, cwd="/", env=_environment(), **account.popen
            )
        finally:
            note.unlink()
        if done.returncode != 0:
            message = f"PostgreSQL could not make its data folder {data}:\n{done.stderr.strip() or done.stdout.strip()}"
            raise CannotStart(message)
        unfinished.rename(data)
        durable.sync_folder(self.folder)

    def _launch(self, data: Path, account: Account) -> None:
        """Start until it answers; another port when ours is taken, patience when a killed server's backends linger."""
        port = int(memory.recall(self.folder).get("port") or secrets.choice(_PORTS))
        settings = self.folder / "postgresql.conf"
        statistics = account.binaries.has_library("pg_stat_statements")
        deadline = time.monotonic() + _START_SECONDS
        while True:
            sockets = self.folder / "socket"
            _publish(settings, conf.text(port=port, sockets=sockets, statistics=statistics, throwaway=self.throwaway))
            if memory.recall(self.folder).get("port") != port:
                memory.remember(self.folder, port=port)
            written = self.log.stat().st_size if self.log.exists() else 0
            with self.log.open("ab") as log:
                files = [f"config_file={settings}", f"hba_file={self.folder / 'pg_hba.conf'}"]
                arguments = [part for file in files for part in ("-c", file)]
                self.process = subprocess.Popen(
                    account.command("postgres", "-D", str(data), *arguments),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd="/",
                    env=_environment(),
                    # A Ctrl-C in the terminal is for the supervisor, which stops the server last.
                    start_new_session=True,
                    **account.popen,
                )
            if self._answers(data, deadline):
                return
            self.process.wait()
            with self.log.open("rb") as log:
                log.seek(written)
                told = log.read().decode("utf-8", "replace")
            if time.monotonic() > deadline:
                message = f"PostgreSQL did not answer in {_START_SECONDS:.0f} s. The end of {self.log}:\n{_end(told)}"
                raise CannotStart(message)
            if re.search(r"could not bind .*|lock file \".*\.s\.PGSQL", told):
                port = secrets.choice(_PORTS)
            elif re.search(r"pre-existing shared memory block|lock file \"postmaster\.pid\" already exists", told):
                time.sleep(_PAUSE * 10)
            else:
                message = f"PostgreSQL stopped at once. The end of {self.log}:\n{_end(told)}"
                raise CannotStart(message)

    def _answers(self, data: Path, deadline: float) -> bool:
        assert self.process is not None
        while self.process.poll() is None:
            if _is_ready(data, self.process.pid):
                _open_once(superuser_url(self.folder), self.folder)
                return True
            if time.monotonic() > deadline:
                self.process.send_signal(signal.SIGQUIT)
                return False
            time.sleep(_PAUSE)
        return False

    def _prepare(self) -> None:
        """Role, database and extensions, each made only where it is missing."""
        with psycopg.connect(superuser_url(self.folder), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
                rights = sql.SQL("LOGIN CREATEDB" if self.throwaway else "LOGIN")
                password = sql.Literal(memory.recall(self.folder)["password"])
                create = sql.SQL("CREATE ROLE {} {} PASSWORD {}")
                connection.execute(create.format(sql.Identifier(ROLE), rights, password))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                create = sql.SQL("CREATE DATABASE {} OWNER {}")
                connection.execute(create.format(sql.Identifier(DATABASE), sql.Identifier(ROLE)))
            if self.binaries.has_library("pg_stat_statements"):
                # In the maintenance database: it counts for all, and a dump of ours never asks for it.
                connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        prepare(self.url)
        if self.throwaway:
            prepare(superuser_url(self.folder, database="template1"))


def end_orphan(folder: Path) -> bool:
    """Stop the server of a supervisor that was killed; says whether there was one."""
    if not exists(folder):
        return False
    with claim(folder / LOCK):
        return orphans.end(folder / "data")


def is_running(folder: Path) -> bool:
    """Whether somebody runs the server of this folder now."""
    return owner(folder / LOCK) is not None


def exists(folder: Path) -> bool:
    """Whether a server was ever made here, with an address to find it at."""
    return (folder / "data").exists() and "port" in memory.recall(folder)


def _publish(path: Path, text: str) -> None:
    """Write what the account of the server must read, however careful the umask is."""
    if not path.exists() or path.read_text() != text:
        durable.write(path, text, mode=0o644)


def _is_ready(data: Path, pid: int) -> bool:
    """Whether this very process serves this data: on our port somebody else may answer while ours gives up."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > _STATUS_LINE and lines[0] == str(pid) and lines[_STATUS_LINE].strip() == "ready"


def _open_once(address: str, folder: Path) -> None:
    try:
        psycopg.connect(address, connect_timeout=10).close()
    except psycopg.OperationalError as failure:
        if "password authentication failed" in str(failure):
            message = f"The password kept in {folder} is not the server's: was server.json replaced?"
        else:
            message = f"PostgreSQL started and went away again: {failure}"
        raise CannotStart(message) from failure


def _check(data: Path, known: dict[str, Any], account: Account) -> None:
    if not data.exists():
        return
    if "mode" not in known:
        message = f"{data.parent / 'server.json'} is missing: it holds the passwords of the data beside it. Restore it."
        raise CannotStart(message)
    if data.stat().st_uid != account.uid:
        message = f"{data} belongs to the user {data.stat().st_uid}, but the server would run as {account.uid}."
        raise CannotStart(message)
    if known["major"] != account.binaries.major:
        message = (
            f"The data in {data} is of PostgreSQL {known['major']}, the binaries are of {account.binaries.version}. "
            "Choose the former with KOMEK_POSTGRES, make a backup, and restore it into an empty folder with the latter."
        )
        raise CannotStart(message)


def _environment() -> dict[str, str]:
    """No PG* variables of the caller, one locale: the server must start alike from any terminal."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C.UTF-8"}


def _end(told: str) -> str:
    return "\n".join(told.strip().splitlines()[-12:])
