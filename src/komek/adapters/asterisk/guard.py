"""A paused recording goes on by itself, also when all of us are dead: one small process for one pause, started before it.

It reads what it needs from its input, waits, and tells the switch. It needs nothing of ours: not the database, not Django.
"""

import json
import socket
import sys
import time

CONNECT_SECONDS = 10


def resume(told: dict[str, str]) -> None:
    """Let the recording of a channel go on."""
    actions = (
        (("Action", "Login"), ("Username", told["username"]), ("Secret", told["secret"]), ("Events", "off")),
        (
            ("Action", "MixMonitorMute"),
            ("Channel", told["channel"]),
            ("MixMonitorID", told["recorder"]),
            ("Direction", "both"),
            ("State", "0"),
        ),
        (("Action", "Logoff"),),
    )
    text = "".join("".join(f"{name}: {value}\r\n" for name, value in action) + "\r\n" for action in actions)
    with socket.create_connection((told["host"], int(told["port"])), timeout=CONNECT_SECONDS) as line:
        line.sendall(text.encode())
        while line.recv(4096):
            pass


def main() -> None:
    """Wait for as long as a pause may be, then resume."""
    told = json.loads(sys.stdin.read())
    time.sleep(float(told["seconds"]))
    resume(told)


if __name__ == "__main__":
    main()
