"""An order of Astana Su Arnasy, and the link that its foreman has."""

import pytest

from komek.platform.clock import now
from komek.rooms.workorders import actions as workorders


@pytest.fixture
def order(line, write, work, run_after):
    _, number, _ = write("Көшеде су құбыры жарылды", topic_code="WAT-02", place_text="Кенесары 12")
    run_after()
    return work.order_of(number)


@pytest.fixture
def token(order, dana):
    return workorders.link(order, foreman="Ерлан", by=dana, at=now())
