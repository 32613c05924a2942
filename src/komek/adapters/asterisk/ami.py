"""The manager interface of Asterisk (AMI): what the switch says, in order, and what it is asked to do.

What is lost here is a call nobody sees, so the client would rather say that it does not know than be wrong:

- every event carries the epoch of its connection; whoever hears of a new epoch takes stock anew;
- an action fails at once while there is no connection, and is never sent again by itself;
- a switch that says nothing is asked; one that does not answer is left;
- events that nobody can keep up with end the connection: none is dropped in silence.

The protocol: https://docs.asterisk.org/Configuration/Interfaces/Asterisk-Manager-Interface-AMI/
"""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic

import structlog

log = structlog.get_logger("komek.asterisk")

Pair = tuple[str, str]

BANNER = b"Asterisk Call Manager/"
END = b"\r\n\r\n"
# The longest message: the output of a command over some thousand channels.
MOST_BYTES = 4 << 20
# A name of a header must not hold the colon that ends it.
FORBIDDEN_IN_NAME, FORBIDDEN = frozenset("\r\n\0:"), frozenset("\r\n\0")


class AMIError(Exception):
    """Something about the manager interface."""


class Away(AMIError):
    """There is no connection, or it went while somebody waited: whether the action was done is not known."""


class Refused(AMIError):
    """The switch understood the action and will not do it."""


class Illegal(AMIError):
    """A value that would begin a header of its own."""


class NotAsterisk(AMIError):
    """Whoever listens at this address speaks something else."""


@dataclass(frozen=True)
class Message:
    """One message: its headers in order, a name may come several times."""

    pairs: tuple[Pair, ...]

    def get(self, name: str, default: str = "") -> str:
        """The first value of this name."""
        return next((value for key, value in self.pairs if key == name), default)

    def all(self, name: str) -> list[str]:
        """Every value of this name, in order."""
        return [value for key, value in self.pairs if key == name]

    @property
    def event(self) -> str:
        """What kind of event this is; empty for an answer."""
        return self.get("Event")


@dataclass(frozen=True)
class Heard:
    """Something the switch said by itself, on the connection of this epoch."""

    epoch: int
    message: Message


@dataclass(frozen=True)
class Found:
    """A new connection stands: what was known before is to be compared with what is."""

    epoch: int


@dataclass(frozen=True)
class Lost:
    """The connection of this epoch is gone: what happens now is not heard."""

    epoch: int
    why: str


@dataclass(frozen=True)
class Manners:
    """How long to wait for what, in seconds, and how many events may wait for their reader."""

    connect: float = 5.0
    answer: float = 5.0
    # A switch that has said nothing for so long is asked whether it is there.
    silence: float = 5.0
    pong: float = 3.0
    back_off: tuple[float, float] = (0.2, 5.0)
    most_waiting: int = 20_000


@dataclass(frozen=True)
class Login:
    """Where the switch listens, and who we are there."""

    host: str
    port: int
    username: str
    secret: str = field(repr=False)


def encode(pairs: Iterable[Pair]) -> bytes:
    """One message as it goes over the line; raises Illegal instead of letting a value add headers."""
    lines = []
    for name, value in pairs:
        if not name or FORBIDDEN_IN_NAME & set(name):
            raise Illegal(f"{name!r} cannot be the name of a header")
        if FORBIDDEN & set(value):
            raise Illegal(f"the value of {name} would begin a header of its own")
        lines.append(f"{name}: {value}\r\n")
    return ("".join(lines) + "\r\n").encode()


def decode(data: bytes) -> Message:
    """A whole message, with or without its end; bytes that are no UTF-8 are kept as replacements.

    A line without a colon belongs to the value before it, as older versions print the output of a command.
    """
    pairs: list[Pair] = []
    for line in data.decode("utf-8", "replace").replace("\r\n", "\n").split("\n"):
        name, colon, value = line.partition(":")
        if colon:
            pairs.append((name.strip(), value.removeprefix(" ")))
        elif line and pairs:
            pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]}\n{line}")
    return Message(tuple(pairs))


class Client:
    """One ear and one mouth at a switch; `run` keeps it connected, `told` gives what is heard."""

    def __init__(self, login: Login, *, manners: Manners | None = None) -> None:
        self.login = login
        self.manners = manners or Manners()
        self.epoch = 0
        self.up = asyncio.Event()
        self._connection: _Connection | None = None
        self._told: asyncio.Queue[Heard | Found | Lost] = asyncio.Queue()

    async def action(self, name: str, *pairs: Pair, seconds: float | None = None) -> list[Message]:
        """What the switch answers: one message, or for a list all of it up to its end.

        Raises Away without a connection, TimeoutError without an answer in time, Refused when the switch says no,
        Illegal for a value that holds the end of a line.
        """
        if self._connection is None:
            raise Away("there is no connection to the switch")
        return await self._connection.ask(name, pairs, seconds=seconds or self.manners.answer)

    async def told(self) -> AsyncIterator[Heard | Found | Lost]:
        """Everything in the order in which it was heard, and when the connection came and went; never ends."""
        while True:
            yield await self._told.get()

    @property
    def waiting(self) -> int:
        """How many events wait for their reader."""
        return self._told.qsize()

    @property
    def silent_seconds(self) -> float:
        """How long nothing was heard; infinite without a connection."""
        return float("inf") if self._connection is None else monotonic() - self._connection.heard_at

    async def run(self) -> None:
        """Be connected until cancelled; every loss is followed by another attempt, later each time."""
        shortest, longest = self.manners.back_off
        pause = shortest
        while True:
            before = self.epoch
            try:
                await self._one_connection()
            except (OSError, AMIError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as failure:
                log.warning("asterisk_lost", epoch=self.epoch, why=str(failure) or type(failure).__name__)
            pause = shortest if self.epoch > before else min(pause * 2, longest)
            # Many nodes lose one switch in one moment; they must not all come back in one.
            await asyncio.sleep(pause * (0.5 + random.random()))  # noqa: S311 - no secret

    async def _one_connection(self) -> None:
        async with asyncio.timeout(self.manners.connect):
            reader, writer = await asyncio.open_connection(self.login.host, self.login.port, limit=MOST_BYTES)
        connection = _Connection(reader, writer, self._hear)
        why = "ended"
        try:
            async with asyncio.timeout(self.manners.connect):
                await connection.greet()
            async with asyncio.TaskGroup() as tasks:
                reading = tasks.create_task(connection.read())
                await connection.ask(
                    "Login",
                    [("Username", self.login.username), ("Secret", self.login.secret), ("Events", "on")],
                    seconds=self.manners.connect,
                )
                self.epoch += 1
                self._connection = connection
                self._told.put_nowait(Found(self.epoch))
                log.info("asterisk_found", epoch=self.epoch)
                for heard in connection.early:
                    self._told.put_nowait(Heard(self.epoch, heard))
                self.up.set()
                tasks.create_task(self._watch(connection))
                await reading
        except* (OSError, AMIError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as failures:
            first = _first(failures)
            why = str(first) or type(first).__name__
            raise first from None
        finally:
            if self._connection is connection:
                self.up.clear()
                self._connection = None
                self._told.put_nowait(Lost(self.epoch, why))
            connection.close()

    async def _watch(self, connection: "_Connection") -> None:
        """Ask whoever is silent; raises when nobody answers."""
        while True:
            quiet = monotonic() - connection.heard_at
            if quiet < self.manners.silence:
                await asyncio.sleep(self.manners.silence - quiet)
                continue
            try:
                await connection.ask("Ping", [], seconds=self.manners.pong)
            except TimeoutError:
                raise Away("the switch does not answer") from None

    def _hear(self, connection: "_Connection", message: Message) -> None:
        if self._connection is not connection:
            connection.early.append(message)
            return
        if self._told.qsize() >= self.manners.most_waiting:
            # Whoever reads is lost anyway: what waits is forgotten, and everything is looked at anew.
            while not self._told.empty():
                self._told.get_nowait()
            raise Away("more events than anybody reads")
        self._told.put_nowait(Heard(self.epoch, message))


@dataclass
class _Asked:
    """An action on its way: what has been answered so far, and whether a list is being told."""

    answer: asyncio.Future[list[Message]]
    messages: list[Message] = field(default_factory=list)


class _Connection:
    """One TCP connection; it never comes back, another one takes its place."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hear: "_Hear") -> None:
        self._reader, self._writer, self._hear = reader, writer, hear
        self._asked: dict[str, _Asked] = {}
        self._ids = itertools.count(1)
        self.heard_at = monotonic()
        # Said before we were let in.
        self.early: list[Message] = []

    async def greet(self) -> None:
        line = await self._reader.readline()
        if not line.startswith(BANNER):
            raise NotAsterisk(f"whoever listens there says {line[:60]!r}")

    async def ask(self, name: str, pairs: Sequence[Pair], *, seconds: float) -> list[Message]:
        action_id = str(next(self._ids))
        data = encode([("Action", name), ("ActionID", action_id), *pairs])
        asked = self._asked[action_id] = _Asked(asyncio.get_running_loop().create_future())
        try:
            self._writer.write(data)
            async with asyncio.timeout(seconds):
                await self._writer.drain()
                return await asked.answer
        except ConnectionError as gone:
            raise Away("the connection went while the switch was asked") from gone
        finally:
            self._asked.pop(action_id, None)

    async def read(self) -> None:
        """Hear until the connection ends; always raises."""
        while True:
            data = await self._reader.readuntil(END)
            self.heard_at = monotonic()
            self._sort(decode(data))

    def _sort(self, message: Message) -> None:
        asked = self._asked.get(message.get("ActionID"))
        if asked is None or asked.answer.done():
            # The answer to somebody who waits no longer is nobody's; an event always is somebody's.
            if message.event:
                self._hear(self, message)
            return
        asked.messages.append(message)
        part_of_list = message.get("EventList").lower()
        if message.event:
            if part_of_list in {"complete", "cancelled"}:
                asked.answer.set_result(asked.messages)
        elif message.get("Response") == "Error":
            asked.answer.set_exception(Refused(message.get("Message") or "the switch says no"))
        elif part_of_list != "start":
            asked.answer.set_result(asked.messages)

    def close(self) -> None:
        self._writer.transport.abort()
        for asked in self._asked.values():
            if not asked.answer.done():
                asked.answer.set_exception(Away("the connection went while somebody waited for an answer"))


# Whoever is told of events, and on which connection.
_Hear = Callable[[_Connection, Message], None]


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    found: BaseException = group
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found
