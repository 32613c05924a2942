"""What journeys in a browser share: the stream of this test's database, and windows that may not complain."""

import copy
import socket
import threading

import pytest
import uvicorn
from tests.fixtures.database import address

from komek.platform import live


@pytest.fixture
def stream(live_server, settings):
    """The events of this test's database on a port of their own, as `komek up` serves them."""
    listening = socket.create_server(("127.0.0.1", 0))
    application = live.Stream(address(), allowed_origins=[live_server.url])
    server = uvicorn.Server(uvicorn.Config(application, log_level="critical", timeout_graceful_shutdown=1))
    running = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    running.start()
    settings.STREAM_URL = f"http://127.0.0.1:{listening.getsockname()[1]}/events"
    policy = copy.deepcopy(settings.CONTENT_SECURITY_POLICY)
    policy["DIRECTIVES"]["connect-src"] = ["'self'", settings.STREAM_URL]
    settings.CONTENT_SECURITY_POLICY = policy
    yield settings.STREAM_URL
    server.should_exit = True
    running.join()


@pytest.fixture
def window(chromium, live_server, browser):
    """A browser window, of somebody who has signed in or of nobody; what its console complains about fails the test."""
    contexts, complaints = [], []

    def opened(person=None, **options):
        context = chromium.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        if person is not None:
            session = browser(person).cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    # A test that provokes an answer of 4xx takes what the browser says of it from here.
    opened.complaints = complaints
    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def told(request):
    """Say a figure on the terminal, whatever pytest keeps to itself."""
    return lambda line: request.config.get_terminal_writer().line(f"\n{line}")
