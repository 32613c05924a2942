"""How our server is set: written anew at every start, so that an upgrade of Komek brings its settings along."""

import os
from pathlib import Path

# "<folder>/.s.PGSQL.65535" must fit the 107 bytes of a unix socket address.
_SOCKET_NAME = len("/.s.PGSQL.65535")
_SOCKET_LIMIT = 107

# fsync may be off only where losing everything is fine.
_THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "512MB"}

HBA = """\
# Written by Komek. The loopback and our own socket, with a password; nobody else.
local all all scram-sha-256
host all all 127.0.0.1/32 scram-sha-256
"""


def text(*, port: int, sockets: Path, statistics: bool, throwaway: bool) -> str:
    """The configuration file; local.conf beside it has the last word."""
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": str(sockets) if socket_fits(sockets) else "",
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "password_encryption": "scram-sha-256",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "shared_buffers": f"{_buffers()}MB",
        "effective_cache_size": f"{_buffers() * 4}MB",
        "work_mem": "8MB",
        "maintenance_work_mem": "64MB",
        "max_wal_size": "1GB",
        "random_page_cost": "1.1",
        "jit": "off",
        "max_worker_processes": "4",
        "max_parallel_workers": "2",
        "max_parallel_workers_per_gather": "1",
        "autovacuum_max_workers": "2",
        "idle_in_transaction_session_timeout": "5min",
        "log_min_duration_statement": "1s",
        "log_lock_waits": "on",
        "log_line_prefix": "%m [%p] %a ",
        "log_destination": "stderr",
        "logging_collector": "off",
    }
    if statistics:
        settings["shared_preload_libraries"] = "pg_stat_statements"
    if throwaway:
        settings |= _THROWAWAY
    lines = [f"{name} = '{_quoted(value)}'" for name, value in settings.items()]
    return "\n".join(["# Written by Komek at every start. Put your own settings into local.conf.", *lines, _LOCAL])


_LOCAL = "include_if_exists = 'local.conf'\n"


def socket_fits(folder: Path) -> bool:
    """A deep folder gets no unix socket: the server then listens on the loopback only."""
    return len(os.fsencode(folder)) + _SOCKET_NAME <= _SOCKET_LIMIT


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")


def _buffers() -> int:
    """An eighth of the memory in MB, between what a village's machine has and what this load can use."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024**2
    return max(64, min(512, memory // 8))
