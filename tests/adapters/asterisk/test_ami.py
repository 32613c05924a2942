"""The client hears all of what a switch says, in order, or says that it does not know."""

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from komek.adapters.asterisk import ami
from komek.adapters.asterisk.ami import Away, Client, Found, Illegal, Login, Lost, Manners, Refused

QUICK = Manners(connect=5, answer=5, silence=0.2, pong=0.3, back_off=(0.05, 0.1))
# Long enough for the slowest machine; nobody waits for it when all is well.
PATIENCE_SECONDS = 30


class Switch:
    """A manager interface that answers as it is told; what was asked is kept."""

    def __init__(self, answers=None):
        self.answers = answers or {}
        self.asked, self.lines, self.connections = [], [], 0
        self._server = self.port = None

    async def __aenter__(self):
        await self.listen()
        return self

    async def __aexit__(self, *_):
        await self.shut()

    async def listen(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port or 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def shut(self):
        self._server.close()
        self.drop()

    def drop(self):
        for line in self.lines:
            line.transport.abort()
        self.lines = []

    def say(self, *pairs):
        for line in self.lines:
            line.write(ami.encode(pairs))

    async def _serve(self, reader, writer):
        self.connections += 1
        writer.write(b"Asterisk Call Manager/9.0.0\r\n")
        with contextlib.closing(writer.transport), contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                message = ami.decode(await reader.readuntil(b"\r\n\r\n"))
                self.asked.append(message)
                name, action_id = message.get("Action"), ("ActionID", message.get("ActionID"))
                for answer in self.answers.get(name, self._usual(name))(message):
                    writer.write(
                        answer if isinstance(answer, bytes) else ami.encode([answer[0], action_id, *answer[1:]])
                    )
                if name == "Login":
                    self.lines.append(writer)

    def _usual(self, name):
        return lambda _: [] if name == "Silent" else [(("Response", "Success"), ("Message", "Done"))]


def told(story):
    """What a story comes to, in a thread of its own: browser tests of the same run keep a loop going in this one."""
    with ThreadPoolExecutor(max_workers=1) as thread:

        async def within():
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await story()

        return thread.submit(lambda: asyncio.run(within())).result()


@contextlib.asynccontextmanager
async def client_of(switch, manners=QUICK, secret="s"):
    client = Client(Login("127.0.0.1", switch.port, "komek", secret), manners=manners)
    running = asyncio.create_task(client.run())
    try:
        yield client
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def heard(client, number):
    """So many things, the comings and goings of the connection among them."""
    seen = []
    async for one in client.told():
        seen.append(one)
        if len(seen) == number:
            break
    return seen


async def until(true):
    while not true():  # noqa: ASYNC110 - what is waited for tells nobody
        await asyncio.sleep(0.01)


def test_an_event_split_inside_a_letter_is_heard_whole():
    async def story():
        async with Switch() as switch, client_of(switch) as client:
            await client.up.wait()
            data = ami.encode([("Event", "QueueCallerJoin"), ("CallerIDName", "Айгүл Әлібекқызы")])
            middle = data.index("ү".encode()) + 1
            for part in (data[:middle], data[middle:]):
                switch.lines[0].write(part)
                await switch.lines[0].drain()
                await asyncio.sleep(0)
            return await heard(client, 2)

    found, event = told(story)

    assert found == Found(1)
    assert event.message.get("CallerIDName") == "Айгүл Әлібекқызы"


def test_a_list_is_answered_whole_and_what_happens_meanwhile_is_an_event():
    def members(asked):
        yield (("Response", "Success"), ("EventList", "start"), ("Message", "Queue status will follow"))
        for number in range(300):
            yield (("Event", "QueueMember"), ("Name", f"op{number}"))
            if number == 150:
                yield ami.encode([("Event", "Hangup"), ("Uniqueid", "1.1")])
        yield (("Event", "QueueStatusComplete"), ("EventList", "Complete"), ("ListItems", "300"))

    async def story():
        async with Switch({"QueueStatus": members}) as switch, client_of(switch) as client:
            await client.up.wait()
            return await client.action("QueueStatus"), await heard(client, 2)

    answer, (_, hangup) = told(story)

    assert [one.get("Name") for one in answer if one.event == "QueueMember"] == [f"op{n}" for n in range(300)]
    assert hangup.message.event == "Hangup"


def test_every_line_of_a_command_is_there():
    def output(asked):
        return [(("Response", "Success"), ("Output", "one"), ("Output", "two: 2"), ("Output", ""), ("Output", "three"))]

    async def story():
        async with Switch({"Command": output}) as switch, client_of(switch) as client:
            await client.up.wait()
            return await client.action("Command", ("Command", "queue show"))

    (answer,) = told(story)

    assert answer.all("Output") == ["one", "two: 2", "", "three"]


@pytest.mark.parametrize("value", ["x\r\nAction: Logoff", "x\nVariable: a", "a\rb", "nul\0"])
def test_a_value_that_would_begin_another_header_is_not_sent(value):
    async def story():
        async with Switch() as switch, client_of(switch) as client:
            await client.up.wait()
            for pair in (("CallerID", value), (value, "x"), ("a:b", "x")):
                with pytest.raises(Illegal):
                    await client.action("Originate", pair)
            await client.action("Ping")
            return [one.get("Action") for one in switch.asked]

    assert told(story) == ["Login", "Ping"]


def test_fifty_at_once_get_each_their_own_answer():
    waiting = []

    def answered_backwards(asked):
        waiting.append(asked)
        if len(waiting) < 50:
            return []
        return [
            ami.encode([("Response", "Success"), ("ActionID", one.get("ActionID")), ("Value", one.get("Variable"))])
            for one in reversed(waiting)
        ]

    async def story():
        async with Switch({"Getvar": answered_backwards}) as switch, client_of(switch) as client:
            await client.up.wait()
            return await asyncio.gather(*(client.action("Getvar", ("Variable", str(n))) for n in range(50)))

    assert [answer.get("Value") for (answer,) in told(story)] == [str(n) for n in range(50)]


def test_twenty_thousand_events_come_in_order():
    async def story():
        async with Switch() as switch, client_of(switch) as client:
            await client.up.wait()
            for number in range(19_999):
                switch.say(("Event", "Newstate"), ("Number", str(number)))
            return await heard(client, 20_000)

    _, *events = told(story)

    assert [one.message.get("Number") for one in events] == [str(n) for n in range(19_999)]
    assert {one.epoch for one in events} == {1}


def test_a_dropped_connection_is_followed_by_another_of_the_next_epoch():
    async def story():
        async with Switch() as switch, client_of(switch) as client:
            await client.up.wait()
            switch.drop()
            seen = await heard(client, 3)
            switch.say(("Event", "FullyBooted"))
            return seen, await heard(client, 1)

    (found, lost, again), (event,) = told(story)

    assert (found, again) == (Found(1), Found(2))
    assert isinstance(lost, Lost)
    assert (lost.epoch, event.epoch) == (1, 2)


def test_a_switch_that_hangs_is_left():
    async def story():
        async with Switch({"Ping": lambda _: []}) as switch, client_of(switch) as client:
            return await heard(client, 3)

    found, lost, again = told(story)

    assert (found, again) == (Found(1), Found(2))
    assert "does not answer" in lost.why


def test_a_switch_that_is_only_silent_is_not_left():
    async def story():
        async with Switch() as switch, client_of(switch) as client:
            await client.up.wait()
            await until(lambda: [one.get("Action") for one in switch.asked].count("Ping") == 3)
            return switch.connections, client.silent_seconds

    connections, silence = told(story)

    assert connections == 1
    assert silence < PATIENCE_SECONDS


def test_what_is_asked_without_a_connection_fails_at_once_and_is_never_sent():
    async def story():
        async with Switch() as switch, client_of(switch) as client:
            await client.up.wait()
            await switch.shut()
            await until(lambda: not client.up.is_set())
            with pytest.raises(Away):
                await client.action("Originate", ("Channel", "PJSIP/op101"))
            await switch.listen()
            await client.up.wait()
            await client.action("Ping")
            return [one.get("Action") for one in switch.asked]

    assert "Originate" not in told(story)


def test_what_was_on_its_way_when_the_connection_went_is_not_sent_again():
    async def story():
        async with Switch() as switch, client_of(switch) as client:
            await client.up.wait()
            asking = asyncio.create_task(client.action("Silent"))
            await until(lambda: any(one.get("Action") == "Silent" for one in switch.asked))
            switch.drop()
            with pytest.raises(Away):
                await asking
            await client.up.wait()
            await client.action("Ping")
            return [one.get("Action") for one in switch.asked if one.get("Action") != "Ping"]

    assert told(story) == ["Login", "Silent", "Login"]


def test_no_answer_in_time_is_said_and_a_late_one_is_nobodys():
    async def story():
        async with Switch() as switch, client_of(switch) as client:
            await client.up.wait()
            with pytest.raises(TimeoutError):
                await client.action("Silent", seconds=0.05)
            late = switch.asked[-1].get("ActionID")
            switch.say(("Response", "Success"), ("ActionID", late))
            switch.say(("Event", "OriginateResponse"), ("ActionID", late), ("Response", "Failure"))
            return await heard(client, 2)

    _, event = told(story)

    assert event.message.event == "OriginateResponse"


def test_a_refusal_is_told_in_the_words_of_the_switch():
    def no(asked):
        return [(("Response", "Error"), ("Message", "Unable to add interface: Already there"))]

    async def story():
        async with Switch({"QueueAdd": no}) as switch, client_of(switch) as client:
            await client.up.wait()
            with pytest.raises(Refused, match="Already there"):
                await client.action("QueueAdd", ("Queue", "q109-kk"))
            return await client.action("Ping")

    assert told(story)[0].get("Response") == "Success"


def test_more_events_than_anybody_reads_end_the_connection():
    async def story():
        async with Switch() as switch, client_of(switch, replace(QUICK, most_waiting=100)) as client:
            await client.up.wait()
            for number in range(500):
                switch.say(("Event", "Newstate"), ("Number", str(number)))
            await until(lambda: client.epoch == 2)
            return await heard(client, 2), client.waiting

    (lost, found), left = told(story)

    assert (lost.epoch, found) == (1, Found(2))
    assert "more events" in lost.why
    assert left == 0


def test_somebody_else_at_that_address_is_left_and_a_wrong_password_is_said(caplog):
    async def story():
        async def hello(_, writer):
            writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
            writer.close()

        server = await asyncio.start_server(hello, "127.0.0.1", 0)
        other = Switch()
        other.port = server.sockets[0].getsockname()[1]
        async with server, client_of(other) as client:
            await until(lambda: "SSH" in caplog.text)
            assert client.epoch == 0
        no = {"Login": lambda _: [(("Response", "Error"), ("Message", "Authentication failed"))]}
        async with Switch(no) as switch, client_of(switch) as client:
            await until(lambda: switch.connections == 2)
            return client.epoch

    assert told(story) == 0
    assert "Authentication failed" in caplog.text
    assert "secret" not in caplog.text


def test_a_password_is_not_printed():
    assert "hidden" not in repr(Login("127.0.0.1", 5038, "komek", "hidden"))


@given(st.binary(max_size=400))
def test_no_bytes_break_the_parser(data):
    message = ami.decode(data)

    assert all(isinstance(part, str) for pair in message.pairs for part in pair)


VALUES = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\r\n\0"), max_size=40)
NAMES = st.from_regex(r"\A[A-Za-z]{1,12}\Z")


@given(st.lists(st.tuples(NAMES, VALUES), min_size=1, max_size=8))
def test_what_is_written_is_read_again(pairs):
    assert list(ami.decode(ami.encode(pairs)).pairs) == pairs
