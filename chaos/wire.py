"""The wire between the screens and the stream: ours, so that it can be cut and mended."""

import contextlib
import socket
import threading

_PIECE = 65_536


class Wire:
    """Forwards every connection to a port of this machine, until it is cut."""

    def __init__(self, *, to: int) -> None:
        self.to = to
        self._whole = threading.Event()
        self._whole.set()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._answer, daemon=True).start()

    def cut(self) -> None:
        """Break every connection, and every new one, until it is mended."""
        self._whole.clear()
        with self._lock:
            broken, self._open = self._open, set()
        for one in broken:
            _close(one)

    def mend(self) -> None:
        """Let connections through again."""
        self._whole.set()

    def _answer(self) -> None:
        while True:
            near, _ = self._door.accept()
            if not self._whole.is_set():
                _close(near)
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self.to), timeout=5)
            except OSError:
                _close(near)
                continue
            far.settimeout(None)
            with self._lock:
                self._open |= {near, far}
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(_PIECE):
                target.sendall(piece)
        for one in (source, target):
            _close(one)
            with self._lock:
                self._open.discard(one)


def _close(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
