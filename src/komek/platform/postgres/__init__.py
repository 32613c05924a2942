"""PostgreSQL as part of the installation: a folder of binaries becomes a server of our own.

`run(folder)` keeps one server up for the time of a block, `Server` for as long as its owner likes; both need
nothing but the programs initdb and postgres, so any packed PostgreSQL from 15 on will do.
"""

from komek.platform.claim import AlreadyClaimed
from komek.platform.postgres.account import Mode
from komek.platform.postgres.address import PREPARING, alone, watchful
from komek.platform.postgres.binaries import Binaries, find, installed
from komek.platform.postgres.blocks import run, scratch
from komek.platform.postgres.errors import CannotStart
from komek.platform.postgres.extensions import prepare
from komek.platform.postgres.memory import superuser_url, url
from komek.platform.postgres.server import Server, end_orphan, exists, is_running

__all__ = [
    "PREPARING",
    "AlreadyClaimed",
    "Binaries",
    "CannotStart",
    "Mode",
    "Server",
    "alone",
    "end_orphan",
    "exists",
    "find",
    "installed",
    "is_running",
    "prepare",
    "run",
    "scratch",
    "superuser_url",
    "url",
    "watchful",
]
