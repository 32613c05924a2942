"""The whole installation in one file: the database as of one moment, the files, the secrets, and their checksums."""

import contextlib
import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from komek.platform import claim, durable, postgres, running
from komek.platform import home as homes
from komek.platform.postgres import Binaries

FORMAT = 1
DUMP = "database.dump"
SECRETS = "secrets.json"
# What an installation may have besides.
BESIDE = (homes.CITY, homes.KEYS)
MANIFEST = "manifest.json"

_BLOCK = 1 << 20
# The first lines of a script set the session; one of them PostgreSQL knows only since 17.
_PREAMBLE_LINES = 40
_SINCE_17 = b"SET transaction_timeout"


class BackupFailed(Exception):
    """No backup was made or restored; what was there before is untouched."""


@dataclass
class Manifest:
    """What a backup holds; it is written last, so a torn file has none."""

    komek: str
    made_at: str
    postgres: int
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    format: int = FORMAT


def make(home: Path, file: Path, *, version: str, at: datetime) -> Manifest:
    """Write the backup; the server may run, and goes on running. The file appears when it is whole."""
    shared = homes.shared(home)
    if not (shared / SECRETS).exists():
        raise BackupFailed(f"Nothing was ever started in {home}: there is nothing to keep.")
    unfinished = file.with_name(f"{file.name}.new")
    with homes.database(home) as url, _dumped(url, beside=file) as (dump, major):
        manifest = Manifest(komek=version, made_at=at.isoformat(timespec="seconds"), postgres=major)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as raw:
                with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as tar:
                    _add(tar, manifest, DUMP, dump)
                    # After the dump: every file that the dump speaks of is there by now.
                    for path in sorted(path for path in (home / "files").rglob("*") if path.is_file()):
                        _add(tar, manifest, f"files/{path.relative_to(home / 'files').as_posix()}", path)
                    for name in BESIDE:
                        if (shared / name).exists():
                            _add(tar, manifest, name, shared / name)
                    _add(tar, manifest, SECRETS, shared / SECRETS)
                    body = json.dumps(vars(manifest), indent=1).encode()
                    entry = tarfile.TarInfo(MANIFEST)
                    entry.size = len(body)
                    tar.addfile(entry, io.BytesIO(body))
                raw.flush()
                os.fsync(raw.fileno())
            unfinished.replace(file)
            durable.sync_folder(file.parent)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
    return manifest


def restore(home: Path, file: Path) -> Manifest:
    """Bring a backup back into an empty home (and an empty database, if that is an external one); all or nothing."""
    homes.make(home)
    with claim.claim(running.lock(home)):
        _refuse_what_is_lived_in(home)
        staging = home / "restore.new"
        _clear(staging)
        staging.mkdir(mode=0o711)
        try:
            manifest = _unpack(file, staging)
            if external := os.environ.get("DATABASE_URL"):
                _refuse_tables(external)
                _load(staging / DUMP, external, manifest)
            else:
                with postgres.run(staging / "postgres", log=home / "logs" / "postgres.log") as server:
                    _load(staging / DUMP, server.url, manifest)
                (staging / "postgres").rename(home / "postgres")
            if (staging / "files").exists():
                (home / "files").rmdir()
                (staging / "files").rename(home / "files")
            for name in BESIDE:
                if (staging / name).exists():
                    (staging / name).rename(home / name)
            durable.sync_everything()
            # Last: a home with secrets is a whole one.
            (staging / SECRETS).rename(home / SECRETS)
            durable.sync_folder(home)
        finally:
            _clear(staging)
    return manifest


@contextlib.contextmanager
def _dumped(url: str, *, beside: Path) -> Iterator[tuple[Path, int]]:
    """Dump the database as one transaction sees it, with programs not older than the server."""
    with psycopg.connect(url) as connection:
        major = connection.info.server_version // 10_000
    refusals = []
    with tempfile.TemporaryDirectory(dir=beside.parent, prefix=".komek-backup-") as folder:
        dump = Path(folder) / DUMP
        for binaries in postgres.installed():
            if not binaries.tool("pg_dump").is_file():
                continue
            if binaries.major < major:
                refusals.append(f"pg_dump {binaries.version} is older than the server ({major})")
                continue
            done = _tool(binaries, "pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={dump}")
            if done.returncode == 0:
                yield dump, major
                return
            refusals.append(f"pg_dump {binaries.version}: {done.stderr.decode('utf-8', 'replace').strip()}")
    raise BackupFailed("The database could not be dumped.\n" + "\n".join(refusals))


def _add(tar: tarfile.TarFile, manifest: Manifest, name: str, path: Path) -> None:
    with path.open("rb") as source:
        entry = tar.gettarinfo(arcname=name, fileobj=source)
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        counting = _Counting(source)
        tar.addfile(entry, counting)
    manifest.entries[name] = {"size": entry.size, "sha256": counting.sum.hexdigest()}


class _Counting(io.RawIOBase):
    """Sums up a file while it is read, so that it is read once."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source = source
        self.sum = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self.source.read(size)
        self.sum.update(block)
        return block


def _refuse_what_is_lived_in(home: Path) -> None:
    found = [name for name in (SECRETS, "postgres/data") if (home / name).exists()]
    found += ["files"] if any((home / "files").iterdir()) else []
    if found:
        message = (
            f"{home} is lived in ({', '.join(found)}): a backup is restored into an empty home only. "
            "Set KOMEK_HOME to a new folder, or move this one away."
        )
        raise BackupFailed(message)


def _refuse_tables(url: str) -> None:
    with psycopg.connect(url) as connection:
        query = "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        (count,) = connection.execute(query).fetchone() or (0,)
    if count:
        raise BackupFailed(f"The database of DATABASE_URL has {count} tables: a backup is restored into an empty one.")


def _unpack(file: Path, staging: Path) -> Manifest:
    """Unpack beside the home and compare every byte before anything is put in its place."""
    sums: dict[str, dict[str, Any]] = {}
    try:
        with tarfile.open(file, "r:") as tar:
            for entry in tar:
                _unpack_entry(tar, entry, staging, sums)
    except (tarfile.TarError, EOFError) as failure:
        raise BackupFailed(f"{file} is damaged or not a backup of Komek: {failure}") from failure
    if MANIFEST not in sums:
        raise BackupFailed(f"{file} is torn or not a backup of Komek: it has no manifest.")
    told = json.loads((staging / MANIFEST).read_text())
    if told.get("format") != FORMAT:
        raise BackupFailed(f"{file} has the format {told.get('format')}, this Komek reads {FORMAT}: use a newer one.")
    manifest = Manifest(**told)
    del sums[MANIFEST]
    wrong = sorted(
        name for name in manifest.entries.keys() | sums.keys() if manifest.entries.get(name) != sums.get(name)
    )
    if wrong or not {DUMP, SECRETS} <= sums.keys():
        raise BackupFailed(f"{file} is damaged: the checksums differ for {', '.join(wrong[:5]) or 'its main parts'}.")
    return manifest


def _unpack_entry(tar: tarfile.TarFile, entry: tarfile.TarInfo, staging: Path, sums: dict[str, dict[str, Any]]) -> None:
    name = PurePosixPath(entry.name)
    source = tar.extractfile(entry) if entry.isreg() else None
    if source is None or name.is_absolute() or ".." in name.parts:
        raise BackupFailed(f"The backup holds {entry.name}, which no backup of Komek has: it is not to be trusted.")
    target = staging / name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    counting = _Counting(source)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        shutil.copyfileobj(counting, file, _BLOCK)
    sums[entry.name] = {"size": target.stat().st_size, "sha256": counting.sum.hexdigest()}


def _load(dump: Path, url: str, manifest: Manifest) -> None:
    """Load the dump as one transaction, from a script: that lets an older server skip what it does not know."""
    with psycopg.connect(url) as connection:
        major = connection.info.server_version // 10_000
    if major < manifest.postgres:
        message = f"The backup is of PostgreSQL {manifest.postgres}, the database here is {major}: use a newer server."
        raise BackupFailed(message)
    postgres.prepare(url)
    failures = []
    for binaries in postgres.installed():
        if not (binaries.tool("pg_restore").is_file() and binaries.tool("psql").is_file()):
            continue
        if binaries.major < major:
            continue
        failure = _load_with(binaries, dump, url)
        if failure is None:
            return
        failures.append(f"{binaries.version}: {failure}")
    raise BackupFailed("The database could not be loaded.\n" + "\n".join(failures))


def _load_with(binaries: Binaries, dump: Path, url: str) -> str | None:
    """Load with these programs; the failure in their words, or None."""
    wanted = dump.with_name("wanted.list")
    listed = subprocess.run([binaries.tool("pg_restore"), "--list", dump], capture_output=True, check=False)
    if listed.returncode != 0:
        return listed.stderr.decode("utf-8", "replace").strip()
    # The comment of an extension belongs to whoever made the extension, which need not be us.
    kept = [line for line in listed.stdout.splitlines() if b" COMMENT - EXTENSION " not in line]
    wanted.write_bytes(b"\n".join(kept) + b"\n")
    options = ["--no-owner", "--no-privileges", f"--use-list={wanted}", "--file=-"]
    script = [str(binaries.tool("pg_restore")), *options, str(dump)]
    with tempfile.TemporaryFile() as told, subprocess.Popen(script, stdout=subprocess.PIPE, stderr=told) as reading:
        assert reading.stdout is not None
        options = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
        command, environment = _command(binaries, "psql", url)
        with subprocess.Popen(
            [*command, *options], env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=told
        ) as loading:
            assert loading.stdin is not None
            with contextlib.suppress(BrokenPipeError):
                for _ in range(_PREAMBLE_LINES):
                    line = reading.stdout.readline()
                    if not line.startswith(_SINCE_17):
                        loading.stdin.write(line)
                shutil.copyfileobj(reading.stdout, loading.stdin, _BLOCK)
            with contextlib.suppress(BrokenPipeError):
                loading.stdin.close()
            # Who reads no further lets the writer end too.
            reading.stdout.close()
        reading.wait()
        told.seek(0)
        if loading.returncode == 0 and reading.returncode == 0:
            return None
        return told.read().decode("utf-8", "replace").strip()


def _tool(binaries: Binaries, name: str, url: str, *options: str) -> subprocess.CompletedProcess[bytes]:
    command, environment = _command(binaries, name, url)
    return subprocess.run([*command, *options], env=environment, capture_output=True, check=False)


def _command(binaries: Binaries, name: str, url: str) -> tuple[list[str], dict[str, str]]:
    """A command line that shows no password to whoever lists the processes."""
    address = conninfo_to_dict(url)
    password = address.pop("password", None)
    environment = os.environ | {"LC_ALL": "C.UTF-8"} | ({"PGPASSWORD": str(password)} if password else {})
    return [str(binaries.tool(name)), f"--dbname={make_conninfo('', **address)}"], environment


def _clear(staging: Path) -> None:
    if staging.exists():
        postgres.end_orphan(staging / "postgres")
        shutil.rmtree(staging)
