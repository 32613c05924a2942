"""One rendering for everybody who is shown the same: what is being rendered, or was rendered a moment ago.

A change rings at a hundred screens at once, and they all ask for the same board. A rendering that BEGAN after somebody
heard of a change certainly contains it, whoever asked for it: so it may be given to everybody who heard before it began.
Nothing here knows which change it was.

Who opens a page has heard of nothing yet. They may be given what was rendered a moment ago for another page, if the log
says that nothing has happened to it since: `mark` is where the log stood before the rendering began.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

MOST = 200


@dataclass
class Rendering:
    """What was begun at a moment of this process's clock; `html` stays None when it failed."""

    began: float
    mark: int | None = None
    html: str | None = None
    ended: threading.Event = field(default_factory=threading.Event)


class Renderings:
    """The newest rendering of each thing, the least asked for forgotten first."""

    def __init__(self, *, most: int = MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self.most = most
        self.clock = clock
        self._newest: OrderedDict[Hashable, Rendering] = OrderedDict()
        self._lock = threading.Lock()

    def begun_since(
        self, heard: float, key: Hashable, render: Callable[[], str], *, mark: int | None = None
    ) -> tuple[str, float]:
        """A rendering that began at this moment or later, and when it began; several who ask at once wait for one."""
        with self._lock:
            found = self._newest.get(key)
            mine = found is None or found.began < heard
            if found is None or mine:
                found = self._newest[key] = Rendering(self.clock(), mark)
            self._newest.move_to_end(key)
            while len(self._newest) > self.most:
                self._newest.popitem(last=False)
        if mine:
            self._run(key, found, render)
        else:
            found.ended.wait()
        if found.html is None:
            # Whoever rendered it met a failure of their own; each of us tells of ours.
            began = self.clock()
            return render(), began
        return found.html, found.began

    def marked(self, key: Hashable, *, within: float) -> tuple[str, int] | None:
        """What was rendered in so many seconds for a page, with its mark."""
        with self._lock:
            found = self._newest.get(key)
        if found is None or found.html is None or found.mark is None or found.began < self.clock() - within:
            return None
        return found.html, found.mark

    def oldest_mark(self, *, within: float) -> int | None:
        """From where on one must know what has happened, to take anything rendered in so many seconds."""
        since = self.clock() - within
        with self._lock:
            return min(
                (one.mark for one in self._newest.values() if one.mark is not None and one.began >= since), default=None
            )

    def _run(self, key: Hashable, mine: Rendering, render: Callable[[], str]) -> None:
        try:
            mine.html = render()
        except BaseException:
            with self._lock:
                if self._newest.get(key) is mine:
                    del self._newest[key]
            raise
        finally:
            mine.ended.set()
