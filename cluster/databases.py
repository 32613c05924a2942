"""Three database hosts: etcd for the lock, Patroni over PostgreSQL, an answer only when two hosts have it on disk."""

import json
import os
import re
import secrets
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from cluster.filled import filled, variables
from cluster.hosts import NETWORK, Host, until

ACCOUNT = "postgres"
TTL, LOOP_WAIT, RETRY_TIMEOUT = 15, 3, 5
CONNECTIONS = 100
SAFE_SINCE = (3, 0, 3)
PROGRAMS = ("etcd", "patroni", "haproxy", "ip", "unshare", "nsenter", "setpriv")
_DEBIAN = Path("/usr/lib/postgresql")


def missing_programs() -> list[str]:
    """What Debian's packages should have brought and is not here."""
    found = [name for name in PROGRAMS if shutil.which(name) is None]
    return found + ([] if _versions() else ["postgresql-15 or newer"])


def interface() -> str:
    """How Patroni speaks with etcd: the newer way is safe since 3.0.3, before that it overwrites another's lock."""
    told = subprocess.run(["patroni", "--version"], capture_output=True, text=True, check=True).stdout
    version = tuple(int(part) for part in re.findall(r"\d+", told)[:3])
    return os.environ.get("KOMEK_CLUSTER_INTERFACE") or ("etcd3" if version >= SAFE_SINCE else "etcd")


def binaries() -> Path:
    """The newest PostgreSQL that Debian has installed."""
    return _versions()[-1] / "bin"


def _versions() -> list[Path]:
    """Versions with a server, from the oldest that Komek takes."""
    there = [path for path in _DEBIAN.glob("*") if (path / "bin" / "postgres").exists() and path.name.isdecimal()]
    oldest = 15
    return sorted((path for path in there if int(path.name) >= oldest), key=lambda path: int(path.name))


@dataclass
class Passwords:
    """One for each account, made anew for each cluster."""

    superuser: str = field(default_factory=lambda: secrets.token_hex(12))
    replication: str = field(default_factory=lambda: secrets.token_hex(12))
    komek: str = field(default_factory=lambda: secrets.token_hex(12))


class Databases:
    """The three hosts as one database."""

    def __init__(self, hosts: Sequence[Host]) -> None:
        self.hosts = list(hosts)
        self.passwords = Passwords()
        self.interface = interface()

    @property
    def url(self) -> str:
        """The address for the application: all hosts, and whoever takes writes is the one."""
        return self._url("komek", self.passwords.komek, "komek") + "?target_session_attrs=read-write"

    @property
    def superuser_url(self) -> str:
        """The address for the checker, to the primary."""
        return self._url("postgres", self.passwords.superuser, "komek") + "?target_session_attrs=read-write"

    def _url(self, role: str, password: str, database: str) -> str:
        places = ",".join(f"{host.address}:5432" for host in self.hosts)
        return f"postgresql://{role}:{password}@{places}/{database}"

    def url_of(self, host: Host) -> str:
        """One host, whatever it is at the moment: for whoever wants to look, or to write where nobody may."""
        return f"postgresql://postgres:{self.passwords.superuser}@{host.address}:5432/komek?connect_timeout=2"

    def start(self) -> None:
        """Bring up the lock, the first primary and its two standbys."""
        for host in self.hosts:
            self.start_on(host)
        until("three servers, two of them standbys, one of these synchronous", self._is_whole, seconds=90)

    def start_on(self, host: Host) -> None:
        """Start etcd and Patroni on a host, new or back after its power was cut."""
        etcd = _folder(host, "etcd")
        members = ",".join(f"{one.name}=http://{one.address}:2380" for one in self.hosts)
        host.start(
            "etcd",
            user=ACCOUNT,
            environment=variables(
                filled(
                    "etcd.env",
                    name=host.name,
                    address=host.address,
                    data=etcd / "data",
                    members=members,
                    older_interface="true" if self.interface == "etcd" else "false",
                )
            ),
            log=host.folder / "etcd.log",
        )
        patroni = _folder(host, "patroni")
        made = patroni / "database.sql"
        made.write_text(filled("database.sql", password=self.passwords.komek))
        file = patroni / "patroni.yml"
        file.write_text(
            filled(
                "patroni.yml",
                name=host.name,
                address=host.address,
                network=f"{NETWORK}.0/24",
                interface=self.interface,
                etcd=",".join(f"{one.address}:2379" for one in self.hosts),
                ttl=TTL,
                loop_wait=LOOP_WAIT,
                retry_timeout=RETRY_TIMEOUT,
                connections=CONNECTIONS,
                shared_buffers="128MB",
                post_bootstrap=f"{binaries()}/psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --file {made}",
                binaries=binaries(),
                data=patroni / "data",
                sockets=host.run_folder,
                pgpass=patroni / "pgpass",
                superuser_password=self.passwords.superuser,
                replication_password=self.passwords.replication,
                # The test hosts share one kernel: its watchdog would restart them all, and everybody else.
                watchdog="off",
            )
        )
        file.chmod(0o600)
        shutil.chown(file, ACCOUNT)
        host.start("patroni", file, user=ACCOUNT, log=host.folder / "patroni.log")

    def members(self) -> dict[str, dict[str, Any]]:
        """What Patroni knows of its members, asked of any host that answers."""
        for host in self.hosts:
            if not host.is_on:
                continue
            try:
                with urllib.request.urlopen(f"http://{host.address}:8008/cluster", timeout=2) as answer:
                    return {one["name"]: one for one in json.load(answer)["members"]}
            except (urllib.error.URLError, OSError, ValueError):
                continue
        return {}

    def primary(self) -> Host:
        """The host that takes writes now."""
        for host in self.hosts:
            if host.is_on and is_primary(self.url_of(host)):
                return host
        message = "no host takes writes"
        raise LookupError(message)

    def standbys(self) -> list[Host]:
        """The hosts that repeat what the primary does."""
        return [host for host in self.hosts if host is not self.primary()]

    def synchronous(self) -> str:
        """The name of the standby that commits wait for; empty while there is none."""
        return next((name for name, one in self.members().items() if one["role"] == "sync_standby"), "")

    def is_whole(self) -> bool:
        """Whether a primary has two standbys that follow it, and waits for one of them."""
        return self._is_whole()

    def _is_whole(self) -> bool:
        states = {(one["role"], one["state"]) for one in self.members().values()}
        roles = sorted(role for role, _ in states)
        if len(self.members()) != len(self.hosts) or roles != ["leader", "replica", "sync_standby"]:
            return False
        try:
            with psycopg.connect(self.superuser_url, connect_timeout=2) as connection:
                following = connection.execute(
                    "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
                ).fetchone()
        except psycopg.OperationalError:
            return False
        return following == (len(self.hosts) - 1,)


def is_primary(url: str) -> bool | None:
    """Whether a server takes writes; None when it does not answer."""
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            row = connection.execute("SELECT NOT pg_is_in_recovery()").fetchone()
    except psycopg.OperationalError:
        return None
    return bool(row and row[0])


def _folder(host: Host, name: str) -> Path:
    made = host.folder / name
    made.mkdir(mode=0o700, exist_ok=True)
    shutil.chown(made, ACCOUNT, ACCOUNT)
    return made
